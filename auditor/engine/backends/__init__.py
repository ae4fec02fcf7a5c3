"""Where jobs are done: jobs in, observations out."""

from typing import Protocol

import trio

from auditor.engine.jobs import ContactJob, DomainJob, Observation
from auditor.net.resolver import Recorded


class Backend(Protocol):
    """Does the jobs of a run, wherever that is."""

    def recall(self, recorded: Recorded, *, always: bool) -> None:
        """Look up what the run has recorded before asking again; ``always``: an earlier part of it recorded something.

        Else that serves only to bound what is kept in memory.
        """

    async def run(
        self,
        domains: trio.MemoryReceiveChannel[DomainJob],
        contacts: trio.MemoryReceiveChannel[ContactJob],
        observations: trio.MemorySendChannel[Observation],
    ) -> None:
        """Do every job until both channels of jobs are closed, then close ``observations``.

        Each job yields its observation (``DomainSurveyed``, ``EndpointSeen``, ``PolicyFetched``) exactly once, in
        whatever order, but the answers that a ``DomainSurveyed`` rests on come with it or before it.
        A job that fails by a fault of ours yields its observation too, with the fault in it.
        """
