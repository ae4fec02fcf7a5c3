"""What makes checks of nameservers fail, and what makes them unknown."""

from collections.abc import Mapping
from dataclasses import replace

from auditor.model.dns import Answer, DnsStatus
from auditor.model.facts import DomainFacts
from tests.checks.builders import Spoil
from tests.checks.case import Case
from tests.policy.nameservers import FIRST, GOOD, PARENTS, Key, Said, seen, serving, without_authority


def nameservers(*changes: Mapping[Key, Said | Answer]) -> Spoil:
    """What is said differently by resolvers, the parent or a nameserver."""

    def spoil(facts: DomainFacts) -> DomainFacts:
        assert facts.published is not None
        return replace(facts, published=replace(facts.published, delegation=seen(GOOD, *changes)))

    return spoil


SILENT = nameservers(serving(FIRST, soa=DnsStatus.TIMEOUT))
ADDRESS_UNKNOWN = nameservers({("ns1.example.com", "A", ""): DnsStatus.SERVFAIL})
ONE_NAME = {("example.com", "NS", ""): ("ns1.example.com",)}

NAMESERVER_CASES = (
    Case(
        "DNS010",
        nameservers(ONE_NAME, {("example.com", "NS", PARENTS): without_authority("ns1.example.com")}),
        "the only address is 192.0.2.1",
        nameservers(
            {("ns2.example.net", "A", ""): DnsStatus.SERVFAIL, ("ns2.example.net", "AAAA", ""): DnsStatus.NODATA}
        ),
    ),
    Case("DNS011", nameservers(serving(FIRST, soa=DnsStatus.REFUSED)), "(192.0.2.1): refused", SILENT),
    Case("DNS012", SILENT, "ns1.example.com (192.0.2.1): timeout", ADDRESS_UNKNOWN),
    Case(
        "DNS013",
        nameservers({("example.com", "NS", PARENTS): without_authority("ns1.example.com")}),
        "only example.com itself names ns2.example.net",
        nameservers({("example.com", "NS", PARENTS): DnsStatus.TIMEOUT}),
    ),
    Case("DNS014", nameservers(serving(FIRST, txt=("v=spf1 -all",))), "'v=spf1 -all' at ns1.example.com", SILENT),
)
