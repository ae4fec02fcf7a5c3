"""The log of our own faults cannot be written: that is no reason to end a run."""

import logging
from pathlib import Path

from auditor.api.errors_log import NAME, errors_kept


def test_a_log_that_cannot_be_opened_ends_nothing(tmp_path: Path) -> None:
    (tmp_path / NAME).mkdir()
    with errors_kept(tmp_path):
        logging.getLogger("auditor.engine").error("a fault at one domain")
