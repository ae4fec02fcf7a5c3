"""Jobs done by several elsewhere: who gets which, and how many are out at a time."""

from collections.abc import Sequence
from hashlib import blake2b

import trio

from auditor.engine.backends.link import OpenLink
from auditor.engine.backends.post import Post
from auditor.engine.jobs import ContactJob, DomainJob, DomainSurveyed, EndpointJob, Observation
from auditor.errors import ungrouped
from auditor.net.limits import prefix_of
from auditor.net.resolver import Recorded


class Crew:
    """A backend of several posts.

    Domains go to whoever has least to do. Endpoints go by their network, always to the same post, so that the limits
    for an address and a network, which each keeps by itself, hold in all. Policies go to one post: their addresses
    are known to nobody before they are looked up, and many lie at few hosts.
    """

    def __init__(
        self, links: Sequence[OpenLink], *, domains_at_once: int, conversations_at_once: int, askers: int | None = None
    ) -> None:
        """``askers``: how many of the posts ask the DNS; all if left out."""
        self._links = links
        self._askers = len(links) if askers is None else askers
        self._domain_places = trio.Semaphore(domains_at_once)
        self._contact_places = trio.Semaphore(conversations_at_once)
        self._out = 0
        self._ended = trio.Event()

    def recall(self, recorded: Recorded, *, always: bool) -> None:
        """See :class:`~auditor.engine.backends.Backend`: each looks into the journal itself, if it can."""

    async def run(
        self,
        domains: trio.MemoryReceiveChannel[DomainJob],
        contacts: trio.MemoryReceiveChannel[ContactJob],
        observations: trio.MemorySendChannel[Observation],
    ) -> None:
        """Do jobs until both channels are closed; see :class:`~auditor.engine.backends.Backend`.

        Raises:
            NotFinishedError: no worker can be had.
        """
        # Closed without a checkpoint: there a failure of ours could give way to a cancellation that it brought about.
        with ungrouped(), observations:
            await self._work(domains, contacts, observations)

    async def _work(
        self,
        domains: trio.MemoryReceiveChannel[DomainJob],
        contacts: trio.MemoryReceiveChannel[ContactJob],
        observations: trio.MemorySendChannel[Observation],
    ) -> None:
        # As many as are out at most are in it, so that no post waits for whoever takes them in.
        came, to_pass_on = trio.open_memory_channel[Observation](float("inf"))
        posts = [Post(link, came.send_nowait) for link in self._links]
        async with trio.open_nursery() as nursery:
            for post in posts:
                nursery.start_soon(post.run)
            nursery.start_soon(self._pass_on, to_pass_on, observations)
            async with trio.open_nursery() as dealing:
                dealing.start_soon(self._deal_domains, domains, posts[: self._askers])
                dealing.start_soon(self._deal_contacts, contacts, posts)
            while self._out:
                await self._ended.wait()
                self._ended = trio.Event()
            nursery.cancel_scope.cancel()

    async def _deal_domains(self, jobs: trio.MemoryReceiveChannel[DomainJob], posts: Sequence[Post]) -> None:
        async with jobs:
            await self._domain_places.acquire()
            async for job in jobs:
                self._out += 1
                min(posts, key=lambda post: post.load).take(job)
                await self._domain_places.acquire()

    async def _deal_contacts(self, jobs: trio.MemoryReceiveChannel[ContactJob], posts: Sequence[Post]) -> None:
        async with jobs:
            await self._contact_places.acquire()
            async for job in jobs:
                self._out += 1
                self._post_for(job, posts).take(job)
                await self._contact_places.acquire()

    def _post_for(self, job: ContactJob, posts: Sequence[Post]) -> Post:
        if isinstance(job, EndpointJob):
            return posts[_number(prefix_of(job.endpoint.address), len(posts))]
        return posts[_number("", self._askers)]

    async def _pass_on(
        self, came: trio.MemoryReceiveChannel[Observation], observations: trio.MemorySendChannel[Observation]
    ) -> None:
        async for observation in came:
            places = self._domain_places if isinstance(observation, DomainSurveyed) else self._contact_places
            places.release()
            await observations.send(observation)
            self._out -= 1
            self._ended.set()


def _number(network: str, posts: int) -> int:
    """The post whose network it is, the same in every process."""
    return int.from_bytes(blake2b(network.encode(), digest_size=8).digest()) % posts
