"""Asks the DNS a mix of questions in one of two ways: ``questions ours|dnspython LIST COUNT PORT``.

Eight questions a domain, about 40 % of them for names that do not exist, 200 in
flight; every record of every answer is decoded to text.
"""

import json
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path

import dns.asyncresolver
import dns.exception
import dns.resolver
import trio

from auditor.config import Config
from auditor.model.dns import Question
from auditor.net.resolver import Resolver

IN_FLIGHT = 200
KINDS = (
    ("", "MX"),
    ("", "TXT"),
    ("", "A"),
    ("", "AAAA"),
    ("_dmarc.", "TXT"),
    ("_mta-sts.", "TXT"),
    ("_smtp._tls.", "TXT"),
    ("default._bimi.", "TXT"),
)
Pairs = Sequence[tuple[str, str]]


def main(way: str, domains: str, count: str, port: str) -> None:
    """Ask so many questions of the nameserver at that port of 127.0.0.1, and print what they cost."""
    pairs = list(islice(questions(Path(domains)), int(count)))
    print(json.dumps(trio.run(_ours if way == "ours" else _dnspython, pairs, int(port))))


def questions(domains: Path) -> Iterator[tuple[str, str]]:
    """(name, type) of each question, those of a domain together, as a survey asks them."""
    with domains.open(encoding="ascii") as lines:
        for line in lines:
            yield from ((prefix + line.strip(), kind) for prefix, kind in KINDS)


async def _ours(pairs: Pairs, port: int) -> dict[str, float]:
    resolver = Resolver.from_config(Config(resolver=(f"127.0.0.1:{port}",), dns_concurrency=IN_FLIGHT))
    asked = [Question(*pair) for pair in pairs]
    groups = iter([asked[at : at + len(KINDS)] for at in range(0, len(asked), len(KINDS))])
    seen = [0, 0]

    async def one_after_the_other() -> None:
        for group in groups:
            for answer in await resolver.ask_all(group):
                seen[0] += len(answer.records)
                seen[1] += not answer.status.known

    return await _timed(one_after_the_other, IN_FLIGHT // len(KINDS), len(pairs), seen)


async def _dnspython(pairs: Pairs, port: int) -> dict[str, float]:
    resolver = dns.asyncresolver.Resolver(configure=False)
    resolver.nameservers, resolver.port = ["127.0.0.1"], port
    waiting = iter(pairs)
    seen = [0, 0]

    async def one_after_the_other() -> None:
        for name, kind in waiting:
            try:
                answer = await resolver.resolve(name, kind, search=False)
                seen[0] += len([record.to_text() for record in answer])
            except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
                continue
            except dns.exception.DNSException:
                seen[1] += 1

    return await _timed(one_after_the_other, IN_FLIGHT, len(pairs), seen)


async def _timed(work: Callable[[], Awaitable[None]], workers: int, count: int, seen: list[int]) -> dict[str, float]:
    """What so many workers took; ``seen`` is how many records and failures they counted."""
    cpu, wall = time.process_time(), time.monotonic()
    async with trio.open_nursery() as nursery:
        for _ in range(workers):
            nursery.start_soon(work)
    cpu, wall = time.process_time() - cpu, time.monotonic() - wall
    records, failed = seen
    return {"questions": count, "records": records, "failed": failed, "cpu_ms": cpu * 1000, "wall_ms": wall * 1000}


if __name__ == "__main__":
    main(*sys.argv[1:])
