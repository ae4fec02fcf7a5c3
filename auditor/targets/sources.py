"""Where lists come from: files, standard input, and names given as arguments."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePath
from stat import S_ISDIR
from typing import BinaryIO

from auditor.errors import UsageError

STDIN = "-"
ARGUMENT = "argument"

_LIST_SUFFIXES = {
    *(".txt", ".text", ".lst", ".list", ".csv", ".tsv", ".tab", ".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"),
    *(".zone", ".db", ".json", ".jsonl", ".dat"),
}


@dataclass(frozen=True, slots=True)
class Source:
    """One SOURCE as understood: a list to be opened, or a name that stands for itself."""

    text: str
    is_name: bool = False


def locate(text: str) -> Source:
    """Return what a SOURCE is: a file if there is one, standard input for ``-``, else a name.

    A final dot makes a name of what would be taken for a file (``shop.zone.``).

    Raises:
        UsageError: it is a folder, a file that cannot be read, or by its form a file that does not exist.
    """
    if text == STDIN or not text.strip():
        return Source(text, is_name=text != STDIN)
    try:
        mode = os.stat(text).st_mode  # noqa: PTH116 - Path("example.com/") would lose its slash
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return _absent(text)
    except OSError as error:
        return _absent(text, error)
    if S_ISDIR(mode):
        raise UsageError(f"{text}: this is a folder, not a list (for the domain of that name write '{text}.')")
    if not os.access(text, os.R_OK):
        raise UsageError(f"{text}: no permission to read this file")
    return Source(text)


@contextmanager
def open_source(source: Source) -> Iterator[BinaryIO]:
    """Open a list for reading octets.

    Raises:
        UsageError: it cannot be opened, or fails while it is read.
    """
    try:
        if source.text == STDIN:
            yield _standard_input()
        else:
            with Path(source.text).open("rb") as stream:
                yield stream
    except OSError as error:
        raise UsageError(f"{source.text}: cannot be read: {error.strerror or error}") from None


def _absent(text: str, error: OSError | None = None) -> Source:
    if _like_path(text):
        reason = f"cannot be read: {error.strerror}" if error else "no such file"
        raise UsageError(f"{text}: {reason}")
    return Source(text, is_name=True)


def _like_path(text: str) -> bool:
    if "://" in text or "@" in text or _like_range(text):
        return False
    return "/" in text or "\\" in text or PurePath(text).suffix.lower() in _LIST_SUFFIXES


def _like_range(text: str) -> bool:
    address, _, length = text.strip("[] ").partition("/")
    return bool(length) and set(address) <= set("0123456789abcdefABCDEF:.") and set(length) <= set("0123456789.")


def _standard_input() -> BinaryIO:
    stream: BinaryIO | None = getattr(sys.stdin, "buffer", None)
    if stream is None:
        raise UsageError("-: there is no standard input")
    return stream
