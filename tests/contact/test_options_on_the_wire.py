"""What the options of contact say, seen on the wire: who is blocked, allowed, left out, led elsewhere."""

from collections.abc import Iterator, Sequence
from ipaddress import ip_address

import pytest

from tests.contact.namespace import Place, place
from tests.contact.town import NAMESERVER, Plan

pytestmark = [pytest.mark.real, pytest.mark.slow]

ZONE = """
two MX 10 mx.two
mx.two A 9.1.0.1
mx.two AAAA 2a00:1::1
mapped MX 10 mx.mapped
mx.mapped AAAA ::ffff:9.1.0.2
net MX 10 mx.net
mx.net A 9.2.0.1
mx.net A 9.3.0.1
mx.net AAAA 64:ff9b::9.2.0.2
mx.net AAAA 2002:902:3::1
hosts MX 10 mx.hosts
hosts MX 20 left.hosts
mx.hosts A 9.4.0.1
left.hosts A 9.5.0.1
gone MX 10 mx.gone
mx.gone A 9.6.0.1
_mta-sts.gone TXT "v=STSv1; id=1"
mta-sts.gone A 9.6.0.2
kept MX 10 mx.kept
mx.kept A 9.7.0.1
_mta-sts.kept TXT "v=STSv1; id=1"
mta-sts.kept A 9.7.0.2
kept NS ns.kept
ns.kept A 9.7.0.3
many MX 10 a.many
many MX 20 b.many
many MX 30 c.many
a.many A 9.8.0.1
a.many A 9.8.0.2
a.many A 9.8.0.3
b.many A 9.8.1.1
c.many A 9.8.2.1
inner MX 10 mx.inner
mx.inner A 10.1.2.3
mx.inner A 10.1.3.3
mx.inner A 127.0.0.1
mx.inner AAAA ::ffff:10.1.2.3
mx.inner AAAA 64:ff9b::10.1.2.3
mx.inner AAAA fd00::1
private A 10.1.2.4
"""
BLOCKED = """
gone.example
mta-sts.kept.example   # a host of a domain that is not blocked
left.hosts.example
ns.kept.example
9.2.0.0/16
::ffff:9.7.0.1
"""


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("here")
    (folder / "block.txt").write_text(BLOCKED)
    with place(folder, Plan(zone=ZONE, nameservers=("9.7.0.3",))) as made:
        yield made


def of(*labels: str) -> list[str]:
    return [f"{label}.example" for label in labels]


def mail(*addresses: str) -> set[tuple[str, int]]:
    return {(str(ip_address(address)), 25) for address in addresses}


ALL_OF_NET = ("9.2.0.1", "9.3.0.1", "64:ff9b::9.2.0.2", "2002:902:3::1")


def test_who_is_blocked_gets_no_packet_as_domain_host_policy_host_nameserver_or_address(here: Place) -> None:
    listed = of("net", "hosts", "gone", "kept")
    assert here.run(*listed, "--nameservers").contacted() == {
        *mail(*ALL_OF_NET, "9.4.0.1", "9.5.0.1", "9.6.0.1", "9.7.0.1"),
        *{("9.6.0.2", 443), ("9.7.0.2", 443), ("9.7.0.3", 53), (NAMESERVER, 53)},
    }
    options = ("--nameservers", "--block", "block.txt", "--allow-private")
    seen = here.run(*listed, "9.2.0.4:25", "[::ffff:9.2.0.5]:25", "9.2.0.8/30", "gone.example:25", *options)
    assert seen.contacted() == {*mail("9.3.0.1", "9.4.0.1"), (NAMESERVER, 53)}


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (("-4",), ("9.1.0.1",)),
        (("-6", "--allow-net", "10.0.0.0/8"), ("2a00:1::1",)),
        (("--only-connect-to", "--connect-to", "mx.two.example:25:9.9.9.9:26"), ()),
    ],
)
def test_families_and_redirections(here: Place, options: Sequence[str], expected: Sequence[str]) -> None:
    led = {("9.9.9.9", 26)} if "--only-connect-to" in options else set()
    assert here.run(*of("two", "mapped", "inner"), *options).contacted() == mail(*expected) | led


def test_no_more_exchanges_and_addresses_than_asked_for(here: Place) -> None:
    seen = here.run(*of("many"), "--max-exchanges", "2", "--max-addresses", "2")
    assert seen.contacted() == mail("9.8.0.1", "9.8.0.2", "9.8.1.1")


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (("--allow-net", "10.1.2.0/24", "--allow-net", "fd00::/64"), ("10.1.2.3", "fd00::1")),
        (("--allow-net", "127.0.0.1/32", "-4"), ("127.0.0.1",)),
    ],
)
def test_a_network_that_is_allowed_is_all_that_is(here: Place, options: Sequence[str], expected: Sequence[str]) -> None:
    assert here.run(*of("inner"), *options).contacted() == mail(*expected)


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("plan", (*of("two", "kept"), "9.8.0.0/30", "--nameservers")),
        ("scan", (*of("two", "kept"), "9.8.0.0/30", "--dns-only")),
        ("probe", ("private.example",)),
        ("probe", ("[::ffff:a01:204]:25",)),
    ],
)
def test_nobody_is_contacted_at_all(here: Place, command: str, words: Sequence[str]) -> None:
    seen = here.run(*words, command=command, good=(0, 1, 3))
    assert seen.contacted() == set()
    assert seen.packets or command == "probe"
