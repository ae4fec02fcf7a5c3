"""Links to the workers of a Dask cluster (https://distributed.dask.org): which there are, and a way to each.

Dask carries octets to a worker by name and says when one is lost. Which job is whose, and what becomes of it, is the
crew's, as with processes of this machine.
"""

import json
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import trio

from auditor.engine.backends import cluster_far
from auditor.engine.backends.frames import Begin, Splitter, joined, pack
from auditor.engine.backends.link import Link, LinkLostError, ready
from auditor.errors import NotFinishedError, UsageError
from auditor.model.dns import Validation

if TYPE_CHECKING:
    from distributed import Client

_CONNECT_SECONDS = 15.0
_LOOK_SECONDS = 2.0  # between looks whether a worker that says nothing is still there
_EGRESS = "egress:"
MOST_WAIT_SECONDS = 60.0
"""How long a post waits for a worker where there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """What one worker's end is like."""

    worker: str
    """Its address in the cluster."""
    egress: str
    """The name of the way out that it owns, by its resource ``egress:NAME``; empty without."""
    name: str
    resolvers: tuple[str, ...]
    validation: Validation

    @property
    def words(self) -> str:
        """The worker in words."""
        return f"{self.name or self.worker}{f' (egress {self.egress})' if self.egress else ''}"


@dataclass(slots=True)
class Cluster:
    """The workers of a cluster that may be used: those with an egress of their own, if any has one, else all."""

    client: "Client"
    run: str = field(default_factory=lambda: uuid4().hex)
    _links: dict[str, int] = field(default_factory=dict)
    """How many links each worker has."""
    _threads: trio.CapacityLimiter = field(default_factory=lambda: trio.CapacityLimiter(1_000))

    async def workers(self) -> Mapping[str, str]:
        """Their addresses in the cluster, each with the name of its egress."""
        info = await self._in_thread(lambda: self.client.scheduler_info(n_workers=-1))
        egress = {address: _egress(worker.get("resources", {})) for address, worker in info["workers"].items()}
        return {address: name for address, name in egress.items() if name} or egress

    async def examine(self, begin: Begin) -> Sequence[End]:
        """What each worker's end is like.

        Raises:
            NotFinishedError: there is no worker, or one is lost.
        """
        workers = await self.workers()
        if not workers:
            raise NotFinishedError("the cluster has no worker")
        ends: list[End] = []

        async def look(address: str, egress: str) -> None:
            told = json.loads(await self.call(address, cluster_far.examine, pack(begin)))
            validation = Validation(**told["validation"])
            resolvers = tuple(told["resolvers"])
            ends.append(
                End(worker=address, egress=egress, name=told["name"], resolvers=resolvers, validation=validation)
            )

        try:
            async with trio.open_nursery() as nursery:
                for address, egress in workers.items():
                    nursery.start_soon(look, address, egress)
        except* LinkLostError as lost:
            raise NotFinishedError(f"a worker of the cluster cannot be used: {lost.exceptions[0]}") from None
        return sorted(ends, key=lambda end: (end.egress, end.worker))

    @asynccontextmanager
    async def link(self, begin: Begin) -> AsyncIterator[Link]:
        """A link to the worker that has fewest.

        Raises:
            LinkLostError: there is none, or it is lost before it is ready.
        """
        address = await self._least_used()
        name = f"{self.run}-{uuid4().hex}"
        self._links[address] = self._links.get(address, 0) + 1
        try:
            await self.call(address, cluster_far.begin, name, pack(begin))
            link = _ClusterLink(self, address, name)
            await ready(link)
            yield link
        finally:
            self._links[address] -= 1
            with suppress(Exception):  # what is not ended ends itself, when nobody asks it any more
                self._submit(address, cluster_far.end, name)

    async def _least_used(self) -> str:
        with trio.move_on_after(MOST_WAIT_SECONDS):
            while True:
                if workers := await self.workers():
                    return min(workers, key=lambda address: self._links.get(address, 0))
                await trio.sleep(_LOOK_SECONDS)
        raise LinkLostError(f"the cluster has no worker for {MOST_WAIT_SECONDS:g} s")

    async def call(self, address: str, function: Callable[..., Any], *arguments: object) -> Any:  # noqa: ANN401 - what that returns
        """The result of a function that runs on a worker.

        Raises:
            LinkLostError: the worker is gone, or the function failed there.
        """
        future = await self._in_thread(lambda: self._submit(address, function, *arguments))
        try:
            while True:
                done, result = await self._in_thread(lambda: _result(future))
                if done:
                    return result
                if address not in await self.workers():
                    raise LinkLostError(f"worker {address} is gone")
        finally:
            future.release()

    def _submit(self, address: str, function: Callable[..., Any], *arguments: object) -> Any:  # noqa: ANN401 - a future
        where = {"workers": [address], "allow_other_workers": False}
        key = f"auditor-{function.__name__}-{uuid4().hex}"
        return self.client.submit(function, *arguments, key=key, pure=False, retries=0, **where)

    async def _in_thread(self, do: Callable[[], Any]) -> Any:  # noqa: ANN401 - what that returns
        try:
            return await trio.to_thread.run_sync(do, abandon_on_cancel=True, limiter=self._threads)
        except OSError as error:
            raise NotFinishedError(f"the cluster's scheduler cannot be reached any more: {error}") from None


@dataclass(slots=True)
class _ClusterLink:
    """Frames carried by one task after the other."""

    cluster: Cluster
    address: str
    name: str
    _number: int = 0
    _waiting: deque[bytes] = field(default_factory=deque)

    async def send(self, frames: Sequence[bytes]) -> None:
        """Have frames go with the next task; see :class:`~auditor.engine.backends.link.Link`."""
        self._waiting.extend(frames)

    async def receive(self) -> Sequence[bytes]:
        """What the next task brings; see :class:`~auditor.engine.backends.link.Link`."""
        while True:
            octets = joined(self._waiting)
            self._waiting.clear()
            number, self._number = self._number, self._number + 1
            brought = await self.cluster.call(self.address, cluster_far.exchange, self.name, number, octets)
            if frames := Splitter().feed(brought):
                return frames


def _result(future: Any) -> tuple[bool, Any]:  # noqa: ANN401 - distributed has no types
    """Whether a task has ended, and what it came to."""
    from distributed import TimeoutError as NotYet  # noqa: PLC0415 - an extra, and slow to import

    try:
        return True, future.result(timeout=_LOOK_SECONDS)
    except NotYet:
        return False, None
    except Exception as error:  # noqa: BLE001 - whatever was raised there, or by Dask of a worker that is lost
        raise LinkLostError(f"{type(error).__name__}: {error}") from None


def _egress(resources: Mapping[str, float]) -> str:
    return next((name.removeprefix(_EGRESS) for name in sorted(resources) if name.startswith(_EGRESS)), "")


@asynccontextmanager
async def connected(address: str, *, insecure: bool) -> AsyncIterator[Cluster]:
    """The cluster whose scheduler is at that address; TLS as Dask's own configuration has it.

    Raises:
        UsageError: Dask is not installed, the way is not encrypted, or nobody answers there.
    """
    client = await trio.to_thread.run_sync(_client, address, insecure)
    try:
        yield Cluster(client)
    finally:
        with trio.CancelScope(shield=True):
            await trio.to_thread.run_sync(client.close)


def _client(address: str, insecure: bool) -> "Client":
    try:
        from distributed import Client, Security  # noqa: PLC0415 - an extra, and slow to import
    except ImportError:
        raise UsageError("--cluster needs Dask: pip install 'auditor[cluster]'") from None
    encrypted = address.startswith("tls://")
    if not encrypted and not insecure:
        raise UsageError(
            f"--cluster {address}: not encrypted, so whoever is on the way can run programs on every worker;"
            " use tls://, or say --insecure-cluster where nobody can be"
        )
    try:
        security = Security(require_encryption=True) if encrypted else None  # type: ignore[no-untyped-call]
        return Client(  # type: ignore[no-untyped-call]
            address, security=security, timeout=_CONNECT_SECONDS, set_as_default=False, name="auditor"
        )
    except (OSError, ValueError, TypeError) as error:
        raise UsageError(f"--cluster {address}: {error}") from None


def anchored(begin: Begin) -> Begin:
    """The beginning with the trust anchors themselves in it, for other machines do not have the file.

    Raises:
        UsageError: the file cannot be read.
    """
    path = begin.settings.ca_file
    if path is None:
        return begin
    try:
        return replace(begin, anchors=path.read_text(encoding="ascii", errors="replace"))
    except OSError as error:
        raise UsageError(f"--ca-file {path}: {error.strerror}") from None
