"""The lab's certificate authority, and every kind of certificate a mail server may show."""

import ssl
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from auditor.errors import UsageError

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
_DAY = timedelta(days=1)
_USAGES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)
_TLS_VERSIONS = {
    "1.0": ssl.TLSVersion.TLSv1,
    "1.1": ssl.TLSVersion.TLSv1_1,
    "1.2": ssl.TLSVersion.TLSv1_2,
    "1.3": ssl.TLSVersion.TLSv1_3,
}


@dataclass(frozen=True, slots=True)
class Issuer:
    """A certificate and its key, which may issue others or serve."""

    certificate: x509.Certificate
    key: Key

    def pem(self) -> bytes:
        """The certificate in PEM form."""
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    def key_pem(self) -> bytes:
        """The key in PEM form, without a pass phrase."""
        return self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """How a certificate differs from a good one."""

    from_days: int = -30
    until_days: int = 60
    names: bool = True
    """False: only a common name."""
    other_name: str = ""
    """Named instead of the server."""
    self_signed: bool = False
    known_issuer: bool = True
    send_intermediate: bool = True
    rsa_bits: int = 0
    """0: an elliptic-curve key."""
    sent: tuple[int, ...] = (0, 1)
    """What is sent, in this order: the leaf (0), its issuer (1), and the root (2)."""
    by_old: bool = False
    """True: of an intermediate that has expired."""


SHORT_GROUP = """\
-----BEGIN DH PARAMETERS-----
MIGHAoGBAP//////////yQ/aoiFowjTExmKLgNwc0SkCTgiKZ8x0Agu+pjsTmyJR
Sgh5jjQE3e+VGbPNOkMbMCsKbfJfFDdP4TVtbVHCReSFtXZiXn7G9ExC6aY37WsL
/1y29Aa37e44a/taiZ+lrp8kEXxLH+ZJKGZR7OZTgf//////////AgEC
-----END DH PARAMETERS-----
"""
"""The second Oakley group (RFC 2409 §6.2), of 1024 bits, as OpenSSL reads it."""
DECENT_CIPHERS = "ECDHE+AESGCM:ECDHE+CHACHA20:ECDHE+AES"

KINDS: dict[str, Kind] = {
    "good": Kind(),
    "expired": Kind(from_days=-120, until_days=-12),
    "future": Kind(from_days=20, until_days=110),
    "soon": Kind(from_days=-80, until_days=10),
    "self-signed": Kind(self_signed=True),
    "wrong-name": Kind(other_name="www.elsewhere.example"),
    "cn-only": Kind(names=False),
    "unknown-issuer": Kind(known_issuer=False),
    "incomplete": Kind(send_intermediate=False),
    "long-lived": Kind(until_days=3000),
    "weak-key": Kind(rsa_bits=1024),
    "rsa": Kind(rsa_bits=2048),
    "misordered": Kind(sent=(0, 2, 1)),
    "with-root": Kind(sent=(0, 1, 2)),
    "old-issuer": Kind(by_old=True),
}


@dataclass(slots=True)
class Authority:
    """A root, an intermediate below it, a second root nobody knows, and what they issue; dates are relative to now."""

    now: datetime = field(default_factory=lambda: datetime.now(UTC).replace(microsecond=0))
    root: Issuer = field(init=False)
    intermediate: Issuer = field(init=False)
    old_intermediate: Issuer = field(init=False)
    stranger: Issuer = field(init=False)
    kinds: Mapping[str, Kind] = field(default_factory=lambda: KINDS)
    shown: dict[str, tuple[Issuer, ...]] = field(default_factory=dict)
    """The chain last made for a server of that name, as it is sent."""

    def __post_init__(self) -> None:
        self.root = self._authority("Lab Root", None)
        self.intermediate = self._authority("Lab Issuing CA", self.root)
        self.old_intermediate = self._authority("Lab Old Issuing CA", self.root, until_days=-5)
        self.stranger = self._authority("Unheard-of Root", None)

    def server_context(
        self, kind: str, names: tuple[str, ...], versions: tuple[str, str], ciphers: str = ""
    ) -> ssl.SSLContext:
        """A server's TLS context with a certificate of that kind for these names; ``ciphers`` is OpenSSL's list.

        Raises:
            UsageError: there is no such kind, or no such version of TLS.
        """
        if kind not in self.kinds or not set(versions) <= set(_TLS_VERSIONS):
            raise UsageError(f"the lab has no certificate of kind {kind!r}, or no TLS {' to '.join(versions)}")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        # The lab shows what is old, too: versions before 1.2 are signed in ways that are forbidden above level 0.
        context.set_ciphers(f"{ciphers or DECENT_CIPHERS}:@SECLEVEL=0")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of TLS 1.0 and 1.1, which are what is wanted here
            context.minimum_version, context.maximum_version = (_TLS_VERSIONS[version] for version in versions)
        leaf, chain = self.issue(kind, names)
        self.shown[names[0]] = chain
        with TemporaryDirectory() as folder:  # ssl reads certificates from files alone
            file = Path(folder, "chain.pem")
            file.write_bytes(b"".join((leaf.key_pem(), *(one.pem() for one in chain))))
            context.load_cert_chain(file)
            if "DHE" in ciphers.split(":"):
                file.write_text(SHORT_GROUP, encoding="ascii")
                context.load_dh_params(str(file))
        return context

    def issue(self, kind_name: str, names: tuple[str, ...]) -> tuple[Issuer, tuple[Issuer, ...]]:
        """A leaf of that kind, and the chain a server sends, the leaf first."""
        kind = self.kinds[kind_name]
        names = (kind.other_name,) if kind.other_name else names
        key: Key = _rsa_key(kind.rsa_bits) if kind.rsa_bits else _ec_key()
        issuer = (self.old_intermediate if kind.by_old else self.intermediate) if kind.known_issuer else self.stranger
        builder = self._builder(names[0], key, kind.from_days, kind.until_days)
        if kind.names:
            alternatives = x509.SubjectAlternativeName([x509.DNSName(name) for name in names])
            builder = builder.add_extension(alternatives, critical=False)
        builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        builder = builder.add_extension(_usage("digital_signature"), critical=True)
        server_auth = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
        builder = builder.add_extension(server_auth, critical=False)
        leaf = _signed(builder, _name(names[0]), key, None if kind.self_signed else issuer)
        sends_issuer = kind.send_intermediate and kind.known_issuer and not kind.self_signed
        all_of_it = (leaf, issuer, self.root)
        return leaf, tuple(all_of_it[number] for number in kind.sent) if sends_issuer else (leaf,)

    def _authority(self, name: str, issuer: Issuer | None, until_days: int = 3000) -> Issuer:
        key = _ec_key()
        builder = self._builder(name, key, -400, until_days)
        builder = builder.add_extension(
            x509.BasicConstraints(ca=True, path_length=None if issuer is None else 0), critical=True
        )
        builder = builder.add_extension(_usage("key_cert_sign", "crl_sign"), critical=True)
        return _signed(builder, _name(name), key, issuer)

    def _builder(self, name: str, key: Key, from_days: int, until_days: int) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(_name(name))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(self.now + from_days * _DAY)
            .not_valid_after(self.now + until_days * _DAY)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        )


def _signed(builder: x509.CertificateBuilder, subject: x509.Name, key: Key, issuer: Issuer | None) -> Issuer:
    """The certificate that ``issuer`` makes of it; without one, it signs itself."""
    by = key if issuer is None else issuer.key
    name = subject if issuer is None else issuer.certificate.subject
    identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key())
    builder = builder.issuer_name(name).add_extension(identifier, critical=False)
    return Issuer(builder.sign(by, hashes.SHA256()), key)


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _usage(*wanted: str) -> x509.KeyUsage:
    return x509.KeyUsage(**{usage: usage in wanted for usage in _USAGES})


def _ec_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


@cache
def _rsa_key(bits: int) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)
