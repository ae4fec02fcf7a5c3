"""Records to JSON and back, by pydantic, from their type annotations alone."""

import re
from typing import Any, TypeVar

from pydantic import TypeAdapter
from pydantic_core import PydanticSerializationError, to_json

Record = TypeVar("Record")

_SURROGATES = re.compile("[\ud800-\udfff]")


def encode(record: object) -> str:
    """The record as JSON; a lone surrogate, which no file can hold, as its escape."""
    adapter = _adapter(type(record))
    try:
        return adapter.dump_json(record).decode()
    except PydanticSerializationError:
        # Texts of the network and of lists hold none; names of files and arguments may (PEP 383).
        return to_json(_without_surrogates(adapter.dump_python(record))).decode()


def decode(kind: type[Record], text: str | bytes) -> Record:
    """The record of that kind from its JSON, equal to the one that was encoded."""
    record: Record = _adapter(kind).validate_json(text)
    return record


_adapters: dict[type, TypeAdapter[Any]] = {}


def _adapter(kind: type) -> TypeAdapter[Any]:
    """The one adapter of a type; making it costs milliseconds."""
    if kind not in _adapters:
        _adapters[kind] = TypeAdapter(kind)
    return _adapters[kind]


def _without_surrogates(value: Any) -> Any:  # noqa: ANN401 - whatever a record holds
    if isinstance(value, str):
        return _SURROGATES.sub(lambda found: f"\\u{ord(found[0]):04x}", value)
    if isinstance(value, dict):
        return {key: _without_surrogates(one) for key, one in value.items()}
    if isinstance(value, tuple):
        return tuple(map(_without_surrogates, value))
    return value
