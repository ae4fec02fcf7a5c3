"""A Dask scheduler and workers inside the namespace, on the address of a hub."""

import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.contact.namespace import Place, environment
from tests.real.processes import running

HUB = "10.77.0.1"
ADDRESS = f"tcp://{HUB}:8786"
CLUSTER = ("--cluster", ADDRESS, "--insecure-cluster")
_START_SECONDS = 60.0
_DASK = str(Path(sys.executable).with_name("dask"))


@contextmanager
def dask_inside(here: Place, folder: Path, workers: int) -> Iterator[None]:
    """All of them up, until the block ends."""
    with ExitStack() as stack:
        given = ["--host", HUB, "--port", "8786", "--no-dashboard", "--no-show"]
        _start(here, stack, folder / "scheduler.log", "Scheduler at", ["scheduler", *given])
        logs = [folder / f"worker{number}.log" for number in range(workers)]
        for log in logs:
            own = ["--host", HUB, "--nthreads", "1", "--no-nanny", "--no-dashboard", "--local-directory", str(folder)]
            _start(here, stack, log, "", ["worker", ADDRESS, *own])
        for log in logs:
            _wait_for(log, "Registered to")
        yield


def _start(here: Place, stack: ExitStack, log: Path, words: str, command: list[str]) -> None:
    variables = [f"{name}={value}" for name, value in environment().items() if name.startswith("PYTHON")]
    settings = "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES=0"
    stack.enter_context(running(here.inside(["env", settings, *variables, _DASK, *command]), log))
    _wait_for(log, words)


def _wait_for(log: Path, words: str) -> None:
    """Until a program's log says so."""
    give_up_at = time.monotonic() + _START_SECONDS
    while words not in (said := log.read_text(errors="replace")):
        if time.monotonic() > give_up_at:
            raise TimeoutError(said[-2000:])
        time.sleep(0.1)
