"""The far side of a link: the backend of one process, whose jobs come as frames and whose observations go as frames."""

import logging
from contextlib import suppress
from dataclasses import replace
from functools import partial
from importlib.metadata import version
from pathlib import Path

import trio

from auditor.engine.backends import Backend
from auditor.engine.backends.frames import Begin, Logged, Ready, pack, unpack
from auditor.engine.backends.in_process import InProcess
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
            async for observation in observations:
                await outgoing.send(pack(_without_known(observation, certificates)))


def backend_of(begin: Begin) -> InProcess:
    """The backend that does what a run's beginning asks for."""
    blocks = Blocklist.of(begin.blocked, begin.blocked_by)
    backend = InProcess(begin.settings, begin.began_at, blocks, one_of_several=True)
    backend.trust(ad_trusted=begin.ad_trusted)
    if begin.journal:
        journal = Journal.read(Path(begin.journal))
        backend.recall(partial(journal.standing, since=begin.since), always=True)
    return backend


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
    """Sends the log to where the run is."""

    def __init__(self, outgoing: Outgoing) -> None:
        super().__init__()
        self._outgoing = outgoing.clone()

    def emit(self, record: logging.LogRecord) -> None:
        """Send one line, if there is room: the log holds nothing up."""
        with suppress(trio.WouldBlock, trio.BrokenResourceError, RuntimeError):  # the last: from another thread
            self._outgoing.send_nowait(pack(Logged(record.name, record.levelno, self.format(record))))


def log_to(outgoing: Outgoing, level: int) -> None:
    """Send this process's log there."""
    logging.basicConfig(level=level, handlers=[_Forwarder(outgoing)], force=True)
