"""What domains publish, literally."""

from dataclasses import replace
from typing import Any

from auditor.model.dane import TlsaRecord, TlsaSet
from auditor.model.dkim import DkimAudit, DkimKey, DkimStatus
from auditor.model.dmarc import Discovery, Disposition, DmarcAudit, DmarcRecord, DmarcStatus
from auditor.model.dns import Answer, Dnssec, DnsStatus, Question
from auditor.model.mta_sts import FetchOutcome, PolicyFetch, StsRecord
from auditor.model.published import BimiRecord, CaaSet, Published, RecordStatus, TlsRptRecord
from auditor.model.spf import SpfAll, SpfAudit, SpfNode, SpfResult, SpfStatus

NO_TLSA: dict[tuple[str, int], TlsaSet] = {}


def published_of(domain: str, **more: Any) -> Published:
    """A domain that publishes nothing of its mail."""
    plain = Published(
        domain=domain,
        spf=SpfAudit(domain=domain, status=SpfStatus.NONE),
        dmarc=DmarcAudit(
            domain=domain, status=DmarcStatus.NONE, tree=discovery_of(domain), suffix=discovery_of(domain)
        ),
        dkim=DkimAudit(domain=domain, status=DkimStatus.UNKNOWN, reason="no key at 20 selectors asked for"),
        mta_sts=StsRecord(),
        tls_rpt=TlsRptRecord(status=RecordStatus.NONE),
        bimi=BimiRecord(status=RecordStatus.NONE),
        caa=CaaSet(name=domain),
    )
    return replace(plain, **more)


def discovery_of(domain: str, record: DmarcRecord | None = None, policy: Disposition | None = None) -> Discovery:
    """One way of discovery, whose policies are all the same."""
    return Discovery(
        organizational_domain=domain,
        record=record,
        policy=policy,
        subdomain_policy=policy,
        nonexistent_policy=policy,
    )


def spf_of(domain: str, **more: Any) -> SpfAudit:
    """A record with an include in an include, and one that leads nowhere."""
    third = SpfNode(
        domain="_spf3.mailer.example", via="include:_spf3.mailer.example", record="v=spf1 a ~all", lookups=1
    )
    second = SpfNode(
        domain="_spf.mailer.example",
        via="include:_spf.mailer.example",
        record="v=spf1 ip4:203.0.113.0/25 include:_spf3.mailer.example ~all",
        reached_at=1,
        lookups=2,
        children=(third,),
    )
    gone = SpfNode(
        domain="gone.example",
        via="include:gone.example",
        result=SpfResult.NONE,
        reached_at=3,
        voids_ipv4=1,
        voids_ipv6=1,
    )
    record = "v=spf1 ip4:192.0.2.1 ip6:2001:db8::/32 include:_spf.mailer.example include:gone.example -all"
    root = SpfNode(
        domain=domain, record=record, lookups=4, voids_ipv4=1, voids_ipv6=1, unresolved=("exists:%{i}.example",),
        errors=("term 4: include:gone.example has no SPF record",), children=(second, gone),
    )  # fmt: skip
    plain = SpfAudit(
        domain=domain,
        status=SpfStatus.VALID,
        record=record,
        root=root,
        all=SpfAll.FAIL,
        lookups=4,
        voids_ipv4=1,
        voids_ipv6=1,
        networks=("192.0.2.1/32", "203.0.113.0/25", "2001:db8::/32"),
        authorises=True,
    )
    return replace(plain, **more)


def dmarc_of(domain: str, policy: Disposition = Disposition.REJECT, *, other: Disposition | None = None) -> DmarcAudit:
    """A record at the name, the same by both ways of discovery unless ``other`` is what RFC 7489 comes to."""
    text = f"v=DMARC1; p={policy}; rua=mailto:d@{domain},mailto:reports@dmarc.example; pct=50"
    record = DmarcRecord(
        location=f"_dmarc.{domain}",
        text=text,
        p=policy,
        rua=(f"mailto:d@{domain}", "mailto:reports@dmarc.example"),
        pct=50,
        retired=("pct",),
    )
    return DmarcAudit(
        domain=domain,
        status=DmarcStatus.VALID,
        tree=discovery_of(domain, record, policy),
        suffix=discovery_of(domain, record, other or policy),
    )


def dkim_of(domain: str, **more: Any) -> DkimAudit:
    """A good key behind a CNAME, and a revoked one."""
    name = f"s1._domainkey.{domain}"
    good = DkimKey(
        selector="s1",
        name=name,
        record="v=DKIM1; k=rsa; p=MIIBIjANBgkq",
        canonical_name="s1.dkim.mailer.example",
        key_bits=2048,
    )
    old = DkimKey(selector="old", name=f"old._domainkey.{domain}", record="v=DKIM1; p=", revoked=True, hashes=("sha1",))
    plain = DkimAudit(domain=domain, status=DkimStatus.PRESENT, keys=(good, old), asked=("s1", "old", "default"))
    return replace(plain, **more)


def tlsa_of(exchange: str, *data: str, **more: Any) -> dict[tuple[str, int], TlsaSet]:
    """Records ``3 0 1`` for port 25 of an exchange."""
    records = tuple(TlsaRecord(usage=3, selector=0, matching=1, data=one) for one in data)
    plain = TlsaSet(
        exchange=exchange,
        port=25,
        name=f"_25._tcp.{exchange}",
        records=records,
        dnssec=Dnssec.SECURE,
        host_dnssec=Dnssec.SECURE,
    )
    return {(exchange, 25): replace(plain, **more)}


def fully_published(domain: str, **more: Any) -> Published:
    """A domain that publishes everything there is."""
    return published_of(
        domain,
        **{
            "spf": spf_of(domain),
            "dmarc": dmarc_of(domain),
            "dkim": dkim_of(domain),
            "mta_sts": StsRecord(text="v=STSv1; id=20260901;", id="20260901"),
            "tls_rpt": TlsRptRecord(
                status=RecordStatus.VALID, text=f"v=TLSRPTv1; rua=mailto:t@{domain}", rua=(f"mailto:t@{domain}",)
            ),
            "bimi": BimiRecord(
                status=RecordStatus.VALID,
                text=f"v=BIMI1; l=https://{domain}/logo.svg",
                location=f"https://{domain}/logo.svg",
            ),
            "caa": CaaSet(name=domain, found_at=domain, issue=("letsencrypt.org", "pki.goog")),
            **more,
        },
    )


def fetch_of(domain: str, *patterns: str, mode: str = "enforce", **more: Any) -> PolicyFetch:
    """A policy that was fetched without TLS being looked at further."""
    lines = ("version: STSv1", f"mode: {mode}", "max_age: 604800", *(f"mx: {pattern}" for pattern in patterns))
    plain = PolicyFetch(
        host=f"mta-sts.{domain}",
        outcome=FetchOutcome.FETCHED,
        status=200,
        content_type="text/plain",
        body="".join(f"{line}\r\n" for line in lines),
    )
    return replace(plain, **more)


def answer_of(name: str, kind: str, *records: str, **more: Any) -> Answer:
    """An answer that is authenticated."""
    plain = Answer(
        question=Question(name, kind),
        status=DnsStatus.ANSWERED if records else DnsStatus.NODATA,
        records=records,
        canonical_name=name,
        ttl_seconds=300,
        authenticated=True,
        resolver="127.0.0.53#53",
    )
    return replace(plain, **more)
