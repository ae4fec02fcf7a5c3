"""Addresses that nobody may be led to by the DNS, and their nearest neighbours, which are anybody's."""

FORBIDDEN = {
    "this network": ("0.0.0.0", "0.255.255.255"),
    "private": ("10.0.0.0", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.0.1", "192.168.255.255"),
    "shared": ("100.64.0.1", "100.127.255.255"),
    "loopback": ("127.0.0.1", "127.255.255.254", "::1"),
    "link-local": ("169.254.169.254", "fe80::1", "febf::1"),
    "protocols": ("192.0.0.8", "192.0.0.170", "2001:1::1", "2001:20::1"),
    "documentation": ("192.0.2.1", "198.51.100.1", "203.0.113.255", "2001:db8::1", "3fff::1"),
    "relay": ("192.88.99.1",),
    "benchmarking": ("198.18.0.1", "198.19.255.255", "2001:2::1"),
    "multicast": ("224.0.0.1", "239.255.255.250", "ff02::1", "ff0e::1"),
    "reserved": ("240.0.0.1", "255.255.255.255"),
    "unspecified": ("::",),
    "IPv4-mapped": ("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:0.0.0.0", "::ffff:9.9.9.8"),
    "IPv4-compatible": ("::10.0.0.1", "::9.9.9.8"),
    "NAT64": ("64:ff9b::10.0.0.1", "64:ff9b::127.0.0.1", "64:ff9b:1::a00:1", "64:ff9b:1:ffff::9.9.9.8"),
    "6to4": ("2002:a00:1::1", "2002:7f00:1::1", "2002:c0a8:101::1"),
    "Teredo": ("2001:0:4136:e378:8000:63bf:3fff:fdd2",),
    "discard": ("100::1",),
    "unique local": ("fc00::1", "fdff:ffff::1"),
    "site-local": ("fec0::1", "feff::1"),
    "unassigned": ("1000::1", "4000::1", "5f00::1", "fe00::1"),
}
NEVER_SENT = {"0.0.0.0", "::", "::ffff:0:0", "255.255.255.255", "fe80::1", "febf::1"}
"""Those that no connection is made to even if all are allowed: the unspecified, and what systems refuse;
multicast, which has no TCP, is beside them."""
PUBLIC = (
    *("1.0.0.1", "9.255.255.255", "11.0.0.1", "100.63.255.255", "100.128.0.1", "126.255.255.255", "128.0.0.1"),
    *("169.253.255.255", "169.255.0.1", "172.15.255.255", "172.32.0.1", "192.167.255.255", "192.169.0.1"),
    *("198.17.255.255", "198.20.0.1", "223.255.255.255", "2000::1", "2001:200::1", "2002:909:908::1", "2a00::1"),
    *("2001:db7::1", "2001:db9::1", "3ffe::1", "64:ff9b::9.9.9.8"),
)


def record(address: str) -> str:
    """The type and data of its record."""
    return f"{'AAAA' if ':' in address else 'A'} {address}"


def zone_of(label: str, addresses: tuple[str, ...]) -> str:
    """A domain ``LABEL<n>.example`` for each address, with one exchange there."""
    return "".join(
        f"{label}{number} MX 10 mx.{label}{number}\nmx.{label}{number} {record(address)}\n"
        for number, address in enumerate(addresses)
    )


def domains_of(label: str, addresses: tuple[str, ...]) -> list[str]:
    """Their names."""
    return [f"{label}{number}.example" for number in range(len(addresses))]
