"""DMARC: what receivers are asked to do with mail that fails, and whom they tell."""

from collections.abc import Iterator

from auditor.checks.core import Evidence, NotApplicable, Result, Unknown, check
from auditor.checks.published_facts import Dmarc, DmarcApplies
from auditor.model.dmarc import Discovery, Disposition, DmarcStatus
from auditor.model.finding import Severity

DIG_DMARC = "dig +short _dmarc.{domain} TXT\n# if there is none, the same one label further up, and so on"
STRICTNESS = {None: 0, Disposition.NONE: 0, Disposition.QUARANTINE: 1, Disposition.REJECT: 2}


@check(
    id="DMARC001",
    name="dmarc-missing",
    severity=Severity.MEDIUM,
    reference="RFC 9989 §4.7, §4.10",
    remediation="Publish at _dmarc below the domain: v=DMARC1; p=none; rua=mailto:ADDRESS; read the reports, then raise p to quarantine and reject.",
    reproduce=DIG_DMARC,
)
def dmarc_missing(dmarc: Dmarc) -> Iterator[Result]:
    """No DMARC record applies to the domain.

    Receivers are told neither what to do with mail that only pretends to be the domain's, nor whom to tell of it.
    """
    if dmarc.audit.status is DmarcStatus.NONE:
        asked = ", ".join(dmarc.audit.walked) or f"_dmarc.{dmarc.audit.domain}"
        yield Evidence(f"no record at {asked}")


@check(
    id="DMARC002",
    name="dmarc-invalid",
    severity=Severity.HIGH,
    reference="RFC 9989 §4.7, §4.10.1",
    remediation="Keep one record that begins with v=DMARC1; and has a p tag of none, quarantine or reject.",
    reproduce=DIG_DMARC,
)
def dmarc_invalid(dmarc: Dmarc) -> Iterator[Result]:
    """The DMARC record does not count.

    Receivers treat the domain as one without any, while its owner takes it for protected.
    """
    if dmarc.audit.status is DmarcStatus.NONE:
        yield NotApplicable("there is no DMARC record")
    elif dmarc.audit.status is DmarcStatus.INVALID:
        yield Evidence(dmarc.audit.reason)
    elif dmarc.audit.several:
        yield Evidence(f"several records, all of them discarded, at {', '.join(dmarc.audit.several)}", Severity.MEDIUM)


@check(
    id="DMARC003",
    name="dmarc-not-enforced",
    severity=Severity.MEDIUM,
    reference="RFC 9989 §4.7, §5",
    remediation="Read the reports until all that sends for the domain is aligned, then raise p to quarantine and reject.",
    reproduce=DIG_DMARC,
)
def dmarc_not_enforced(dmarc: DmarcApplies) -> Iterator[Result]:
    """The DMARC policy asks receivers to do nothing.

    Mail that only pretends to be the domain's is delivered as if there were no policy.
    """
    if dmarc.tree.policy in {None, Disposition.NONE}:
        testing = ", lowered by t=y" if dmarc.record.testing else ""
        yield Evidence(f"the policy in effect is {dmarc.tree.policy or 'none'}{testing}, by {dmarc.record.location}")


@check(
    id="DMARC004",
    name="dmarc-subdomains-weaker",
    severity=Severity.MEDIUM,
    reference="RFC 9989 §4.7, §4.10.2",
    remediation="Remove sp=, or raise it to what p says.",
    reproduce=DIG_DMARC,
)
def dmarc_subdomains_weaker(dmarc: DmarcApplies) -> Iterator[Result]:
    """Subdomains are protected less than the domain itself.

    Who is stopped at the domain pretends to be one of its subdomains instead.
    """
    if not dmarc.own:
        yield NotApplicable(f"the policy is that of {dmarc.record.location}")
    elif STRICTNESS[dmarc.tree.subdomain_policy] < STRICTNESS[dmarc.tree.policy]:
        yield Evidence(f"sp={dmarc.record.sp}, while p={dmarc.record.p}")


@check(
    id="DMARC005",
    name="dmarc-nonexistent-weaker",
    severity=Severity.LOW,
    reference="RFC 9989 §4.7, §4.10.2",
    remediation="Set np=reject: no mail can come from a name that does not exist.",
    reproduce=DIG_DMARC,
)
def dmarc_nonexistent_weaker(dmarc: DmarcApplies) -> Iterator[Result]:
    """Made-up subdomains are protected less than those that exist.

    A name that does not exist sends no mail of its own, so nothing is lost by rejecting all of it.
    """
    if not dmarc.own:
        yield NotApplicable(f"the policy is that of {dmarc.record.location}")
    elif STRICTNESS[dmarc.tree.nonexistent_policy] < STRICTNESS[dmarc.tree.subdomain_policy]:
        yield Evidence(f"np={dmarc.record.np}, while subdomains that exist get {dmarc.tree.subdomain_policy}")


@check(
    id="DMARC006",
    name="dmarc-testing",
    severity=Severity.LOW,
    reference="RFC 9989 §4.7",
    remediation="Remove t=y once the reports show that nothing legitimate fails.",
    reproduce=DIG_DMARC,
)
def dmarc_testing(dmarc: DmarcApplies) -> Iterator[Result]:
    """The DMARC policy is marked as a test.

    Receivers apply the next lower policy: quarantine for reject, and nothing for quarantine.
    """
    if dmarc.record.testing:
        yield Evidence(f"t=y in {dmarc.record.location}")


@check(
    id="DMARC007",
    name="dmarc-partial",
    severity=Severity.INFO,
    reference="RFC 7489 §6.3 (pct); RFC 9989 §A.6 retired it",
    remediation="Remove pct=; use t=y for a trial.",
    reproduce=DIG_DMARC,
)
def dmarc_partial(dmarc: DmarcApplies) -> Iterator[Result]:
    """Receivers that follow the older standard apply the policy to a part of the mail.

    Newer ones ignore pct, so the same mail is treated one way here and another there.
    """
    if dmarc.record.pct is not None and dmarc.record.pct < 100:
        yield Evidence(f"pct={dmarc.record.pct}")


@check(
    id="DMARC008",
    name="dmarc-retired-tags",
    severity=Severity.INFO,
    reference="RFC 9989 §4.7, §9.4",
    remediation="Remove the tags; receivers of the present standard ignore them.",
    reproduce=DIG_DMARC,
)
def dmarc_retired_tags(dmarc: DmarcApplies) -> Iterator[Result]:
    """The DMARC record has tags that the present standard retired, or that no standard knows.

    They do nothing, or not the same everywhere.
    """
    odd = (*dmarc.record.retired, *dmarc.record.unknown_tags)
    if odd:
        yield Evidence(", ".join(odd))


@check(
    id="DMARC009",
    name="dmarc-no-reports",
    severity=Severity.LOW,
    reference="RFC 9989 §4.7; RFC 9990 §3",
    remediation="Add rua=mailto:ADDRESS, and read what comes.",
    reproduce=DIG_DMARC,
)
def dmarc_no_reports(dmarc: DmarcApplies) -> Iterator[Result]:
    """Nobody receives the aggregate reports on DMARC.

    Without them nobody learns which legitimate mail fails, or who sends in the domain's name.
    """
    if not dmarc.record.rua:
        yield Evidence(f"no rua= that can be used in {dmarc.record.location}")


@check(
    id="DMARC010",
    name="dmarc-reports-not-accepted",
    severity=Severity.MEDIUM,
    reference="RFC 9990 §4; RFC 7489 §7.1",
    remediation="Have whoever receives the reports publish the TXT record v=DMARC1 at the name that is given.",
    reproduce=DIG_DMARC + "\n# for an address in another domain: dig +short {domain}._report._dmarc.OTHER TXT",
)
def dmarc_reports_not_accepted(dmarc: DmarcApplies) -> Iterator[Result]:
    """Reports go to another organisation that has not agreed to receive them.

    Receivers of mail do not send them then.
    """
    external = [one for one in dmarc.audit.reports if one.external]
    for one in external:
        if one.authorised is False:
            yield Evidence(f"{one.tag}={one.uri}: no v=DMARC1 record at {one.question}")
    doubtful = [one.question for one in external if one.authorised is None]
    if doubtful:
        yield Unknown(f"the lookup of {', '.join(doubtful)} gave no fact")
    elif not external:
        yield NotApplicable("no report goes to another organisation")


@check(
    id="DMARC011",
    name="dmarc-receivers-differ",
    severity=Severity.LOW,
    reference="RFC 9989 §4.10; RFC 7489 §6.6.3",
    remediation="Publish a record at the name itself that says what is meant, so that both ways of discovery find the same.",
    reproduce=DIG_DMARC,
)
def dmarc_receivers_differ(dmarc: Dmarc) -> Iterator[Result]:
    """Receivers of the old standard and of the new one come to different DMARC policies.

    The new one walks up the tree of names, the old one asks the public suffix list; for years, both will be in use.
    """
    audit = dmarc.audit
    if audit.tree is None or audit.suffix is None:
        yield Unknown(f"DMARC: {audit.reason}")
    elif audit.differs:
        yield Evidence(f"by the tree walk {_way(audit.tree)}; by the public suffix list {_way(audit.suffix)}")


def _way(way: Discovery) -> str:
    where = way.record.location if way.record is not None else "no record"
    return f"{way.policy or 'no policy'}, subdomains {way.subdomain_policy or 'no policy'} ({where}, organizational domain {way.organizational_domain})"


@check(
    id="DMARC012",
    name="dmarc-tag-faults",
    severity=Severity.LOW,
    reference="RFC 9989 §4.7, §4.8",
    remediation="Correct the tags that are named.",
    reproduce=DIG_DMARC,
)
def dmarc_tag_faults(dmarc: DmarcApplies) -> Iterator[Result]:
    """Tags of the DMARC record cannot be read.

    Receivers ignore them, or the whole record; which of both is not the same everywhere.
    """
    if dmarc.record.faults:
        yield Evidence("; ".join(dmarc.record.faults))


@check(
    id="DMARC013",
    name="dmarc-wildcard",
    severity=Severity.LOW,
    reference="RFC 4592 §2.1; RFC 9989 §4.10",
    remediation="Publish the record at _dmarc by name, and keep wildcard TXT records out of the zone.",
    reproduce=DIG_DMARC + "\ndig +short made-up-name.{domain} TXT",
)
def dmarc_wildcard(dmarc: DmarcApplies) -> Iterator[Result]:
    """The DMARC record may be no more than a wildcard.

    A made-up name below the domain has the very same TXT record, so it stands at every name, where it confuses other lookups.
    """
    if dmarc.audit.wildcard:
        yield Evidence(f"a made-up name below {dmarc.audit.domain} has the same record")


@check(
    id="DMARC014",
    name="dmarc-quarantine",
    severity=Severity.INFO,
    reference="RFC 9989 §5",
    remediation="Raise p to reject once quarantine has shown no harm.",
    reproduce=DIG_DMARC,
)
def dmarc_quarantine(dmarc: DmarcApplies) -> Iterator[Result]:
    """The DMARC policy stops at quarantine.

    What pretends to be the domain's mail still reaches the spam folders of its readers.
    """
    if dmarc.tree.policy is Disposition.QUARANTINE:
        yield Evidence(f"quarantine, by {dmarc.record.location}")
