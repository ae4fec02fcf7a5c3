"""The generator draws the same world every time, and counts what its own zones say."""

from collections.abc import Iterator
from functools import cache
from ipaddress import IPv4Address
from pathlib import Path

import dns.name
import dns.rdatatype
import dns.zone
import pytest

from benchmarks.world import LONGEST, ORDINARY, WIDE, Drawing, Kind, Mix, address
from benchmarks.zones import LISTS, VERSION, World, write_world

SIZE = 150


@pytest.fixture(scope="module", params=[False, True], ids=["ordinary", "wide"])
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> World:
    return write_world(tmp_path_factory.mktemp("world"), SIZE, wide=request.param)


@cache
def read(file: Path, origin: str) -> dns.zone.Zone:
    return dns.zone.from_file(str(file), origin, relativize=False)


def zone(world: World, file: str, origin: str) -> dns.zone.Zone:
    return read(world.folder / file, origin)


def endpoints(world: World, name: str) -> Iterator[tuple[str, str]]:
    """(exchange, address) of a list by its zone, as RFC 5321 §5.1 finds them."""
    test = zone(world, "test.zone", "test.")
    for domain in world.first(name, SIZE):
        owner = dns.name.from_text(domain)
        named = test.get_rdataset(owner, dns.rdatatype.MX) if test.get_node(owner) else None
        hosts = [owner] if named is None else [record.exchange for record in named]
        for host in hosts:
            found = test.get_rdataset(host, dns.rdatatype.A) if test.get_node(host) else None
            yield from ((str(host), record.address) for record in found or ())


@pytest.mark.parametrize("mix", [ORDINARY, WIDE])
def test_a_world_is_drawn_the_same_every_time(mix: Mix) -> None:
    assert list(Drawing(SIZE, mix).domains()) == list(Drawing(SIZE, mix).domains())


def test_files_are_written_the_same_every_time(tmp_path: Path) -> None:
    first, second = (write_world(tmp_path / name, SIZE) for name in ("a", "b"))
    names = sorted(path.name for path in first.folder.iterdir())
    assert [(first.folder / name).read_bytes() for name in names] == [
        (second.folder / name).read_bytes() for name in names
    ]


def test_a_world_that_is_there_is_not_written_again(tmp_path: Path) -> None:
    written = write_world(tmp_path, SIZE)
    (tmp_path / "domains.txt").unlink()
    assert write_world(tmp_path, SIZE) == written
    assert not (tmp_path / "domains.txt").exists()
    assert write_world(tmp_path, SIZE + 1) != written
    assert (tmp_path / "domains.txt").exists()


@pytest.mark.slow
@pytest.mark.parametrize("name", LISTS)
def test_endpoints_are_as_many_as_the_zone_says(world: World, name: str) -> None:
    assert world.endpoints[name] == len(set(endpoints(world, name)))
    assert world.domains[name] == len(world.first(name, SIZE))


def test_addresses_are_those_of_the_clean_list(world: World) -> None:
    listed = world.file("addresses").read_text().split()
    assert len(listed) == len(set(listed))
    assert {one for _, one in endpoints(world, "clean")} <= set(listed)


def test_addresses_of_exchanges_lead_back(world: World) -> None:
    test, reverse = zone(world, "test.zone", "test."), zone(world, "reverse.zone", "127.in-addr.arpa.")
    for _, text in set(endpoints(world, "domains")):
        pointed = reverse.find_rdataset(".".join([*text.split(".")[::-1], "in-addr.arpa."]), dns.rdatatype.PTR)
        assert text in {record.address for record in test.find_rdataset(pointed[0].target, dns.rdatatype.A)}


def test_lists_differ_by_what_costs_time_outs() -> None:
    kinds = {domain.kind for domain in Drawing(5_000, ORDINARY).domains() if not domain.clean}
    assert kinds == {Kind.RESET, Kind.SILENT}
    assert not [domain for domain in Drawing(5_000, WIDE).domains() if not domain.clean]


def test_kinds_come_as_often_as_their_shares_say() -> None:
    drawn = [domain.kind for domain in Drawing(5_000, ORDINARY).domains()]
    assert sum(share for _, share in ORDINARY.shares) == pytest.approx(100)
    for kind, share in ORDINARY.shares:
        assert drawn.count(kind) / 50 == pytest.approx(share, abs=2)


def test_a_wide_world_has_few_endpoints(tmp_path: Path) -> None:
    assert write_world(tmp_path, 5_000, wide=True).endpoints["domains"] < 100


def test_blocks_of_addresses_do_not_meet() -> None:
    assert IPv4Address(address("reset", 200_000)) < IPv4Address(address("silent", 0))
    assert IPv4Address(address("silent", 200_000)) < IPv4Address(address("mid", 0))
    assert IPv4Address(address("mid", 2 * LONGEST // 60)) < IPv4Address(address("own", 0))
    assert IPv4Address(address("own", 2 * LONGEST + 1)) < IPv4Address(address("domains", 0))


def test_a_world_has_an_end() -> None:
    with pytest.raises(ValueError, match="at most"):
        next(Drawing(LONGEST + 1, ORDINARY).domains())


def test_the_version_is_part_of_what_is_taken_as_it_is(tmp_path: Path) -> None:
    write_world(tmp_path, SIZE)
    record = tmp_path / "world.json"
    record.write_text(record.read_text().replace(f'"version": {VERSION}', '"version": 0'))
    (tmp_path / "domains.txt").unlink()
    write_world(tmp_path, SIZE)
    assert (tmp_path / "domains.txt").exists()
