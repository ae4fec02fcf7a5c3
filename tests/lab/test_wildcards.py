"""Wildcards in the lab's zone (RFC 4592), and faults of all that stands below a name."""

import dns.flags
import dns.message
import dns.rcode
import pytest

from auditor.lab.nameserver import Nameserver, load_zone, parse_faults

ZONE = """
$TTL 300
@ SOA ns hostmaster 1 2 3 4 5
@ NS ns
* MX 10 mx
*.keys TXT "v=DKIM1; p="
host.keys A 192.0.2.1
a.b.deep TXT "below"
*.alias CNAME mx
mx A 192.0.2.2
"""
FAULTS = """
deep.example * secure
*.keys.example TXT servfail
host.keys.example * secure
"""


def answer(name: str, kind: str, faults: str = "") -> tuple[str, list[str], bool]:
    """The rcode, the records of the answer as text, and the AD bit."""
    nameserver = Nameserver(load_zone(ZONE, "example."), parse_faults(faults, "inline"))
    query = dns.message.make_query(name, kind)
    (wire,) = nameserver._replies(query.to_wire(), over_tcp=True)
    reply = dns.message.from_wire(wire)
    texts = [line for rrset in reply.answer for line in rrset.to_text().splitlines()]
    return dns.rcode.to_text(reply.rcode()), texts, bool(reply.flags & dns.flags.AD)


@pytest.mark.parametrize(
    ("name", "kind", "rcode", "records"),
    [
        ("x.example", "MX", "NOERROR", ["x.example. 300 IN MX 10 mx.example."]),
        ("y.x.example", "MX", "NOERROR", ["y.x.example. 300 IN MX 10 mx.example."]),
        ("x.example", "TXT", "NOERROR", []),
        ("s1.keys.example", "TXT", "NOERROR", ['s1.keys.example. 300 IN TXT "v=DKIM1; p="']),
        ("host.keys.example", "TXT", "NOERROR", []),  # what exists by name is not the wildcard's (§2.2.1)
        ("keys.example", "TXT", "NOERROR", []),  # nor what has names below it
        ("below.host.keys.example", "TXT", "NXDOMAIN", []),  # the closest encloser has no wildcard (§3.3.1)
        ("b.deep.example", "TXT", "NOERROR", []),
        ("c.deep.example", "TXT", "NXDOMAIN", []),
        (
            "x.alias.example",
            "A",
            "NOERROR",
            ["x.alias.example. 300 IN CNAME mx.example.", "mx.example. 300 IN A 192.0.2.2"],
        ),
    ],
)
def test_a_wildcard_stands_where_nothing_else_does(name: str, kind: str, rcode: str, records: list[str]) -> None:
    assert answer(name, kind) == (rcode, records, False)


@pytest.mark.parametrize(
    ("name", "kind", "rcode", "authenticated"),
    [
        ("deep.example", "TXT", "NOERROR", True),
        ("a.b.deep.example", "TXT", "NOERROR", False),  # the name itself alone
        ("s1.keys.example", "TXT", "SERVFAIL", False),
        ("s1.keys.example", "MX", "NOERROR", False),
        ("host.keys.example", "TXT", "NOERROR", True),  # the closest line counts
        ("keys.example", "TXT", "NOERROR", False),  # a line for what is below is not for the name
    ],
)
def test_the_closest_fault_counts(name: str, kind: str, rcode: str, authenticated: bool) -> None:
    found = answer(name, kind, FAULTS)
    assert (found[0], found[2]) == (rcode, authenticated)
