"""Nameservers asked themselves: a parent and two that serve the zones below it, all Knot; Unbound resolves."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import dns.exception
import dns.message
import dns.query
import pytest

from auditor.config import Config
from auditor.model.delegation import Delegation, DelegationVerdict, NameserverStatus
from auditor.net.dns_servers import Server
from auditor.net.resolver import Resolver
from auditor.policy.delegation import audit_delegation
from auditor.policy.drive import drive

PATH = "/usr/sbin:/usr/bin:/sbin:/bin"
KNOTD, UNBOUND = (shutil.which(program, path=PATH) for program in ("knotd", "unbound"))

pytestmark = [
    pytest.mark.real,
    pytest.mark.slow,
    pytest.mark.skipif(not (KNOTD and UNBOUND), reason="needs the packages knot and unbound"),
]

PARENT, FIRST, SECOND = "203.0.113.53", "203.0.113.1", "198.51.100.1"
SOA = "$TTL 300\n@ SOA ns1 root {} 3600 600 86400 60\n"
HOSTS = f"@ NS ns1\n@ NS ns2\nns1 A {FIRST}\nns2 A {SECOND}\n"
MAIL = '@ MX 10 mx\n@ TXT "v=spf1 mx -all"\n_dmarc TXT "v=DMARC1; p=reject"\n'
OTHER_MAIL = MAIL.replace("MX 10 mx", "MX 10 old").replace("reject", "none")
CHILDREN = ("agree.test", "disagree.test", "lame.test", "moved.test")
DELEGATIONS = "".join(
    f"{zone}. NS ns1.{zone}.\n{zone}. NS ns2.{zone}.\nns1.{zone}. A {FIRST}\nns2.{zone}. A {SECOND}\n"
    for zone in CHILDREN
)
ZONES: dict[str, dict[str, str]] = {
    PARENT: {"test": SOA.format(1) + f"@ NS a.nic\na.nic A {PARENT}\n" + DELEGATIONS},
    FIRST: {zone: SOA.format(7) + HOSTS + MAIL for zone in CHILDREN[:3]}
    | {"moved.test": SOA.format(7) + HOSTS.replace("@ NS ns2", "@ NS ns3") + "ns3 A 198.51.100.1\n" + MAIL},
    SECOND: {
        "agree.test": SOA.format(7) + HOSTS + MAIL,
        "disagree.test": SOA.format(6) + HOSTS + OTHER_MAIL,
        "moved.test": SOA.format(7) + HOSTS.replace("@ NS ns2", "@ NS ns3") + "ns3 A 198.51.100.1\n" + MAIL,
    },
}


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Config]:
    """The settings under which the addresses of the zones lead to the three Knots."""
    with ExitStack() as running:
        places = {
            address: running.enter_context(knot(tmp_path_factory.mktemp("knot"), zones))
            for address, zones in ZONES.items()
        }
        resolver = running.enter_context(unbound(tmp_path_factory.mktemp("unbound"), places))
        yield Config(
            resolver=(f"{resolver.address}:{resolver.port}",),
            connect_to=tuple(f"{address}:53:{one.address}:{one.port}" for address, one in places.items()),
            allow_net=("203.0.113.0/24", "198.51.100.0/24"),
            dns_timeout=5,
        )


@contextmanager
def knot(folder: Path, zones: Mapping[str, str]) -> Iterator[Server]:
    server = free_server("127.0.0.21")
    for zone, text in zones.items():
        (folder / f"{zone}.zone").write_text(text, encoding="utf-8")
    lines = "".join(f'  - domain: {zone}\n    storage: "{folder}"\n    zonefile-sync: -1\n' for zone in zones)
    (folder / "knot.conf").write_text(
        f'server:\n    rundir: "{folder}"\n    listen: {server.address}@{server.port}\n'
        f'database:\n    storage: "{folder}/db"\nzone:\n{lines}',
        encoding="utf-8",
    )
    with process([str(KNOTD), "-c", str(folder / "knot.conf")], folder / "log", server, tuple(zones)):
        yield server


@contextmanager
def unbound(folder: Path, places: Mapping[str, Server]) -> Iterator[Server]:
    server = free_server("127.0.0.22")
    asked = {"test": places[PARENT], **dict.fromkeys(CHILDREN, places[FIRST])}
    stubs = "".join(
        f'stub-zone:\n    name: "{zone}"\n    stub-addr: {one.address}@{one.port}\n' for zone, one in asked.items()
    )
    (folder / "unbound.conf").write_text(
        f"""
server:
    interface: {server.address}
    port: {server.port}
    do-ip6: no
    do-not-query-localhost: no
    chroot: ""
    username: ""
    directory: "{folder}"
    pidfile: ""
    use-syslog: no
    module-config: "iterator"
    local-zone: "test." nodefault
{stubs}
remote-control:
    control-enable: no
""",
        encoding="utf-8",
    )
    with process([str(UNBOUND), "-d", "-c", str(folder / "unbound.conf")], folder / "log", server, CHILDREN):
        yield server


@contextmanager
def process(command: list[str], log: Path, server: Server, zones: tuple[str, ...]) -> Iterator[None]:
    """The program, from when it answers for its zones until the block ends."""
    with log.open("wb") as output:
        started = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
        try:
            end = time.monotonic() + 20
            while not all(answers(server, zone) for zone in zones):
                alive = time.monotonic() < end and started.poll() is None
                assert alive, log.read_text(errors="replace")
            yield
        finally:
            started.terminate()
            started.wait(20)


def answers(server: Server, zone: str) -> bool:
    query = dns.message.make_query(zone, "SOA")
    try:
        return bool(dns.query.udp(query, server.address, timeout=0.3, port=server.port).answer)
    except (dns.exception.DNSException, OSError):
        return False


def free_server(address: str) -> Server:
    """A port that is free over UDP and TCP."""
    with socket.socket() as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp:
        udp.bind((address, 0))
        port = int(udp.getsockname()[1])
        tcp.bind((address, port))
    return Server(address, port)


async def audited(domain: str, config: Config) -> Delegation:
    return await drive(audit_delegation(domain, config.route_policy()), Resolver.from_config(config).ask_all)


async def test_nameservers_that_say_the_same(config: Config) -> None:
    found = await audited("agree.test", config)
    assert (found.verdict, found.parent) == (DelegationVerdict.CONSISTENT, "test")
    assert found.parent_set == found.child_set == ("ns1.agree.test", "ns2.agree.test")
    assert {one.status for _, one in found.addresses} == {NameserverStatus.OK}
    assert (found.serials, found.unknown) == ((7,), ())


async def test_nameservers_that_do_not(config: Config) -> None:
    found = await audited("disagree.test", config)
    assert found.verdict is DelegationVerdict.DIFFERS
    assert found.serials == (6, 7)
    assert {(one.name, one.type): [variant.records for variant in one.variants] for one in found.differences} == {
        ("disagree.test", "MX"): [("10 mx.disagree.test",), ("10 old.disagree.test",)],
        ("_dmarc.disagree.test", "TXT"): [("v=DMARC1; p=none",), ("v=DMARC1; p=reject",)],
    }


async def test_one_that_does_not_serve_the_zone(config: Config) -> None:
    found = await audited("lame.test", config)
    assert {one.address: one.status for _, one in found.addresses} == {
        FIRST: NameserverStatus.OK,
        SECOND: NameserverStatus.REFUSED,
    }


async def test_a_parent_that_was_not_told_of_a_move(config: Config) -> None:
    found = await audited("moved.test", config)
    assert found.parent_set == ("ns1.moved.test", "ns2.moved.test")
    assert found.child_set == ("ns1.moved.test", "ns3.moved.test")
    assert [one.name for one in found.nameservers] == ["ns1.moved.test", "ns3.moved.test", "ns2.moved.test"]
    assert found.verdict is DelegationVerdict.DIFFERS


async def test_a_name_below_a_zone_is_of_that_zone(config: Config) -> None:
    found = await audited("nowhere.agree.test", config)
    assert (found.apex, found.verdict) == ("agree.test", DelegationVerdict.CONSISTENT)
