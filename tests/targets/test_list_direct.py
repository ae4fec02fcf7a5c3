"""Servers named directly, and ranges of addresses."""

from itertools import islice

import pytest

from auditor.targets.direct import MAX_RANGE, Named, parse_entry
from auditor.targets.names import BadNameError


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("192.0.2.1", "192.0.2.1", None),
        ("[192.0.2.1]", "192.0.2.1", None),
        ("192.0.2.1:25", "192.0.2.1", 25),
        ("192.0.2.1:587,", "192.0.2.1", 587),
        ("2001:db8::1", "2001:db8::1", None),
        ("2001:DB8:0:0::0001", "2001:db8::1", None),
        ("2001:db8::", "2001:db8::", None),
        ("2001:db8::1:25", "2001:db8::1:25", None),
        ("[2001:db8::1]", "2001:db8::1", None),
        ("[2001:db8::1]:25", "2001:db8::1", 25),
        ("mx.example.com:25", "mx.example.com", 25),
        ("MX.Example.com:465", "mx.example.com", 465),
        ("mx_1.example.com:25", "mx_1.example.com", 25),
        ("localhost:2525", "localhost", 2525),
        (" 'mx.example.com:25' ", "mx.example.com", 25),
    ],
)
def test_servers(text: str, host: str, port: int | None) -> None:
    assert list(parse_entry(text)) == [Named(host, host, direct=True, port=port)]


def test_a_server_with_an_international_name_is_shown_as_written() -> None:
    assert list(parse_entry("bücher.example:25")) == [
        Named("xn--bcher-kva.example", "bücher.example", direct=True, port=25)
    ]


@pytest.mark.parametrize("text", ["https://example.com:8443/", "example.com:8443/x", "jo@example.com", "example.com"])
def test_urls_and_addresses_are_domains(text: str) -> None:
    assert list(parse_entry(text)) == [Named("example.com", "example.com")]


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        ("192.0.2.0/30", ["192.0.2.1", "192.0.2.2"]),
        ("192.0.2.3/30", ["192.0.2.1", "192.0.2.2"]),
        ("192.0.2.0/31", ["192.0.2.0", "192.0.2.1"]),
        ("192.0.2.9/32", ["192.0.2.9"]),
        ("192.0.2.0/255.255.255.252", ["192.0.2.1", "192.0.2.2"]),
        ("2001:db8::/127", ["2001:db8::", "2001:db8::1"]),
        ("2001:db8::/126", ["2001:db8::", "2001:db8::1", "2001:db8::2", "2001:db8::3"]),
        ("2001:db8::5/128", ["2001:db8::5"]),
    ],
)
def test_ranges(text: str, addresses: list[str]) -> None:
    named = list(parse_entry(text))
    assert [each.domain for each in named] == addresses
    assert all(each.direct and each.port is None for each in named)
    assert all(each.sought is (len(addresses) > 1) for each in named)


def test_the_largest_ranges_are_expanded_as_they_are_asked_for() -> None:
    assert MAX_RANGE == 2**16
    assert [each.domain for each in islice(parse_entry("10.0.0.0/16"), 2)] == ["10.0.0.1", "10.0.0.2"]
    assert next(parse_entry("2001:db8::/112")).domain == "2001:db8::"


def test_larger_ones_are_taken_where_the_user_says_so_and_the_largest_never() -> None:
    assert next(parse_entry("10.0.0.0/8", large_ranges=True)).domain == "10.0.0.1"
    with pytest.raises(BadNameError, match=r"at most 16,777,216 are tried$"):
        parse_entry("2001:db8::/64", large_ranges=True)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("10.0.0.0/15", "a range of 131,072 addresses; at most 65,536 are tried without --yes"),
        (
            "2001:db8::/64",
            "a range of 18,446,744,073,709,551,616 addresses; at most 65,536 are tried",
        ),
        ("192.0.2.0/33", "not an address range"),
        ("192.0.2.300/24", "not an address range"),
        ("fe80::1%eth0", "an address with a zone index is of this host only"),
        ("[fe80::1%25]:25", "an address with a zone index is of this host only"),
        ("example.com:0", "the port is not between 1 and 65535"),
        ("example.com:65536", "the port is not between 1 and 65535"),
        ("example.com:999999", "the port is no number"),
        ("example.com:smtp", "the port is no number"),
        ("[192.0.2.1]:", "the port is no number"),
        ("192.0.2.01", "an address is no mail domain"),
        ("exa$mple:25", "character U+0024 ($) is not allowed in a domain name"),
        ("[nothing]", "single label"),
    ],
)
def test_refused(text: str, reason: str) -> None:
    with pytest.raises(BadNameError) as refused:
        parse_entry(text)
    assert str(refused.value) == reason
