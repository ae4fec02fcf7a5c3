"""CROSS: records of senders that are right one by one, and wrong together."""

from collections.abc import Iterator

from auditor.checks.core import Evidence, NotApplicable, Result, Unknown, check
from auditor.checks.inheritance import ENFORCED, signed_from_above
from auditor.checks.published_facts import DmarcApplies, DmarcOwn, Policies, Signer, Spf
from auditor.checks.routing import why_route_unknown
from auditor.checks.spf import DIG_SPF, has_voids_alone
from auditor.model.dkim import DkimStatus
from auditor.model.finding import Severity
from auditor.model.route import MxStatus
from auditor.model.spf import SpfStatus
from auditor.policy.role import TAKES_MAIL, TAKES_NONE
from auditor.policy.words import bounded

DIG_BOTH = "dig +short {domain} MX\ndig +short {domain} TXT"
DIG_ALL = DIG_BOTH + "\ndig +short _dmarc.{domain} TXT"


@check(
    id="CROSS001",
    name="null-mx-sends",
    severity=Severity.MEDIUM,
    reference="RFC 7505 §4.2",
    remediation="If the domain sends mail, let it take mail too (bounces and replies); if it does not, publish `v=spf1 -all`.",
    reproduce="dig +short {domain} MX\n# expect: {preference} .\n" + DIG_SPF,
)
def null_mx_sends(policies: Policies) -> Iterator[Result]:
    """The domain takes no mail by a null MX, and yet lets servers send in its name.

    Receivers refuse mail whose sender cannot take an answer.
    """
    spf, route = policies.published.spf, policies.facts.route
    if reason := why_route_unknown(route):
        yield Unknown(reason)
    elif route.status is not MxStatus.NULL:
        yield NotApplicable("there is no null MX")
    elif spf.status is SpfStatus.TEMPERROR:
        yield Unknown(f"the SPF record: {spf.reason}")
    elif spf.authorises:
        preference = next((one.preference for one in route.exchanges), 0)
        yield Evidence(f"a null MX beside {spf.record}", fill={"preference": str(preference)})


@check(
    id="CROSS002",
    name="spf-broken-under-dmarc",
    severity=Severity.HIGH,
    reference="RFC 9989 §5; RFC 7208 §2.6.7",
    remediation="Mend the SPF record first; until then, all mail depends on DKIM alone.",
    reproduce=DIG_ALL,
)
def spf_broken_under_dmarc(spf: Spf, dmarc: DmarcApplies) -> Iterator[Result]:
    """DMARC is enforced while the SPF record is in error.

    SPF can never pass, so legitimate mail without a DKIM signature that survives is quarantined or refused.
    """
    if dmarc.tree.policy not in ENFORCED:
        yield NotApplicable("DMARC is not enforced")
    elif spf.audit.status is SpfStatus.TEMPERROR:
        yield Unknown(f"the SPF record: {spf.audit.reason}")
    elif spf.audit.status is SpfStatus.PERMERROR:
        # Void lookups are counted by most receivers, not by all (RFC 7208 §4.6.4).
        severity = Severity.MEDIUM if has_voids_alone(spf) else None
        yield Evidence(f"{dmarc.tree.policy} by {dmarc.record.location}, and SPF: {spf.audit.reason}", severity)


@check(
    id="CROSS003",
    name="dmarc-without-authentication",
    severity=Severity.HIGH,
    reference="RFC 9989 §4.4, §5",
    remediation="Publish SPF for what sends, and have it sign with DKIM; or say that the domain sends nothing (`v=spf1 -all`).",
    reproduce=DIG_ALL,
)
def dmarc_without_authentication(signer: Signer, dmarc: DmarcOwn) -> Iterator[Result]:
    """DMARC is enforced, but there is neither SPF nor DKIM that mail could pass by.

    All mail of the domain is quarantined or refused.
    """
    spf, dkim = signer.published.spf, signer.published.dkim
    without_key = dkim.status in {DkimStatus.ABSENT, DkimStatus.REVOKED} and not signed_from_above(signer.published)
    if dmarc.tree.policy not in ENFORCED:
        yield NotApplicable("DMARC is not enforced")
    elif spf.status is SpfStatus.TEMPERROR and without_key:
        yield Unknown(f"the SPF record: {spf.reason}")
    elif spf.status is SpfStatus.NONE and without_key:
        yield Evidence(f"{dmarc.tree.policy} by {dmarc.record.location}, no SPF record, DKIM {dkim.status}")
    elif spf.status is SpfStatus.NONE and dkim.status is DkimStatus.UNKNOWN:
        yield Unknown(f"there is no SPF record, and DKIM: {dkim.reason}")


@check(
    id="CROSS005",
    name="wildcard-txt",
    severity=Severity.LOW,
    reference="RFC 4592 §2.1; RFC 7208 §3.5",
    remediation="Replace the wildcard by records at the names that need them.",
    reproduce='dig +short made-up-name.{domain} TXT\n# expect: "',
)
def wildcard_txt(policies: Policies) -> Iterator[Result]:
    """A wildcard gives every name below the domain the TXT records of a mail policy.

    Policies seem to be published where nobody meant them: at _mta-sts, at _smtp._tls, at selectors.
    """
    versions = ("v=spf1", "v=DMARC1", "v=STSv1", "v=TLSRPTv1", "v=DKIM1", "v=BIMI1")
    found = [text for text in policies.published.wildcard_txt if text.startswith(versions)]
    # SPF below a wildcard is what RFC 7208 §3.5 describes, if it lets nobody send.
    odd = [text for text in found if text.split() != ["v=spf1", "-all"]]
    if odd:
        yield Evidence(f"a made-up name has: {' | '.join(odd)}")
    elif policies.published.wildcard_unknown:
        yield Unknown(policies.published.wildcard_unknown)


@check(
    id="CROSS006",
    name="wildcard-mx",
    severity=Severity.INFO,
    reference="RFC 4592 §2.1; RFC 9989, Appendix A.4",
    remediation="Replace the wildcard by MX records at the names that take mail.",
    reproduce="dig +short made-up-name.{domain} MX\n# expect: {sign}.",
)
def wildcard_mx(policies: Policies) -> Iterator[Result]:
    """A wildcard gives every name below the domain an MX record.

    Mail to any made-up name is taken, and such names count as existing for DMARC (sp applies, not np).
    """
    # One with the root as exchange says of every name that it takes no mail (RFC 7505 §3).
    taking = [record for record in policies.published.wildcard_mx if record.rpartition(" ")[2] != "."]
    if taking:
        told = f"a made-up name has MX {', '.join(bounded(taking))}"
        yield Evidence(told, fill={"sign": taking[0]})
    elif policies.published.wildcard_unknown:
        yield Unknown(policies.published.wildcard_unknown)


@check(
    id="CROSS007",
    name="role-contradicted",
    severity=Severity.MEDIUM,
    reference="RFC 7505 §4.2; RFC 7208 §10.1.2",
    remediation="Correct the list, or the records of the domain.",
    reproduce=DIG_SPF,
)
def role_contradicted(policies: Policies) -> Iterator[Result]:
    """The domain's records contradict the role that the list gives it.

    A domain that is taken for parked but works, or the other way round, is managed by nobody.
    """
    role, route, spf = policies.role, policies.facts.route, policies.published.spf
    if not role.declared:
        yield NotApplicable("the list declares no role")
        return
    if role.receives is False and route.status in TAKES_MAIL:
        yield Evidence(f"declared {role.role}, and it has MX records")
    if role.receives and route.status in TAKES_NONE:
        yield Evidence(f"declared {role.role}, and it takes no mail (MX status {route.status})")
    if role.sends is False and spf.authorises:
        yield Evidence(f"declared {role.role}, and its SPF record lets servers send: {spf.record}")
    if reason := why_route_unknown(route):
        yield Unknown(reason)
    elif spf.status is SpfStatus.TEMPERROR:
        yield Unknown(f"the SPF record: {spf.reason}")
