"""The load server, the floor and the distance, compiled from C when they are missing or older than their source."""

import shutil
import subprocess
from pathlib import Path

from benchmarks.problems import CannotMeasureError

_SOURCES = Path(__file__).parent
_LIBRARIES = ("-pthread", "-lssl", "-lcrypto")


def compiled(name: str, folder: Path) -> Path:
    """The program ``name`` (``sink``, ``floor``, ``distance``) in ``folder``.

    Raises:
        CannotMeasureError: there is no compiler, or the OpenSSL headers are missing.
    """
    source, program = _SOURCES / f"{name}.c", folder / name
    if program.is_file() and program.stat().st_mtime >= source.stat().st_mtime:
        return program
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None:
        raise CannotMeasureError("there is no C compiler (Debian: gcc, libssl-dev)")
    folder.mkdir(parents=True, exist_ok=True)
    command = [compiler, "-O2", "-Wall", "-Wextra", str(source), "-o", str(program), *_LIBRARIES]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - a command of ours
    if done.returncode:
        raise CannotMeasureError(f"{source.name} does not compile (Debian: libssl-dev): {done.stderr.strip()[:200]}")
    return program
