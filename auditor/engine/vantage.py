"""Telling a closed way out from a broken world."""

from dataclasses import replace

from auditor.model.endpoint import Endpoint
from auditor.model.session import Blame, Outcome, Session

SMTP_PORT = 25
FEW_ADDRESSES = 3  # below this, nothing can be said of the path
_NO_CONNECTION = {Outcome.CONNECT_TIMEOUT, Outcome.UNREACHABLE}
_NO_SIGN = {Outcome.SKIPPED, Outcome.INTERNAL_ERROR}  # nothing was sent, or that is not known


class VantageGuard:
    """Watches the first conversations on port 25: when none gets through, the path is the problem.

    Many networks close outgoing port 25; without this, a whole list would read as broken.
    Counts addresses, for one dead server may stand behind many exchange names.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._got_through = False
        self._silent: dict[Endpoint, Session] = {}
        self._addresses: set[str] = set()

    def see(self, session: Session) -> None:
        """Take a conversation into account."""
        if self._got_through or session.endpoint.port != SMTP_PORT or session.outcome in _NO_SIGN:
            return
        if session.endpoint.sought and session.silent:  # most addresses of a range are
            return
        if session.outcome in _NO_CONNECTION:
            self._silent[session.endpoint] = session
            self._addresses.add(session.endpoint.address)
        else:
            self._got_through = True
            self._silent.clear()
            self._addresses.clear()

    @property
    def tripped(self) -> bool:
        """Whether so many distinct addresses, and none but these, gave no connection that going on is idle."""
        return bool(self._limit) and len(self._addresses) >= self._limit

    def note(self) -> str | None:
        """What to tell the user of a list too short to trip; empty if all is well, ``None`` if nothing was seen."""
        if not self._addresses and not self._got_through:
            return None
        if len(self._addresses) < FEW_ADDRESSES:
            return ""
        return (
            f"none of {len(self._addresses)} addresses gave a connection on port 25: "
            "outgoing port 25 may be closed here"
        )

    def blamed(self) -> tuple[Session, ...]:
        """The conversations that came to nothing, with the blame where it belongs; each is returned once."""
        blamed = tuple(replace(session, blame=Blame.PATH) for session in self._silent.values())
        self._silent.clear()
        return blamed
