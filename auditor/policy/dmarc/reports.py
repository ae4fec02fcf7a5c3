"""Whether those agree to whom reports are to be sent (RFC 9990 §4 for rua, RFC 9991 §5 for ruf)."""

from collections.abc import Mapping

from auditor.model.dmarc import DmarcRecord, ReportAddress
from auditor.policy.dmarc.found import Found, found_at, txt_question
from auditor.policy.dmarc.values import destination
from auditor.policy.drive import Evaluation
from auditor.policy.public_suffix import organizational_domain

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
    outside = dict.fromkeys(host for _, uri in uris if organizational_domain(host := destination(uri)) != home)
    found = yield from _agreements(domain, tuple(outside))
    return tuple(_address(tag, uri, found, external=destination(uri) in outside) for tag, uri in uris)


def _agreements(domain: str, hosts: tuple[str, ...]) -> Evaluation[dict[str, Found]]:
    """What the first hosts say of reports for a domain; nothing is there where the name would be too long (step 4)."""
    names = {host: f"{domain}._report._dmarc.{host}" for host in hosts[:_MOST_DESTINATIONS]}
    questions = {host: question for host, name in names.items() if (question := txt_question(name)) is not None}
    answers = (yield tuple(questions.values())) if questions else ()
    answered = dict(zip(questions, answers, strict=True))
    return {host: found_at(name, answered[host]) if host in answered else Found("") for host, name in names.items()}


def _address(tag: str, uri: str, found: Mapping[str, Found], *, external: bool) -> ReportAddress:
    host = destination(uri)
    if not external:
        return ReportAddress(uri=uri, tag=tag)
    if host not in found:
        return ReportAddress(uri=uri, tag=tag, external=True, authorised=None)
    agreement = found[host]
    override = tuple(other for record in agreement.records for other in (record.rua if tag == "rua" else record.ruf))
    # An override that leads on to a third host stops the reports altogether, lest they go round in circles (step 9).
    agreed = bool(agreement.records) and all(destination(other) == host for other in override)
    return ReportAddress(
        uri=uri,
        tag=tag,
        external=True,
        authorised=agreed if agreement.known else None,
        question=agreement.location,
        override=override,
    )
