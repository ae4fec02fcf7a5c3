"""What went wrong at this end while a run observed, kept beside its journal; no file where nothing did."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from auditor.report.cells import log_text

NAME = "errors.log"


class SafeFormatter(logging.Formatter):
    """Lines in which text from the network can do nothing to a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        """The record, each of its lines plain, those after the first indented."""
        return log_text(super().format(record))


class _Kept(logging.FileHandler):
    """A file that is there from the first record on; one that cannot be written is no error of the run."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write the record, if it can be."""
        with suppress(OSError):
            super().emit(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's own name
        """Let the record go: it is on standard error too."""


@contextmanager
def errors_kept(folder: Path) -> Iterator[None]:
    """While open, errors of ours, with their traces, are kept in the run's folder too."""
    handler = _Kept(folder / NAME, encoding="utf-8", delay=True)
    handler.setLevel(logging.ERROR)
    handler.setFormatter(SafeFormatter("%(asctime)s %(name)s: %(message)s"))
    logger = logging.getLogger("auditor")
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        handler.close()
