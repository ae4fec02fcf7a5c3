"""PARK: what a domain that has nothing to do with mail says of that (M3AAWG, Protecting Parked Domains)."""

from collections.abc import Iterator

from auditor.checks.core import Evidence, NotApplicable, Result, Unknown, check
from auditor.checks.dkim import SEE_KEY
from auditor.checks.dmarc import DIG_OWN
from auditor.checks.inheritance import protected_from_above
from auditor.checks.published_facts import Parked
from auditor.checks.routing import why_route_unknown
from auditor.model.dkim import DkimStatus
from auditor.model.dmarc import Disposition, DmarcStatus
from auditor.model.finding import Severity
from auditor.model.route import MxStatus
from auditor.model.spf import SpfStatus
from auditor.policy.role import says_nobody


@check(
    id="PARK001",
    name="parked-spf",
    severity=Severity.MEDIUM,
    reference="RFC 7208 §10.1.2",
    remediation="Publish the TXT record `v=spf1 -all`.",
    reproduce="dig +short {domain} TXT\n# expect no: v=spf1 -all",
)
def parked_spf(parked: Parked) -> Iterator[Result]:
    """The SPF record does not say that nobody sends mail for this parked domain.

    Domains without mail of their own are what forgers like best: nobody notices.
    """
    spf = parked.published.spf
    if spf.status is SpfStatus.TEMPERROR:
        yield Unknown(f"the SPF record: {spf.reason}")
    elif spf.status is SpfStatus.NONE and (protection := protected_from_above(parked.published)):
        yield NotApplicable(f"no SPF record, and mail in this name is dealt with by {protection}")
    elif not says_nobody(spf):
        yield Evidence(spf.record or "no SPF record")


@check(
    id="PARK002",
    name="parked-dmarc",
    severity=Severity.MEDIUM,
    reference="RFC 9989 §4.7, §5",
    remediation="Publish at _dmarc below the domain `v=DMARC1; p=reject`.",
    reproduce=DIG_OWN + "\n# note: p=reject is what should be in effect, here or at the names above",
)
def parked_dmarc(parked: Parked) -> Iterator[Result]:
    """No DMARC policy has mail in the name of this parked domain rejected.

    No legitimate mail can be hit, so there is no reason for less than reject.
    """
    dmarc = parked.published.dmarc
    if dmarc.status is DmarcStatus.UNKNOWN or dmarc.tree is None:
        yield Unknown(f"DMARC: {dmarc.reason}")
    elif dmarc.tree.policy is not Disposition.REJECT:
        yield Evidence(f"the policy in effect is {dmarc.tree.policy or 'none: no record applies'}")


@check(
    id="PARK003",
    name="parked-null-mx",
    severity=Severity.LOW,
    reference="RFC 7505 §3",
    remediation="Publish the MX record `MX 0 .`, with nothing but the root as exchange.",
    reproduce="dig +short {domain} MX\n# expect no: 0 .",
)
def parked_null_mx(parked: Parked) -> Iterator[Result]:
    """No null MX says that this parked domain takes no mail.

    Mail to it is tried for days, or lands on its web server; receivers cannot tell that it sends none either.
    """
    route = parked.facts.route
    if reason := why_route_unknown(route):
        yield Unknown(reason)
    elif route.status is not MxStatus.NULL:
        yield Evidence(_TAKES_MAIL[route.status])


_TAKES_MAIL = {
    MxStatus.NONE: "no MX record, and no address",
    MxStatus.IMPLICIT: "no MX record, so that mail goes to the domain's address",
    MxStatus.MX: "MX records that name exchanges",
    MxStatus.NULL_WITH_OTHERS: "a null MX beside other MX records",
    MxStatus.UNUSABLE: "MX records, none of which can be used",
}


@check(
    id="PARK004",
    name="parked-dkim",
    severity=Severity.LOW,
    reference="RFC 6376 §3.6.1",
    remediation="Publish the TXT record `v=DKIM1; p=` at *._domainkey below the domain.",
    reproduce=SEE_KEY,
)
def parked_dkim(parked: Parked) -> Iterator[Result]:
    """DKIM keys of this parked domain are not revoked.

    A forgotten key still makes forged mail look signed; a wildcard without key ends all of them.
    """
    dkim = parked.published.dkim
    usable = [key.selector for key in dkim.keys if key.usable]
    if usable:
        yield Evidence(f"keys in use: {', '.join(usable)}", fill={"selector": usable[0]})
    elif dkim.status is DkimStatus.UNKNOWN:
        yield Unknown(f"DKIM: {dkim.reason}")
    elif dkim.status is DkimStatus.ABSENT:
        yield NotApplicable("there is no key that could be revoked")
