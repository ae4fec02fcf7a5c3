"""Holds STARTTLS sessions as a scan does: ``sessions COUNT AT_ONCE PORT CA_FILE``.

The probe on a network that is set up once, certificate fields kept; no DNS, no
journal and no judging, which the client in C (``floor.c``) has not either.  The
endpoints are that client's: 127.64.0.1 and the 4,000 addresses after it.
"""

import json
import sys
import time
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

import trio

from auditor.config import Config
from auditor.model.endpoint import Endpoint
from auditor.model.session import Outcome
from auditor.net.network import Network
from auditor.probes.conversations import converse

FIRST = IPv4Address("127.64.0.1")
ADDRESSES = 4000
WARM_UP = 20
"""Sessions before the clock starts: imports, and the first of everything."""


def main(count: str, at_once: str, port: str, ca_file: str) -> None:
    """Hold so many sessions, and print what they cost."""
    config = Config(
        port=(int(port),),
        allow_net=(IPv4Network("127.0.0.0/8"),),
        ca_file=Path(ca_file),
        helo="floor.test",
        per_host=0,
        per_prefix=0,
        rate=0,
    )
    print(json.dumps(trio.run(_measure, int(count), int(at_once), config)))


async def _measure(count: int, at_once: int, config: Config) -> dict[str, float]:
    network = Network.from_config(config)
    await _hold(WARM_UP, at_once, network, config)
    cpu, wall = time.process_time(), time.monotonic()
    failed = await _hold(count, at_once, network, config)
    cpu, wall = time.process_time() - cpu, time.monotonic() - wall
    return {"sessions": count, "failed": failed, "cpu_ms": cpu * 1000, "wall_ms": wall * 1000}


async def _hold(count: int, at_once: int, network: Network, config: Config) -> int:
    """How many of so many sessions did not come to their end, or showed no certificate that could be read."""
    numbers, failed = iter(range(count)), 0

    async def one_after_the_other() -> None:
        nonlocal failed
        for number in numbers:
            address = str(FIRST + number % ADDRESSES)
            held = await converse(Endpoint("m0000001.own.test", address, config.port[0]), network, config)
            failed += held.session.outcome is not Outcome.COMPLETED or not held.certificates

    async with trio.open_nursery() as nursery:
        for _ in range(at_once):
            nursery.start_soon(one_after_the_other)
    return failed


if __name__ == "__main__":
    main(*sys.argv[1:])
