"""No packet goes to an address that is not to be contacted, whoever leads there: seen on the wire itself."""

from collections.abc import Iterator
from ipaddress import ip_address

import pytest

from auditor.policy.addresses import host_of
from tests.contact.addresses import FORBIDDEN, NEVER_SENT, PUBLIC, domains_of, record, zone_of
from tests.contact.namespace import Place, place
from tests.contact.town import NAMESERVER, Plan

pytestmark = [pytest.mark.real, pytest.mark.slow]

NOT = tuple(str(ip_address(address)) for addresses in FORBIDDEN.values() for address in addresses)
SOME_NOT = ("10.20.0.1", "127.0.0.9", "169.254.1.1", "::ffff:10.20.0.1", "fd00:20::1", "::1", "64:ff9b::10.20.0.1")
ZONE = f"""
{zone_of("not", NOT)}
{zone_of("open", PUBLIC)}
literal MX 10 10.30.0.1.
literal MX 10 [10.30.0.2].
literal MX 10 \\[ipv6:fd00:30::1\\].
literal MX 10 127\\.1.
literal MX 10 2130706433.
literal MX 10 localhost.
literal MX 20 here.localhost
here.localhost A 127.0.0.30
both MX 10 mx.both
mx.both A 10.40.0.1
mx.both A 9.40.0.1
mx.both AAAA ::ffff:10.40.0.1
turning MX 10 mx.turning
mx.turning A 9.50.0.1
_mta-sts.turning TXT "v=STSv1; id=1"
mta-sts.turning A 9.50.0.2
implicit A 10.60.0.1
alias CNAME not0
moved A 9.70.0.1
_mta-sts.moved TXT "v=STSv1; id=1"
mta-sts.moved A 9.70.0.2
direct A 10.80.0.1
"""
STS = "".join(
    f'sts{number} MX 0 .\n_mta-sts.sts{number} TXT "v=STSv1; id=1"\nmta-sts.sts{number} {record(address)}\n'
    for number, address in enumerate(SOME_NOT)
)
SERVED = "".join(
    f"ns{number} MX 0 .\nns{number} NS a.ns{number}\nns{number} NS b.ns{number}\n"
    f"a.ns{number} {record(address)}\nb.ns{number} A 9.90.0.{number + 1}\n"
    for number, address in enumerate(SOME_NOT)
)
TURNING = {"mx.turning.example": "10.50.0.1", "mta-sts.turning.example": "10.50.0.2"}
NAMED = ["10.100.0.0/29", "127.0.0.1:25", "[::1]", "fd00:100::/126", "192.168.100.1", "direct.example:25"]
FOLLOWED = ["literal", "both", "turning", "implicit", "alias", "moved"]


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    plan = Plan(
        zone=ZONE + STS + SERVED,
        turning=TURNING,
        nameservers=tuple(f"9.90.0.{number + 1}" for number in range(len(SOME_NOT))),
        redirect="https://10.70.0.1/.well-known/mta-sts.txt",
        names=("mta-sts.moved.example", "mta-sts.turning.example"),
    )
    with place(tmp_path_factory.mktemp("here"), plan) as made:
        yield made


def at(port: int, *addresses: str) -> set[tuple[str, int]]:
    return {(str(ip_address(address)), port) for address in addresses}


def domains(*labels: str) -> list[str]:
    return [f"{label}.example" for label in labels]


def test_of_all_addresses_of_the_dns_the_public_ones_alone_are_contacted(here: Place) -> None:
    seen = here.run(*domains_of("not", NOT), *domains_of("open", PUBLIC))
    assert seen.contacted() == at(25, *PUBLIC)


def test_the_control_with_allow_private_each_of_them_is(here: Place) -> None:
    seen = here.run(*domains_of("not", NOT), "--allow-private")
    multicast = {one for one in NOT if ip_address(one).is_multicast}
    assert {host_of(one) for one in NOT} - seen.addresses() == {*NEVER_SENT - {"::ffff:0:0"}, *multicast}


def test_whatever_else_leads_there_is_not_followed(here: Place) -> None:
    """Literals, aliases, a host's other addresses, answers that change, redirects, policy hosts, lines of the list."""
    seen = here.run(*domains(*FOLLOWED), *domains_of("sts", SOME_NOT), *NAMED)
    at_25 = at(25, "9.40.0.1", "9.50.0.1", "9.70.0.1")
    assert seen.contacted() == at_25 | at(443, "9.50.0.2", "9.70.0.2")


def test_nameservers_that_are_not_public_are_not_asked(here: Place) -> None:
    seen = here.run(*domains_of("ns", SOME_NOT), "--nameservers")
    assert seen.contacted() == at(53, NAMESERVER, *(f"9.90.0.{number + 1}" for number in range(len(SOME_NOT))))
