"""``findings``: a row per domain, check and subject that did not pass."""

from auditor.model.finding import Severity, Verdict
from auditor.report.columns import Column, Kind, Table, not_observed
from auditor.report.rows import FindingRow

FINDINGS: Table[FindingRow] = Table(
    name="findings",
    meaning="A row per domain, check and subject that did not pass: failed, or could not be judged. "
    "The severest first, then by domain.",
    order=("severity", "domain", "check", "subject"),
    columns=(
        Column(name="domain", meaning="The domain", value=lambda row: row.finding.domain),
        Column(
            name="subject",
            meaning="What the check looked at: the domain, an exchange, or an endpoint (`exchange/address:port`)",
            value=lambda row: row.finding.subject,
        ),
        Column(name="check", meaning="Id of the check, such as `MX003`", value=lambda row: row.finding.check),
        Column(name="name", meaning="Name of the check, such as `mx-alias`", value=lambda row: row.finding.name),
        Column(
            name="verdict",
            meaning="`fail`, or `unknown` where a fact was not to be had",
            values=(Verdict.FAIL, Verdict.UNKNOWN),
            value=lambda row: row.finding.verdict,
        ),
        Column(
            name="severity",
            meaning="How much the check matters",
            values=tuple(Severity),
            value=lambda row: row.finding.severity,
        ),
        Column(
            name="evidence",
            meaning="What was seen, or why it could not be judged",
            value=lambda row: row.finding.evidence,
        ),
        Column(name="reference", meaning="RFC and section", value=lambda row: row.finding.reference),
        Column(name="remediation", meaning="What to do", value=lambda row: row.finding.remediation),
        Column(
            name="reproduce",
            meaning="Shell lines that show it; a line ends with `\\x0a` in CSV, whose cells are one line",
            kind=Kind.LINES,
            value=lambda row: row.finding.reproduce,
        ),
        Column(
            name="rules_version",
            meaning="Version of the rules that judged",
            value=lambda row: row.finding.rules_version,
        ),
        Column(
            name="waived",
            meaning="Whether a waiver covers it; `false` throughout in this version, which knows no waivers",
            kind=Kind.BOOLEAN,
            value=lambda _: False,
            observed=False,
        ),
        not_observed("waiver_reason", "Why it is waived"),
        not_observed("waiver_until", "Until when", kind=Kind.TIME),
    ),
)
