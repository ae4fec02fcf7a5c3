"""No packet goes to an address that is not to be contacted, whoever leads there: seen on the wire itself."""

from ipaddress import ip_address
from pathlib import Path

import pytest

from tests.contact.addresses import FORBIDDEN, NO_TCP, PUBLIC, domains_of, zone_of
from tests.contact.namespace import place
from tests.contact.town import Plan

pytestmark = [pytest.mark.real, pytest.mark.slow]

NOT = tuple(address for addresses in FORBIDDEN.values() for address in addresses)
ZONE = zone_of("not", NOT) + zone_of("open", PUBLIC)
DOMAINS = domains_of("not", NOT) + domains_of("open", PUBLIC)


def test_of_all_addresses_of_the_dns_the_public_ones_alone_are_contacted(tmp_path: Path) -> None:
    with place(tmp_path, Plan(zone=ZONE)) as here:
        here.scan(*DOMAINS)
        seen = here.seen
    assert seen.contacted() == {(str(ip_address(address)), 25) for address in PUBLIC}


def test_with_allow_private_each_of_them_is(tmp_path: Path) -> None:
    with place(tmp_path, Plan(zone=ZONE)) as here:
        here.scan(*DOMAINS, "--allow-private")
        seen = here.seen
    assert {str(ip_address(one)) for one in (*NOT, *PUBLIC)} - {one for one, _ in seen.contacted()} == NO_TCP
