"""RPT: whom senders tell when TLS fails on the way to a domain."""

from collections.abc import Iterator

from auditor.checks.core import Evidence, NotApplicable, Result, check
from auditor.checks.published_facts import TlsRpt
from auditor.model.finding import Severity
from auditor.model.published import RecordStatus

DIG_RPT = "dig +short _smtp._tls.{domain} TXT"


@check(
    id="RPT001",
    name="tls-rpt-missing",
    severity=Severity.INFO,
    reference="RFC 8460 §3",
    remediation="Publish at _smtp._tls below the domain `v=TLSRPTv1; rua=mailto:ADDRESS`.",
    reproduce=DIG_RPT + "\n# expect no: v=TLSRPTv1",
)
def tls_rpt_missing(rpt: TlsRpt) -> Iterator[Result]:
    """Nobody is told when TLS fails on the way to the domain.

    Where MTA-STS or DANE is used, a fault keeps mail away, and without reports the owner learns of it last.
    """
    if rpt.record.status is RecordStatus.NONE:
        with_promise = f", while {' and '.join(rpt.promises)} would give something to report" if rpt.promises else ""
        yield Evidence(f"no TLS-RPT record{with_promise}", Severity.LOW if rpt.promises else None)


@check(
    id="RPT002",
    name="tls-rpt-invalid",
    severity=Severity.LOW,
    reference="RFC 8460 §3",
    remediation="Publish exactly one record that begins with v=TLSRPTv1; and has a rua= of mailto: or https: addresses.",
    reproduce=DIG_RPT + '\n# expect: "',
)
def tls_rpt_invalid(rpt: TlsRpt) -> Iterator[Result]:
    """The TLS-RPT record does not count.

    Senders send no reports.
    """
    if rpt.record.status is RecordStatus.NONE:
        yield NotApplicable("there is no TLS-RPT record")
    elif rpt.record.status is RecordStatus.INVALID:
        yield Evidence("; ".join(rpt.record.faults))
