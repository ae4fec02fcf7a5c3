"""Records to JSON and back, by pydantic, from their type annotations alone."""

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


_adapters: dict[type, TypeAdapter[Any]] = {}


def _adapter(kind: type) -> TypeAdapter[Any]:
    """The one adapter of a type; making it costs milliseconds."""
    if kind not in _adapters:
        _adapters[kind] = TypeAdapter(kind)
    return _adapters[kind]
