"""Network namespaces, and programs that end with a block."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from benchmarks.problems import CannotMeasureError
from benchmarks.programs import found

_WAIT_SECONDS = 60.0


@contextmanager
def new_namespace() -> Iterator[str]:
    """A network namespace of this process's own, where 127.0.0.1 is the resolver."""
    found("ip", "iproute2")
    name = f"auditor-bench-{os.getpid()}"
    names = Path("/etc/netns", name)
    ip("netns", "add", name)
    try:
        ip("-n", name, "link", "set", "lo", "up")
        names.mkdir(parents=True)
        (names / "resolv.conf").write_text("nameserver 127.0.0.1\n", encoding="ascii")
        ip("netns", "exec", name, "sysctl", "-qw", "net.ipv4.ip_local_port_range=10000 65000", required=False)
        yield name
    finally:
        shutil.rmtree(names, ignore_errors=True)
        ip("netns", "delete", name, required=False)


def ip(*words: str, required: bool = True) -> None:
    """Run a command of ``ip``.

    Raises:
        CannotMeasureError: it is ``required``, and failed.
    """
    done = subprocess.run(["ip", *words], capture_output=True, text=True, check=False)  # noqa: S603, S607 - of ours
    if done.returncode and required:
        raise CannotMeasureError(f"ip {' '.join(words)}: {done.stderr.strip()}")


def entered(namespace: str) -> list[str]:
    """The words before a command that is run in a namespace; none for that of this process."""
    return ["ip", "netns", "exec", namespace] if namespace else []


def started(
    command: Sequence[str], log: Path, stack: ExitStack, environment: Mapping[str, str] | None = None
) -> subprocess.Popen[bytes]:
    """Start a program, whose words go to a log file, and which is ended, by its number, with the stack."""
    words = stack.enter_context(log.open("wb"))
    process = subprocess.Popen(  # noqa: S603 - a command of ours
        command, stdin=subprocess.DEVNULL, stdout=words, stderr=words, env={**os.environ, **(environment or {})}
    )
    stack.callback(_end, process)
    return process


def wait_for_words(log: Path, words: str) -> None:
    """Wait until a program's log has these words.

    Raises:
        CannotMeasureError: it does not say them within a minute.
    """
    give_up_at = time.monotonic() + _WAIT_SECONDS
    while time.monotonic() < give_up_at:
        if words in (said := log.read_text(errors="replace")):
            return
        time.sleep(0.1)
    raise CannotMeasureError(" ".join(f"{log.name} does not say {words!r}: {said[-300:]}".split()))


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
