"""Nameservers of zones below the lab's own, asked themselves; and the one above, which refers to them."""

from collections.abc import Sequence

import dns.flags
import dns.message
import dns.rcode
import pytest

from auditor.errors import UsageError
from auditor.lab.delegated import delegated_nameservers
from auditor.lab.nameserver import Nameserver, load_zone

ZONE = load_zone(
    """
$TTL 300
@ SOA ns hostmaster 7 2 3 4 5
@ NS ns
ns A 192.0.2.53
plain MX 10 mx.plain
sub NS ns1.sub
sub NS ns2.sub
sub MX 10 mx.sub
a.sub TXT "below"
""",
    "example.",
)
TEXT = """
# a comment
203.0.113.1 sub.example   # as it is
203.0.113.2 sub.example
  @ MX 20 other.test.
  @ NS ns3
203.0.113.3 elsewhere.example
203.0.113.4 sub.example timeout
"""
SERVERS = delegated_nameservers(ZONE, TEXT, "inline")


def answer(nameserver: Nameserver, name: str, kind: str, flags: int = 0) -> dns.message.Message:
    query = dns.message.make_query(name, kind, flags=flags)
    (octets,) = nameserver._replies(query.to_wire(), over_tcp=True)
    return dns.message.from_wire(octets)


def words(section: Sequence[object]) -> list[str]:
    return sorted(line for rrset in section for line in str(rrset).splitlines())


NS_OF_SUB = ["sub.example. 300 IN NS ns1.sub.example.", "sub.example. 300 IN NS ns2.sub.example."]


@pytest.mark.parametrize(("name", "kind"), [("sub.example", "NS"), ("sub.example", "MX"), ("a.sub.example", "TXT")])
def test_asked_itself_the_zone_refers_to_the_one_below(name: str, kind: str) -> None:
    reply = answer(Nameserver(ZONE), name, kind)
    assert (reply.rcode(), words(reply.answer), words(reply.authority)) == (dns.rcode.NOERROR, [], NS_OF_SUB)
    assert not reply.flags & dns.flags.AA


def test_asked_itself_it_answers_for_its_own_with_authority() -> None:
    for kind in ("MX", "A"):
        reply = answer(Nameserver(ZONE), "plain.example", kind)
        assert reply.flags & dns.flags.AA
        assert bool(reply.answer) is (kind == "MX")
    assert words(answer(Nameserver(ZONE), "example", "NS").answer) == ["example. 300 IN NS ns.example."]


def test_asked_to_resolve_it_answers_for_both() -> None:
    reply = answer(Nameserver(ZONE), "a.sub.example", "TXT", dns.flags.RD)
    assert words(reply.answer) == ['a.sub.example. 300 IN TXT "below"']
    assert not reply.flags & dns.flags.AA


@pytest.mark.parametrize(
    ("address", "exchange", "nameservers"),
    [("203.0.113.1", "10 mx.sub.example.", ["ns1", "ns2"]), ("203.0.113.2", "20 other.test.", ["ns3"])],
)
def test_each_serves_its_zone_but_for_what_is_told_of_it(address: str, exchange: str, nameservers: list[str]) -> None:
    server = SERVERS[address]
    reply = answer(server, "sub.example", "MX")
    assert reply.flags & dns.flags.AA
    assert [str(record) for rrset in reply.answer for record in rrset] == [exchange]
    named = [str(record) for rrset in answer(server, "sub.example", "NS").answer for record in rrset]
    assert sorted(named) == [f"{name}.sub.example." for name in nameservers]
    (soa,) = answer(server, "sub.example", "SOA").answer
    assert soa[0].serial == 7


def test_one_that_serves_another_zone_refuses_this_one() -> None:
    assert answer(SERVERS["203.0.113.3"], "sub.example", "SOA").rcode() == dns.rcode.REFUSED


def test_a_fault_is_that_of_all_its_names() -> None:
    for name in ("sub.example", "a.sub.example"):
        query = dns.message.make_query(name, "SOA")
        assert list(SERVERS["203.0.113.4"]._replies(query.to_wire(), over_tcp=False)) == []


@pytest.mark.parametrize(
    "line", ["203.0.113.1", "203.0.113.1 sub.example nonsense", "1.1.1.1 a.example timeout more", "  @ MX 10 a"]
)
def test_a_line_that_is_not_understood_is_named(line: str) -> None:
    with pytest.raises(UsageError, match="inline, line 2: not understood"):
        delegated_nameservers(ZONE, f"# first\n{line}", "inline")


def test_records_that_are_none_are_named() -> None:
    with pytest.raises(UsageError, match=r"inline, line 1: 203\.0\.113\.1: "):
        delegated_nameservers(ZONE, "203.0.113.1 sub.example\n  @ MX nonsense", "inline")
