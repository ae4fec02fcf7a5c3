"""What every conversation of a run shares: one TLS context, the limits, and the rules of contact."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Self

import trio
from OpenSSL import SSL

from auditor.config import Config
from auditor.model.endpoint import Endpoint
from auditor.net.channel import Channel
from auditor.net.dial import Blocks, Dialer
from auditor.net.limits import AddressLimits
from auditor.net.own_name import own_name
from auditor.net.tls import make_context
from auditor.net.transcript import Transcript
from auditor.net.ways import Ways
from auditor.net.webpki import WebPki
from auditor.protocol.bounds import USUAL, Bounds

Dial = Callable[[Endpoint], Awaitable[trio.abc.Stream]]


async def _at_once(_: Endpoint) -> None:
    """Let everybody pass."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """The way to the servers."""

    dial: Dial
    passed: Callable[[Endpoint], Awaitable[None]] = _at_once
    """Waits while this end has no way there that it had before."""
    tls_context: SSL.Context
    limits: AddressLimits
    webpki: WebPki = field(default_factory=lambda: WebPki(None))
    """The strict verdict on chains."""
    bounds: Bounds = USUAL
    """How much is taken of one server."""
    own_name: str
    """What is given in EHLO; empty where this host has no full name."""

    @classmethod
    def from_config(cls, config: Config, blocks: Blocks | None = None) -> Self:
        """The network of a run.

        Raises:
            UsageError: ``connect_to`` or ``ca_file`` will not do.
        """
        ways = Ways(Dialer.from_config(config, blocks), config.outage_wait)
        return cls(
            dial=ways.dial,
            passed=ways.passed,
            tls_context=make_context(config),
            webpki=WebPki.from_config(config),
            limits=AddressLimits(config.per_host, config.per_prefix, config.rate, config.hold_off),
            bounds=config.bounds(),
            own_name=config.helo or own_name(),
        )

    @asynccontextmanager
    async def slot(self, endpoint: Endpoint) -> AsyncIterator[None]:
        """Hold a place at the endpoint's address, for as long as its owner's patience is asked for."""
        await self.passed(endpoint)
        async with self.limits.slot(endpoint.address):
            yield

    @asynccontextmanager
    async def slot_alone(self, endpoint: Endpoint) -> AsyncIterator[None]:
        """A place for an extra look: of those there is one at a time at an address."""
        async with self.limits.alone(endpoint.address), self.slot(endpoint):
            yield

    async def connect(self, endpoint: Endpoint, transcript: Transcript) -> Channel:
        """A connection to the endpoint, which the caller closes.

        Raises:
            ContactFailure: it may not be contacted, or cannot be.
        """
        return Channel(await self.dial(endpoint), transcript, self.bounds)
