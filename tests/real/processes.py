"""What all harnesses of real servers share: programs, ports, and processes that are waited for."""

import fcntl
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

UNPACKED = Path(os.environ.get("AUDITOR_REAL_SERVERS", "/opt/auditor-real"))
START_SECONDS = 30.0
_PATH = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"

Process = subprocess.Popen[bytes]


def needs_root() -> None:
    if os.geteuid() != 0:
        pytest.skip("mail servers of the system need root to start")


def program(name: str) -> str:
    """The path of a program of the system."""
    found = shutil.which(name, path=_PATH)
    if found is None:
        pytest.skip(f"{name} is not installed (.ci/real-servers installs it)")
    return found


def binary(name: str) -> tuple[Path, dict[str, str]]:
    """The program, from the system or unpacked beside it, and the environment it runs in."""
    needs_root()
    found = shutil.which(name, path=_PATH)
    if found:
        return Path(found), dict(os.environ)
    path = UNPACKED / "usr" / "sbin" / name
    if not path.exists():
        pytest.skip(f"{name} is not installed (.ci/real-servers installs it)")
    libraries = ":".join(str(one) for one in sorted((UNPACKED / "usr" / "lib").glob("*-linux-gnu")))
    return path, {**os.environ, "LD_LIBRARY_PATH": libraries}


def free_port(address: str, *others: str) -> int:
    """A port that is free on every one of the addresses, over TCP and UDP."""
    while True:
        with ExitStack() as held:
            port = 0
            try:
                for each in (address, *others):
                    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
                        one = held.enter_context(socket.socket(type=kind))
                        one.bind((each, port))
                        port = int(one.getsockname()[1])
            except OSError:
                continue
            return port


@contextmanager
def running(command: list[str], log: Path) -> Iterator[Process]:
    """A process of our own, whose output goes to ``log``; it is ended at the end."""
    with log.open("wb") as output, subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT) as process:
        try:
            yield process
        finally:
            process.terminate()


@contextmanager
def alone(name: str) -> Iterator[None]:
    """While no other process of the tests does the same; it is waited for."""
    with Path(tempfile.gettempdir(), f"auditor-tests-{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def wait_until(ready: Callable[[], bool], what: str, log: Path, process: Process | None = None) -> None:
    """Until ``ready``; a server that ended, or takes too long, is an error with its log."""
    give_up_at = time.monotonic() + START_SECONDS
    while time.monotonic() < give_up_at and (process is None or process.poll() is None):
        if ready():
            return
        time.sleep(0.02)
    raise RuntimeError(f"{what}: {log.read_text(errors='replace') if log.exists() else ''}")


def wait_until_it_listens(address: str, port: int, process: Process | None, log: Path) -> None:
    """Until a connection is accepted."""

    def listens() -> bool:
        with socket.socket() as one:
            one.settimeout(1)
            return one.connect_ex((address, port)) == 0

    wait_until(listens, f"it does not listen on {address} port {port}", log, process)


def apart(*namespaces: str) -> tuple[str, ...]:
    """Words before a command that give it namespaces of its own, such as ``--net``."""
    words = (program("unshare"), *namespaces)
    if subprocess.run([*words, "true"], capture_output=True, check=False).returncode:
        pytest.skip(f"no namespaces of its own ({' '.join(namespaces)}) for a program here")
    return words
