"""Records to JSON and back, by pydantic, from their type annotations alone."""

from functools import cache
from typing import Any, TypeVar

from pydantic import TypeAdapter

Record = TypeVar("Record")


def encode(record: object) -> str:
    """The record as JSON."""
    return _adapter(type(record)).dump_json(record).decode()


def decode(kind: type[Record], text: str) -> Record:
    """The record of that kind from its JSON, equal to the one that was encoded."""
    record: Record = _adapter(kind).validate_json(text)
    return record


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:  # noqa: ANN401 - any record's type
    return TypeAdapter(kind)
