"""The machine and the versions that figures come from."""

import os
import platform
import ssl
import subprocess
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from OpenSSL import SSL

from benchmarks.measured import ROOT


def described() -> dict[str, str]:
    """What a reader must know to compare figures with his own."""
    linked = SSL.SSLeay_version(SSL.SSLEAY_VERSION).decode()
    return {
        "Processor": f"{processor(_cpuinfo())}, {os.cpu_count()} cores",
        "System": f"{platform.system()} {platform.release().partition('-')[0]}",
        "Python": f"{platform.python_implementation()} {platform.python_version()}",
        "OpenSSL": f"{linked} in pyOpenSSL {version('pyOpenSSL')}; {ssl.OPENSSL_VERSION} in Python",
        "Libraries": ", ".join(
            f"{name} {version(name)}" for name in ("trio", "dnspython", "cryptography", "XlsxWriter")
        ),
    }


def processor(cpuinfo: str) -> str:
    """The model's name in the text of ``/proc/cpuinfo``."""
    named = (line.partition(":")[2].strip() for line in cpuinfo.splitlines() if line.startswith("model name"))
    return next(named, platform.machine())


def taken() -> str:
    """Today's date, and the commit where the checkout is one."""
    day = datetime.now(UTC).date().isoformat()
    try:
        command = ["git", "rev-parse", "--short", "HEAD"]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603 - ours
    except (OSError, subprocess.CalledProcessError):
        return day
    return f"{day}, {done.stdout.strip()}"


def _cpuinfo() -> str:
    file = Path("/proc/cpuinfo")
    return file.read_text(encoding="utf-8") if file.is_file() else ""
