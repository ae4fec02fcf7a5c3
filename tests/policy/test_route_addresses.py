"""Which addresses are public: a table with a reason in each line."""

import pytest

from auditor.policy.addresses import is_public, why_not_public

PUBLIC = [
    "8.8.8.8",
    "1.1.1.1",
    "100.63.255.255",
    "100.128.0.0",
    "172.15.255.255",
    "172.32.0.0",
    "192.0.1.1",
    "198.17.255.255",
    "198.20.0.0",
    "223.255.255.255",
    "2606:4700::1111",
    "2a00:1450:4001::1",
    "2001:4860:4860::8888",
    "2001:200::1",
    "64:ff9b::808:808",
    "2002:808:808::1",
]

NOT_PUBLIC = [
    ("0.0.0.0", "this network"),
    ("0.1.2.3", "this network"),
    ("10.255.255.255", "private use"),
    ("100.64.0.1", "shared address space"),
    ("100.127.255.255", "shared address space"),
    ("127.0.0.1", "loopback"),
    ("127.255.255.254", "loopback"),
    ("169.254.169.254", "link-local"),
    ("172.16.0.1", "private use"),
    ("172.31.255.255", "private use"),
    ("192.0.0.8", "protocol assignments"),
    ("192.0.2.1", "documentation"),
    ("192.88.99.1", "6to4 relay"),
    ("192.168.0.1", "private use"),
    ("198.18.0.1", "benchmarking"),
    ("198.19.255.255", "benchmarking"),
    ("198.51.100.7", "documentation"),
    ("203.0.113.9", "documentation"),
    ("224.0.0.1", "multicast"),
    ("239.255.255.250", "multicast"),
    ("240.0.0.1", "reserved"),
    ("255.255.255.255", "reserved"),
    ("::", "unspecified"),
    ("::1", "loopback"),
    ("::10.0.0.1", "IPv4-compatible"),
    ("::8.8.8.8", "IPv4-compatible"),
    ("::ffff:127.0.0.1", "IPv4-mapped of 127.0.0.1: loopback"),
    ("::ffff:10.0.0.1", "IPv4-mapped of 10.0.0.1: private use"),
    ("::ffff:8.8.8.8", "IPv4-mapped of 8.8.8.8: no address"),
    ("64:ff9b::a00:1", "NAT64 of 10.0.0.1: private use"),
    ("64:ff9b::7f00:1", "NAT64 of 127.0.0.1: loopback"),
    ("64:ff9b:1::808:808", "local-use NAT64"),
    ("2002:a00:1::1", "6to4 of 10.0.0.1: private use"),
    ("2002:e000:1::", "6to4 of 224.0.0.1: multicast"),
    ("2001:0:4136:e378:8000:63bf:3fff:fdd2", "Teredo"),
    ("2001:2::1", "protocol assignments"),
    ("100::1", "discard-only"),
    ("2001:db8::25", "documentation"),
    ("3fff::1", "documentation"),
    ("fc00::1", "unique local"),
    ("fd12:3456::1", "unique local"),
    ("fe80::1", "link-local"),
    ("fe80::1%1", "link-local"),
    ("fec0::1", "site-local"),
    ("ff02::1", "multicast"),
    ("ff0e::1", "multicast"),
    ("5f00::1", "not assigned"),
    ("4000::1", "not assigned"),
    ("mail.example", "not an IP address"),
    ("", "not an IP address"),
]


@pytest.mark.parametrize("address", PUBLIC)
def test_addresses_of_the_public_internet_are_public(address: str) -> None:
    assert why_not_public(address) == ""
    assert is_public(address)


@pytest.mark.parametrize(("address", "reason"), NOT_PUBLIC)
def test_all_other_addresses_are_not_and_say_why(address: str, reason: str) -> None:
    assert why_not_public(address).startswith(reason)
    assert not is_public(address)
