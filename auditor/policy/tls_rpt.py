"""TLS-RPT records (RFC 8460 §3)."""

import re
from collections.abc import Iterator, Sequence

from auditor.model.dns import Answer, DnsStatus
from auditor.model.published import RecordStatus, TlsRptRecord
from auditor.policy.answers import complaint
from auditor.policy.report_uri import destination
from auditor.policy.words import shown

# The prose discards what does not begin with "v=TLSRPTv1;", the ABNF allows white space before the semicolon.
_VERSION = re.compile(r"v=TLSRPTv1[ \t]*;")
_MEANT = re.compile(r"\W*v\W*TLS-?RPT", re.IGNORECASE)
# Unlike a tag of DKIM, a name may begin with a digit, and there is no white space around the equals sign.
_FIELD = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,31}=[\x21-\x3a\x3c\x3e-\x7e]+")
_RUA = "rua="


def read_tls_rpt(answer: Answer) -> TlsRptRecord:
    """The record in an answer for ``_smtp._tls`` TXT.

    What somebody meant as a record, but senders do not take for one, is invalid rather than none.
    """
    if not answer.status.known:
        return TlsRptRecord(status=RecordStatus.UNKNOWN, unknown=complaint(answer))
    texts = answer.records if answer.status is DnsStatus.ANSWERED else ()
    records = [text for text in texts if _VERSION.match(text)]
    if len(records) == 1:
        return _parse(records[0])
    if records:
        return _invalid(records, f"{len(records)} records, of which none counts")
    meant = [text for text in texts if _MEANT.match(text)]
    if meant:
        return _invalid(meant, "it does not begin with v=TLSRPTv1; to the letter")
    return TlsRptRecord(status=RecordStatus.NONE)


def _invalid(texts: Sequence[str], fault: str) -> TlsRptRecord:
    return TlsRptRecord(status=RecordStatus.INVALID, text="|".join(texts), faults=(fault,))


def _parse(text: str) -> TlsRptRecord:
    """A record, field by field; those that are unknown are ignored, but have to be well formed."""
    _, *fields = [field.strip(" \t") for field in text.split(";")]
    if fields[-1] == "":
        fields.pop()  # one semicolon may end the record
    lists = [field.removeprefix(_RUA) for field in fields if field.startswith(_RUA)]
    uris = [uri.strip(" \t") for one in lists for uri in one.split(",")]
    faults = tuple(dict.fromkeys((*_faults_of_uris(uris), *_faults_of_fields(fields))))
    return TlsRptRecord(
        status=RecordStatus.INVALID if faults else RecordStatus.VALID,
        text=text,
        rua=tuple(uri for uri in uris if destination(uri)),
        faults=faults,
    )


def _faults_of_uris(uris: Sequence[str]) -> Iterator[str]:
    if not uris:
        yield "rua is missing"
    for uri in uris:
        if not destination(uri):
            yield f"rua: {shown(uri)} is no mailto or https URI" if uri else "rua: an empty URI"


def _faults_of_fields(fields: Sequence[str]) -> Iterator[str]:
    for field in fields:
        if field.startswith((f"{_RUA} ", f"{_RUA}\t")):
            yield "white space after rua="
        elif not field.startswith(_RUA) and not _FIELD.fullmatch(field):
            yield f"{shown(field)} is no field of the form name=value" if field else "nothing between two semicolons"
