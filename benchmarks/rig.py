"""The world's servers, running: Knot with the zones, Unbound before it, and the sink on all of 127.0.0.0/8.

As root they live in a network namespace that has loopback only, so that no packet
leaves the machine and no port of it is taken; that takes ``ip``.  Without root
they share the machine's loopback, on unprivileged ports, and there is no Unbound:
what needs ports 25 and 53, as most peers do, cannot be measured then.
"""

import contextlib
import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.compiled import compiled
from benchmarks.measured import ROOT
from benchmarks.minted import Minted, mint
from benchmarks.namespaces import entered, new_namespace, started
from benchmarks.problems import CannotMeasureError
from benchmarks.programs import found
from benchmarks.servers import KNOT_PORT, RESOLVER_PORT, knot_settings, unbound_settings
from benchmarks.zones import World

SMTP_PORT, RSA_PORT, ECDSA_PORT = 2525, 2526, 2527
_DESCRIPTORS = 65_536
_WAIT_SECONDS = 120.0
"""Until a server answers; Knot reads a million domains in some twenty seconds."""


@dataclass(frozen=True, slots=True)
class Counters:
    """What the sink counted since it was started."""

    number: int = 0
    accepted: int = 0
    handshakes: int = 0
    failed_handshakes: int = 0
    goodbyes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rig:
    """Servers that run; see :func:`running`."""

    world: World
    folder: Path
    certificates: Minted
    namespace: str
    """Empty where the machine's own loopback is used."""
    sink: subprocess.Popen[bytes]

    @property
    def privileged(self) -> bool:
        """Whether there are a resolver on port 53 and mail servers on port 25."""
        return bool(self.namespace)

    @property
    def resolver(self) -> str:
        """Knot, as ``--resolver`` takes it."""
        return f"127.0.0.1:{KNOT_PORT}"

    def inside(self, command: Sequence[str]) -> list[str]:
        """The command, as it is run where the servers are."""
        return [*entered(self.namespace), *command]

    def counters(self) -> Counters:
        """What the sink has counted up to now.

        Raises:
            CannotMeasureError: it does not run any more.
        """
        file = self.folder / "counters.json"
        before = _read_counters(file).number
        if self.sink.poll() is None:
            self.sink.send_signal(signal.SIGUSR1)
        for _ in range(200):
            if (counters := _read_counters(file)).number > before:
                return counters
            time.sleep(0.01)
        raise CannotMeasureError("the sink does not answer")


@contextmanager
def running(world: World, folder: Path) -> Iterator[Rig]:
    """The servers of a world, which are ended, by their numbers, however this is left.

    Raises:
        CannotMeasureError: a server is missing, or does not start.
    """
    _raise_descriptors()
    certificates, sink = mint(folder / "certificates"), compiled("sink", folder)
    (folder / "counters.json").unlink(missing_ok=True)
    with ExitStack() as stack:
        namespace = stack.enter_context(new_namespace()) if os.geteuid() == 0 else ""
        place = _Place(namespace, folder, stack)
        place.start_dns(world)
        ports = [f"{SMTP_PORT}:mixed", f"{RSA_PORT}:rsa", f"{ECDSA_PORT}:ecdsa", *(["25:mixed"] if namespace else [])]
        counters = str(folder / "counters.json")
        process = place.start("sink", [str(sink), "2", str(certificates.folder), counters, *ports])
        dns = (KNOT_PORT, *((RESOLVER_PORT,) if namespace else ()))
        place.wait_for((f"tcp:{SMTP_PORT}", *(f"dns:{port}" for port in dns)))
        yield Rig(world=world, folder=folder, certificates=certificates, namespace=namespace, sink=process)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where servers are started, to be ended with the stack."""

    namespace: str
    folder: Path
    stack: ExitStack
    servers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start_dns(self, world: World) -> None:
        """Start Knot and, where there may be one, Unbound."""
        (self.folder / "dns").mkdir(exist_ok=True)
        settings = {"knot.conf": knot_settings(world.folder.absolute(), self.folder.absolute() / "dns")}
        settings["unbound.conf"] = unbound_settings(self.folder.absolute() / "dns")
        for name, text in settings.items():
            (self.folder / name).write_text(text, encoding="utf-8")
        self.start("knot", [found("knotd", "knot"), "-c", str(self.folder / "knot.conf")])
        if self.namespace:
            self.start("unbound", [found("unbound", "unbound"), "-d", "-c", str(self.folder / "unbound.conf")])

    def start(self, name: str, command: list[str]) -> subprocess.Popen[bytes]:
        """Start a server, whose words go to a log file."""
        process = started([*entered(self.namespace), *command], self.folder / f"{name}.log", self.stack)
        self.servers.append(process)
        return process

    def wait_for(self, places: Sequence[str]) -> None:
        """Wait until all of these work, and see that they are ours: a port may have been another's before."""
        command = [sys.executable, "-m", "benchmarks.drivers.ready", str(_WAIT_SECONDS), *places]
        done = subprocess.run(  # noqa: S603 - a command of ours
            [*entered(self.namespace), *command], cwd=ROOT, capture_output=True, text=True, check=False
        )
        if done.returncode or any(server.poll() is not None for server in self.servers):
            logs = " ".join(path.read_text(errors="replace")[-200:] for path in sorted(self.folder.glob("*.log")))
            raise CannotMeasureError(
                " ".join(f"a server does not work: {done.stdout} {done.stderr[-200:]} {logs}".split())
            )


def _read_counters(file: Path) -> Counters:
    with contextlib.suppress(FileNotFoundError):
        return Counters(**json.loads(file.read_text(encoding="ascii")))
    return Counters()


def _raise_descriptors() -> None:
    """As many open files as we may have: each of thousands of sessions is one, here and in the sink."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    for wanted in (max(most, _DESCRIPTORS), most):
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, wanted))
            return
