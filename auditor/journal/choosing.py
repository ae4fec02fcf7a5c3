"""Of the same subject looked at in several runs, which look counts: a fact before none, the further, the later."""

from datetime import UTC, datetime
from typing import Any

from auditor.journal.codec import decode
from auditor.journal.reader import decoded_session
from auditor.journal.sharing import reached
from auditor.model.dns import Answer
from auditor.model.mta_sts import PolicyFetch
from auditor.model.session import Outcome

_NEVER = datetime.min.replace(tzinfo=UTC)
Worth = tuple[Any, ...]
"""Compared with another of its kind: the greater counts."""


def answer_worth(record: str) -> Worth:
    """Of a DNS answer: a fact before a lookup that failed, then the later."""
    answer = decode(Answer, record)
    return answer.status.known, answer.asked_at or _NEVER


def session_worth(settled: int, protocol: str, record: str) -> Worth:
    """Of a conversation: a settled one, then one that was tried, further, under the endpoint's own name, the later."""
    session = decoded_session(protocol, record)
    tried = session.outcome is not Outcome.INTERNAL_ERROR, session.outcome is not Outcome.SKIPPED
    return settled, *tried, reached(session), session.shared_from is None, session.started_at or _NEVER


def policy_worth(settled: int, record: str) -> Worth:
    """Of an attempt to fetch a policy: a settled one, one that says something of the policy host, the later."""
    fetch = decode(PolicyFetch, record)
    return settled, fetch.outcome.telling, fetch.started_at or _NEVER
