"""DMARC: what receivers are asked to do with mail that fails."""

from collections.abc import Iterator

from auditor.checks.core import Evidence, NotApplicable, Result, Unknown, check
from auditor.checks.published_facts import Dmarc, DmarcApplies, DmarcOwn
from auditor.model.dmarc import Discovery, Disposition, DmarcStatus
from auditor.model.finding import Severity

DIG_OWN = "dig +short _dmarc.{domain} TXT"
DIG_APPLIES = "dig +short {name} TXT\n# expect: v=DMARC1"
STRICTNESS = {None: 0, Disposition.NONE: 0, Disposition.QUARANTINE: 1, Disposition.REJECT: 2}


def _where(dmarc: DmarcApplies) -> dict[str, str]:
    """Where the record stands, for the lines to type."""
    return {"name": dmarc.record.location}


@check(
    id="DMARC001",
    name="dmarc-missing",
    severity=Severity.MEDIUM,
    reference="RFC 9989 §4.10, §4.7",
    remediation="Publish at _dmarc below the domain `v=DMARC1; p=none; rua=mailto:ADDRESS`; read the reports, then raise p to quarantine and reject.",
    reproduce=DIG_OWN + "\n# expect no: v=DMARC1\n# note: nor is there one at the names above",
)
def dmarc_missing(dmarc: Dmarc) -> Iterator[Result]:
    """No DMARC record applies to the domain.

    Receivers are told neither what to do with mail that only pretends to be the domain's, nor whom to tell of it.
    """
    if dmarc.audit.status is DmarcStatus.NONE:
        asked = ", ".join(dmarc.audit.walked) or f"_dmarc.{dmarc.audit.domain}"
        yield Evidence(f"no record at {asked}")
    elif dmarc.audit.status is DmarcStatus.INVALID:
        yield NotApplicable(f"there is one, which does not count: {dmarc.audit.reason}")


@check(
    id="DMARC002",
    name="dmarc-invalid",
    severity=Severity.HIGH,
    reference="RFC 9989 §4.7, §4.10.1",
    remediation="Keep one record that begins with v=DMARC1; and has a p tag of none, quarantine or reject.",
    reproduce=DIG_OWN + "\n# note: if there is none, the same one label further up, and so on",
)
def dmarc_invalid(dmarc: Dmarc) -> Iterator[Result]:
    """The DMARC record does not count.

    Receivers treat the domain as one without any, while its owner takes it for protected.
    """
    own = f"_dmarc.{dmarc.audit.domain}"
    if dmarc.audit.status is DmarcStatus.NONE:
        yield NotApplicable("there is no DMARC record")
    elif dmarc.audit.status is DmarcStatus.INVALID:
        yield Evidence(dmarc.audit.reason)
    elif own in dmarc.audit.several:
        yield Evidence(f"several records at {own}, all of them discarded; one further up applies", Severity.MEDIUM)


@check(
    id="DMARC003",
    name="dmarc-not-enforced",
    severity=Severity.MEDIUM,
    reference="RFC 9989 §4.7, §5",
    remediation="Read the reports until all that sends for the domain is aligned, then raise p to quarantine and reject.",
    reproduce=DIG_APPLIES,
)
def dmarc_not_enforced(dmarc: DmarcApplies) -> Iterator[Result]:
    """The DMARC policy asks receivers to do nothing.

    Mail that only pretends to be the domain's is delivered as if there were no policy.
    """
    if dmarc.tree.policy in {None, Disposition.NONE}:
        testing = f", lowered from {dmarc.record.p} by t=y" if dmarc.audit.has_own and dmarc.record.testing else ""
        yield Evidence(
            f"the policy in effect is {dmarc.tree.policy or 'none'}{testing}, by {dmarc.record.location}",
            fill=_where(dmarc),
        )


@check(
    id="DMARC004",
    name="dmarc-subdomains-weaker",
    severity=Severity.MEDIUM,
    reference="RFC 9989 §4.7, §4.10.1",
    remediation="Remove sp=, or raise it to what p says; it is the record of the organizational domain that counts below the domain.",
    reproduce=DIG_APPLIES,
)
def dmarc_subdomains_weaker(dmarc: DmarcOwn) -> Iterator[Result]:
    """Subdomains are protected less than the domain itself.

    Who is stopped at the domain pretends to be one of its subdomains instead.
    """
    if not dmarc.tree.complete:
        yield Unknown(f"DMARC: {dmarc.audit.reason}")
    elif STRICTNESS[dmarc.tree.subdomain_policy] < STRICTNESS[dmarc.tree.policy]:
        below = dmarc.tree.subdomain_policy or "no policy"
        yield Evidence(f"{below} for subdomains, {dmarc.tree.policy} for the domain itself", fill=_where(dmarc))


@check(
    id="DMARC005",
    name="dmarc-nonexistent-weaker",
    severity=Severity.LOW,
    reference="RFC 9989 §4.7, §4.10.1",
    remediation="Set np=reject: no mail can come from a name that does not exist.",
    reproduce=DIG_APPLIES,
)
def dmarc_nonexistent_weaker(dmarc: DmarcOwn) -> Iterator[Result]:
    """Made-up subdomains are protected less than those that exist.

    A name that does not exist sends no mail of its own, so nothing is lost by rejecting all of it.
    """
    tree = dmarc.tree
    if not tree.complete:
        yield Unknown(f"DMARC: {dmarc.audit.reason}")
    elif STRICTNESS[tree.nonexistent_policy] < STRICTNESS[tree.subdomain_policy]:
        made_up = tree.nonexistent_policy or "no policy"
        told = f"{made_up} for names that do not exist, {tree.subdomain_policy} for those that do"
        yield Evidence(told, fill=_where(dmarc))


@check(
    id="DMARC006",
    name="dmarc-testing",
    severity=Severity.LOW,
    reference="RFC 9989 §4.7",
    remediation="Remove t=y once the reports show that nothing legitimate fails.",
    reproduce=DIG_APPLIES.removesuffix("v=DMARC1") + "t=y",
)
def dmarc_testing(dmarc: DmarcApplies) -> Iterator[Result]:
    """The DMARC policy is marked as a test.

    Receivers apply the next lower policy: quarantine for reject, and nothing for quarantine.
    """
    if dmarc.record.testing:
        older = dmarc.audit.suffix
        in_full = older is not None and older.record == dmarc.record and older.policy is not dmarc.tree.policy
        words = f", which receivers of RFC 7489 do not know: they apply {older.policy}" if older and in_full else ""
        yield Evidence(f"t=y in {dmarc.record.location}{words}", fill=_where(dmarc))


@check(
    id="DMARC011",
    name="dmarc-receivers-differ",
    severity=Severity.LOW,
    reference="RFC 9989 §4.10; RFC 7489 §6.6.3",
    remediation="Publish a record at the name itself that says what is meant, so that both ways of discovery find the same.",
    reproduce=DIG_OWN + "\n# note: if there is none, the same one label further up, and so on",
)
def dmarc_receivers_differ(dmarc: Dmarc) -> Iterator[Result]:
    """Receivers of the old standard and of the new one read the domain's DMARC differently.

    The new one walks up the tree of names, the old one asks the public suffix list; for years, both will be in use.
    They may find other records, other policies, or another organizational domain, and so align other names.
    """
    audit = dmarc.audit
    if audit.tree is None or audit.suffix is None or not (audit.tree.complete and audit.suffix.complete):
        yield Unknown(f"DMARC: {audit.reason or 'a lookup on one of both ways gave no fact'}")
    elif audit.differs and not _by_test_alone(audit.tree, audit.suffix):
        yield Evidence(f"by the tree walk {_way(audit.tree)}; by the public suffix list {_way(audit.suffix)}")


def _by_test_alone(tree: Discovery, suffix: Discovery) -> bool:
    """Whether both find the same record, whose t=y is all that they make different use of."""
    same = (tree.record, tree.organizational_domain) == (suffix.record, suffix.organizational_domain)
    return same and tree.record is not None and tree.record.testing


def _way(way: Discovery) -> str:
    where = way.record.location if way.record is not None else "no record"
    return f"{way.policy or 'no policy'}, subdomains {way.subdomain_policy or 'no policy'} ({where}, organizational domain {way.organizational_domain})"


@check(
    id="DMARC014",
    name="dmarc-quarantine",
    severity=Severity.INFO,
    reference="RFC 9989 §5",
    remediation="Raise p to reject once quarantine has shown no harm.",
    reproduce=DIG_APPLIES,
)
def dmarc_quarantine(dmarc: DmarcApplies) -> Iterator[Result]:
    """The DMARC policy stops at quarantine.

    What pretends to be the domain's mail still reaches the spam folders of its readers.
    """
    if dmarc.tree.policy is Disposition.QUARANTINE:
        yield Evidence(f"quarantine, by {dmarc.record.location}", fill=_where(dmarc))
