"""Writing the journal of a run that is made out of others: their rows side by side, of each subject the best."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from auditor.journal.choosing import Worth, answer_worth, policy_worth, session_worth
from auditor.journal.journal import Journal
from auditor.journal.list_order import in_list_order
from auditor.journal.part import Part
from auditor.journal.sharing import Sharing, shared
from auditor.model.session import Session
from auditor.model.target import Reject, Target

ROWS = 1_000  # in one transaction; a million rows of 1 KB take a thousand of them

_CERTIFICATES = "INSERT OR IGNORE INTO certificates VALUES (?, ?, ?)"
_FAULTS = "INSERT OR IGNORE INTO meta VALUES (?, ?)"
_ANSWERS = """
INSERT INTO answers AS kept VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET record = excluded.record
WHERE better_answer(excluded.record, kept.record)
"""
_POLICIES = """
INSERT INTO policies AS kept VALUES (?, ?, ?)
ON CONFLICT DO UPDATE SET settled = excluded.settled, record = excluded.record
WHERE better_policy(excluded.settled, excluded.record, kept.settled, kept.record)
"""
_SESSIONS = """
INSERT INTO sessions AS kept VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
    settled = excluded.settled, shared = excluded.shared, protocol = excluded.protocol, record = excluded.record
WHERE better_session(
    excluded.settled, excluded.protocol, excluded.record, kept.settled, kept.protocol, kept.record
)
"""
_COPIES = (
    ("SELECT sha256, der, record FROM certificates ORDER BY rowid", _CERTIFICATES),
    ("SELECT key, value FROM meta WHERE key LIKE 'fault:%'", _FAULTS),
    ("SELECT name_backwards, type, server, record FROM answers", _ANSWERS),
    ("SELECT domain, settled, record FROM policies", _POLICIES),
    ("SELECT exchange, address, port, settled, shared, protocol, record FROM sessions", _SESSIONS),
)
_BETTER = (("better_answer", 1, answer_worth), ("better_policy", 2, policy_worth), ("better_session", 3, session_worth))
_FLAGS = "SELECT done, doubtful, key FROM targets WHERE done OR doubtful"
# Done, and without doubt, in one of the runs is enough: all that its survey needs were facts there.
_FLAG = """
UPDATE targets SET done = max(done, ?1),
    doubtful = CASE WHEN (done AND NOT doubtful) OR (?1 AND NOT ?2) THEN 0 ELSE max(doubtful, ?2) END
WHERE key = ?3
"""


class MergedJournal(Journal):
    """The journal of a run that is made out of others, while it is made; what is in it at a time stays bounded."""

    def take(self, parts: Sequence[Part]) -> None:
        """Take in all that the runs observed, and then their lists: one that is cut off here has none.

        Raises:
            UsageError: the journal of a run is damaged.
            NotFinishedError: the disk is full.
        """
        for name, arguments, worth in _BETTER:
            self._database.create_function(name, 2 * arguments, _better(worth, arguments), deterministic=True)
        for part in parts:
            for query, statement in _COPIES:
                self._copy(part.rows(query), statement)
        for part in parts:
            self._mend_shared(part)
        self.add_list(in_list_order(parts))
        for part in parts:
            self._copy(part.rows(_FLAGS), _FLAG)

    def _copy(self, rows: Iterator[tuple[Any, ...]], statement: str) -> None:
        self.flush()
        while some := list(islice(rows, ROWS)):
            with self._guarded():
                self._database.execute("BEGIN IMMEDIATE")
                self._database.executemany(statement, some)
                self._database.execute("COMMIT")

    def _mend_shared(self, part: Part) -> None:
        """See that a row of the run that is another endpoint's conversation still reads so, if that one lost."""
        for session in part.shared_sessions():
            origin = session.shared_from
            if origin is None or self.session(session.endpoint) != session:
                continue
            held, kept = part.session(origin), self.session(origin)
            if kept != held:
                self.session_ended(self._shared_anew(session, held, kept), settled=True)
        self.flush()

    def _shared_anew(self, session: Session, held: Session | None, kept: Session | None) -> Session:
        """The row as the conversation that counts has it, if it serves; else its own, which keeps its transcript.

        For the one it was taken from stands nowhere else any more.
        """
        serves = kept is not None and kept.shared_from is None and self.is_settled(kept.endpoint)
        if kept is not None and serves and Sharing(self).serves(kept, session.endpoint):
            return shared(kept, session.endpoint)
        return session if held is None else replace(session, transcript=held.transcript)

    def _duplicate(self, target: Target) -> Reject:
        query = "SELECT line, json_extract(record, '$.source') FROM targets WHERE key = ?"
        line, source = self._database.execute(query, (target.key,)).fetchone()
        reason = f"duplicate of line {line} of {source}, in another of the merged runs"
        return Reject(source=target.source, line=target.input_line, text=target.input, reason=reason)

    @property
    def _way_on(self) -> str:
        return "nothing is kept of the merged run; those it was made out of stand as they were"


def _better(worth: Callable[..., Worth], arguments: int) -> Callable[..., bool]:
    """Whether the look that the first so many arguments make counts before the one that the others make."""
    return lambda *values: worth(*values[:arguments]) > worth(*values[arguments:])
