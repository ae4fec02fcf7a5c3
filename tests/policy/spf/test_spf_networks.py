"""Networks that pass, and those that add nothing."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network, summarize_address_range

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.model.dns import DnsStatus
from auditor.model.spf import SpfResult
from auditor.policy.spf.networks import MOST_NETWORKS, summed_up
from tests.policy.spf.zones import audited, checked, spf

HOSTS: dict[str, list[str] | DnsStatus] = {
    "h.example.com A": ["192.0.2.7", "198.51.100.9"],
    "h.example.com AAAA": ["2001:db8::7"],
    "example.com MX": ["10 h.example.com"],
    "example.com A": ["203.0.113.1"],
}


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ("ip4:192.0.2.1 -all", ("192.0.2.1/32",)),
        ("ip4:192.0.2.1/24 ip6:2001:DB8::1/32 -all", ("192.0.2.0/24", "2001:db8::/32")),
        ("ip4:192.0.2.0/25 ip4:192.0.2.128/25 ip4:192.0.2.4 -all", ("192.0.2.0/24",)),
        ("-ip4:192.0.2.0/25 ip4:192.0.2.0/24 -all", ("192.0.2.128/25",)),
        ("~ip4:192.0.2.4/31 ip4:192.0.2.0/29 -all", ("192.0.2.0/30", "192.0.2.6/31")),
        ("ip4:192.0.2.0/24 -ip4:192.0.2.4 -all", ("192.0.2.0/24",)),
        ("?ip4:192.0.2.0/24 -all", ()),
        ("a -all", ("203.0.113.1/32",)),
        ("a/30 mx/24//64 -all", ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/30", "2001:db8::/64")),
        ("a:h.example.com//0 -all", ("192.0.2.7/32", "198.51.100.9/32", "::/0")),
        ("ip4:0.0.0.0/0 -all", ("0.0.0.0/0",)),
        ("-ip4:128.0.0.0/2 +all", ("0.0.0.0/1", "192.0.0.0/2", "::/0")),
        ("exists:h.example.com -all", ("0.0.0.0/0", "::/0")),
        ("exists:gone.example.com -all", ()),
        ("ptr exists:%{i}.example.com -all", ()),
        ("ip4:192.0.2.1 ip4:192.0.2.300 -all", ("192.0.2.1/32",)),
        ("-all ip4:192.0.2.1", ()),
        ("include:a.example.com -all", ("192.0.2.0/25",)),
        ("-include:a.example.com ip4:192.0.2.0/24 -all", ("192.0.2.128/25",)),
        ("redirect=a.example.com", ("192.0.2.0/25",)),
        ("-ip4:192.0.2.0/26 redirect=a.example.com", ("192.0.2.64/26",)),
        ("include:b.example.com ip4:192.0.2.0/24 -all", ("192.0.2.0/24",)),
        ("include:all.example.com -all", ("0.0.0.0/0", "::/0")),
    ],
)
def test_what_passes(record: str, expected: tuple[str, ...]) -> None:
    zone = spf(
        f"v=spf1 {record}", a="v=spf1 ip4:192.0.2.0/25 -all", b="v=spf1 -ip4:192.0.2.0/24 -all", all="v=spf1 +all"
    )
    found = audited({**zone, **HOSTS}).networks
    assert sorted(found) == sorted(expected)
    assert [ip_network(one).version for one in found] == sorted(ip_network(one).version for one in found)


@pytest.mark.parametrize(
    ("record", "expected"),
    [("ip4:192.0.2.0/24 ip4:198.51.100.1 ip6:::/0 -all", 257), ("+all", 2**32), ("ip6:::/0 -all", 0)],
)
def test_how_many_ipv4_addresses_pass(record: str, expected: int) -> None:
    assert audited(spf(f"v=spf1 {record}")).addresses_ipv4 == expected


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ("ip4:192.0.2.0/24 ip4:192.0.2.1", ("ip4:192.0.2.1 is within ip4:192.0.2.0/24",)),
        ("ip4:192.0.2.1 ip4:192.0.2.0/24", ("ip4:192.0.2.1 is within ip4:192.0.2.0/24",)),
        ("ip4:192.0.2.1 ip4:192.0.2.1/32", ("ip4:192.0.2.1/32 repeats ip4:192.0.2.1",)),
        (
            "ip4:192.0.2.0/24 ip4:192.0.2.0/25 ip4:192.0.2.1",
            (
                "ip4:192.0.2.0/25 is within ip4:192.0.2.0/24",
                "ip4:192.0.2.1 is within ip4:192.0.2.0/25",
            ),
        ),
        ("ip6:2001:db8::/32 ip6:2001:db8:1::/48 ip4:32.1.13.184", ("ip6:2001:db8:1::/48 is within ip6:2001:db8::/32",)),
        ("ip4:192.0.2.0/25 ip4:192.0.2.128/25", ()),
        ("?ip4:192.0.2.0/24 ip4:192.0.2.1", ()),
        ("ip4:192.0.2.1 -ip4:192.0.2.0/28 ip4:192.0.2.0/24", ()),
        ("ip4:192.0.2.0/24 -ip4:192.0.2.0/28 ip4:192.0.2.1", ("ip4:192.0.2.1 is within ip4:192.0.2.0/24",)),
        ("ip4:192.0.2.1 include:a.example.com", ("ip4:192.0.2.1 is within ip4:192.0.2.0/25 of a.example.com",)),
        ("ip4:192.0.2.0/24 include:a.example.com", ("ip4:192.0.2.0/25 of a.example.com is within ip4:192.0.2.0/24",)),
        ("ip4:192.0.2.0/24 ?include:a.example.com", ()),
        ("ip4:192.0.2.1 redirect=a.example.com", ("ip4:192.0.2.1 is within ip4:192.0.2.0/25 of a.example.com",)),
        ("include:a.example.com include:A.example.com", ("include:A.example.com repeats include:a.example.com",)),
        (
            "include:b.example.com include:a.example.com",
            ("include:a.example.com repeats include:a.example.com of b.example.com",),
        ),
    ],
)
def test_what_adds_nothing(record: str, expected: tuple[str, ...]) -> None:
    zone = spf(f"v=spf1 {record}", a="v=spf1 ip4:192.0.2.0/25 ?all", b="v=spf1 include:a.example.com ?all")
    assert audited(zone).overlaps == expected


terms = st.lists(
    st.builds(
        "{}ip4:192.0.2.{}/{}".format,
        st.sampled_from(["", "+", "-", "~"]),
        st.integers(0, 15),
        st.integers(27, 32),
    ),
    max_size=6,
)


@given(terms, terms, st.integers(0, 31))
def test_an_address_passes_exactly_when_it_is_in_a_network_that_does(
    own: list[str], included: list[str], last: int
) -> None:
    zone = spf(
        f"v=spf1 {' '.join(own[:3])} include:a.example.com {' '.join(own[3:])} -all", a=f"v=spf1 {' '.join(included)}"
    )
    address = f"192.0.2.{last}"
    passes = any(ip_address(address) in ip_network(network) for network in audited(zone).networks)
    assert passes is (checked(zone, address).result is SpfResult.PASS)


@given(terms)
def test_leaving_out_one_that_adds_nothing_changes_no_network(own: list[str]) -> None:
    audit = audited(spf(f"v=spf1 {' '.join(own)} -all"))
    for words in audit.overlaps[:1]:
        term = words.split(" ")[0]
        at = len(own) - 1 - own[::-1].index(term) if "repeats" in words else own.index(term)
        less = [*own[:at], *own[at + 1 :]]
        assert audited(spf(f"v=spf1 {' '.join(less)} -all")).networks == audit.networks


@given(st.sampled_from([(4, IPv4Address, 32), (6, IPv6Address, 128)]), st.data())
def test_a_range_is_summed_up_as_the_standard_library_does(
    family: tuple[int, type[IPv4Address | IPv6Address], int], data: st.DataObject
) -> None:
    version, kind, width = family
    near_an_end = st.integers(0, 40) | st.integers(2**width - 40, 2**width - 1)
    bounds = data.draw(st.lists(near_an_end | st.integers(0, 2**width - 1), min_size=2, max_size=2))
    first, last = sorted(bounds)
    expected = summarize_address_range(kind(first), kind(last))
    assert list(summed_up((version, first, last))) == list(map(str, expected))


def test_the_million_networks_that_exceptions_leave_are_cut_and_it_says_so() -> None:
    exceptions = " ".join(f"-ip6:2001:db8:{number:x}::1" for number in range(2, 200, 2))
    audit = audited(spf(f"v=spf1 {exceptions} ip6:::/0 ip4:192.0.2.0/24 -all"))
    assert len(audit.networks) == MOST_NETWORKS + 1
    assert audit.networks[0] == "192.0.2.0/24"
    assert audit.lower_bound


def test_many_networks_are_whole_as_long_as_they_are_not_too_many() -> None:
    networks = tuple(f"10.{high}.{low}.0/24" for high in range(10) for low in range(0, 250, 2))
    audit = audited(spf(f"v=spf1 {' '.join(f'ip4:{network}' for network in networks)} -all"))
    assert audit.networks == networks
    assert not audit.lower_bound
