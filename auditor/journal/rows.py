"""DNS answers as the journal keeps them, made by whoever asked, so that nothing on the way need read them."""

from hashlib import blake2b
from typing import NamedTuple

from auditor.journal.codec import encode
from auditor.model.dns import Answer


class AnswerRow(NamedTuple):
    """A DNS answer: its question, and the whole of it as JSON."""

    name: str
    type: str
    server: str
    record: str


def answer_row(answer: Answer) -> AnswerRow:
    """The row of an answer."""
    return AnswerRow(*answer.question, encode(answer))


def gist(answer: Answer) -> str:
    """A digest of what an answer says: equal for two from which the same follows, whoever asked, and when."""
    said = (answer.status, answer.records, answer.canonical_name, answer.aliases, answer.authenticated)
    return blake2b(repr(said).encode(), digest_size=8).hexdigest()
