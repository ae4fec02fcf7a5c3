"""The file of ``--transcript``."""

from pathlib import Path
from typing import TextIO

from auditor.errors import UsageError


def new_transcript(file: Path) -> TextIO:
    """The file, opened to be written, which the caller closes.

    Raises:
        UsageError: it is there already, or cannot be written.
    """
    try:
        return file.open("x", encoding="utf-8")
    except FileExistsError:
        raise UsageError(f"--transcript {file}: is there already") from None
    except OSError as error:
        raise UsageError(f"--transcript {file}: {error.strerror}") from None
