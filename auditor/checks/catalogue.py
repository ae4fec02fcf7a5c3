"""The catalogue as people read it."""

from collections.abc import Sequence

from auditor.checks.by_hand import ASK, filled, typed
from auditor.checks.core import RULES_VERSION, Check, Scope
from auditor.model.endpoint import SERVICES_BY_PORT, Service

FAMILY_TITLES = {
    "MX": "Where mail goes",
    "DNS": "Whether the DNS can be obtained and believed",
    "PTR": "What the addresses of servers are called",
    "SMTP": "How servers answer",
    "ACT": "What servers do when they are asked for more (`--active`)",
    "TLS": "How mail is encrypted on its way in",
    "ACC": "The servers from which users read their mail (IMAP, POP3)",
    "SPF": "Which servers may send in the domain's name",
    "DMARC": "What becomes of mail that only pretends to be the domain's",
    "DKIM": "The keys that mail is signed with",
    "STS": "What senders are told about TLS (MTA-STS)",
    "RPT": "Whom senders tell when TLS fails (TLS-RPT)",
    "DANE": "Certificates pinned in the DNS",
    "BIMI": "The picture beside the domain's mail",
    "CAA": "Which authorities may issue certificates",
    "PARK": "What a domain without mail says of that",
    "CROSS": "Records that are right one by one, and wrong together",
}
_SCOPES = {
    Scope.DOMAIN: "each domain",
    Scope.EXCHANGE: "each MX record",
    Scope.ENDPOINT: "each endpoint (exchange, address and port)",
}


_OF_THE_FINDING = {
    "sign": "what the evidence quotes",
    "date": "the date in the evidence",
    "command": "the command in the evidence",
}
"""What stands in lines to type for what only a finding can say."""


def line(check: Check) -> str:
    """One line: id, name, severity and title."""
    return f"{check.id:<8} {check.name:<32} {check.severity:<9} {check.title}"


def describe(check: Check) -> str:
    """Everything about one check, as plain text."""
    return "\n".join(
        (
            f"{check.id}  {check.name}",
            check.title,
            "",
            f"Severity    {check.severity}",
            f"Judged on   {_SCOPES[check.scope]}",
            f"Reference   {check.reference}",
            f"Rules       {RULES_VERSION}",
            "",
            "Why it matters",
            f"  {check.why}",
            "What to do",
            f"  {check.remediation}",
            "How to see it by hand",
            *(f"  {step}" for step in _by_hand(check).splitlines()),
        )
    )


def as_record(check: Check) -> dict[str, str]:
    """The check for other programs."""
    fields = ("id", "name", "title", "why", "severity", "reference", "remediation", "reproduce", "scope", "family")
    return {field: str(getattr(check, field)) for field in fields} | {"rules_version": RULES_VERSION}


def page(catalogue: Sequence[Check]) -> str:
    """The whole catalogue in Markdown, by family."""
    families = dict.fromkeys(check.family for check in catalogue)
    parts = [
        "# Checks",
        "",
        f"Rules version {RULES_VERSION}; {len(catalogue)} checks. This page is generated: `make docs` writes it.",
        "",
        "A check passes, fails, is unknown (what it needs could not be observed), or does not apply.",
        "How verdicts become a score is said in [scoring.md](scoring.md).",
    ]
    for family in families:
        checks = [check for check in catalogue if check.family == family]
        parts += [
            "",
            f"## {family}: {FAMILY_TITLES[family]}",
            "",
            "| id | name | severity | title |",
            "|---|---|---|---|",
        ]
        parts += [f"| [{c.id}](#{c.id.lower()}) | {c.name} | {c.severity} | {c.title} |" for c in checks]
        for check in checks:
            parts += _section(check)
    return "\n".join(parts) + "\n"


def _section(check: Check) -> list[str]:
    return [
        "",
        f"### {check.id}",
        "",
        f"**{check.title}.** {check.why}",
        "",
        f"- Name: `{check.name}`; severity: {check.severity}; judged on {_SCOPES[check.scope]}",
        f"- Reference: {check.reference}",
        f"- What to do: {check.remediation}",
        "",
        "```console",
        *_by_hand(check).splitlines(),
        "```",
    ]


def _by_hand(check: Check) -> str:
    """The lines to type, with capitals where a name is to be filled in."""
    service = Service.IMAP if check.family == "ACC" else Service.SMTP
    port = str(next(port for port, at in SERVICES_BY_PORT.items() if at is service))
    words = {"port": port, "socket": f"ADDRESS:{port}", **_OF_THE_FINDING}
    return "\n".join(
        filled(line, words) for line in typed(check.reproduce.replace("{talk}", ASK), service).splitlines()
    )
