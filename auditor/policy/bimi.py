"""BIMI assertion records (draft-brand-indicators-for-message-identification-10)."""

import re
from collections.abc import Iterator, Mapping, Sequence

from auditor.model.dns import Answer, DnsStatus, Question
from auditor.model.published import BimiRecord, RecordStatus
from auditor.policy.answers import complaint
from auditor.policy.drive import Evaluation
from auditor.policy.public_suffix import organizational_domain
from auditor.policy.tags import parse_tags
from auditor.policy.words import shown

_VERSION = re.compile(r"[vV][ \t]*=[ \t]*BIMI1[ \t]*(?:;|\Z)")
_MEANT = re.compile(r"\W*v\W*BIMI", re.IGNORECASE)
# A host of two labels at least, and no comma, which has to be encoded (§4.3).
_HTTPS = re.compile(
    r"https://(?:[a-z0-9_-]{1,63}\.)+[a-z0-9-]{1,63}(?::[0-9]{1,5})?"
    r"(?P<path>(?:/(?:[!$&'()*+\-./0-9:;=@A-Z_a-z~]|%[0-9a-f]{2})*)?)"
    r"(?:[?#](?:[!#$&'()*+\-./0-9:;=?@A-Z_a-z~]|%[0-9a-f]{2})*)?",
    re.IGNORECASE,
)
_OTHER_IMAGE = re.compile(r"\.(?:avif|bmp|gif|heic|ico|jpe?g|jxl|pdf|png|tiff?|webp)\Z", re.IGNORECASE)


def look_up_bimi(domain: str) -> Evaluation[BimiRecord]:
    """The record for mail from a domain: its own, or else that of its organizational domain (§7.2).

    What somebody meant as a record, but mailbox providers discard, is invalid rather than none, unless the
    organizational domain has one that counts in its place.
    """
    domains = tuple(dict.fromkeys((domain, organizational_domain(domain))))
    answers = yield tuple(Question(f"default._bimi.{one}", "TXT") for one in domains)
    for one, answer in zip(domains, answers, strict=True):
        if (record := _decisive(one, answer)) is not None:
            return record
    return _look_alike(domain, answers[0])


def _decisive(domain: str, answer: Answer) -> BimiRecord | None:
    """What ends the search; ``None`` where no record is left when others are discarded (§7.2, steps 4 to 7)."""
    if not answer.status.known:
        return BimiRecord(status=RecordStatus.UNKNOWN, unknown=f"{answer.question.name} {complaint(answer)}")
    records = [text for text in _texts(answer) if _VERSION.match(text)]
    if len(records) > 1:
        return _invalid(domain, records, f"{len(records)} records, of which none counts")
    return _parse(domain, records[0]) if records else None


def _look_alike(domain: str, answer: Answer) -> BimiRecord:
    meant = [text for text in _texts(answer) if _MEANT.match(text)]
    if meant:
        return _invalid(domain, meant, "it does not begin with v=BIMI1 to the letter")
    return BimiRecord(status=RecordStatus.NONE)


def _texts(answer: Answer) -> tuple[str, ...]:
    return answer.records if answer.status is DnsStatus.ANSWERED else ()


def _invalid(domain: str, texts: Sequence[str], fault: str) -> BimiRecord:
    return BimiRecord(status=RecordStatus.INVALID, found_at=domain, text="|".join(texts), faults=(fault,))


def _parse(domain: str, text: str) -> BimiRecord:
    """A record, tag by tag (§4.3); avp and lps, and whatever else there may be, are left to mailbox providers."""
    listed = parse_tags(text)
    tags = dict(reversed(listed.pairs))  # the first of several is kept
    faults = tuple(dict.fromkeys((*listed.faults, *_faults(tags))))
    return BimiRecord(
        status=RecordStatus.INVALID if faults else RecordStatus.VALID,
        found_at=domain,
        text=text,
        location=tags.get("l", ""),
        authority=tags.get("a", ""),
        faults=faults,
    )


def _faults(tags: Mapping[str, str]) -> Iterator[str]:
    if "l" not in tags:
        yield "l is missing"
    for name in ("l", "a"):
        value = tags.get(name, "")
        read = _HTTPS.fullmatch(value)
        if value and read is None:
            yield f"{name}: {shown(value)} is no https URI"
        elif name == "l" and read is not None and (other := _OTHER_IMAGE.search(read["path"])):
            yield f"l: {shown(other[0])} is no picture that is shown, only SVG is"
