"""A list from octets, without a file."""

import io
from collections.abc import Callable

import pytest

from auditor.model.target import Reject, Target
from auditor.targets import ListOptions
from auditor.targets.entries import to_targets
from auditor.targets.reader import read_list

Items = list[Target | Reject]
ReadOctets = Callable[..., Items]


@pytest.fixture
def read_octets() -> ReadOctets:
    """Return a function that reads a list of the given octets and name."""

    def read(octets: bytes | str, name: str = "list.txt", options: ListOptions | None = None) -> Items:
        stream = io.BytesIO(octets.encode() if isinstance(octets, str) else octets)
        options = options or ListOptions()
        return list(to_targets(read_list(stream, name, options), options.shard))

    return read
