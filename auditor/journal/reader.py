"""Reading the journal of a run, also while it is being written."""

import json
import sqlite3
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from auditor.config import Config
from auditor.journal.codec import Record, decode
from auditor.model.certificate import Certificate
from auditor.model.dns import Answer, Question, Validation
from auditor.model.endpoint import Endpoint, Protocol
from auditor.model.mta_sts import PolicyFetch, PolicyHost
from auditor.model.session import AccessSession, Session, SmtpSession
from auditor.model.target import Reject, Target

_SESSIONS: dict[Protocol, type[Session]] = {
    Protocol.SMTP: SmtpSession,
    Protocol.IMAP: AccessSession,
    Protocol.POP3: AccessSession,
}
LIST = "list"
"""The key under which the counts of the whole list are, once it was read to its end."""
VALIDATION = "validation"
"""The key under which a run keeps whether its resolvers validate."""
MERGED_FROM = "merged_from"
"""The key under which a run that was made out of others names them."""
MERGE_NOTE = "merge_note"
FAULT = "fault:"
"""With a target's key behind it, the key under which it is kept how surveying it failed by a fault of ours."""
NOTES = (MERGE_NOTE, "resolver_note", "preflight_note", "vantage_note", "path_note")
"""The keys under which there is what the user should know of the run and its vantage."""


class RecordedRun:
    """What the journal of a run holds; lists are streamed."""

    def __init__(self, folder: Path, database: sqlite3.Connection) -> None:
        self.folder = folder
        self._database = database

    @property
    def config(self) -> Config:
        """The settings with which the run began."""
        return Config.model_validate(self.meta("config"))

    @property
    def started_at(self) -> datetime:
        """When the run began; of a merged one, the earliest of its runs."""
        return datetime.fromisoformat(self.meta("started_at"))

    @cached_property
    def starts(self) -> tuple[datetime, ...]:
        """When the run began; of one that was merged, when each of its runs did, the earliest first."""
        begun = {datetime.fromisoformat(one["started_at"]) for one in self.meta(MERGED_FROM, ())}
        return tuple(sorted(begun)) or (self.started_at,)

    def judged_at(self, *looked_at: datetime | None) -> datetime:
        """The moment against which the validity of what was seen then is judged: when the run began.

        Of a merged run, when the latest of its runs began that had begun by then: weeks may lie between them.
        """
        latest = max((moment for moment in looked_at if moment is not None), default=self.starts[0])
        return self.starts[max(bisect_right(self.starts, latest) - 1, 0)]

    @property
    def finished_at(self) -> datetime | None:
        """When it ended; ``None`` while it goes on, or when it was killed."""
        text = self.meta("finished_at")
        return None if text is None else datetime.fromisoformat(text)

    @property
    def validation(self) -> Validation | None:
        """Whether the run's resolvers validate; ``None`` before that was found out."""
        kept = self.meta(VALIDATION)
        return None if kept is None else Validation(**kept)

    def meta(self, key: str, default: Any = None) -> Any:  # noqa: ANN401 - as above
        """The value kept under a key."""
        row = self._database.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return default if row is None else json.loads(row[0])

    def notes(self) -> str:
        """What the user should know of the vantage, as far as it was found out; mostly nothing."""
        return "; ".join(note for key in NOTES if (note := self.meta(key)))

    def all_meta(self) -> dict[str, Any]:
        """Every value that is kept, by key."""
        return {key: json.loads(value) for key, value in self._database.execute("SELECT key, value FROM meta")}

    def targets(self, *, unfinished: bool = False) -> Iterator[Target]:
        """The targets in the order of the list, or those not yet done; streamed."""
        after = 0
        condition = "AND done = 0" if unfinished else ""
        query = f"SELECT ordinal, record FROM targets WHERE ordinal > ? {condition} ORDER BY ordinal LIMIT 500"  # noqa: S608
        while rows := self._database.execute(query, (after,)).fetchall():
            after = rows[-1][0]
            yield from (decode(Target, record) for _, record in rows)

    def settled_between(self, first: int, last: int) -> bool:
        """Whether everything of these targets is settled, so that nothing of them changes while the run goes on.

        After a fault of ours it may: what is known of the target then is what others asked for, too.
        """
        faulty = "EXISTS (SELECT 1 FROM meta WHERE meta.key = ? || targets.key)"
        query = f"SELECT count(*) FROM targets WHERE ordinal BETWEEN ? AND ? AND (done = 0 OR {faulty})"  # noqa: S608
        return self._number(query, first, last, FAULT) == 0

    def targets_between(self, first: int, last: int) -> Iterator[Target]:
        """The targets from one place in the list to another, both included; the first is 1, and none is left out."""
        query = "SELECT record FROM targets WHERE ordinal BETWEEN ? AND ? ORDER BY ordinal"
        for (record,) in self._database.execute(query, (first, last)).fetchall():
            yield decode(Target, record)

    def rejects(self) -> Iterator[Reject]:
        """The lines that were not taken, in the order of the list."""
        for (record,) in self._database.execute("SELECT record FROM rejects ORDER BY ordinal"):
            yield decode(Reject, record)

    def answer(self, question: Question) -> Answer | None:
        """The recorded answer, if the question was asked."""
        query = "SELECT record FROM answers WHERE name_backwards = ? AND type = ? AND server = ?"
        return self._one(Answer, query, question.name[::-1], question.type, question.server)

    def standing(self, question: Question, since: datetime) -> Answer | None:
        """The recorded answer, if the question need not be asked again: a fact, or whatever came since then."""
        answer = self.answer(question)
        return answer if answer is not None and stands(answer, since) else None

    def answers(self) -> Iterator[Answer]:
        """Every recorded answer."""
        for (record,) in self._database.execute("SELECT record FROM answers"):
            yield decode(Answer, record)

    def session(self, endpoint: Endpoint) -> Session | None:
        """The conversation held with (or shared by) an endpoint, final or not."""
        query = "SELECT protocol, record FROM sessions WHERE exchange = ? AND address = ? AND port = ?"
        row = self._database.execute(query, (endpoint.exchange, endpoint.address, endpoint.port)).fetchone()
        return None if row is None else decoded_session(*row)

    def policy_fetch(self, host: PolicyHost) -> PolicyFetch | None:
        """How fetching a policy ended, at the last attempt."""
        return self._one(PolicyFetch, "SELECT record FROM policies WHERE domain = ?", host.domain)

    def is_settled(self, subject: Endpoint | PolicyHost) -> bool:
        """Whether the endpoint, or the policy host, needs no (further) look."""
        if isinstance(subject, PolicyHost):
            query = "SELECT count(*) FROM policies WHERE domain = ? AND settled = 1"
            return bool(self._number(query, subject.domain))
        query = "SELECT count(*) FROM sessions WHERE exchange = ? AND address = ? AND port = ? AND settled = 1"
        return bool(self._number(query, subject.exchange, subject.address, subject.port))

    def sessions(self) -> Iterator[Session]:
        """Every conversation, by exchange, address and port."""
        query = "SELECT protocol, record FROM sessions ORDER BY exchange, address, port"
        for row in self._database.execute(query):
            yield decoded_session(*row)

    def shared_sessions(self) -> Iterator[Session]:
        """The settled conversations that are another endpoint's."""
        query = "SELECT protocol, record FROM sessions WHERE shared = 1 AND settled = 1"
        for row in self._database.execute(query):
            yield decoded_session(*row)

    def sessions_at(self, address: str, port: int, at_most: int) -> Iterator[Session]:
        """Settled conversations held with an address and port, under whatever name; not the rows that share them."""
        where = "address = ? AND port = ? AND settled = 1 AND shared = 0"
        query = f"SELECT protocol, record FROM sessions WHERE {where} LIMIT ?"  # noqa: S608 - words of ours
        for row in self._database.execute(query, (address, port, at_most)).fetchall():
            yield decoded_session(*row)

    def certificate(self, sha256: str) -> Certificate | None:
        """The certificate of that SHA-256."""
        row = self._database.execute("SELECT der, record FROM certificates WHERE sha256 = ?", (sha256,)).fetchone()
        return None if row is None else _certificate(*row)

    def certificates(self) -> Iterator[Certificate]:
        """Every certificate, in the order in which they were first shown."""
        for row in self._database.execute("SELECT der, record FROM certificates ORDER BY rowid"):
            yield _certificate(*row)

    @property
    def target_count(self) -> int:
        """How many targets there are; :meth:`counts` reads through all tables, which takes seconds of a large run."""
        return self._number("SELECT count(*) FROM targets")

    @property
    def fault_count(self) -> int:
        """How many targets, conversations and fetches came to nothing by a fault of ours."""
        failed = " WHERE json_extract(record, '$.outcome') = 'internal-error'"
        queries = (f"SELECT count(*) FROM {table}{failed}" for table in ("sessions", "policies"))  # noqa: S608
        targets = self._number("SELECT count(*) FROM meta WHERE key LIKE ?", f"{FAULT}%")
        return targets + sum(map(self._number, queries))

    def counts(self) -> dict[str, int]:
        """How many rows of each kind there are, and how many targets are done."""
        tables = ("targets", "rejects", "answers", "sessions", "policies", "certificates")
        counts = {name: self._number(f"SELECT count(*) FROM {name}") for name in tables}  # noqa: S608 - names of ours
        return counts | {"targets_done": self._number("SELECT count(*) FROM targets WHERE done = 1")}

    def _one(self, kind: type[Record], query: str, *values: object) -> Record | None:
        row = self._database.execute(query, values).fetchone()
        return None if row is None else decode(kind, row[0])

    def _number(self, query: str, *values: object) -> int:
        return int(self._database.execute(query, values).fetchone()[0])


def stands(answer: Answer, since: datetime) -> bool:
    """Whether an answer counts for a part of a run that began then: what failed before is asked again."""
    return answer.status.known or (answer.asked_at is not None and answer.asked_at >= since)


def decoded_session(protocol: str, record: str) -> Session:
    """The conversation in that protocol from its JSON."""
    return decode(_SESSIONS[Protocol(protocol)], record)


def _certificate(der: bytes, record: str) -> Certificate:
    return replace(decode(Certificate, record), der=der)
