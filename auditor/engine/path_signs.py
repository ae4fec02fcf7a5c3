"""What only shows when many servers were met: that it is this end, or the way from it, and not they."""

from auditor.model.endpoint import Service
from auditor.model.session import Blame, Outcome, Session, Starttls
from auditor.policy.rejection import blame_of

FEW = 3
"""Addresses below which nothing can be said of the path."""


class PathSigns:
    """Counts addresses, for one server may stand behind many exchange names."""

    def __init__(self) -> None:
        self._met: set[str] = set()
        self._refusing: set[str] = set()
        self._open: set[str] = set()
        self._plain: set[str] = set()

    def see(self, session: Session) -> None:
        """Take a conversation into account."""
        if session.endpoint.service is not Service.SMTP:
            return
        if session.outcome in {Outcome.COMPLETED, Outcome.REJECTED, Outcome.DEFERRED, Outcome.TLS_FAILED}:
            self._met.add(session.endpoint.address)
        if session.outcome is not Outcome.COMPLETED and blame_of(session) is Blame.OURS:
            self._refusing.add(session.endpoint.address)
        if session.outcome is Outcome.COMPLETED:
            self._open.add(session.endpoint.address)
        if session.outcome is Outcome.COMPLETED and session.starttls is Starttls.NOT_OFFERED:
            self._plain.add(session.endpoint.address)

    def note(self) -> str:
        """What to tell the user; empty where there is no sign of anything."""
        return "; ".join(filter(None, (self.refused(), self.stripped())))

    def refused(self) -> str:
        """That many servers refuse this client, for what it is."""
        count, met = len(self._refusing), len(self._met)
        if count < FEW or count * 10 < met:
            return ""
        return (
            f"{count} of {met} mail servers refuse this client for its address, its name or its pace"
            " (column reason of endpoints): what is behind them is not known"
        )

    def stripped(self) -> str:
        """That nobody offers STARTTLS, which hardly any server fails to."""
        if len(self._plain) < FEW or self._plain != self._open:
            return ""
        return (
            f"none of {len(self._plain)} mail servers offers STARTTLS: something on the way from here may take it out"
            " (SMTP inspection of a firewall); see auditor doctor"
        )
