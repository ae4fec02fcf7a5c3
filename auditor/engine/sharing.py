"""When one conversation serves another name at the same address and port."""

from dataclasses import replace

from auditor.model.certificate import Certificate, CertName, CertTrust
from auditor.model.endpoint import Endpoint
from auditor.model.session import Outcome, SmtpSession
from auditor.policy.identity import certificate_name
from auditor.policy.trust import certificate_trust

# The connection itself failed: nothing was sent that could depend on a name.
_BEFORE_ANY_NAME = {Outcome.REFUSED, Outcome.UNREACHABLE, Outcome.CONNECT_TIMEOUT}


def serves(session: SmtpSession, leaf: Certificate | None, exchange: str) -> bool:
    """Whether a conversation says of ``exchange`` what one held under that name would.

    It does when it was completed inside TLS with a trusted certificate that is valid for
    that name too, as HTTP/2 reuses a connection (RFC 9113 §9.1.1), or when there was no connection at all.
    """
    if session.outcome in _BEFORE_ANY_NAME:
        return True
    return (
        session.outcome is Outcome.COMPLETED
        and certificate_trust(session.tls) is CertTrust.TRUSTED
        and certificate_name(leaf, exchange) is CertName.MATCH
    )


def shared(session: SmtpSession, endpoint: Endpoint) -> SmtpSession:
    """The conversation as the row of another endpoint has it: all facts, not its transcript."""
    origin = session.shared_from or session.endpoint
    return replace(session, endpoint=endpoint, shared_from=origin, transcript=())
