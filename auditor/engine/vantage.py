"""Telling a closed way out from a broken world."""

from dataclasses import replace

from auditor.model.session import Blame, Outcome, SmtpSession

SMTP_PORT = 25
FEW_ADDRESSES = 3  # below this, nothing can be said of the path
_NO_CONNECTION = {Outcome.CONNECT_TIMEOUT, Outcome.UNREACHABLE}


class VantageGuard:
    """Watches the first conversations on port 25: when none gets through, the path is the problem.

    Many networks close outgoing port 25; without this, a whole list would read as broken.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._got_through = False
        self._silent: dict[str, SmtpSession] = {}

    def see(self, session: SmtpSession) -> None:
        """Take a conversation into account."""
        if self._got_through or session.endpoint.port != SMTP_PORT or session.outcome is Outcome.SKIPPED:
            return
        if session.outcome in _NO_CONNECTION:
            self._silent[session.endpoint.address] = session
        else:
            self._got_through = True
            self._silent.clear()

    @property
    def tripped(self) -> bool:
        """Whether so many distinct addresses, and none but these, gave no connection that going on is idle."""
        return bool(self._limit) and len(self._silent) >= self._limit

    def note(self) -> str:
        """What to tell the user at the end of a list too short to trip; empty if there is nothing to tell."""
        if len(self._silent) < FEW_ADDRESSES:
            return ""
        return (
            f"none of {len(self._silent)} addresses gave a connection on port 25: outgoing port 25 may be closed here"
        )

    def blamed(self) -> tuple[SmtpSession, ...]:
        """The conversations that came to nothing, with the blame where it belongs."""
        return tuple(map(self.blame, self._silent.values()))

    def blame(self, session: SmtpSession) -> SmtpSession:
        """The conversation with the blame on the path, if that is what was in its way."""
        return replace(session, blame=Blame.PATH) if session.outcome in _NO_CONNECTION else session
