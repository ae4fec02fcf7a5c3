"""What is compared: our way, and the way one would take without it."""

import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding

from auditor.checks import Judge, judge
from auditor.config import Config
from auditor.journal import Journal
from auditor.lab.certificates import Authority
from auditor.model.facts import DomainFacts
from auditor.model.session import SmtpSession
from auditor.policy.certificate import read_certificate
from auditor.protocol.replies import ReplyParser
from tests.checks.builders import good

SESSIONS = 400
REPLY = b"".join(b"250-KEYWORD%d with some parameters\r\n" % number for number in range(12)) + b"250 LAST\r\n"
REPLIES = 2_000


def _parse(step: int) -> None:
    """Parse replies that come in pieces of so many octets."""
    parser, wire = ReplyParser(), REPLY * REPLIES
    for at in range(0, len(wire), step):
        parser.feed(wire[at : at + step])
        while parser.next_reply() is not None:
            pass


def _sessions() -> list[SmtpSession]:
    session = next(one for one in good().sessions.values() if isinstance(one, SmtpSession))
    return [replace(session, endpoint=replace(session.endpoint, port=port)) for port in range(1, SESSIONS + 1)]


def _journal(sessions: list[SmtpSession], *, flush_each: bool) -> None:
    with tempfile.TemporaryDirectory() as folder, Journal.create(Path(folder), Config(), datetime.now(UTC)) as journal:
        for session in sessions:
            journal.session_ended(session, settled=True)
            if flush_each:
                journal.flush()


def _judge(facts: list[DomainFacts], *, shared: bool) -> None:
    kept = Judge()
    for one in facts:
        kept.judge(one) if shared else judge(one)


def _read(der: bytes, *, cached: bool) -> None:
    for _ in range(300):
        if not cached:
            read_certificate.cache_clear()
        read_certificate(der)


def _domains(count: int) -> list[DomainFacts]:
    facts = good()
    return [replace(facts, target=replace(facts.target, domain=f"d{number}.example")) for number in range(count)]


_LEAF = Authority().issue("good", ("mx.example.com",))[0].certificate.public_bytes(Encoding.DER)

COMPARISONS: tuple[tuple[str, Callable[[], object], Callable[[], object]], ...] = (
    ("replies in pieces of 1460 octets, against pieces of 16", partial(_parse, 1460), partial(_parse, 16)),
    (
        "journal in batches, against a commit a row",
        partial(_journal, _sessions(), flush_each=False),
        partial(_journal, _sessions(), flush_each=True),
    ),
    (
        "judging domains that share servers once, against each anew",
        partial(_judge, _domains(200), shared=True),
        partial(_judge, _domains(200), shared=False),
    ),
    (
        "a certificate kept by its octets, against read each time",
        partial(_read, _LEAF, cached=True),
        partial(_read, _LEAF, cached=False),
    ),
)
