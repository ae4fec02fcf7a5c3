"""How a failure ends the process: one line, an exit code, never a bare traceback."""

import os
import sys
import tempfile
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import auditor
from auditor.errors import AuditorError

USAGE = 2
OUR_FAULT = 4
INTERRUPTED = 130


@contextmanager
def reported() -> Iterator[None]:
    """Turn what is raised inside into a line on standard error and the exit code of its kind."""
    try:
        yield
    except AuditorError as error:
        _complain(f"auditor: {error}", error.exit_code)
    except KeyboardInterrupt:
        _complain("auditor: interrupted", INTERRUPTED)
    except BrokenPipeError:
        # Whoever read our output has enough; a second error at exit would only confuse.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(0) from None
    except Exception as error:  # noqa: BLE001 - the last line of defence, which must name every fault of ours
        if hasattr(error, "format_message"):  # the option parser's errors, whose classes are not public
            _misused(error.format_message())
        log = _write_log(error)
        _complain(f"auditor: a fault of ours: {type(error).__name__}: {error}; details are in {log}", OUR_FAULT)


def _misused(message: str) -> None:
    """A wrong command or option; without any, the help has been shown already."""
    if message:
        _complain(f"auditor: {message} (auditor --help)".replace("\n", " "), USAGE)
    raise SystemExit(USAGE) from None


def _complain(line: str, exit_code: int) -> None:
    # Imported here: a failing import of the console must not hide the failure itself.
    from auditor.cli.console import safe

    sys.stderr.write(safe(line) + "\n")
    raise SystemExit(exit_code) from None


def _write_log(error: Exception) -> Path:
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    text = f"auditor {auditor.__version__}, Python {sys.version}\narguments: {sys.argv[1:]}\n\n"
    text += "".join(traceback.format_exception(error))
    from auditor.report.cells import plain_lines

    with tempfile.NamedTemporaryFile(
        "w", prefix=f"auditor-{moment}-", suffix=".log", delete=False, encoding="utf-8"
    ) as log:
        log.write(plain_lines(text))  # what was raised may quote strangers
    return Path(log.name)
