"""Fetching one MTA-STS policy over HTTPS (RFC 8461 §3.3)."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import trio

from auditor.config import Config
from auditor.model.certificate import Certificate
from auditor.model.dns import DnsStatus
from auditor.model.endpoint import Endpoint
from auditor.model.mta_sts import FetchOutcome, PolicyFetch, PolicyHost
from auditor.model.session import Outcome
from auditor.net.failure import ContactFailure, translated
from auditor.net.https import HTTPS_PORT, FetchFailure, HttpGet
from auditor.net.network import Network
from auditor.net.resolver import Resolver
from auditor.net.tls import TlsStream
from auditor.policy.certificate import read_certificate
from auditor.policy.contact import plan_contacts
from auditor.policy.drive import drive
from auditor.policy.exchange import Host, look_up_host

logger = logging.getLogger(__name__)

PATH = "/.well-known/mta-sts.txt"
MAX_ADDRESSES = 3  # tried until one speaks TLS
_OK = 200
_MOST_CHARACTERS = 2000  # of a header field that is kept
_OUTCOMES = {
    Outcome.SKIPPED: FetchOutcome.SKIPPED,
    Outcome.REFUSED: FetchOutcome.REFUSED,
    Outcome.CONNECT_TIMEOUT: FetchOutcome.TIMEOUT,
    Outcome.TLS_FAILED: FetchOutcome.TLS_FAILED,
    Outcome.OVERSIZED: FetchOutcome.OVERSIZED,
}
"""What failures of contact are here; all others mean that the connection was not made, or broke."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What was seen, and the certificates that were shown."""

    fetch: PolicyFetch
    certificates: tuple[Certificate, ...] = ()


async def fetch_policy(
    domain: str, resolver: Resolver, network: Network, config: Config, port: int = HTTPS_PORT
) -> Fetched:
    """Fetch the policy of a domain; never raises for what a server does.

    The policy host's addresses are tried in turn, both families alternating, until one
    speaks TLS.  All of them share one deadline, which stands still while a place at an
    address is waited for.
    """
    fetching = _Fetching(PolicyHost(domain).name, network, config)
    try:
        host = await drive(look_up_host(fetching.host), resolver.ask_all)
        await fetching.at_any(host, port)
    except Exception as error:
        logger.exception("internal error while fetching from %s", fetching.host)
        fetching.fail(FetchOutcome.INTERNAL_ERROR, f"{type(error).__name__}: {error}")
    return fetching.fetched()


class _Fetching:
    """A fetch under way: whatever ends it, what was seen before is kept."""

    def __init__(self, host: str, network: Network, config: Config) -> None:
        self.host = host
        self._network = network
        self._config = config
        self._seen = PolicyFetch(host=host, outcome=FetchOutcome.FETCHED, started_at=datetime.now(UTC))
        self._chain: tuple[bytes, ...] = ()
        self._seconds_left = config.policy_timeout

    async def at_any(self, host: Host, port: int) -> None:
        """Try the host's addresses until one speaks TLS; an address that was left alone is no verdict on the host."""
        plan = plan_contacts({host.name: host.addresses}, self._config.route_policy())
        endpoints = plan.endpoints((port,))[:MAX_ADDRESSES]
        if not endpoints:
            self.fail(*_why_no_endpoint(host, plan.left_out))
        for endpoint in endpoints:
            before = self._seen
            await self._at(endpoint)
            if self._seen.outcome is FetchOutcome.SKIPPED and before.address:
                self._seen = before
            if self._seen.tls is not None or self._seconds_left <= 0:
                return

    def fail(self, outcome: FetchOutcome, words: str) -> None:
        """Take down how it ended."""
        self._saw(outcome=outcome, error=words)

    def fetched(self) -> Fetched:
        """What was seen, frozen."""
        elapsed_ms = round((self._config.policy_timeout - self._seconds_left) * 1000, 3)
        certificates = tuple(dict.fromkeys(map(read_certificate, self._chain)))
        return Fetched(replace(self._seen, elapsed_ms=elapsed_ms), certificates)

    async def _at(self, endpoint: Endpoint) -> None:
        """Fetch from one address, within what is left of the time."""
        async with self._network.slot(endpoint):
            self._saw(address=endpoint.address, outcome=FetchOutcome.FETCHED, error="")
            began_at = trio.current_time()
            with trio.move_on_after(self._seconds_left) as scope:
                try:
                    await self._from(endpoint)
                finally:
                    self._seconds_left -= trio.current_time() - began_at
            if scope.cancelled_caught:
                self.fail(FetchOutcome.TIMEOUT, f"no end within {self._config.policy_timeout:g} s")

    async def _from(self, endpoint: Endpoint) -> None:
        try:
            async with self._tls(endpoint) as stream:
                await self._get(stream, endpoint.port)
        except FetchFailure as failure:
            self.fail(failure.outcome, failure.words)
        except ContactFailure as failure:
            self.fail(_OUTCOMES.get(failure.outcome, FetchOutcome.UNREACHABLE), failure.words)

    @asynccontextmanager
    async def _tls(self, endpoint: Endpoint) -> AsyncIterator[TlsStream]:
        async with self._in_time(self._config.connect_timeout, "connection"):
            clear = await self._network.dial(endpoint)
        stream = TlsStream(clear, self._network.tls_context, self.host)
        try:
            async with self._in_time(self._config.tls_timeout, "handshake"):
                with translated():
                    self._saw(tls=await stream.handshake())
            self._chain = stream.chain()
            yield stream
        finally:
            with trio.CancelScope(shield=True, deadline=trio.current_time() + 1):
                await stream.aclose()

    async def _get(self, stream: TlsStream, port: int) -> None:
        own_name = self._network.own_name
        agent = f"auditor ({own_name})" if own_name else "auditor"
        get = HttpGet(stream, agent, self._config.max_policy_octets)
        head = await get.head(self.host, PATH, port)
        fields = {name: head.headers.get(name, "")[:_MOST_CHARACTERS] for name in _FIELDS}
        self._saw(status=head.status, content_type=fields["content-type"], location=fields["location"])
        self._saw(date=fields["date"])
        if head.status != _OK:
            self.fail(FetchOutcome.STATUS, f"HTTP status {head.status}")
        elif (coding := fields["content-encoding"].strip().lower()) not in {"", "identity"}:
            self.fail(FetchOutcome.ENCODED, f"the body is in the content coding {coding[:80]}, and none was asked for")
        else:
            self._saw(body=(await get.body()).decode("latin-1"))
            if get.ended_by_close and stream.cut_off:
                self._saw(notes=("the connection ended without a TLS alert, so the body may be cut off",))

    @asynccontextmanager
    async def _in_time(self, seconds: float, step: str) -> AsyncIterator[None]:
        with trio.move_on_after(seconds) as scope:
            yield
        if scope.cancelled_caught:
            raise FetchFailure(FetchOutcome.TIMEOUT, f"no {step} within {seconds:g} s")

    def _saw(self, **facts: object) -> None:
        self._seen = replace(self._seen, **facts)  # type: ignore[arg-type]


_FIELDS = ("content-type", "location", "content-encoding", "date")


def _why_no_endpoint(host: Host, left_out: tuple[str, ...]) -> tuple[FetchOutcome, str]:
    """Why nothing of the host can be contacted."""
    if host.addresses:
        return FetchOutcome.SKIPPED, "; ".join(left_out[:MAX_ADDRESSES])
    if host.errors:
        return FetchOutcome.DNS_FAILED, "; ".join(host.errors)
    exists = any(answer.status is not DnsStatus.NXDOMAIN for answer in host.answers)
    return FetchOutcome.NO_ADDRESS, f"{host.name} {'has no address' if exists else 'does not exist'}"
