"""What a mail server of the lab answers to those who ask for more than its keywords."""

import re

QUIRKS = ("relays", "no-postmaster", "no-abuse", "vrfy", "expn", "keeps-buffer", "insists-on-tls")
"""What a server does that it should not; ``keeps-buffer`` is obeyed where TLS begins."""
_PATH = re.compile(r"TO:<(?:@[^:>]+:)?([^>@]*)(?:@([^>]*))?>", re.IGNORECASE)
_ROLES = ("postmaster", "abuse")


def mail_answer(command: str, quirks: frozenset[str], *, inside: bool) -> str:
    """The reply to MAIL, RCPT, VRFY or EXPN; empty for any other command."""
    verb, _, argument = command.partition(" ")
    match verb.upper():
        case "MAIL":
            refused = "insists-on-tls" in quirks and not inside
            return "530 5.7.0 Must issue a STARTTLS command first" if refused else "250 2.1.0 Ok"
        case "RCPT":
            return _recipient(argument, quirks)
        case "VRFY" if "vrfy" in quirks:
            return "252 2.0.0 postmaster" if argument in _ROLES else "550 5.1.1 User unknown"
        case "VRFY":
            return "252 2.0.0 Send some mail, and see"
        case "EXPN":
            return "250 2.1.5 Root <root@localhost>" if "expn" in quirks else "502 5.5.1 EXPN is not available"
        case _:
            return ""


def _recipient(argument: str, quirks: frozenset[str]) -> str:
    path = _PATH.match(argument)
    if path is None:
        return "501 5.1.3 Bad recipient address syntax"
    local, domain = path[1].lower(), path[2] or ""
    if domain and not domain.endswith(".example"):
        return "250 2.1.5 Ok" if "relays" in quirks else "554 5.7.1 Relay access denied"
    taken = local in _ROLES and f"no-{local}" not in quirks
    return "250 2.1.5 Ok" if taken else "550 5.1.1 User unknown"
