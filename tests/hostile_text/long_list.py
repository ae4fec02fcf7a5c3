"""Takes a list of so many lines into a journal, as a scan does first: ``… long_list FOLDER LINES``.

It writes, in JSON, what was taken, the seconds it took, and the memory it held at a quarter of the list and at its end.
"""

import io
import json
import os
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

from auditor.api.preparing import take_list
from auditor.config import Config
from auditor.journal import Journal
from auditor.targets.blocklist import Blocklist

_LINES = (
    b"name%d.example",
    b"\xc3\xbcber%d.example\r",
    b"https://www.shop%d.example/x",
    b"name%d.example.",
    b"no name %d",
)


class Lines(io.RawIOBase):
    """A list made as it is read; of five lines three are new names, one was there before, and one is no name."""

    def __init__(self, count: int) -> None:
        self._count, self._made, self._rest = count, 0, b""
        self.at_quarter = 0

    def read(self, size: int = -1, /) -> bytes:
        while len(self._rest) < size and self._made < self._count:
            numbers = range(self._made, min(self._made + 5_000, self._count))
            self._rest += b"".join(_LINES[number % 5] % (number // 5) + b"\n" for number in numbers)
            self._made = numbers[-1] + 1
            if not self.at_quarter and self._made >= self._count // 4:
                self.at_quarter = memory_kib()
        given, self._rest = self._rest[:size], self._rest[size:]
        return given


def memory_kib() -> int:
    """What this process holds of the machine's memory."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 1024


def main(folder: Path, count: int) -> None:
    """Take the list in, and say what came of it."""
    lines, began_at = Lines(count), time.monotonic()
    sys.stdin = SimpleNamespace(buffer=lines)
    with Journal.create(folder, Config(), datetime.now(UTC)) as journal:
        take_list(journal, ["-"], Config(), Blocklist.empty())
        counts = journal.meta("list")
    seconds = round(time.monotonic() - began_at, 1)
    told = {"seconds": seconds, "quarter_kib": lines.at_quarter, "whole_kib": memory_kib(), "counts": counts}
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
