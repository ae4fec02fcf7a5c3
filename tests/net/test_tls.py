"""Handshakes with every kind of server: all that can be agreed on is, and the verdict is only written down."""

import ssl
from pathlib import Path

import pytest
import trio
from cryptography.hazmat.primitives.serialization import Encoding
from OpenSSL import SSL
from trio.testing import memory_stream_pair

from auditor.config import Config
from auditor.errors import UsageError
from auditor.lab.certificates import KINDS, Authority
from auditor.model.certificate import TlsHandshake
from auditor.model.session import Blame, Outcome
from auditor.net import tls as tls_module
from auditor.net.failure import ContactFailure
from auditor.net.tls import TlsStream, make_context
from auditor.net.verify_words import verify_words
from auditor.policy.certificate import read_certificate
from auditor.policy.identity import certificate_name
from auditor.policy.trust import certificate_trust

HOST = "mx.example"
NEWEST = ("1.2", "1.3")


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


@pytest.fixture(scope="module")
def ca_file(authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("authority") / "ca.pem"
    path.write_bytes(authority.root.pem())
    return path


@pytest.fixture(scope="module")
def context(ca_file: Path) -> SSL.Context:
    return make_context(Config.model_validate({"ca_file": ca_file, "only_ca_file": True}))


class Server:
    """The other end of a memory stream, which shakes hands and then does what it is told."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self.asked_for: list[str | None] = []
        self.error: Exception | None = None
        context.sni_callback = lambda _, name, __: self.asked_for.append(name)
        self.ours, theirs = memory_stream_pair()
        self.raw = theirs
        self.stream = trio.SSLStream(theirs, context, server_side=True, https_compatible=True)

    async def shake(self) -> None:
        try:
            await self.stream.do_handshake()
        except trio.BrokenResourceError as error:
            self.error = error
            await self.raw.aclose()


async def shaken(context: SSL.Context, server: Server, name: str = HOST) -> tuple[TlsStream, TlsHandshake]:
    tls = TlsStream(server.ours, context, name)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(server.shake)
        handshake = await tls.handshake()
    return tls, handshake


VERDICTS = {
    "good": ([], "trusted", "match", 2),
    "expired": ([(10, 0)], "expired", "match", 2),
    "future": ([(9, 0)], "not-yet-valid", "match", 2),
    "soon": ([], "trusted", "match", 2),
    "self-signed": ([(18, 0)], "self-signed", "match", 1),
    "wrong-name": ([], "trusted", "mismatch", 2),
    "cn-only": ([], "trusted", "cn-only", 2),
    "unknown-issuer": ([(20, 0), (21, 0)], "unknown-issuer", "match", 1),
    "incomplete": ([(20, 0), (21, 0)], "unknown-issuer", "match", 1),
    "long-lived": ([], "trusted", "match", 2),
    "weak-key": ([], "trusted", "match", 2),
    "rsa": ([], "trusted", "match", 2),
    "misordered": ([], "trusted", "match", 3),
    "with-root": ([], "trusted", "match", 3),
    "old-issuer": ([(10, 1)], "expired", "match", 2),
}


def test_every_kind_of_certificate_has_its_verdict() -> None:
    assert set(VERDICTS) == set(KINDS)


@pytest.mark.parametrize("kind", VERDICTS)
async def test_the_verdict_on_every_kind_of_certificate(authority: Authority, context: SSL.Context, kind: str) -> None:
    errors, trust, name, length = VERDICTS[kind]
    tls, handshake = await shaken(context, Server(authority.server_context(kind, (HOST,), NEWEST)))
    assert [(error.code, error.depth) for error in handshake.verify_errors] == errors
    assert all(error.text == verify_words(error.code) for error in handshake.verify_errors)
    assert certificate_trust(handshake) == trust
    chain = tls.chain()
    assert len(chain) == length
    assert handshake.chain == tuple(read_certificate(der).sha256 for der in chain)
    assert certificate_name(read_certificate(chain[0]), HOST) == name


async def test_the_chain_stands_as_it_was_sent(authority: Authority, context: SSL.Context) -> None:
    tls, _ = await shaken(context, Server(authority.server_context("good", (HOST,), NEWEST)))
    leaf, issuer = map(read_certificate, tls.chain())
    assert leaf.names == (HOST,)
    assert tls.chain()[1] == authority.intermediate.certificate.public_bytes(Encoding.DER)
    assert leaf.issuer == issuer.subject == "CN=Lab Issuing CA"


@pytest.mark.parametrize(
    ("version", "name"), [("1.0", "TLSv1"), ("1.1", "TLSv1.1"), ("1.2", "TLSv1.2"), ("1.3", "TLSv1.3")]
)
async def test_every_version_is_spoken(authority: Authority, context: SSL.Context, version: str, name: str) -> None:
    _, handshake = await shaken(context, Server(authority.server_context("good", (HOST,), (version, version))))
    assert handshake.version == name
    assert handshake.cipher
    assert certificate_trust(handshake) == "trusted"


async def test_the_newest_version_is_agreed_on(authority: Authority, context: SSL.Context) -> None:
    _, handshake = await shaken(context, Server(authority.server_context("good", (HOST,), ("1.0", "1.3"))))
    assert (handshake.version, handshake.group != "") == ("TLSv1.3", True)


@pytest.mark.parametrize("cipher", ["AES128-SHA", "ECDHE-RSA-AES256-GCM-SHA384"])
async def test_old_ciphers_are_seen_too(authority: Authority, context: SSL.Context, cipher: str) -> None:
    theirs = authority.server_context("weak-key", (HOST,), ("1.2", "1.2"))
    theirs.set_ciphers(f"{cipher}:@SECLEVEL=0")
    _, handshake = await shaken(context, Server(theirs))
    assert handshake.cipher == cipher


@pytest.mark.parametrize(("name", "asked_for"), [(HOST, HOST), ("", None)])
async def test_sni_is_sent_where_there_is_a_name(
    authority: Authority, context: SSL.Context, name: str, asked_for: str | None
) -> None:
    server = Server(authority.server_context("good", (HOST,), NEWEST))
    _, handshake = await shaken(context, server, name)
    assert server.asked_for == [asked_for]
    assert handshake.server_name == name


@pytest.mark.parametrize(
    ("only", "given", "trust"),
    [
        (True, True, "trusted"),
        (False, True, "trusted"),
        (False, False, "unknown-issuer"),
        (True, False, "unknown-issuer"),
    ],
)
async def test_the_anchors_are_those_of_the_file_and_of_the_system(
    authority: Authority, ca_file: Path, only: bool, given: bool, trust: str
) -> None:
    settings = {"only_ca_file": only} | ({"ca_file": ca_file} if given else {})
    context = make_context(Config.model_validate(settings))
    _, handshake = await shaken(context, Server(authority.server_context("good", (HOST,), NEWEST)))
    assert certificate_trust(handshake) == trust


@pytest.mark.parametrize(
    ("only", "trust"), [(False, "trusted"), (True, "unknown-issuer")], ids=["with the system's", "alone"]
)
async def test_the_file_stands_beside_the_anchors_of_the_system_or_in_their_place(
    authority: Authority, ca_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, only: bool, trust: str
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(ca_file))
    other = tmp_path / "other.pem"
    other.write_bytes(authority.stranger.pem())
    context = make_context(Config.model_validate({"ca_file": other, "only_ca_file": only}))
    _, handshake = await shaken(context, Server(authority.server_context("good", (HOST,), NEWEST)))
    assert certificate_trust(handshake) == trust


@pytest.mark.parametrize("content", [None, b"", b"no certificate", b"-----BEGIN CERTIFICATE-----\nAAAA\n"])
def test_a_bad_file_of_anchors_is_an_error_of_use(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "anchors.pem"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UsageError, match=r"^--ca-file .*anchors\.pem: cannot be read as PEM certificates$"):
        make_context(Config.model_validate({"ca_file": path, "only_ca_file": True}))


async def failure_of(context: SSL.Context, stream: trio.abc.Stream) -> ContactFailure:
    with pytest.raises(ContactFailure) as caught:
        await TlsStream(stream, context, HOST).handshake()
    return caught.value


@pytest.mark.parametrize(
    ("octets", "words"),
    [
        (b"250 this is no TLS\r\n", "wrong version number"),
        (b"\x15\x03\x01\x00\x02\x02\x50", "internal error"),
        (b"", "eof"),
    ],
)
async def test_a_handshake_that_fails_says_why(context: SSL.Context, octets: bytes, words: str) -> None:
    ours, theirs = memory_stream_pair()
    await theirs.send_all(octets)
    await theirs.send_eof()
    failure = await failure_of(context, ours)
    assert (failure.outcome, failure.blame) == (Outcome.TLS_FAILED, Blame.THEIRS)
    assert words in failure.words


async def test_versions_without_overlap_do_not_agree(authority: Authority, ca_file: Path) -> None:
    context = make_context(Config.model_validate({"ca_file": ca_file, "only_ca_file": True}))
    context.set_min_proto_version(SSL.TLS1_3_VERSION)
    server = Server(authority.server_context("good", (HOST,), ("1.0", "1.2")))
    async with trio.open_nursery() as nursery:
        nursery.start_soon(server.shake)
        failure = await failure_of(context, server.ours)
    assert (failure.outcome, server.error is not None) == (Outcome.TLS_FAILED, True)


async def test_octets_go_both_ways_in_pieces_and_whole(authority: Authority, context: SSL.Context) -> None:
    server = Server(authority.server_context("good", (HOST,), NEWEST))
    tls, _ = await shaken(context, server)
    much = bytes(range(256)) * 400  # several records

    async def echo() -> None:
        received = b""
        while len(received) < len(much):
            received += await server.stream.receive_some()
        await server.stream.send_all(received)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(echo)
        await tls.send_all(much)
        back = b""
        while len(back) < len(much):
            piece = await tls.receive_some(1000)
            assert 0 < len(piece) <= 1000
            back += piece
    assert back == much


async def test_the_end_is_the_end_with_or_without_a_goodbye(authority: Authority, context: SSL.Context) -> None:
    for polite in (True, False):
        server = Server(authority.server_context("good", (HOST,), NEWEST))
        tls, _ = await shaken(context, server)
        async with trio.open_nursery() as nursery:
            nursery.start_soon(server.stream.unwrap if polite else server.raw.aclose)
            assert await tls.receive_some() == b""
            await tls.aclose()
        assert tls.cut_off is not polite


@pytest.mark.parametrize("version", ["1.2", "1.3"])
async def test_an_end_in_mid_record_is_the_end(authority: Authority, context: SSL.Context, version: str) -> None:
    server = Server(authority.server_context("good", (HOST,), (version, version)))
    tls, _ = await shaken(context, server)
    await server.raw.send_all(b"\x17\x03\x03\x01\x00half")
    await server.raw.aclose()
    assert await tls.receive_some() == b""
    assert tls.cut_off


async def test_octets_that_cannot_be_decrypted_break_the_connection(authority: Authority, context: SSL.Context) -> None:
    server = Server(authority.server_context("good", (HOST,), NEWEST))
    tls, _ = await shaken(context, server)
    await server.raw.send_all(b"\x17\x03\x03\x00\x20" + b"x" * 32)
    with pytest.raises(ContactFailure) as caught:
        await tls.receive_some()
    assert (caught.value.outcome, caught.value.blame) == (Outcome.RESET, Blame.THEIRS)
    assert "mac" in caught.value.words
    with pytest.raises(trio.BrokenResourceError) as told:
        await server.stream.receive_some()
    assert "ALERT_BAD_RECORD_MAC" in str(told.value.__cause__)


async def test_closing_says_goodbye(authority: Authority, context: SSL.Context) -> None:
    server = Server(authority.server_context("good", (HOST,), NEWEST))
    tls, _ = await shaken(context, server)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(tls.aclose)
        assert await server.stream.receive_some() == b""


async def test_closing_what_is_broken_or_was_never_open_is_quiet(authority: Authority, context: SSL.Context) -> None:
    server = Server(authority.server_context("good", (HOST,), NEWEST))
    tls, _ = await shaken(context, server)
    await server.raw.aclose()
    await tls.aclose()
    await tls.aclose()
    await TlsStream(memory_stream_pair()[0], context, HOST).aclose()


async def test_a_stream_has_only_so_many_octets_whatever_is_in_them(
    authority: Authority, context: SSL.Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = Server(authority.server_context("good", (HOST,), ("1.2", "1.3")))
    tls, _ = await shaken(context, server)
    monkeypatch.setattr(tls_module, "MOST_OCTETS", 20_000)
    await server.stream.send_all(b"x" * 30_000)

    async def read_all() -> None:
        while await tls.receive_some():
            pass

    with pytest.raises(ContactFailure) as caught:
        await read_all()
    assert (caught.value.outcome, caught.value.blame) == (Outcome.OVERSIZED, Blame.THEIRS)
    assert "over 20000 octets in one TLS stream" in caught.value.words


def test_an_unknown_complaint_keeps_its_number() -> None:
    assert verify_words(10) == "certificate has expired"
    assert verify_words(99) == "verification error 99"
