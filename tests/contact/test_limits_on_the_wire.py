"""The limits of an address and of its network hold, whoever does the work: one process, several, or a cluster."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from auditor.net.limits import prefix_of
from tests.contact.dask_inside import CLUSTER, dask_inside
from tests.contact.namespace import Place, Seen, place
from tests.contact.pace import connections, grouped, most_at_once, most_within
from tests.contact.town import Plan

pytestmark = [pytest.mark.real, pytest.mark.slow]

CROWDED = [f"9.10.0.{number}" for number in (1, 2, 3)]
"""Three addresses of one network: each may be met by two at once, and all by four."""
APART = ["9.11.0.1", "9.12.0.1", "9.13.0.1", "2a00:1::1"]
NAMES, BUSY_NAMES = 4, 11
"""Exchanges at each of these, and at the first of those apart, where the rate is what holds them up."""
EXCHANGES = {
    f"m{number}-{at}": address
    for at, address in enumerate((*CROWDED, *APART))
    for number in range(BUSY_NAMES if address == APART[0] else NAMES)
}
ZONE = "".join(
    f"{label} MX 10 mx.{label}\nmx.{label} {'AAAA' if ':' in address else 'A'} {address}\n"
    for label, address in EXCHANGES.items()
) + "".join(f"also{number} MX 10 mx.m0-0\n" for number in range(NAMES))
DOMAINS = [f"{label}.example" for label in (*EXCHANGES, *(f"also{number}" for number in range(NAMES)))]


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("here")
    (folder / "list.txt").write_text("\n".join(DOMAINS))
    with place(folder, Plan(zone=ZONE, smtp_seconds=0.3)) as made:
        yield made


def hold(seen: Seen) -> None:
    """That every limit held, and that each was reached; and that each exchange was spoken to once."""
    all_of_them = connections(seen.packets, 25)
    by_address = grouped(str, all_of_them)
    at_once = {address: most_at_once(those) for address, those in by_address.items()}
    assert max(at_once.values()) == 2, at_once
    in_networks = {network: most_at_once(those) for network, those in grouped(prefix_of, all_of_them).items()}
    assert max(in_networks.values()) == in_networks[prefix_of(CROWDED[0])] == 4, in_networks
    for seconds, most in ((1, 6), (2, 11)):  # five a second, and the one that begins the first of them
        within = {each: most_within(seconds, (one.began_at for one in those)) for each, those in by_address.items()}
        assert max(within.values()) <= most, (seconds, within)
    assert most_within(1, (one.began_at for one in by_address[APART[0]])) >= 5
    assert {tuple(visit.commands) for visit in seen.visits} == {("EHLO auditor.example", "QUIT")}
    assert {address: len(those) for address, those in by_address.items()} == {
        address: list(EXCHANGES.values()).count(address) for address in (*CROWDED, *APART)
    }


@pytest.mark.parametrize("workers", [1, 3])
def test_limits_hold_in_one_process_and_in_several(here: Place, workers: int) -> None:
    hold(here.run("list.txt", "--no-share", "--workers", str(workers)))


def test_limits_hold_in_a_cluster(here: Place, tmp_path: Path) -> None:
    pytest.importorskip("distributed", reason="Dask is not installed: pip install 'auditor[cluster]'")
    with dask_inside(here, tmp_path, workers=2):
        hold(here.run("list.txt", "--no-share", *CLUSTER))


def test_names_at_one_place_are_spoken_to_one_after_the_other_and_each_once(here: Place) -> None:
    seen = here.run("list.txt", "--rate", "0")
    by_address = grouped(str, connections(seen.packets, 25))
    assert {most_at_once(those) for those in by_address.values()} == {1}
    assert sum(map(len, by_address.values())) == len(EXCHANGES)


def test_extra_looks_are_one_at_a_time_whatever_the_limits(here: Place) -> None:
    domains = [f"m{number}-0.example" for number in range(NAMES)]
    unlimited = ("--per-host", "0", "--per-prefix", "0", "--rate", "0", "--no-share")
    seen = here.run(*domains, *unlimited, "--active")
    extra = {visit.client for visit in seen.visits if visit.commands != ["EHLO auditor.example", "QUIT"]}
    all_of_them = connections(seen.packets, 25)
    assert len(extra) >= NAMES
    assert most_at_once(all_of_them) == NAMES
    assert most_at_once(one for one in all_of_them if one.client in extra) == 1
