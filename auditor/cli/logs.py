"""The log on standard error, for those who ask for it."""

import logging

from auditor.cli.console import safe
from auditor.report.cells import log_text

_LEVELS = (logging.ERROR, logging.INFO, logging.DEBUG)


class _SafeFormatter(logging.Formatter):
    """Lines in which text from the network can do nothing to a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        return "\n".join(map(safe, log_text(super().format(record)).split("\n")))


def log_to_stderr(verbosity: int) -> None:
    """Show errors, with ``-v`` also what is done, with ``-vv`` details."""
    handler = logging.StreamHandler()
    handler.setFormatter(_SafeFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=_LEVELS[min(verbosity, 2)], handlers=[handler], force=True)
