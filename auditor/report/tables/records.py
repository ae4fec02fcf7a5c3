"""``records``: a row per domain and DNS question of its survey."""

from auditor.model.dns import Dnssec, DnsStatus
from auditor.policy.answers import dnssec_of
from auditor.report.columns import Column, Kind, Table
from auditor.report.rows import AnswerRow

RECORDS: Table[AnswerRow] = Table(
    name="records",
    meaning="A row per domain and DNS question that its survey asks, with the answer on which all that is said of the "
    "domain rests. A question that domains share was asked once in the run, and stands with each of them.",
    columns=(
        Column(name="domain", meaning="The domain surveyed", value=lambda row: row.domain),
        Column(name="name", meaning="The name asked for", value=lambda row: row.answer.question.name),
        Column(name="type", meaning="The record type asked for", value=lambda row: row.answer.question.type),
        Column(
            name="server",
            meaning="The address of the nameserver that was asked itself; empty where the resolvers were",
            value=lambda row: row.answer.question.server or None,
        ),
        Column(
            name="status",
            meaning="How it ended: `answered`, `nodata` (no such record) and `nxdomain` (no such name) are facts; "
            "`not-asked` where the recorded run did not come to it, or was not to",
            values=tuple(DnsStatus),
            value=lambda row: row.answer.status,
        ),
        Column(
            name="ttl_seconds",
            meaning="The smallest TTL of the records used; of a negative answer, for how long it may be kept",
            kind=Kind.INTEGER,
            value=lambda row: row.answer.ttl_seconds,
        ),
        Column(
            name="dnssec",
            meaning="DNSSEC status of the answer (RFC 4033 §5), as far as the resolver is trusted; empty with `server`",
            values=tuple(Dnssec),
            value=lambda row: None if row.answer.question.server else dnssec_of((row.answer,), row.ad_trusted),
        ),
        Column(
            name="records",
            meaning="The records in presentation format (RFC 1035 §5.1); strings of a TXT record stand joined",
            kind=Kind.LIST,
            value=lambda row: row.answer.records if row.answer.status.known else None,
        ),
        Column(
            name="canonical_name",
            meaning="The owner of the records, where aliases lead to another name",
            value=lambda row: row.answer.canonical_name if row.answer.aliases else None,
        ),
        Column(
            name="resolver",
            meaning="Who answered, as `address#port`",
            value=lambda row: row.answer.resolver or None,
        ),
        Column(name="asked_at", meaning="When", kind=Kind.TIME, value=lambda row: row.answer.asked_at),
        Column(name="error", meaning="What went wrong, in words", value=lambda row: row.answer.error or None),
    ),
)
