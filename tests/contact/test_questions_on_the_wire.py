"""How many questions are in flight at once, to the resolver and to nameservers that are asked themselves."""

from collections import defaultdict
from collections.abc import Iterator

import pytest

from tests.contact.namespace import Place, Seen, place
from tests.contact.pace import Connection, most_at_once
from tests.contact.town import NAMESERVER, RESOLVER, Plan

pytestmark = [pytest.mark.real, pytest.mark.slow]

SERVERS = ("9.31.0.1", "9.31.0.2")
COUNT = 10
ZONE = "a.ns A 9.31.0.1\nb.ns A 9.31.0.2\n" + "".join(
    f"d{number} MX 0 .\nd{number} NS a.ns\nd{number} NS b.ns\n" for number in range(COUNT)
)


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    plan = Plan(zone=ZONE, nameservers=SERVERS, dns_seconds=0.02)
    with place(tmp_path_factory.mktemp("here"), plan) as made:
        yield made


def in_flight(seen: Seen) -> dict[str, int]:
    """How many questions to each address waited for their answers at once at most."""
    asked: dict[tuple[str, int, int], float] = {}
    flights = defaultdict(list)
    for packet in seen.packets:
        if packet.kind == "udp" and packet.port == 53:
            asked[packet.address, packet.source_port, packet.number] = packet.at
        elif packet.kind == "udp" and packet.source_port == 53:
            began_at = asked.pop((packet.source, packet.port, packet.number))
            flights[packet.source].append(Connection(packet.source, 53, packet.port, began_at, packet.at))
    assert not asked, "all were answered"
    return {address: most_at_once(those) for address, those in flights.items()}


@pytest.mark.parametrize(("workers", "most"), [(1, 12), (4, 3)])
def test_no_more_questions_are_in_flight_than_asked_for(here: Place, workers: int, most: int) -> None:
    domains = [f"d{number}.example" for number in range(COUNT)]
    options = ("--nameservers", "--dns-concurrency", str(most), "--workers", str(workers))
    flying = in_flight(here.run(*domains, *options))
    assert most // 2 <= flying.pop(RESOLVER) <= most
    assert flying.keys() == {NAMESERVER, *SERVERS}
    assert max(flying.values()) == 2
