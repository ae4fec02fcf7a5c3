"""Why a server does not let us in, as far as its reply tells."""

from dataclasses import dataclass
from enum import StrEnum

from auditor.model.session import Blame, Stage


class Reason(StrEnum):
    """What a refusal is about."""

    GREYLISTING = "greylisting"
    BLOCK_LIST = "block-list"
    PTR_POLICY = "ptr-policy"
    HELO_POLICY = "helo-policy"
    RATE_LIMIT = "rate-limit"
    TOO_MANY_CONNECTIONS = "too-many-connections"
    GEO_BLOCK = "geo-block"
    TARPIT = "tarpit"
    TLS_REQUIRED = "tls-required"
    AUTH_REQUIRED = "auth-required"
    NO_MAIL_HERE = "no-mail-here"
    OVERLOAD = "overload"
    ACCESS_DENIED = "access-denied"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejection:
    """One refusal, and what it may mean."""

    stage: Stage
    code: int | None
    """The reply code; nothing where there was no reply."""
    enhanced: str
    """The enhanced status code, such as ``5.7.1``; empty where there was none."""
    reason: Reason
    confidence: float
    """0 to 1: how far the reason can be relied on."""
    signals: tuple[str, ...]
    """What it rests on, such as ``enhanced code 4.7.1`` or ``"greylist"``."""
    blame: Blame

    @property
    def words(self) -> str:
        """The reason and how sure it is, in words."""
        if self.reason is Reason.UNKNOWN:
            return "the reply gives no reason"
        return f"reason: {self.reason} ({self.confidence:.0%} sure: {', '.join(self.signals)})"
