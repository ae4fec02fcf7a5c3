"""What a report says of its words, its roles, its vantage and its limits, the same in every format for people."""

from auditor.model.finding import Severity
from auditor.model.published import Role
from auditor.report.about import About
from auditor.report.summary import Summary

SEVERITIES = {
    Severity.CRITICAL: "Mail is lost, open to anybody on the path, or forged with the domain's own blessing, now.",
    Severity.HIGH: "Mail fails for some senders, or a protection that was announced does not hold.",
    Severity.MEDIUM: "Works today, against a standard; breaks with strict senders or at the next change.",
    Severity.LOW: "A departure from good practice with little effect.",
    Severity.INFO: "Worth knowing; nothing to mend.",
}
WORDS = {
    "fail": "Seen, with the evidence given.",
    "unknown": "Could not be judged: a timeout, a DNS failure, a 4yz reply, an address out of reach from here. "
    "Never counted as failed, nor as passed.",
    "all, some, none": "Over the domain's endpoints. All and none are said only where every one was judged; "
    "endpoints skipped on our side do not count.",
    "controls": "SPF passes with -all or ~all, DMARC with a policy in effect other than none, MTA-STS with mode "
    "enforce, DNSSEC where the exchanges are signed too. Partial is the step before; not applicable counts nowhere.",
    "score": "Over the checks that could be judged. Read it with the share judged beside it.",
    "endpoint": "An exchange at one address and port. Each is spoken to once, however many domains share it.",
}
LIMITS = (
    "Seen from one vantage, at one time: filters and faults on the path show as unknown where they can be told apart.",
    "No message is sent, and no recipient asked for but with --active; what a server does with mail is not seen.",
    "DKIM selectors cannot be listed: common ones, those of the providers seen, and those given are asked for.",
    "Where no selector asked for has a key, DKIM is unknown; it is absent only where nothing stands below _domainkey.",
    "ARC shows neither in the DNS nor in a greeting: it stands in headers of messages, which are not seen from here.",
    "SPF is judged for any sender: its look-ups are an upper bound, and what depends on the sender is not counted.",
    "An MTA-STS policy is fetched once. Senders keep an older one for as long as its max_age says.",
    "DNSSEC is told where the resolver was seen to validate (see Vantage); else it is indeterminate, DANE unknown.",
    "The sheet DNS records leaves out names and types that do not exist; csv/records.csv has every question.",
)
ROLES = {
    Role.SENDS_RECEIVES: "Takes mail, and sends some.",
    Role.RECEIVES: "Takes mail, and says by SPF that nobody sends any.",
    Role.SENDS: "Sends mail, and takes none.",
    Role.PARKED: "Has nothing to do with mail; held against what such a domain should say of itself.",
    Role.UNKNOWN: "Could not be told; judged by what does not depend on it.",
}


def vantage_of(about: About) -> dict[str, str]:
    """Where it was seen from, and whether the resolver there validates."""
    resolver = {"Resolver": ", ".join(about.resolver)}
    return resolver | {"DNSSEC": "not known: whether the resolver validates was not found out"} | dict(about.vantage)


def roles_of(summary: Summary) -> dict[str, str]:
    """How many domains were taken for what, and what that means."""
    return {f"{role} ({summary.roles[role]:,})": meaning for role, meaning in ROLES.items()}
