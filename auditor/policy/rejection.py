"""Understanding a refusal: its stage and codes are facts; the reason is a guess with a confidence, from its text."""

from functools import lru_cache

from auditor.model.rejection import Reason, Rejection
from auditor.model.session import AccessSession, Blame, Outcome, Session, SmtpSession, Stage
from auditor.policy.rejection_words import BY_ENHANCED, NEGATED, patterns
from auditor.protocol.replies import Reply
from auditor.protocol.text import enhanced_code

MAX_CHARACTERS = 2000  # of a reply's text that is looked at
TARPIT_MS = 5000.0  # a step that takes longer is slow on purpose, or for want of means
SURE = 0.6  # from here on the reason decides whose matter a refusal is
NO_SERVICE, HOST_TAKES_NO_MAIL = 554, 521  # RFC 5321 §3.1; RFC 7504 §3

_REFUSED = {Outcome.REJECTED, Outcome.DEFERRED}
# What the client is, or did, is the matter; another client may be let in.
_OURS = {
    Reason.BLOCK_LIST,
    Reason.PTR_POLICY,
    Reason.HELO_POLICY,
    Reason.RATE_LIMIT,
    Reason.TOO_MANY_CONNECTIONS,
    Reason.GEO_BLOCK,
}
_THEIRS = {Reason.NO_MAIL_HERE, Reason.OVERLOAD, Reason.TLS_REQUIRED, Reason.AUTH_REQUIRED}


def understand(session: Session) -> Rejection | None:
    """What a conversation's refusal says; nothing where it did not end by one."""
    if isinstance(session, SmtpSession):
        reply = _refusing(session)
        if reply is not None:
            return of_reply(reply, session.stage)
        return _tarpit(session)
    if isinstance(session, AccessSession) and session.outcome in _REFUSED:
        return of_reply(Reply(0, (session.error,)), session.stage)
    return None


def blame_of(session: Session) -> Blame:
    """On whose side a failure lies: as it was observed, or as the reply makes likely."""
    rejection = understand(session)
    if rejection is None or session.blame not in {Blame.UNKNOWN, Blame.NOBODY} or session.outcome not in _REFUSED:
        return session.blame
    return rejection.blame


@lru_cache(maxsize=1024)
def of_reply(reply: Reply, stage: Stage) -> Rejection:
    """What one refusing reply says."""
    enhanced = enhanced_code(reply)
    reason, confidence, signals = _guess(reply, enhanced)
    return Rejection(
        stage=stage,
        code=reply.code or None,
        enhanced=enhanced,
        reason=reason,
        confidence=round(confidence, 2),
        signals=signals,
        blame=_blame(reason, confidence),
    )


def _guess(reply: Reply, enhanced: str) -> tuple[Reason, float, tuple[str, ...]]:
    """The likeliest reason: by the text, borne out or else given by the codes."""
    scores: dict[Reason, float] = {}
    signals: dict[Reason, list[str]] = {}

    def count(reason: Reason, weight: float, signal: str) -> None:
        scores[reason] = 1 - (1 - scores.get(reason, 0.0)) * (1 - weight)
        signals.setdefault(reason, []).append(signal)

    text = " ".join(reply.text[:MAX_CHARACTERS].split())
    for reason, weight, pattern in patterns():
        match = pattern.search(text)
        if match and not NEGATED.search(text[: match.start()]):
            count(reason, weight, f'"{match[0][:40]}"')
    if enhanced in BY_ENHANCED:
        count(*BY_ENHANCED[enhanced], f"enhanced code {enhanced}")
    if reply.code == HOST_TAKES_NO_MAIL:
        count(Reason.NO_MAIL_HERE, 0.8, f"reply code {HOST_TAKES_NO_MAIL}")
    if not scores:
        return Reason.UNKNOWN, 0.0, ()
    best = max(scores, key=lambda reason: scores[reason])
    return best, min(scores[best], 0.95), tuple(signals[best])


def _blame(reason: Reason, confidence: float) -> Blame:
    if confidence < SURE:
        return Blame.UNKNOWN
    if reason in _OURS:
        return Blame.OURS
    return Blame.THEIRS if reason in _THEIRS else Blame.UNKNOWN


def _refusing(session: SmtpSession) -> Reply | None:
    """The reply that ended the conversation, the last that was heard."""
    if session.outcome not in _REFUSED:
        return None
    heard = (session.ehlo_tls, session.starttls_reply, session.helo, session.ehlo, session.greeting)
    return next((reply for reply in heard if reply is not None and not reply.positive), None)


def _tarpit(session: SmtpSession) -> Rejection | None:
    """A server that answers every step, and each so late that we gave up."""
    if session.outcome is not Outcome.REPLY_TIMEOUT:
        return None
    slow = [name for name in ("greeting_ms", "ehlo_ms") if (getattr(session.timings, name) or 0) >= TARPIT_MS]
    if not slow:
        return None
    signals = tuple(f"{name.removesuffix('_ms')} took {getattr(session.timings, name) / 1000:.0f} s" for name in slow)
    return Rejection(
        stage=session.stage,
        code=None,
        enhanced="",
        reason=Reason.TARPIT,
        confidence=0.6,
        signals=signals,
        blame=Blame.UNKNOWN,
    )
