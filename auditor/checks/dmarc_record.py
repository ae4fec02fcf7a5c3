"""DMARC: how the domain's own record is written, and whom it has told of what fails."""

from collections.abc import Iterator

from auditor.checks.core import Evidence, NotApplicable, Result, Unknown, check
from auditor.checks.dmarc import DIG_OWN
from auditor.checks.published_facts import Dmarc, DmarcOwn
from auditor.model.finding import Severity
from auditor.policy.words import bounded


@check(
    id="DMARC007",
    name="dmarc-partial",
    severity=Severity.INFO,
    reference="RFC 7489 §6.3 (pct); RFC 9989, Appendix A.6 (its removal)",
    remediation="Remove pct=; use t=y for a trial.",
    reproduce=DIG_OWN + "\n# expect: pct=",
)
def dmarc_partial(dmarc: DmarcOwn) -> Iterator[Result]:
    """Receivers that follow the older standard apply the policy to a part of the mail.

    Newer ones ignore pct, so the same mail is treated one way here and another there.
    """
    if dmarc.record.pct is not None and dmarc.record.pct < 100:
        yield Evidence(f"pct={dmarc.record.pct}")


@check(
    id="DMARC008",
    name="dmarc-retired-tags",
    severity=Severity.INFO,
    reference="RFC 9989 §4.7, §4.8",
    remediation="Remove the tags; receivers of the present standard ignore them.",
    reproduce=DIG_OWN + "\n# expect: v=DMARC1",
)
def dmarc_retired_tags(dmarc: DmarcOwn) -> Iterator[Result]:
    """The DMARC record has tags that are retired, unknown, or without effect.

    They do nothing, or not the same everywhere: some receivers still go by the older standard.
    """
    odd = (*dmarc.record.retired, *dmarc.record.unknown_tags, *dmarc.record.notes)
    if odd:
        yield Evidence("; ".join(odd))


@check(
    id="DMARC009",
    name="dmarc-no-reports",
    severity=Severity.LOW,
    reference="RFC 9989 §4.7; RFC 9990 §3",
    remediation="Add rua=mailto:ADDRESS, and read what comes.",
    reproduce=DIG_OWN + "\n# expect: v=DMARC1",
)
def dmarc_no_reports(dmarc: DmarcOwn) -> Iterator[Result]:
    """Nobody receives the aggregate reports on DMARC.

    Without them nobody learns which legitimate mail fails, or who sends in the domain's name.
    """
    if not dmarc.record.rua:
        yield Evidence(f"no rua= that can be used in {dmarc.record.location}")


@check(
    id="DMARC010",
    name="dmarc-reports-not-accepted",
    severity=Severity.MEDIUM,
    reference="RFC 9990 §4; RFC 9991 §5; RFC 7489 §7.1",
    remediation="Have whoever receives the reports publish the TXT record v=DMARC1 at the name that is given.",
    reproduce=DIG_OWN + "\n# expect: v=DMARC1\ndig +short {name} TXT\n# expect no: v=DMARC1",
)
def dmarc_reports_not_accepted(dmarc: DmarcOwn) -> Iterator[Result]:
    """Reports go to another organisation that has not agreed to receive them.

    Receivers of mail do not send them then.
    """
    external = [one for one in dmarc.audit.reports if one.external]
    refused: dict[tuple[str, str, str], list[str]] = {}
    for one in external:
        if one.authorised is False:
            refused.setdefault((one.tag, one.question, one.reason), []).append(one.uri)
    for (tag, question, reason), uris in refused.items():
        severity = None if tag == "rua" else Severity.LOW  # few send reports on single messages at all
        yield Evidence(f"{tag}={', '.join(bounded(uris))}: {reason}", severity, {"name": question})
    doubtful = [f"{one.tag}={one.uri}: {one.reason}" for one in external if one.authorised is None]
    if doubtful:
        yield Unknown("; ".join(bounded(doubtful)))
    elif not external:
        yield NotApplicable("no report goes to another organisation")


@check(
    id="DMARC012",
    name="dmarc-tag-faults",
    severity=Severity.LOW,
    reference="RFC 9989 §4.7, §4.8",
    remediation="Correct the tags that are named.",
    reproduce=DIG_OWN + "\n# expect: v=DMARC1",
)
def dmarc_tag_faults(dmarc: DmarcOwn) -> Iterator[Result]:
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
    reproduce=DIG_OWN + "\n# expect: v=DMARC1\ndig +short made-up-name.{domain} TXT\n# expect: v=DMARC1",
)
def dmarc_wildcard(dmarc: DmarcOwn) -> Iterator[Result]:
    """The DMARC record may be no more than a wildcard.

    A made-up name below the domain has the very same TXT record, so it stands at every name, where it confuses other lookups.
    """
    if dmarc.audit.wildcard is None:
        yield Unknown("the lookup of a made-up name gave no fact")
    elif dmarc.audit.wildcard:
        yield Evidence(f"a made-up name below {dmarc.audit.domain} has the same record")


@check(
    id="DMARC015",
    name="dmarc-look-alike",
    severity=Severity.HIGH,
    reference="RFC 9989 §4.7, §4.8, §4.10",
    remediation="Let the record begin with exactly v=DMARC1; and separate its tags by semicolons.",
    reproduce=DIG_OWN + '\n# expect: "\n# note: it begins otherwise than v=DMARC1, to the letter',
)
def dmarc_look_alike(dmarc: Dmarc) -> Iterator[Result]:
    """A TXT record is meant as DMARC, but receivers do not take it for that.

    Its owner believes the domain to be protected; to receivers the record is not there.
    """
    # Beside a record that counts it is only in the way.
    for text in dmarc.audit.look_alikes:
        yield Evidence(f"_dmarc.{dmarc.audit.domain}: {text}", Severity.LOW if dmarc.audit.has_own else None)
