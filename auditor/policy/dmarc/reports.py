"""Whether those agree to whom reports are to be sent (RFC 9990 §4 for rua, RFC 9991 §5 for ruf)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from auditor.model.dmarc import DmarcRecord, ReportAddress
from auditor.policy.dmarc.found import Found, found_at, txt_question
from auditor.policy.drive import Evaluation
from auditor.policy.public_suffix import organizational_domain
from auditor.policy.report_uri import destination
from auditor.policy.words import bounded, cut

_MOST_DESTINATIONS = 10  # outsiders asked of one record: more are not sent to in earnest, and a text holds thousands


def report_addresses(record: DmarcRecord) -> Evaluation[tuple[ReportAddress, ...]]:
    """Where reports for a record go, after one batch of questions to outsiders, if there are any.

    Organizations are told apart by the public suffix list, where RFC 9990 has the tree walk: it takes no questions
    (the walk takes up to eight for each destination), receivers of RFC 7489 go by it, and where the two differ it is
    the tree that joins: names under a public suffix which has a record, but no psd=y.
    """
    domain = record.location.removeprefix("_dmarc.")
    uris = [("rua", uri) for uri in record.rua] + [("ruf", uri) for uri in record.ruf]
    home = organizational_domain(domain)
    hosts = dict.fromkeys(destination(uri) for _, uri in uris)
    names = {host: f"{domain}._report._dmarc.{host}" for host in hosts if organizational_domain(host) != home}
    agreements = yield from _agreements(names)
    consent = {(tag, host): _consent(tag, host, found) for host, found in agreements.items() for tag in ("rua", "ruf")}
    return tuple(_address(tag, uri, consent.get((tag, destination(uri)))) for tag, uri in uris)


def _agreements(names: Mapping[str, str]) -> Evaluation[dict[str, Found]]:
    """What stands at the name where each host agrees; nothing where that would be too long a name (step 4)."""
    few = dict(list(names.items())[:_MOST_DESTINATIONS])
    questions = {host: question for host, name in few.items() if (question := txt_question(name)) is not None}
    answers = (yield tuple(questions.values())) if questions else ()
    answered = dict(zip(questions, answers, strict=True))
    too_many = f"not asked, for {_MOST_DESTINATIONS} other hosts stand before it"
    agreements = {host: Found(name, failure=f"{name}: {too_many}") for host, name in names.items()}
    agreements |= {host: Found(name) for host, name in few.items()}
    return agreements | {host: found_at(few[host], answer) for host, answer in answered.items()}


@dataclass(frozen=True, slots=True)
class _Consent:
    """What an outsider says of one kind of report."""

    found: Found
    override: tuple[str, ...]
    refusal: str
    """Why it does not agree, or why that is not known; empty where it does."""


def _consent(tag: str, host: str, found: Found) -> _Consent:
    override = tuple(other for record in found.records for other in (record.rua if tag == "rua" else record.ruf))
    return _Consent(found, override, found.failure or _refusal(host, found, override))


def _refusal(host: str, found: Found, override: Sequence[str]) -> str:
    """Why an outsider does not agree, empty where it does."""
    if not found.records:
        too_long = "" if txt_question(found.location) else ", too long a name for the DNS"
        return f"no v=DMARC1 record at {found.location}{too_long} (RFC 9990 §4)"
    # An override that leads on to a third host stops the reports altogether, lest they go round in circles (step 9).
    strangers = bounded(cut(other) for other in override if destination(other) != host)
    return f"{found.location} leads on to {', '.join(strangers)} (RFC 9990 §4)" if strangers else ""


def _address(tag: str, uri: str, consent: _Consent | None) -> ReportAddress:
    """Where one kind of report goes, by what an outsider says of it."""
    if consent is None:
        return ReportAddress(uri=uri, tag=tag)
    return ReportAddress(
        uri=uri,
        tag=tag,
        external=True,
        authorised=not consent.refusal if consent.found.known else None,
        reason=consent.refusal,
        question=consent.found.location,
        override=consent.override,
    )
