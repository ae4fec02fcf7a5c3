"""One ClientHello that offers little, and what the server answers: messages by tlslite-ng, no handshake is completed.

OpenSSL, which does every real handshake here, is built without the ciphers and versions that are looked for.
"""

import os
from dataclasses import dataclass

from tlslite.constants import CertificateType, ContentType, GroupName, HandshakeType
from tlslite.extensions import (
    ClientKeyShareExtension,
    ECPointFormatsExtension,
    KeyShareEntry,
    SignatureAlgorithmsExtension,
    SNIExtension,
    SupportedGroupsExtension,
    SupportedVersionsExtension,
    TLSExtension,
)
from tlslite.messages import Alert, ClientHello, RecordHeader3, ServerHello, ServerKeyExchange
from tlslite.utils.codec import Parser

from auditor.model.tls_trial import TlsOffer
from auditor.net.suites import FINITE_FIELD, MODERN, STATIC, TLS_13, WEAK

MAX_OCTETS = 131_072  # of a server's first flight; OpenSSL takes certificates up to 100 KB
_TLS_13 = (3, 4)
_VERSIONS = {
    TlsOffer.SSL_3: (3, 0),
    TlsOffer.TLS_1_0: (3, 1),
    TlsOffer.TLS_1_1: (3, 2),
    TlsOffer.TLS_1_2: (3, 3),
    TlsOffer.TLS_1_3: _TLS_13,
}
_OFFERED = {TlsOffer.STATIC: STATIC, TlsOffer.WEAK: WEAK, TlsOffer.FINITE_FIELD: FINITE_FIELD, TlsOffer.TLS_1_3: TLS_13}
_GROUPS = (GroupName.x25519, GroupName.secp256r1, GroupName.secp384r1, GroupName.secp521r1)
# Hash and signature: ECDSA, RSA-PSS, RSA and DSA with SHA-2, then SHA-1 (RFC 8446 §4.2.3).
_SIGNATURES = tuple(
    (pair >> 8, pair & 255)
    for pair in (
        *(
            0x0403,
            0x0503,
            0x0603,
            0x0807,
            0x0804,
            0x0805,
            0x0806,
            0x0401,
            0x0501,
            0x0601,
            0x0402,
            0x0203,
            0x0201,
            0x0202,
        ),
    )
)
_HELLO_RETRY = bytes.fromhex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c")  # RFC 8446 §4.1.3


class UnreadableError(Exception):
    """What the server answers is no TLS that can be read."""


@dataclass(frozen=True, slots=True)
class HelloAnswer:
    """What the server agreed to, or the alert by which it did not."""

    version: str = ""
    suite: int = 0
    dh_bits: int | None = None
    alert: str = ""


def client_hello(offer: TlsOffer, server_name: str) -> bytes:
    """The record that offers this and nothing else; up to TLS 1.2 but for that version's own offer."""
    version = _VERSIONS.get(offer, (3, 3))
    hello = ClientHello()
    suites = _OFFERED.get(offer, {**MODERN, **STATIC, **FINITE_FIELD, **WEAK})
    hello.create(
        min(version, (3, 3)),
        bytearray(os.urandom(32)),
        bytearray(os.urandom(32) if version == _TLS_13 else b""),
        list(suites),
        certificate_types=[CertificateType.x509],
        extensions=None if version == (3, 0) else _extensions(version, server_name),
    )
    content = hello.write()
    # Old servers refuse a record whose own version they do not know (RFC 8446 §5.1).
    header = RecordHeader3().create(min(version, (3, 1)), ContentType.handshake, len(content))
    return bytes(header.write() + content)


def _extensions(version: tuple[int, int], server_name: str) -> list[TLSExtension]:
    extensions: list[TLSExtension] = [SNIExtension().create(bytearray(server_name, "ascii"))] if server_name else []
    extensions.append(SupportedGroupsExtension().create(list(_GROUPS)))
    extensions.append(ECPointFormatsExtension().create([0]))
    if version >= (3, 3):
        extensions.append(SignatureAlgorithmsExtension().create(list(_SIGNATURES)))
    if version == _TLS_13:
        share = KeyShareEntry().create(GroupName.x25519, bytearray(os.urandom(32)))
        extensions.append(SupportedVersionsExtension().create([_TLS_13]))
        extensions.append(ClientKeyShareExtension().create([share]))
    return extensions


class HelloReader:
    """Takes octets until the answer to a hello is known; bounded."""

    def __init__(self, offer: TlsOffer) -> None:
        self._to_key_exchange = offer is TlsOffer.FINITE_FIELD
        self._records = bytearray()
        self._messages = bytearray()
        self._hello: ServerHello | None = None
        self._received_octets = 0

    def feed(self, octets: bytes) -> HelloAnswer | None:
        """The answer, as soon as it is whole.

        Raises:
            UnreadableError: what comes is no TLS, or passes the bound.
        """
        self._received_octets += len(octets)
        if self._received_octets > MAX_OCTETS:
            raise UnreadableError(f"over {MAX_OCTETS} octets without an answer")
        self._records += octets
        try:
            return self._in_records()
        except UnreadableError:
            raise
        except Exception as error:  # noqa: BLE001 - what the library raises for hostile octets cannot be enumerated
            raise UnreadableError(f"{type(error).__name__}: {error}") from None

    def _in_records(self) -> HelloAnswer | None:
        answer = None
        while answer is None and (record := self._next_record()) is not None:
            kind, content = record
            if kind == ContentType.alert:
                return HelloAnswer(alert=f"alert: {Alert().parse(Parser(content)).descriptionName}")
            self._messages += content
            answer = self._in_messages()
        return answer

    def _next_record(self) -> tuple[int, bytearray] | None:
        """Kind and content of the next whole record (RFC 8446 §5.1)."""
        if len(self._records) < 5:
            return None
        kind, length = self._records[0], int.from_bytes(self._records[3:5], "big")
        if kind not in {ContentType.handshake, ContentType.alert} or self._records[1] != 3:
            raise UnreadableError("no TLS record")
        if len(self._records) < 5 + length:
            return None
        content = self._records[5 : 5 + length]
        del self._records[: 5 + length]
        return kind, content

    def _in_messages(self) -> HelloAnswer | None:
        while len(self._messages) >= 4:
            kind, length = self._messages[0], int.from_bytes(self._messages[1:4], "big")
            if len(self._messages) < 4 + length:
                return None
            body = Parser(self._messages[1 : 4 + length])
            del self._messages[: 4 + length]
            if kind == HandshakeType.server_hello and self._hello is None:
                self._hello = ServerHello().parse(body)
                if not self._to_key_exchange:
                    return self._agreed()
            elif kind == HandshakeType.server_key_exchange and self._hello is not None:
                hello = self._hello
                key_exchange = ServerKeyExchange(hello.cipher_suite, hello.server_version).parse(body)
                return self._agreed(int(key_exchange.dh_p).bit_length())
            elif kind == HandshakeType.server_hello_done:
                return self._agreed()
        return None

    def _agreed(self, dh_bits: int | None = None) -> HelloAnswer:
        if self._hello is None:
            raise UnreadableError("no ServerHello")
        return HelloAnswer(version_name(self._hello), int(self._hello.cipher_suite), dh_bits)


def version_name(hello: ServerHello) -> str:
    """The version that was agreed to, as OpenSSL names it; a request to try again is one of TLS 1.3."""
    names = {(3, 0): "SSLv3", (3, 1): "TLSv1", (3, 2): "TLSv1.1", (3, 3): "TLSv1.2", _TLS_13: "TLSv1.3"}
    version = tuple(hello.server_version)
    for extension in hello.extensions or ():
        chosen = getattr(extension, "version", None)
        version = tuple(chosen) if chosen else version
    if bytes(hello.random) == _HELLO_RETRY:
        version = _TLS_13
    return names.get(version, f"{version[0]}.{version[1]}")
