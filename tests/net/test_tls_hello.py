"""Hellos that offer little, and what is read of the answers."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tlslite.messages import ServerHello

from auditor.model.tls_trial import TlsOffer
from auditor.net.suites import NAMES, WEAK, suite_name
from auditor.net.tls_hello import MAX_OCTETS, HelloAnswer, HelloReader, UnreadableError, client_hello

OFFERS = [offer for offer in TlsOffer if offer is not TlsOffer.NO_NAME]


def record(kind: int, content: bytes, version: bytes = b"\x03\x03") -> bytes:
    return bytes((kind,)) + version + len(content).to_bytes(2, "big") + content


def server_hello(suite: int, version: tuple[int, int] = (3, 3), random: bytes = b"r" * 32) -> bytes:
    hello = ServerHello()
    hello.create(version, bytearray(random), bytearray(), suite, None)
    return bytes(hello.write())


@pytest.mark.parametrize("offer", OFFERS)
def test_a_hello_is_one_record_of_its_version_with_its_name(offer: TlsOffer) -> None:
    octets = client_hello(offer, "mx.example")
    assert octets[0] == 22
    assert len(octets) == 5 + int.from_bytes(octets[3:5], "big")
    assert (b"mx.example" in octets) is (offer is not TlsOffer.SSL_3)
    assert b"mx.example" not in client_hello(offer, "")
    legacy = {TlsOffer.SSL_3: 0, TlsOffer.TLS_1_0: 1, TlsOffer.TLS_1_1: 2}.get(offer, 3)
    assert octets[9:11] == bytes((3, legacy))


@pytest.mark.parametrize("pieces", [1, 3])
def test_an_agreement_is_read(pieces: int) -> None:
    octets = record(22, server_hello(0xC02F)) + record(22, b"\x0b\x00\x00\x03\x00\x00\x00")
    reader = HelloReader(TlsOffer.TLS_1_2)
    size = -(-len(octets) // pieces)
    answers = [reader.feed(octets[start : start + size]) for start in range(0, len(octets), size)]
    assert next(one for one in answers if one) == HelloAnswer(version="TLSv1.2", suite=0xC02F)


def test_a_request_to_try_again_is_tls_1_3() -> None:
    retry = bytes.fromhex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c")
    answer = HelloReader(TlsOffer.TLS_1_3).feed(record(22, server_hello(0x1301, random=retry)))
    assert answer == HelloAnswer(version="TLSv1.3", suite=0x1301)


def test_an_alert_is_a_refusal() -> None:
    assert HelloReader(TlsOffer.WEAK).feed(record(21, b"\x02\x28")) == HelloAnswer(alert="alert: handshake_failure")


def test_the_size_of_a_field_stands_in_the_key_exchange() -> None:
    prime = b"\x00\x80" + b"\xff" + os.urandom(127)
    params = prime + b"\x00\x01\x02" + b"\x00\x01\x03"
    body = params + b"\x04\x01" + b"\x00\x02ab"
    flight = server_hello(0x0033) + b"\x0c" + len(body).to_bytes(3, "big") + body
    reader = HelloReader(TlsOffer.FINITE_FIELD)
    assert reader.feed(record(22, server_hello(0x0033))) is None
    assert reader.feed(record(22, flight[len(server_hello(0x0033)) :])) == HelloAnswer("TLSv1.2", 0x0033, 1024)


@pytest.mark.parametrize(
    "octets",
    [b"220 mx ESMTP\r\n", record(22, b"\x02\x00\x00\x02xx"), record(22, b"\x0e\x00\x00\x00"), b"\x16\x05xxxxx"],
)
def test_what_is_no_answer_is_told(octets: bytes) -> None:
    with pytest.raises(UnreadableError):
        HelloReader(TlsOffer.TLS_1_2).feed(octets)


def test_an_answer_without_end_has_a_bound() -> None:
    reader = HelloReader(TlsOffer.FINITE_FIELD)
    piece = record(22, b"\x0b\x00\x3f\xfc" + b"x" * 16380)
    for _ in range(MAX_OCTETS // len(piece)):
        assert reader.feed(piece) is None
    with pytest.raises(UnreadableError, match="without an answer"):
        reader.feed(piece)


@given(st.lists(st.binary(max_size=60), max_size=8), st.sampled_from(OFFERS))
def test_any_octets_are_an_answer_a_wait_or_unreadable(chunks: list[bytes], offer: TlsOffer) -> None:
    reader = HelloReader(offer)
    try:
        answers = [reader.feed(record(22, chunk)) for chunk in chunks]
    except UnreadableError:
        return
    assert all(one is None or one.version or one.alert for one in answers)


def test_suites_have_names() -> None:
    assert suite_name(0xC02F) == "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"
    assert suite_name(0xFAFA) == "0xFAFA"
    assert len(set(NAMES.values())) == len(NAMES)
    assert all(
        any(word in name for word in ("NULL", "EXPORT", "RC4", "DES", "anon", "IDEA", "SEED")) for name in WEAK.values()
    )
