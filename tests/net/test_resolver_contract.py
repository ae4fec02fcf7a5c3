"""What any authoritative server of the contract's zone must yield; tests/real holds Knot to the same table."""

import json
from pathlib import Path
from typing import Any

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.zone
import pytest

from auditor.model.dns import Question

HERE = Path(__file__).parent
CASES = json.loads((HERE / "contract.json").read_text(encoding="utf-8"))
ZONE = dns.zone.from_file(str(HERE / "contract.zone"), origin="good.test", relativize=False)


@pytest.mark.parametrize("case", CASES, ids=lambda case: " ".join(case["question"]))
async def test_the_scripted_nameserver_keeps_the_contract(case: dict[str, Any], serve: Any, resolver_of: Any) -> None:
    answer = await resolver_of(await serve(answer_from_zone)).ask(Question(*case["question"]))
    assert answer.status == case["status"]
    assert list(answer.records) == case.get("records", [])
    if answer.status.known:
        assert list(answer.aliases) == case.get("aliases", [])
        assert answer.canonical_name == (case.get("aliases") or case["question"])[-1 if case.get("aliases") else 0]
        assert answer.ttl_seconds == (300 if answer.records else 60)
    assert case.get("error", "") in answer.error


def answer_from_zone(query: dns.message.Message, _: str) -> dns.message.Message:
    """The reply of an authoritative server (RFC 1034 §4.3.2, steps 3a and 3c)."""
    reply = dns.message.make_response(query)
    name, rdtype = query.question[0].name, query.question[0].rdtype
    if not name.is_subdomain(ZONE.origin or dns.name.root):
        reply.set_rcode(dns.rcode.REFUSED)
        return reply
    reply.flags |= dns.flags.AA
    for _step in range(5):
        if (found := ZONE.get_rrset(name, rdtype)) is not None:
            reply.answer.append(found)
            return reply
        if (alias := ZONE.get_rrset(name, dns.rdatatype.CNAME)) is None:
            break
        reply.answer.append(alias)
        name = alias[0].target
    else:
        return reply
    if not any(owner.is_subdomain(name) for owner in ZONE):
        reply.set_rcode(dns.rcode.NXDOMAIN)
    soa = ZONE.get_rrset(ZONE.origin or dns.name.root, dns.rdatatype.SOA)
    assert soa is not None
    reply.authority.append(soa)
    return reply
