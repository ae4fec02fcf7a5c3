"""The lab's domains with SPF: what an audit makes of each is what the lab's list expects checks to find."""

from functools import cache

import dns.message
import pytest

from auditor.lab import world
from auditor.lab.nameserver import Nameserver, load_zone, parse_faults
from auditor.model.dns import Answer, DnsStatus, Question
from auditor.model.spf import SpfAll, SpfAudit, SpfStatus
from auditor.net.dns_answer import read_reply
from auditor.policy.drive import replay
from auditor.policy.spf import audit_spf

HERE = ("192.0.2.10", "2001:db8::10")  # mx1.hosting.example


@cache
def nameserver() -> Nameserver:
    lines = [line for line in world.all_zones().splitlines() if "{tlsa" not in line]
    return Nameserver(
        load_zone("\n".join(lines), "example."), parse_faults(world._read("zones/faults.txt"), "faults.txt")
    )


def ask(question: Question) -> Answer:
    query = dns.message.make_query(question.name, question.type)
    for wire in nameserver()._replies(query.to_wire(), over_tcp=True):
        return read_reply(dns.message.from_wire(wire), question).answer
    return Answer(question=question, status=DnsStatus.TIMEOUT)


def audited(label: str) -> SpfAudit:
    audit = replay(audit_spf(f"spf-{label}.example", HERE), ask)
    assert audit is not None
    return audit


@pytest.mark.parametrize(
    ("label", "status", "lookups", "voids"),
    [
        ("good", SpfStatus.VALID, 1, (0, 0)),
        ("missing", SpfStatus.NONE, 0, (0, 0)),
        ("several", SpfStatus.PERMERROR, 0, (0, 0)),
        ("typo", SpfStatus.PERMERROR, 1, (0, 0)),
        ("eleven", SpfStatus.PERMERROR, 11, (0, 0)),
        ("ten", SpfStatus.VALID, 10, (0, 0)),
        ("voids", SpfStatus.PERMERROR, 4, (3, 3)),
        ("voids6", SpfStatus.PERMERROR, 4, (0, 3)),
        ("dead", SpfStatus.PERMERROR, 2, (1, 1)),
        ("loop", SpfStatus.PERMERROR, 11, (0, 0)),
        ("redirect", SpfStatus.VALID, 1, (0, 0)),
        ("redirect-gone", SpfStatus.PERMERROR, 2, (1, 1)),
        ("macro", SpfStatus.VALID, 2, (0, 0)),
        ("split", SpfStatus.VALID, 1, (0, 0)),
        ("unknown", SpfStatus.TEMPERROR, 2, (0, 0)),
    ],
)
def test_status_and_counts(label: str, status: SpfStatus, lookups: int, voids: tuple[int, int]) -> None:
    audit = audited(label)
    assert (audit.status, audit.lookups, (audit.voids_ipv4, audit.voids_ipv6)) == (status, lookups, voids)


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("good", SpfAll.FAIL),
        ("soft", SpfAll.SOFTFAIL),
        ("neutral", SpfAll.NEUTRAL),
        ("endless", SpfAll.NONE),
        ("open", SpfAll.PASS),
        ("redirect", SpfAll.FAIL),
    ],
)
def test_all(label: str, expected: SpfAll) -> None:
    assert audited(label).all is expected


def test_terms_that_somebody_should_look_at() -> None:
    assert audited("after").ignored == ("include:_spf.hosting.example",)
    assert audited("ptr").discouraged == ("ptr",)
    assert audited("overlap").overlaps == ("ip4:192.0.2.10 is within ip4:192.0.2.0/24",)
    assert audited("dead").dead == ("include:gone.example: NXDOMAIN",)
    assert audited("voids6").dead == ()
    assert audited("halves").networks == ("0.0.0.0/0",)
    assert [result.value for _, result in audited("elsewhere").exchanges] == ["fail", "fail"]
