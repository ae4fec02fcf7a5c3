"""Chains that an authority really issued, TLSA records of them, and a domain whose exchanges present them."""

import hashlib
from dataclasses import replace
from datetime import timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from auditor.lab.certificates import Authority, Issuer
from auditor.model.certificate import Certificate
from auditor.model.dane import TlsaRecord, TlsaSet
from auditor.model.dkim import DkimAudit, DkimStatus
from auditor.model.dmarc import DmarcAudit, DmarcStatus
from auditor.model.dns import Dnssec
from auditor.model.facts import DomainFacts
from auditor.model.mta_sts import StsRecord
from auditor.model.published import BimiRecord, CaaSet, Published, RecordStatus, TlsRptRecord
from auditor.model.spf import SpfAudit, SpfStatus
from auditor.policy.certificate import read_certificate
from auditor.policy.dane.record import read_record
from tests.checks import builders

HOST, DOMAIN = "mx.example.net", "example.com"
AUTHORITY = Authority()
NOW = AUTHORITY.now
ROOT, INTERMEDIATE, STRANGER = (one.certificate for one in (AUTHORITY.root, AUTHORITY.intermediate, AUTHORITY.stranger))
OTHER = "5a" * 32
DAY = timedelta(days=1)


@cache
def issued(kind: str = "good", name: str = HOST) -> tuple[Issuer, ...]:
    """What a server with such a certificate sends, the leaf first."""
    return AUTHORITY.issue(kind, (name,))[1]


def leaf(kind: str = "good", name: str = HOST) -> x509.Certificate:
    return issued(kind, name)[0].certificate


def seen(*certificates: x509.Certificate) -> tuple[Certificate, ...]:
    """The certificates as a handshake shows them."""
    return tuple(read_certificate(one.public_bytes(Encoding.DER)) for one in certificates)


def chain(kind: str = "good", name: str = HOST) -> tuple[Certificate, ...]:
    return seen(*(one.certificate for one in issued(kind, name)))


def tlsa_text(usage: int, selector: int, matching: int, of: x509.Certificate) -> str:
    """The record in presentation format (RFC 6698 §2.2)."""
    public_key = of.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    octets = public_key if selector else of.public_bytes(Encoding.DER)
    data = {0: octets, 1: hashlib.sha256(octets).digest(), 2: hashlib.sha512(octets).digest()}[matching]
    return f"{usage} {selector} {matching} {data.hex()}"


def record(usage: int, selector: int, matching: int, of: x509.Certificate) -> TlsaRecord:
    return read_record(tlsa_text(usage, selector, matching, of))


def tlsa_set(*records: TlsaRecord | str, dnssec: Dnssec = Dnssec.SECURE, host: Dnssec = Dnssec.SECURE) -> TlsaSet:
    read = tuple(read_record(one) if isinstance(one, str) else one for one in records)
    return TlsaSet(exchange=HOST, port=25, name=f"_25._tcp.{HOST}", records=read, dnssec=dnssec, host_dnssec=host)


MX1, MX2 = "mx1.example.net", "mx2.example.net"
WRONG = f"3 1 1 {OTHER}"


def at(host: str, tlsa: TlsaSet, port: int = 25) -> TlsaSet:
    return replace(tlsa, exchange=host, port=port, name=f"_{port}._tcp.{host}")


def own(host: str, usage: int = 3) -> TlsaSet:
    """The record of what that exchange presents."""
    return tlsa_set(record(usage, 1, 1, leaf(name=host) if usage == 3 else INTERMEDIATE))


def facts(*sets: TlsaSet) -> DomainFacts:
    """Two exchanges with two addresses each, which present what an authority issued."""
    published = Published(
        domain="example.com",
        spf=SpfAudit(domain="example.com", status=SpfStatus.NONE),
        dmarc=DmarcAudit(domain="example.com", status=DmarcStatus.NONE),
        dkim=DkimAudit(domain="example.com", status=DkimStatus.UNKNOWN),
        mta_sts=StsRecord(),
        tls_rpt=TlsRptRecord(status=RecordStatus.NONE),
        bimi=BimiRecord(status=RecordStatus.NONE),
        caa=CaaSet(name="example.com"),
        tlsa={(one.exchange, one.port): one for one in sets},
    )
    leaves = {f"of {host}": chain(name=host)[0] for host in (MX1, MX2)}
    certificates = {**leaves, "of issuer": chain()[1]}
    return replace(builders.good(), published=published, certificates=certificates, judged_at=NOW)


def both(first: TlsaSet, second: TlsaSet) -> DomainFacts:
    return facts(at(MX1, first), at(MX2, second))


TWO_VALID = both(own(MX1), own(MX2, usage=2))
