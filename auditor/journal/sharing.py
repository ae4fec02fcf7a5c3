"""When one conversation serves another name at the same address and port, and which of two looks counts."""

from dataclasses import dataclass, replace

from auditor.journal.reader import RecordedRun
from auditor.model.certificate import Certificate, CertName, CertTrust
from auditor.model.dns import Question
from auditor.model.endpoint import Endpoint
from auditor.model.session import Outcome, Session, Stage, Starttls
from auditor.policy.identity import certificate_name
from auditor.policy.trust import certificate_trust

# Of what a client sends, only SNI carries the exchange's name: before the handshake no server can
# know under which one it was called.
_BEFORE_ANY_NAME = {Starttls.NOT_TESTED, Starttls.NOT_OFFERED, Starttls.REFUSED}
MAX_LOOKED_AT = 4  # conversations at one place that are tried for sharing
# These rest on us, not on what is at the place; a host may be blocked by its name.
_OURS = {Outcome.SKIPPED, Outcome.INTERNAL_ERROR}


def serves(session: Session, leaf: Certificate | None, exchange: str) -> bool:
    """Whether a conversation says of ``exchange`` what one held under that name would.

    It does when it was completed inside TLS with a trusted certificate that is valid for
    that name too, as HTTP/2 reuses a connection (RFC 9113 §9.1.1), or when it failed before
    anything was sent that depends on a name.
    """
    if session.outcome is not Outcome.COMPLETED:
        return session.outcome not in _OURS and session.tls is None and session.starttls in _BEFORE_ANY_NAME
    return certificate_trust(session.tls) is CertTrust.TRUSTED and certificate_name(leaf, exchange) is CertName.MATCH


@dataclass(frozen=True, slots=True)
class Sharing:
    """What the conversations in a journal say of other names at their places."""

    journal: RecordedRun

    def held_for(self, endpoint: Endpoint) -> Session | None:
        """A conversation that serves the endpoint, if one was held."""
        held = self.journal.sessions_at(endpoint.address, endpoint.port, MAX_LOOKED_AT)
        return next((session for session in held if self.serves(session, endpoint)), None)

    def serves(self, session: Session, endpoint: Endpoint) -> bool:
        """Whether a conversation serves the endpoint, and shows what its TLSA records ask for, if it has some.

        Where it does not, the server may have another certificate for that very name:
        a mismatch is never told of a name that was not asked for.
        """
        if endpoint.sought and endpoint.exchange == endpoint.address:
            return session.outcome not in _OURS  # what is there is asked for, by no name
        shown = session.tls.chain if session.tls is not None else ()
        leaf = self.journal.certificate(shown[0]) if shown else None
        if not serves(session, leaf, endpoint.exchange):
            return False
        tlsa = self.journal.answer(Question(f"_{endpoint.port}._tcp.{endpoint.exchange}", "TLSA"))
        if leaf is None or tlsa is None or not tlsa.records:
            return True
        from auditor.policy.dane import accepts  # noqa: PLC0415 - of few is it asked, and X.509 takes its time to import

        chain = tuple(one for sha256 in shown if (one := self.journal.certificate(sha256)) is not None)
        return accepts(tlsa.records, chain, self.journal.started_at, endpoint.exchange)


def shared(session: Session, endpoint: Endpoint) -> Session:
    """The conversation as the row of another endpoint has it: all facts, not its transcript."""
    origin = session.shared_from or session.endpoint
    return replace(session, endpoint=endpoint, shared_from=origin, transcript=())


def better(first: Session | None, second: Session) -> Session:
    """Of two looks at an endpoint the one that got further, at a tie the later; a fault of ours is never better."""
    if first is None or first.outcome is Outcome.INTERNAL_ERROR:
        return second
    if second.outcome is Outcome.INTERNAL_ERROR or reached(second) < reached(first):
        return replace(first, attempts=second.attempts)
    return second


def reached(session: Session) -> int:
    """How far a conversation got; a number to compare."""
    return list(Stage).index(session.stage)
