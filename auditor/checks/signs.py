"""What to look for by hand: the words that the lines of a finding are filled with."""

import re
from collections.abc import Iterable

from auditor.model.route import Exchange
from auditor.model.session import Outcome, Session
from auditor.policy.contact import family_of


def sign_of(session: Session) -> dict[str, str]:
    """What shows by hand how a conversation ended, for the lines to type; nothing where that is silence."""
    if session.outcome is Outcome.REFUSED:
        return {"sign": "refused"}
    if session.outcome in {Outcome.REJECTED, Outcome.DEFERRED, Outcome.NOT_SMTP, Outcome.NOT_IMAP, Outcome.NOT_POP3}:
        return seen(re.sub(r"^no [A-Z0-9]+ (reply|answer): ", "", session.error))
    return {}


def seen(text: str) -> dict[str, str]:
    """The beginning of what a server said, as what to expect of it by hand."""
    whole = " ".join(text.split())
    return {"sign": whole[:40].strip()} if whole.isprintable() and whole else {}


def example_of(exchanges: Iterable[Exchange]) -> dict[str, str]:
    """The first address, its type and its exchange, for the lines to type; nothing where there is none."""
    found = ((one.exchange, address) for one in exchanges for address in one.addresses)
    exchange, address = next(found, ("", ""))
    return {"exchange": exchange, "address": address, "type": family_of(address)} if address else {}
