"""MTA-STS records and policies (RFC 8461)."""

from collections.abc import Sequence

from auditor.model.certificate import Certificate
from auditor.model.dns import Answer
from auditor.model.mta_sts import PolicyFetch, StsPolicy, StsRecord


def read_sts_record(answer: Answer) -> StsRecord:
    """The record in an answer for ``_mta-sts`` TXT (§3.1)."""
    raise NotImplementedError


def parse_policy(body: str) -> StsPolicy:
    """A policy file, one character for each octet (§3.2)."""
    raise NotImplementedError


def mx_matches(pattern: str, exchange: str) -> bool:
    """Whether an ``mx`` pattern names an exchange (§4.1)."""
    raise NotImplementedError


def uncovered(policy: StsPolicy, exchanges: Sequence[str]) -> tuple[str, ...]:
    """The exchanges that no pattern names."""
    raise NotImplementedError


def why_fetch_fails(fetch: PolicyFetch, leaf: Certificate | None) -> str:
    """Why senders do not get the policy (§3.3); empty where they do."""
    raise NotImplementedError


def content_type_fault(fetch: PolicyFetch) -> str:
    """What is wrong with the media type (§3.3 wants text/plain); empty where nothing is."""
    raise NotImplementedError
