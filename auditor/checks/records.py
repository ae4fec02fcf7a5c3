"""BIMI and CAA: records that hang on others, or that others hang on."""

from collections.abc import Iterator

from auditor.checks.core import Evidence, NotApplicable, Result, Unknown, check
from auditor.checks.inheritance import ENFORCED
from auditor.checks.published_facts import Bimi, Caa
from auditor.model.dmarc import Disposition, DmarcRecord
from auditor.model.finding import Severity
from auditor.model.published import RecordStatus

DIG_BIMI = "dig +short default._bimi.{domain} TXT"


@check(
    id="BIMI001",
    name="bimi-invalid",
    severity=Severity.LOW,
    reference="draft-brand-indicators-for-message-identification §4.3; RFC 6376 §3.2 (the form of its tags)",
    remediation="Publish one record, `v=BIMI1; l=URL; a=URL`, with the https addresses of an SVG picture and of its mark certificate.",
    reproduce=DIG_BIMI + "\n# expect: v=BIMI1",
)
def bimi_invalid(bimi: Bimi) -> Iterator[Result]:
    """The BIMI record does not count.

    Mailbox providers show no picture beside the domain's mail.
    """
    if bimi.record.status is RecordStatus.INVALID:
        yield Evidence("; ".join(bimi.record.faults))


@check(
    id="BIMI002",
    name="bimi-without-enforcement",
    severity=Severity.LOW,
    reference="draft-brand-indicators-for-message-identification §1, §7.1",
    remediation="Raise the DMARC policy, for subdomains too, to quarantine or reject.",
    reproduce=DIG_BIMI + "\n# expect: v=BIMI1\ndig +short _dmarc.{domain} TXT\n# expect no: p=reject",
)
def bimi_without_enforcement(bimi: Bimi) -> Iterator[Result]:
    """There is a BIMI record, but DMARC is not enforced as it asks.

    Mailbox providers show the picture for domains with p=reject, or with p=quarantine for all of their mail, alone.
    """
    if not bimi.record.location:
        yield NotApplicable("the record shows no picture")
    elif bimi.dmarc.tree is None:
        yield Unknown(f"DMARC: {bimi.dmarc.reason}")
    elif bimi.dmarc.tree.policy not in ENFORCED:
        yield Evidence(f"the DMARC policy in effect is {bimi.dmarc.tree.policy or 'none: no record applies'}")
    elif bimi.dmarc.tree.policy is Disposition.QUARANTINE and _is_partial(bimi.dmarc.record):
        yield Evidence("p=quarantine with pct under 100")


def _is_partial(record: DmarcRecord | None) -> bool:
    return record is not None and record.pct is not None and record.pct < 100


@check(
    id="CAA001",
    name="caa-missing",
    severity=Severity.INFO,
    reference="RFC 8659 §1, §3",
    remediation='Publish CAA records that name the authorities in use, such as: 0 issue "ca.example".',
    reproduce="dig +noall +answer {domain} CAA\n# expect no: IN CAA\n# note: nor is there one at the names above",
)
def caa_missing(caa: Caa) -> Iterator[Result]:
    """No CAA record says which authorities may issue certificates for the domain.

    Any of them may, for whoever convinces it for a moment; the policy host and the exchanges rest on such certificates.
    """
    if not caa.records.found_at:
        yield Evidence("no CAA record at the domain or above it")


@check(
    id="CAA002",
    name="caa-invalid",
    severity=Severity.LOW,
    reference="RFC 8659 §4",
    remediation="Correct the records that are named.",
    reproduce='dig +short {name} CAA\n# expect: "',
)
def caa_invalid(caa: Caa) -> Iterator[Result]:
    """CAA records of the domain cannot be understood.

    An authority that meets one marked critical issues nothing at all, others issue as if it were not there.
    """
    if not caa.records.found_at:
        yield NotApplicable("there is no CAA record")
    elif caa.records.found_at != caa.records.name:
        yield NotApplicable(f"the records that apply are those of {caa.records.found_at}")
    elif caa.records.faults:
        told = f"{caa.records.found_at}: {'; '.join(caa.records.faults)}"
        yield Evidence(told, fill={"name": caa.records.found_at})
