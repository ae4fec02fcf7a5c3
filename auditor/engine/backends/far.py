"""The far side of a link: the backend of one process, whose jobs come as frames and whose observations go as frames."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import get_ident

import trio

from auditor.engine.backends import Backend
from auditor.engine.backends.frames import Begin, Logged, Ready, pack, unpack
from auditor.engine.backends.in_process import InProcess
from auditor.engine.channels import all_that_came
from auditor.engine.jobs import (
    ContactJob,
    DomainJob,
    DomainSurveyed,
    EndpointJob,
    Observation,
    PolicyJob,
)
from auditor.journal import Journal
from auditor.net.recent import Recent
from auditor.targets.blocklist import Blocklist

_TOLD_CERTIFICATES = 10_000

Incoming = trio.MemoryReceiveChannel[bytes]
Outgoing = trio.MemorySendChannel[bytes]


async def serve(backend: Backend, incoming: Incoming, outgoing: Outgoing) -> None:
    """Have jobs done that come in until no more do, and send what is observed."""
    async with outgoing:
        await outgoing.send(pack(Ready(version("auditor"))))
        to_survey, domains = trio.open_memory_channel[DomainJob](float("inf"))
        to_contact, contacts = trio.open_memory_channel[ContactJob](float("inf"))
        seen, observations = trio.open_memory_channel[Observation](0)
        certificates = Recent[str, bool](_TOLD_CERTIFICATES)
        async with trio.open_nursery() as nursery:
            nursery.start_soon(backend.run, domains, contacts, seen)
            nursery.start_soon(_take_in, incoming, to_survey, to_contact)
            with suppress(trio.EndOfChannel):
                while True:
                    for observation in await all_that_came(observations):
                        await _send(pack(_without_known(observation, certificates)), outgoing)


def backend_of(begin: Begin) -> InProcess:
    """The backend that does what a run's beginning asks for."""
    blocks = Blocklist.of(begin.blocked, begin.blocked_by)
    with _anchors(begin) as ca_file:
        settings = begin.settings.model_copy(update={"ca_file": ca_file})
        backend = InProcess(settings, begin.began_at, blocks, one_of_several=True)
    backend.trust(ad_trusted=begin.ad_trusted)
    backend.ask_nameservers(begin.at_nameservers)
    if begin.after_others:
        backend.begin_after_others()
    if begin.journal:
        journal = Journal.read(Path(begin.journal))
        backend.recall(partial(journal.standing, since=begin.since), always=True)
    return backend


async def _send(frame: bytes, outgoing: Outgoing) -> None:
    try:
        outgoing.send_nowait(frame)  # without a round of the loop, where there is room
    except trio.WouldBlock:
        await outgoing.send(frame)


@contextmanager
def _anchors(begin: Begin) -> Iterator[Path | None]:
    """The file of trust anchors, for as long as it takes to read it."""
    if not begin.anchors:
        yield begin.settings.ca_file
        return
    with TemporaryDirectory(prefix="auditor-") as folder:
        path = Path(folder, "anchors.pem")
        path.write_text(begin.anchors, encoding="ascii")
        yield path


async def _take_in(
    incoming: Incoming,
    to_survey: trio.MemorySendChannel[DomainJob],
    to_contact: trio.MemorySendChannel[ContactJob],
) -> None:
    async with incoming, to_survey, to_contact:
        async for frame in incoming:
            match unpack(frame):
                case DomainJob() as job:
                    to_survey.send_nowait(job)
                case EndpointJob() | PolicyJob() as job:
                    to_contact.send_nowait(job)
                case message:
                    raise ValueError(f"no job: {type(message).__name__}")


def _without_known(observation: Observation, told: Recent[str, bool]) -> Observation:
    """The observation without certificates that were told before: most servers of an operator show one."""
    if isinstance(observation, DomainSurveyed):
        return observation
    new = tuple(one for one in observation.certificates if not told.get(one.sha256))
    for one in new:
        told.keep(one.sha256, True)
    return replace(observation, certificates=new)


class _Forwarder(logging.Handler):
    """Sends what one thread logs to where the run is: others may run in the same process."""

    def __init__(self, outgoing: Outgoing) -> None:
        super().__init__()
        self._outgoing = outgoing
        self._thread = get_ident()

    def emit(self, record: logging.LogRecord) -> None:
        """Send one line, if there is room: the log holds nothing up."""
        if record.thread == self._thread:
            with suppress(trio.WouldBlock, trio.BrokenResourceError, trio.ClosedResourceError):
                self._outgoing.send_nowait(pack(Logged(record.name, record.levelno, self.format(record))))


@contextmanager
def logged_to(outgoing: Outgoing, level: int) -> Iterator[None]:
    """While open, what this thread logs goes there."""
    ours, handler = logging.getLogger("auditor"), _Forwarder(outgoing)
    ours.setLevel(level)
    ours.addHandler(handler)
    try:
        yield
    finally:
        ours.removeHandler(handler)
