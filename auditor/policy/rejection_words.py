"""What servers write when they refuse a client: patterns of their texts by reason, strongest first.

Facts from the documentation and the standard texts of Postfix and postscreen, Exim, Sendmail, Microsoft Exchange,
Google, Yahoo, Mimecast, Proofpoint, Cisco, Barracuda, rspamd, Haraka and others.
Text gives a reason, never an outcome.
"""

import re
from functools import cache
from typing import Final

from auditor.model.rejection import Reason

_SOURCES: Final[tuple[tuple[Reason, float, str], ...]] = (
    (Reason.GREYLISTING, 0.9, r"gr[ea]y[- ]?list|graylist"),
    (
        Reason.BLOCK_LIST,
        0.9,
        r"\b(spamhaus|spamcop|barracudacentral|sorbs|uceprotect|abuseat|cbl|zen|dnsbl|rbl|dnswl)\b",
    ),
    (Reason.BLOCK_LIST, 0.85, r"(?<!not )(?<!not on a )\b(block|black|deny)[- ]?list(ed)?\b|listed (at|by|in|on)\b"),
    (
        Reason.BLOCK_LIST,
        0.7,
        r"(poor|bad|low) (ip |sender )?reputation|reputation (of|is)|senderbase|\bspam (source|host)\b",
    ),
    (Reason.PTR_POLICY, 0.9, r"reverse[- ]?(dns|hostname|lookup|mapping)|\bptr\b|\brdns\b"),
    (Reason.PTR_POLICY, 0.85, r"cannot find your (reverse )?host ?name|no (valid )?host ?name for (your )?(ip|client)"),
    (Reason.PTR_POLICY, 0.7, r"client host (rejected|name).*(hostname|resolve|look ?up)|unresolvable (client|address)"),
    (Reason.PTR_POLICY, 0.6, r"\b(dynamic|dial-?up|residential|generic)\b.*\b(ip|address|host|range|client)"),
    (
        Reason.HELO_POLICY,
        0.85,
        r"\b(helo|ehlo)\b.*(reject|invalid|not found|resolve|bad|fqdn|fully|mismatch|required|own name|is my)",
    ),
    (Reason.HELO_POLICY, 0.8, r"(invalid|bad|forged|bogus|improper|unqualified).{0,20}\b(helo|ehlo)\b"),
    (
        Reason.TOO_MANY_CONNECTIONS,
        0.9,
        r"too many (concurrent |simultaneous |open |smtp )*(connections|sessions)|connection limit",
    ),
    (Reason.TOO_MANY_CONNECTIONS, 0.8, r"max(imum)? (number of )?(concurrent |simultaneous )?connections"),
    (
        Reason.RATE_LIMIT,
        0.85,
        r"rate[- ]?limit|throttl|too (fast|quickly|frequent|many (messages|requests|mails|emails))",
    ),
    (Reason.RATE_LIMIT, 0.7, r"connection rate|exceed\w* .*(rate|limit|quota|threshold)|unusual rate|slow down"),
    (
        Reason.GEO_BLOCK,
        0.85,
        r"\b(geo[- ]?(ip|block|location|fence)\w*|your (country|region)|country code|foreign (countries|ip))",
    ),
    (
        Reason.TLS_REQUIRED,
        0.9,
        r"must issue a starttls|(starttls|tls|encryption) (is )?(required|needed|mandatory)|requires? (starttls|tls)",
    ),
    (
        Reason.AUTH_REQUIRED,
        0.85,
        r"authenti?cat(e|ion) (is )?(required|needed|first)|must authenticate|auth(orization)? required",
    ),
    (
        Reason.NO_MAIL_HERE,
        0.85,
        r"(does not|doesn't|do not|will not) (accept|receive|take) (any )?(e-?)?mail|no (smtp|mail) service",
    ),
    (
        Reason.NO_MAIL_HERE,
        0.7,
        r"no (e-?)?mail (is )?(accepted|here)|not (an? )?(mail|smtp) (server|host)|nullmx|null mx",
    ),
    (
        Reason.OVERLOAD,
        0.8,
        r"\b(overload|too busy|system busy|server busy|load (is )?too high|high load|maintenance)\b",
    ),
    (
        Reason.OVERLOAD,
        0.7,
        r"insufficient (system )?(storage|resources)|out of (memory|disk)|temporar\w+ (unavail|problem|fail|err)",
    ),
    (
        Reason.ACCESS_DENIED,
        0.5,
        r"\b(access|permission|connection|client|host) (was |is )?(denied|refused|reject|not permitted|block|prohibit)",
    ),
    (
        Reason.ACCESS_DENIED,
        0.4,
        r"not (allowed|authorized|permitted|welcome)|go away|\bblocked\b|banned|security polic",
    ),
)


@cache
def patterns() -> tuple[tuple[Reason, float, re.Pattern[str]], ...]:
    """A pattern for each reason, with its weight; compiled when the first refusal is met."""
    return tuple((reason, weight, re.compile(text, re.IGNORECASE)) for reason, weight, text in _SOURCES)


NEGATED: Final = re.compile(
    r"\b(not|never|no longer|isn't|aren't)\s+(currently\s+)?(on\s+(a|any|the)\s+)?$", re.IGNORECASE
)
"""What stands before a word that then says the opposite, such as "not listed in"."""

BY_ENHANCED: Final = {
    "4.7.1": (Reason.GREYLISTING, 0.35),
    "4.3.2": (Reason.OVERLOAD, 0.6),
    "4.3.1": (Reason.OVERLOAD, 0.6),
    "4.4.5": (Reason.OVERLOAD, 0.6),
    "4.7.28": (Reason.RATE_LIMIT, 0.7),
    "4.7.25": (Reason.PTR_POLICY, 0.9),
    "5.7.25": (Reason.PTR_POLICY, 0.9),
    "5.7.27": (Reason.NO_MAIL_HERE, 0.5),
    "5.3.2": (Reason.NO_MAIL_HERE, 0.6),
    "5.5.4": (Reason.HELO_POLICY, 0.4),
    "5.7.10": (Reason.TLS_REQUIRED, 0.9),
}
"""What enhanced codes say by themselves (RFC 3463, RFC 7372 §3, RFC 7504 §4, RFC 7505 §4); local use differs."""
