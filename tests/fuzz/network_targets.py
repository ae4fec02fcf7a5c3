"""What servers send beside replies: certificates, answers to a TLS hello, HTTPS responses, names to be matched."""

from collections.abc import Coroutine
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache
from typing import Any

from auditor.model.certificate import Certificate, CertName
from auditor.model.tls_trial import TlsOffer
from auditor.net.https import FetchFailure, HttpGet
from auditor.net.tls_hello import HelloAnswer, HelloReader, UnreadableError
from auditor.policy.certificate import read_certificate
from auditor.policy.dane.certificates import association, is_certificate, is_public_key, signed_by, why_no_path
from auditor.policy.dane.match import accepts
from auditor.policy.identity import certificate_name, matches
from tests.fuzz.corpus import seeds
from tests.fuzz.target import Pieces, Target, cuts

AT = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
NAME = "mx.a.test"


def check_certificate(octets: bytes) -> None:
    read = read_certificate(octets)
    assert read.der == octets
    assert read.malformed or read.not_before is not None
    assert all(name == name.lower() for name in read.names)
    for host in (NAME, "192.0.2.1", "[2001:db8::1]", "a.b.test", ""):
        assert certificate_name(read, host) is not CertName.NOT_TESTED
    _assert_dane(octets)


def _assert_dane(octets: bytes) -> None:
    """OpenSSL may not take what the other library takes; nothing of it raises."""
    assert not is_certificate(octets) or association(octets, 0, 1)
    leaf, authority = chain()[0].der, chain()[-1].der
    assert why_no_path((leaf, octets), authority, AT) == "" or octets == b""
    why_no_path((octets, authority), authority, AT)
    why_no_path((leaf,), octets, AT)
    key = bytes.fromhex(association(octets, 1, 0))
    assert is_public_key(key) or not key
    signed_by((leaf, octets), key)


def check_dane(octets: bytes) -> None:
    """Beside whatever else there is, the record of the leaf's key is enough; and what is no record changes nothing."""
    texts = tuple(octets.decode("latin-1").split("\n"))[:20]
    certificates = chain()
    own = f"3 1 1 {association(certificates[0].der, 1, 1)}"
    assert accepts((*texts, own), certificates, AT, NAME) or any("3 1 2" in " ".join(text.split()) for text in texts)
    accepts(texts, certificates, AT, NAME)


@cache
def chain() -> tuple[Certificate, ...]:
    """A leaf and its authority, of the kept certificates."""
    kept = [one for one in map(read_certificate, seeds("certificate")) if one.serial == "5"]
    return tuple(next(one for one in kept if one.common_name == name) for name in (NAME, "CA"))


def check_names(octets: bytes) -> None:
    presented, _, host = octets.decode("latin-1").partition("\n")
    found = matches(presented, host)
    assert found <= (presented + host).isascii()
    if (presented + host).isascii():
        assert found == matches(presented.upper(), host) == matches(presented, host.upper())
    if found and not presented.startswith("*."):
        assert presented.lower().removesuffix(".") == host.lower().removesuffix(".")
    if found and presented.startswith("*."):
        assert host.removesuffix(".").count(".") == presented.removesuffix(".").count(".")


def check_hello(octets: bytes) -> None:
    pieces = Pieces(octets)
    offer = pieces.one_of((TlsOffer.TLS_1_2, TlsOffer.FINITE_FIELD, TlsOffer.TLS_1_3, TlsOffer.SSL_3))
    whole, *others = (_answer(offer, chunks) for chunks in cuts(pieces.rest()))
    assert all(other == whole for other in others)


def _answer(offer: TlsOffer, chunks: list[bytes]) -> HelloAnswer | str | None:
    reader = HelloReader(offer)
    try:
        return next((answer for chunk in chunks if (answer := reader.feed(chunk)) is not None), None)
    except UnreadableError as error:
        return str(error)


class Stream:
    """Gives what it was made of, in pieces as large as are asked for at most, and then its end."""

    def __init__(self, chunks: list[bytes]) -> None:
        self._chunks = chunks

    async def send_all(self, data: bytes) -> None:
        assert data.endswith(b"\r\n\r\n")

    async def receive_some(self, max_bytes: int) -> bytes:
        first = self._chunks.pop(0) if self._chunks else b""
        if len(first) > max_bytes:
            self._chunks.insert(0, first[max_bytes:])
        return first[:max_bytes]

    async def aclose(self) -> None:
        raise AssertionError("who reads does not close")


def check_https(octets: bytes) -> None:
    whole, *others = (_now(_fetched([chunk for chunk in chunks if chunk])) for chunks in cuts(octets))
    assert all(other == whole for other in others)


async def _fetched(chunks: list[bytes]) -> Any:
    """Status, fields, body and how it ended; or why there is none."""
    http = HttpGet(Stream(chunks), "fuzz")
    try:
        head = await http.head("mta-sts.a.test", "/.well-known/mta-sts.txt")
        body = await http.body()
    except FetchFailure as failure:
        return failure.outcome
    assert 200 <= head.status <= 999
    assert len(body) <= 65_536
    assert all(name == name.lower() for name in head.headers)
    return head, body, http.ended_by_close


def _now(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """What a coroutine returns that never waits."""
    with suppress(StopIteration):
        coroutine.send(None)
        raise AssertionError("it waits")
    return None


_DER = (
    *(b"\x30\x82", b"\x06\x03\x55\x04\x03", b"\x06\x03\x55\x1d\x11", b"\x82\x09mx.a.test", b"\x87\x04\xc0\x00\x02\x01"),
    *(
        b"\x02\x01\xff",
        b"\x17\x0d260101000000Z",
        b"\x18\x0f99991231235959Z",
        b"\x0c",
        b"\x1e",
        b"\x16",
        b"\x00",
        b"\xff",
    ),
)
_DANE_WORDS = (b"3 1 1 ", b"2 0 1 ", b"2 1 0 ", b"3 1 2 ", b"2 0 0 ", b"\n", b"ab" * 32, b"ab" * 64)
_NAME_WORDS = (b"*.a.test", b"mx.a.test", b"\n", b"*", b"xn--", b".", b"\x00", b"\xc4\xb1", b"\xdf")
_TLS_WORDS = (
    *(
        b"\x16\x03\x03",
        b"\x15\x03\x01\x00\x02\x02\x28",
        b"\x02\x00\x00",
        b"\x0c\x00\x00",
        b"\x0e\x00\x00\x00",
        b"\x03\x04",
    ),
    *(b"\x00\x2b\x00\x02\x03\x04", b"\xc0\x2f", b"\x00\x33", b"\x13\x01", b"\x80\x80", b"\x0b\x00\x00"),
)
_HTTP_WORDS = (
    *(b"HTTP/1.1 200 OK\r\n", b"HTTP/1.0 200\r\n", b"HTTP/1.1 100 Continue\r\n\r\n", b"Content-Length: 4\r\n", b"\r\n"),
    *(
        b"Transfer-Encoding: chunked\r\n",
        b"0\r\n\r\n",
        b"Content-Type: text/plain\r\n",
        b"Location: https://b.test/\r\n",
    ),
    *(
        b"4\r\nbody\r\n",
        b"Connection: close\r\n",
        b"Content-Length: 99999999999\r\n",
        b": ",
        b" folded\r\n",
        b"\n",
        b"\x00",
    ),
)

TARGETS = (
    Target("certificate", check_certificate, _DER, longest=3000, share=1),
    Target("dane", check_dane, _DANE_WORDS, longest=4096, share=1),
    Target("certificate-name", check_names, _NAME_WORDS, longest=300, share=12),
    Target("tls-hello", check_hello, _TLS_WORDS, longest=4096, share=4),
    Target("https", check_https, _HTTP_WORDS, longest=8192, share=2),
)
