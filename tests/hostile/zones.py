"""Zones and resolvers that do not answer as they should, and names that lead where nobody must go."""

from tests.hostile.scenario import Expected, Scenario

SKIPPED: Expected = {"outcome": "skipped", "blame": "", "error": "see --allow-net"}
USUAL = "{name} MX 10 mx.{name}\nmx.{name} A {address}"
MX = "{name} MX 5"
UNUSABLE: Expected = {"mx_status": "unusable"}
FAILS: Expected = {"status": "servfail"}
TOO_MANY = "\n".join(
    f"{{name}} MX {number} mx{number}.{{name}}\nmx{number}.{{name}} A {{address}}" for number in range(500)
)
CHAIN = "\n".join(f"c{number}.{{name}} CNAME c{number + 1}.{{name}}" for number in range(40))


def _zone(
    fault: str, name: str, records: str = "", domain: Expected | None = None, faults: str = "", **more: Expected
) -> Scenario:
    faults = faults.replace("@", f"{name}.example")
    records = records.replace("{name}", name)
    return Scenario(name=name, fault=fault, records=records, domain=domain or {}, faults=faults, **more)  # type: ignore[arg-type]


def _mx(status: str, fault: str, expected: str) -> Scenario:
    return _zone("lookup", f"mx-{status}", domain={"mx_status": expected}, faults=f"@ MX {fault}")


def _of_address(status: str, fault: str) -> Scenario:
    lines = "\n".join(f"mx.@ {kind} {fault}" for kind in ("A", "AAAA"))
    return _zone("lookup", f"address-{status}", faults=lines, domain={"smtp": "unknown"}, mx={"status": status})


def _policy(name: str, at: str, domain: Expected) -> Scenario:
    return _zone("policy-lookup", name, domain=domain, faults=at)


def _leads_to(name: str, address: str) -> Scenario:
    kind = "AAAA" if ":" in address else "A"
    records = f"{{name}} MX 10 mx.{{name}}\nmx.{{name}} {kind} {address}"
    return _zone("address", f"leads-to-{name}", records, mx={"status": "non-public"}, endpoint=SKIPPED)


LOOKUPS = [
    _mx("servfail", "servfail", "servfail"),
    _mx("refused", "refused", "refused"),
    _mx("timeout", "timeout", "timeout"),
    _mx("bogus", "bogus", "bogus"),
    _mx("garbage", "garbage", "malformed"),
    _mx("first-lost", "first-lost", "mx"),
    _mx("first-servfail", "first-servfail", "mx"),
    _mx("truncated", "truncate", "mx"),
    _mx("wrong-id", "wrong-id", "timeout"),
    _mx("wrong-question", "wrong-question", "timeout"),
    _mx("five-octets", "five-octets", "malformed"),
    _mx("pointer-loop", "pointer-loop", "malformed"),
    _mx("no-edns", "no-edns", "mx"),
    _mx("tcp-dead", "tcp-dead", "timeout"),
    _mx("truncated-over-tcp", "truncate-all", "malformed"),
    _of_address("servfail", "servfail"),
    _of_address("timeout", "timeout"),
    _zone("lookup", "no-such-domain", "x.{name} A 192.0.2.1", {"mx_status": "none"}),
    _zone("lookup", "nodata", "{name} TXT nothing", {"mx_status": "none"}),
    Scenario(name="absent", fault="lookup", records="; nothing", domain={"mx_status": "nxdomain"}),
]
POLICIES_LOOKED_UP = [
    _policy("dmarc-servfail", "_dmarc.@ TXT servfail", {"dmarc": "unknown"}),
    _policy("dmarc-timeout", "_dmarc.@ TXT timeout", {"dmarc": "unknown"}),
    _policy("dmarc-garbage", "_dmarc.@ TXT garbage", {"dmarc": "unknown"}),
    _policy("spf-servfail", "@ TXT servfail", {"spf": "temperror"}),
    _policy("spf-timeout", "@ TXT timeout", {"spf": "temperror"}),
    _policy("sts-servfail", "_mta-sts.@ TXT servfail", {"mta_sts": "unknown"}),
    _policy("tls-rpt-servfail", "_smtp._tls.@ TXT servfail", {"tls_rpt": "unknown"}),
    _policy("tlsa-servfail", "@ MX secure\nmx.@ * secure\n_25._tcp.mx.@ TLSA servfail", {"dane": "invalid"}),
    _zone(
        "policy-lookup",
        "spf-include-servfail",
        f'{USUAL}\n{{name}} TXT "v=spf1 include:inc.{{name}}.example -all"\ninc.{{name}} TXT x',
        {"spf": "temperror"},
        "inc.@ TXT servfail",
    ),
    _zone(
        "policy-lookup",
        "spf-that-includes-itself",
        f'{USUAL}\n{{name}} TXT "v=spf1 include:{{name}}.example -all"',
        {"spf": "permerror"},
    ),
    _zone(
        "policy-lookup",
        "unusable-tlsa",
        "",
        {"dane": "unusable"},
        "@ MX secure\nmx.@ * secure\n_25._tcp.mx.@ TLSA short-tlsa",
    ),
]
NULL_TOO: Expected = {"mx_status": "null-with-others"}
ALIASED = f"{MX} mx.{{name}}\nmx.{{name}} CNAME h.{{name}}\nh.{{name}} A {{address}}"
LOOP = f"{MX} a.{{name}}\na.{{name}} CNAME b.{{name}}\nb.{{name}} CNAME a.{{name}}"
LONG = f"{MX} {'x' * 63}.{{name}}\n{'x' * 63}.{{name}} A {{address}}"
ODD = f'{MX} a\\010b\\"c.{{name}}\na\\010b\\"c.{{name}} A {{address}}'
ROUTES = [
    _zone("route", "null-mx", "{name} MX 0 .", {"mx_status": "null"}),
    _zone("route", "null-and-others", f"{USUAL}\n{{name}} MX 0 .", NULL_TOO),
    _zone("route", "alias", ALIASED, mx={"status": "alias"}),
    _zone("route", "only-an-address", "{name} A {address}", {"mx_status": "implicit"}),
    _zone("route", "alias-loop", LOOP, mx=FAILS),
    _zone("route", "alias-of-itself", f"{MX} a.{{name}}\na.{{name}} CNAME a.{{name}}", mx=FAILS),
    _zone("route", "chain-of-40", f"{MX} c0.{{name}}\n{CHAIN}", mx=FAILS),
    _zone("route", "mx-500", TOO_MANY, {"mx_status": "mx"}),
    _zone("route", "localhost", f"{MX} localhost.", UNUSABLE),
    _zone("route", "literal", f"{MX} 192.0.2.9.", UNUSABLE, mx={"status": "address-literal"}),
    _zone("route", "private-literal", f"{MX} 10.0.0.1.", UNUSABLE, mx={"status": "address-literal"}),
    _zone("route", "single-label", f"{MX} mail.", UNUSABLE, mx={"status": "single-label"}),
    _zone("route", "nobody-there", f"{MX} gone.{{name}}", UNUSABLE, mx={"status": "nxdomain"}),
    _zone("route", "no-address", f"{MX} mx.{{name}}\nmx.{{name}} TXT x", UNUSABLE, mx={"status": "no-address"}),
    _zone("route", "long-label", LONG, {"mx_status": "mx"}),
    _zone("route", "odd-octets", ODD, {"mx_status": "mx"}),
]
LOOPBACK = [
    f"leads-to-{one}"
    for one in ("loopback", "other-loopback", "this-network", "loopback6", "unspecified6", "mapped-loopback")
]
ADDRESSES = [
    _leads_to(name, address)
    for name, address in {
        "loopback": "127.0.0.1",
        "other-loopback": "127.255.0.9",
        "this-network": "0.0.0.0",
        "private-10": "10.1.2.3",
        "private-172": "172.31.255.1",
        "private-192": "192.168.0.1",
        "carrier-nat": "100.64.0.1",
        "link-local": "169.254.169.254",
        "multicast": "224.0.0.1",
        "reserved": "240.0.0.1",
        "broadcast": "255.255.255.255",
        "benchmark-net": "198.18.0.1",
        "loopback6": "::1",
        "unspecified6": "::",
        "unique-local6": "fd00::1",
        "link-local6": "fe80::1",
        "site-local6": "fec0::1",
        "multicast6": "ff02::1",
        "mapped-loopback": "::ffff:127.0.0.1",
        "mapped-private": "::ffff:10.0.0.1",
        "compatible": "::127.0.0.1",
        "nat64-private": "64:ff9b::10.0.0.1",
        "local-nat64": "64:ff9b:1::1",
        "six-to-four": "2002:7f00:1::1",
        "teredo": "2001:0:1::1",
        "discard": "100::1",
    }.items()
]
ZONES = [*LOOKUPS, *POLICIES_LOOKED_UP, *ROUTES, *ADDRESSES]
