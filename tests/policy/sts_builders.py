"""Facts of a domain with an MTA-STS policy, made by hand."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from auditor.model.certificate import Certificate, TlsHandshake, VerifyError
from auditor.model.dkim import DkimAudit, DkimStatus
from auditor.model.dmarc import DmarcAudit, DmarcStatus
from auditor.model.endpoint import Endpoint
from auditor.model.facts import DomainFacts
from auditor.model.mta_sts import FetchOutcome, PolicyFetch, StsRecord
from auditor.model.published import BimiRecord, CaaSet, Published, RecordStatus, TlsRptRecord
from auditor.model.route import Exchange, ExchangeStatus, MailRoute, MxStatus
from auditor.model.session import Outcome, SmtpSession, Stage, Starttls
from auditor.model.spf import SpfAudit, SpfStatus
from auditor.model.target import Target

DOMAIN = "example.com"
POLICY_HOST = "mta-sts.example.com"
MX1, MX2 = "mx1.example.com", "mx2.example.com"
ONE, OTHER = Endpoint(MX1, "192.0.2.1", 25), Endpoint(MX1, "2001:db8::1", 25)
TWO = Endpoint(MX2, "192.0.2.2", 25)
POLICY = f"version: STSv1\nmode: enforce\nmx: {MX1}\nmx: {MX2}\nmax_age: 86400\n"
RECORD = StsRecord(text="v=STSv1; id=a", id="a")

Looks = Mapping[Endpoint, SmtpSession | None]
"""What was seen of each endpoint; ``None`` where it was not spoken to."""


def handshake(name: str, *codes: int) -> TlsHandshake:
    errors = tuple(VerifyError(code, 0, "") for code in codes)
    return TlsHandshake(version="TLSv1.3", cipher="x", chain=(name,), verify_errors=errors)


def session(endpoint: Endpoint, **facts: Any) -> SmtpSession:
    values = {"outcome": Outcome.COMPLETED, "stage": Stage.DONE, "starttls": Starttls.OK}
    tls = handshake(endpoint.exchange)
    return SmtpSession(endpoint=endpoint, **{**values, "tls": tls, **facts})


def without_tls(endpoint: Endpoint, starttls: Starttls, **facts: Any) -> SmtpSession:
    return session(endpoint, starttls=starttls, tls=None, **facts)


def fetch(outcome: FetchOutcome = FetchOutcome.FETCHED, **facts: Any) -> PolicyFetch:
    values = {"body": POLICY, "status": 200, "tls": handshake(POLICY_HOST)}
    return PolicyFetch(host=POLICY_HOST, outcome=outcome, **{**values, **facts})


def published(record: StsRecord) -> Published:
    return Published(
        domain=DOMAIN,
        spf=SpfAudit(domain=DOMAIN, status=SpfStatus.NONE),
        dmarc=DmarcAudit(domain=DOMAIN, status=DmarcStatus.NONE),
        dkim=DkimAudit(domain=DOMAIN, status=DkimStatus.UNKNOWN),
        mta_sts=record,
        tls_rpt=TlsRptRecord(status=RecordStatus.NONE),
        bimi=BimiRecord(status=RecordStatus.NONE),
        caa=CaaSet(name=DOMAIN),
    )


def exchange(name: str, *addresses: str, status: ExchangeStatus = ExchangeStatus.OK) -> Exchange:
    return Exchange(preference=10, exchange=name, status=status, addresses=addresses, usable=addresses)


def facts(looks: Looks, *, record: StsRecord = RECORD, policy: PolicyFetch | None = None, **more: Any) -> DomainFacts:
    """The facts of a domain whose exchanges are those of the endpoints, each certificate good for its name."""
    names = tuple(dict.fromkeys(endpoint.exchange for endpoint in looks))
    route = MailRoute(
        domain=DOMAIN,
        status=MxStatus.MX,
        exchanges=tuple(exchange(name, *(one.address for one in looks if one.exchange == name)) for name in names),
        endpoints=tuple(looks),
    )
    hosts = (*names, POLICY_HOST)
    target = Target(domain=DOMAIN, domain_unicode=DOMAIN, input=DOMAIN, input_line=1, source="-")
    values = {
        "target": target,
        "route": route,
        "sessions": {endpoint: look for endpoint, look in looks.items() if look is not None},
        "certificates": {host: Certificate(sha256=host, der=b"", names=(host,)) for host in hosts},
        "published": published(record),
        "policy_fetch": policy or fetch(),
        "judged_at": datetime(2026, 11, 24, tzinfo=UTC),
    }
    return DomainFacts(**{**values, **more})


GOOD: Looks = {ONE: session(ONE), TWO: session(TWO)}
