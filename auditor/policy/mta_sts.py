"""MTA-STS records, the fetching of policies, and whom a policy names (RFC 8461)."""

import re
from collections.abc import Sequence

from auditor.model.certificate import Certificate, CertName, CertTrust
from auditor.model.dns import Answer, DnsStatus
from auditor.model.mta_sts import FetchOutcome, PolicyFetch, StsPolicy, StsRecord
from auditor.policy.answers import complaint
from auditor.policy.identity import certificate_name
from auditor.policy.sts_policy import parse_policy
from auditor.policy.trust import certificate_trust

__all__ = [
    "certificate_fault",
    "content_type_fault",
    "mx_matches",
    "parse_policy",
    "read_sts_record",
    "uncovered",
    "unused",
    "why_fetch_fails",
]

# The prose discards what does not begin with "v=STSv1;", the ABNF allows white space before the semicolon.
_VERSION = re.compile(r"v=STSv1[ \t]*;")
_MEANT_AS_RECORD = re.compile(r"\s*v\s*=\s*sts", re.IGNORECASE)
_WHITESPACE = " \t"
_ID = re.compile(r"[A-Za-z0-9]{1,32}")
_FIELD = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,31}=[\x21-\x3a\x3c\x3e-\x7e]+")
_SHOWN = 80  # characters of a text that is complained of


def read_sts_record(answer: Answer) -> StsRecord:
    """The record in an answer for ``_mta-sts`` TXT (§3.1).

    Texts that do not begin with that version are no records; one that is plainly meant
    as such is told of where there is no other, for its owner takes it for one.
    """
    if not answer.status.known:
        return StsRecord(unknown=complaint(answer))
    texts = answer.records if answer.status is DnsStatus.ANSWERED else ()
    records = [text for text in texts if _VERSION.match(text)]
    if len(records) == 1:
        return _read_fields(records[0])
    if records:
        return StsRecord(text=" | ".join(records), faults=(f"{len(records)} records, of which none counts",))
    meant = [text for text in texts if _MEANT_AS_RECORD.match(text)]
    faults = ("does not begin with v=STSv1;",) if meant else ()
    return StsRecord(text=" | ".join(meant), faults=faults)


def _read_fields(text: str) -> StsRecord:
    """The one record; of a field that is repeated the first counts."""
    fields = text.split(";")[1:]
    last = fields.pop()
    # A semicolon may end the record, and white space stands around semicolons alone.
    stripped = [field.strip(_WHITESPACE) for field in fields]
    stripped += [last.lstrip(_WHITESPACE)] if last.strip(_WHITESPACE) else []
    identifier = next((field.removeprefix("id=") for field in stripped if field.startswith("id=")), None)
    malformed = next((field for field in stripped if not _FIELD.fullmatch(field)), None)
    faults = (
        "no id" if identifier is None else _id_fault(identifier),
        "" if malformed is None else f"not of the form name=value: {malformed[:_SHOWN]!r}",
    )
    return StsRecord(text=text, id=identifier or "", faults=tuple(filter(None, faults)))


def _id_fault(identifier: str) -> str:
    return "" if _ID.fullmatch(identifier) else f"the id is not 1 to 32 letters and digits: {identifier[:_SHOWN]!r}"


def mx_matches(pattern: str, exchange: str) -> bool:
    """Whether an ``mx`` pattern names an exchange, as a certificate would (§4.1): a wildcard is one label, no more."""
    return pattern.lower() in _patterns_for(exchange)


def uncovered(policy: StsPolicy, exchanges: Sequence[str]) -> tuple[str, ...]:
    """The exchanges that no pattern names."""
    patterns = {pattern.lower() for pattern in policy.mx}
    return tuple(exchange for exchange in exchanges if patterns.isdisjoint(_patterns_for(exchange)))


def unused(policy: StsPolicy, exchanges: Sequence[str]) -> tuple[str, ...]:
    """The patterns that name none of the exchanges."""
    naming = {pattern for exchange in exchanges for pattern in _patterns_for(exchange)}
    return tuple(pattern for pattern in policy.mx if pattern.lower() not in naming)


def _patterns_for(exchange: str) -> tuple[str, ...]:
    """The patterns that name an exchange: policies and MX records may be long, so none is compared with each."""
    name = exchange.lower()
    _, dot, parent = name.partition(".")
    return (name, f"*.{parent}") if dot and parent else (name,)


def why_fetch_fails(fetch: PolicyFetch, leaf: Certificate | None) -> str:
    """Why senders do not get the policy (§3.3); empty where they do."""
    return "; ".join(filter(None, (certificate_fault(fetch, leaf), _outcome_in_words(fetch))))


def certificate_fault(fetch: PolicyFetch, leaf: Certificate | None) -> str:
    """What is wrong with the certificate of the policy host (§3.3); empty where nothing is, or none was seen."""
    trust = certificate_trust(fetch.tls)
    if trust not in {CertTrust.TRUSTED, CertTrust.NOT_TESTED}:
        return f"the certificate of {fetch.host} is not trusted ({trust})"
    name = certificate_name(leaf, fetch.host)
    if name in {CertName.MISMATCH, CertName.CN_ONLY}:
        return f"the certificate does not name {fetch.host} ({name})"
    return ""


def _outcome_in_words(fetch: PolicyFetch) -> str:
    """How the fetch failed; empty where it did not."""
    if fetch.outcome is FetchOutcome.FETCHED:
        return ""
    if fetch.outcome is not FetchOutcome.STATUS:
        return f"{fetch.outcome}: {fetch.error}" if fetch.error else str(fetch.outcome)
    where = f", to {fetch.location[:_SHOWN]}; senders do not follow it" if fetch.location else ""
    return f"HTTP status {fetch.status}{where}"


def content_type_fault(fetch: PolicyFetch) -> str:
    """What is wrong with the media type, its parameters aside (§3.2 wants text/plain); empty where nothing is."""
    media_type = fetch.content_type.partition(";")[0].strip().lower()
    if media_type == "text/plain":
        return ""
    return f"served as {media_type[:_SHOWN]}, not text/plain" if media_type else "served without a media type"
