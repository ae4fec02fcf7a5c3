"""Files that appear whole or not at all."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import mkstemp

from auditor.errors import NotFinishedError, not_written


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A temporary file in the same folder, moved to ``path`` once the block ended without an error.

    Raises:
        NotFinishedError: the file system refuses; what stood at ``path`` still stands.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
        os.close(handle)
    except OSError as error:
        raise _cannot_write(path, error) from error
    temporary = Path(name)
    try:
        yield temporary
        _settle(temporary, path)
    except OSError as error:
        raise _cannot_write(path, error) from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def _cannot_write(path: Path, error: OSError) -> NotFinishedError:
    return not_written(f"cannot write {path}: {error.strerror or error}")


def _settle(temporary: Path, path: Path) -> None:
    temporary.chmod(0o666 & ~_umask())
    with temporary.open("rb+") as written:
        os.fsync(written.fileno())
    temporary.replace(path)
    if hasattr(os, "O_DIRECTORY"):
        folder = os.open(path.parent, os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def sha256_of(path: Path) -> str:
    """SHA-256 of the file's octets, in hexadecimal."""
    with path.open("rb") as octets:
        return hashlib.file_digest(octets, "sha256").hexdigest()
