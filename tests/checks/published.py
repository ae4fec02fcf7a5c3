"""Literal facts of what a domain publishes with which every check is content."""

from collections.abc import Iterable
from datetime import UTC, datetime
from hashlib import sha256

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

from auditor.model.certificate import TlsHandshake
from auditor.model.dane import TlsaRecord, TlsaSet
from auditor.model.dkim import DkimAudit, DkimKey, DkimStatus
from auditor.model.dmarc import Discovery, Disposition, DmarcAudit, DmarcRecord, DmarcStatus, ReportAddress
from auditor.model.dns import Dnssec
from auditor.model.mta_sts import FetchOutcome, PolicyFetch, StsRecord
from auditor.model.published import BimiRecord, CaaSet, Published, RecordStatus, TlsRptRecord
from auditor.model.spf import SpfAll, SpfAudit, SpfNode, SpfResult, SpfStatus
from tests.policy.nameservers import GOOD, seen

DOMAIN = "example.com"
POLICY_HOST = f"mta-sts.{DOMAIN}"
POLICY = ("version: STSv1", "mode: enforce", "max_age: 2592000", "mx: *.example.net")
_KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
_SPKI = _KEY.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _certificate_der() -> bytes:
    """A certificate, so that there is a key to pin; what names it has is said beside it."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mx.example.net")])
    begin, end = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(_KEY.public_key())
    return (
        builder.serial_number(1)
        .not_valid_before(begin)
        .not_valid_after(end)
        .sign(_KEY, None)
        .public_bytes(Encoding.DER)
    )


DER = _certificate_der()
KEY_IN_USE = TlsaRecord(usage=3, selector=1, matching=1, data=sha256(_SPKI).hexdigest())
WHOLE_CERTIFICATE = TlsaRecord(usage=3, selector=0, matching=1, data=sha256(DER).hexdigest())
NEXT_KEY = TlsaRecord(usage=3, selector=1, matching=1, data="5a" * 32)


def good_published(exchanges: Iterable[tuple[str, tuple[str, ...]]]) -> Published:
    """What the domain of these exchanges, each with its addresses, publishes."""
    named = dict(exchanges)
    return Published(
        domain=DOMAIN,
        spf=good_spf(tuple(address for addresses in named.values() for address in addresses)),
        dmarc=good_dmarc(),
        dkim=DkimAudit(domain=DOMAIN, status=DkimStatus.PRESENT, keys=(good_key(),), asked=("s1", "default")),
        mta_sts=StsRecord(text="v=STSv1; id=20261124", id="20261124"),
        tls_rpt=TlsRptRecord(status=RecordStatus.VALID, rua=("mailto:tls@reports.example",)),
        bimi=BimiRecord(status=RecordStatus.VALID, location="https://example.com/logo.svg"),
        caa=CaaSet(name=DOMAIN, found_at=DOMAIN, issue=("ca.example",)),
        delegation=seen(GOOD),
        tlsa={(host, 25): good_tlsa(host) for host, addresses in named.items() if addresses},
    )


def good_spf(exchanges: tuple[str, ...]) -> SpfAudit:
    included = SpfNode(
        domain="_spf.example.net",
        via="include:_spf.example.net",
        record="v=spf1 ip4:192.0.2.0/24 -all",
        reached_at=2,
    )
    record = "v=spf1 mx include:_spf.example.net -all"
    return SpfAudit(
        domain=DOMAIN,
        status=SpfStatus.VALID,
        record=record,
        root=SpfNode(domain=DOMAIN, record=record, lookups=2, children=(included,)),
        all=SpfAll.FAIL,
        lookups=2,
        networks=("192.0.2.0/24", "198.51.100.1/32"),
        authorises=True,
        exchanges=tuple((address, SpfResult.PASS) for address in exchanges),
    )


def good_dmarc() -> DmarcAudit:
    rua = ("mailto:dmarc@example.com", "mailto:example@reports.example")
    record = DmarcRecord(
        location=f"_dmarc.{DOMAIN}",
        text=f"v=DMARC1; p=reject; rua={','.join(rua)}",
        p=Disposition.REJECT,
        rua=rua,
    )
    found = Discovery(
        organizational_domain=DOMAIN,
        record=record,
        policy=Disposition.REJECT,
        subdomain_policy=Disposition.REJECT,
        nonexistent_policy=Disposition.REJECT,
    )
    asked = f"{DOMAIN}._report._dmarc.reports.example"
    return DmarcAudit(
        domain=DOMAIN,
        status=DmarcStatus.VALID,
        tree=found,
        suffix=found,
        walked=(f"_dmarc.{DOMAIN}", "_dmarc.com"),
        reports=(
            ReportAddress(uri=rua[0], tag="rua"),
            ReportAddress(uri=rua[1], tag="rua", external=True, question=asked),
        ),
    )


def good_key() -> DkimKey:
    return DkimKey(selector="s1", name=f"s1._domainkey.{DOMAIN}", record="v=DKIM1; k=rsa; p=MIIB", key_bits=2048)


def good_tlsa(host: str) -> TlsaSet:
    return TlsaSet(
        exchange=host,
        port=25,
        name=f"_25._tcp.{host}",
        records=(KEY_IN_USE, NEXT_KEY),
        dnssec=Dnssec.SECURE,
        host_dnssec=Dnssec.SECURE,
    )


def good_fetch() -> PolicyFetch:
    return PolicyFetch(
        host=POLICY_HOST,
        outcome=FetchOutcome.FETCHED,
        address="198.51.100.80",
        status=200,
        content_type="text/plain",
        body="\r\n".join((*POLICY, "")),
        tls=TlsHandshake(version="TLSv1.3", cipher="TLS_AES_256_GCM_SHA384", chain=(f"of {POLICY_HOST}", "of issuer")),
    )
