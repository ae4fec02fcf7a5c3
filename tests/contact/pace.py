"""How many connections there were at once, and how fast they came, by the kernel's times of their packets."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from math import inf
from typing import NamedTuple

from tests.contact.wire import Packet


class Connection(NamedTuple):
    """One connection, from its first packet to the client's last word."""

    address: str
    port: int
    client: int
    """The port it came from."""
    began_at: float
    ended_at: float = inf


def connections(packets: Iterable[Packet], *ports: int) -> list[Connection]:
    """Those to these ports, in the order of their beginning; one that nobody ended lasts for ever."""
    found: dict[tuple[str, int], Connection] = {}
    for packet in packets:
        client, server = (packet.source, packet.source_port), (packet.address, packet.port)
        if packet.kind == "syn" and packet.port in ports:
            found.setdefault(client, Connection(*server, packet.source_port, packet.at))
        elif packet.kind in {"fin", "rst"}:
            of = client if packet.port in ports else server if packet.kind == "rst" else None
            if of in found and found[of].ended_at == inf:
                found[of] = found[of]._replace(ended_at=packet.at)
    return list(found.values())


def grouped(by: Callable[[str], str], all_of_them: Iterable[Connection]) -> dict[str, list[Connection]]:
    """Connections by what their address belongs to."""
    groups = defaultdict(list)
    for one in all_of_them:
        groups[by(one.address)].append(one)
    return groups


def most_at_once(all_of_them: Iterable[Connection]) -> int:
    """How many there were at once at most."""
    moments = [moment for one in all_of_them for moment in ((one.began_at, 1), (one.ended_at, -1))]
    most = now = 0
    for _, change in sorted(moments):
        now += change
        most = max(most, now)
    return most


def most_within(seconds: float, times: Iterable[float]) -> int:
    """How many of these moments are in any so long a time at most."""
    moments = sorted(times)
    first = most = 0
    for number, at in enumerate(moments):
        while moments[first] <= at - seconds:
            first += 1
        most = max(most, number - first + 1)
    return most


def shortest_pause(all_of_them: Sequence[Connection]) -> float:
    """The shortest time from the beginning of one to that of the next."""
    times = sorted(one.began_at for one in all_of_them)
    return min((later - earlier for earlier, later in pairwise(times)), default=inf)
