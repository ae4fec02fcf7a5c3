"""Rows of ``spf``, ``dkim``, ``tlsa`` and ``records`` by literal facts."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from auditor.model.dane import TlsaRecord
from auditor.model.dns import Dnssec, DnsStatus
from auditor.model.spf import SpfNode
from auditor.report.effects import effects_of
from auditor.report.rows import AnswerRow, DkimRow
from auditor.report.tables import DKIM, RECORDS, SPF, TLSA
from auditor.report.tables.spf import spf_rows
from auditor.report.tables.tlsa import tlsa_rows
from tests.report.literal import Cells, cells, certificate_of, exchange_of, facts_of, route_of, session_of
from tests.report.published import answer_of, dkim_of, published_of, spf_of, tlsa_of

DOMAIN, HOST = "a.example", "mx.a.example"


def test_spf_records_stand_before_what_they_refer_to() -> None:
    root = spf_of(DOMAIN).root
    assert root is not None
    rows = [cells(SPF, row) for row in spf_rows(DOMAIN, root)]
    assert [(row["position"], row.get("parent"), row["depth"], row["record_domain"]) for row in rows] == [
        (1, None, 0, "a.example"),
        (2, 1, 1, "_spf.mailer.example"),
        (3, 2, 2, "_spf3.mailer.example"),
        (4, 1, 1, "gone.example"),
    ]
    assert {row["domain"] for row in rows} == {DOMAIN}


def test_an_spf_row_holds_the_record_and_what_it_costs() -> None:
    root = spf_of(DOMAIN).root
    assert root is not None
    first, second, _, gone = (cells(SPF, row) for row in spf_rows(DOMAIN, root))
    assert first == {
        "domain": "a.example",
        "position": 1,
        "depth": 0,
        "record_domain": "a.example",
        "record": "v=spf1 ip4:192.0.2.1 ip6:2001:db8::/32 include:_spf.mailer.example include:gone.example -all",
        "lookups": 4,
        "reached_at": 0,
        "void_lookups_ipv4": 1,
        "void_lookups_ipv6": 1,
        "errors": "term 4: include:gone.example has no SPF record",
        "unresolved": "exists:%{i}.example",
    }
    assert (second["via"], second["reached_at"]) == ("include:_spf.mailer.example", 1)
    assert (gone["result"], gone["via"], "record" in gone) == ("none", "include:gone.example", False)


def test_a_deep_spf_tree_needs_no_deep_stack() -> None:
    node = SpfNode(domain="leaf.example")
    for _ in range(5000):
        node = SpfNode(domain="x.example", children=(node,))
    *_, last = spf_rows(DOMAIN, node)
    assert (last.depth, last.position, last.node.domain) == (5000, 5001, "leaf.example")


def test_dkim_rows() -> None:
    good, old = (cells(DKIM, DkimRow(domain=DOMAIN, key=key)) for key in dkim_of(DOMAIN).keys)
    assert good == {
        "domain": "a.example",
        "selector": "s1",
        "name": "s1._domainkey.a.example",
        "canonical_name": "s1.dkim.mailer.example",
        "key_type": "rsa",
        "key_bits": 2048,
        "usable": True,
        "revoked": False,
        "testing": False,
        "several": False,
        "hashes": "",
        "faults": "",
        "record": "v=DKIM1; k=rsa; p=MIIBIjANBgkq",
    }
    assert (old["revoked"], old["usable"], old["hashes"], "key_bits" in old) == (True, False, "sha1", False)


def tlsa_cells(*data: str, **more: Any) -> list[Cells]:
    """The rows of a domain whose exchange has two addresses, of which the first presents its certificate."""
    certificate = certificate_of(HOST)
    signed = {"dnssec": Dnssec.SECURE}
    route = route_of(DOMAIN, exchange_of(HOST, "192.0.2.1", "192.0.2.2", **signed), **signed)
    facts = facts_of(
        route,
        session_of(route.endpoints[0], certificate),
        published=published_of(DOMAIN, tlsa=tlsa_of(HOST, *data, **more)),
        certificates={certificate.sha256: certificate},
    )
    return [cells(TLSA, row) for row in tlsa_rows(facts, effects_of(facts))]


def test_tlsa_rows_name_the_endpoints_that_they_match() -> None:
    right, wrong = tlsa_cells(certificate_of(HOST).sha256, "ab" * 32)
    assert {name: right[name] for name in right if name not in {"status", "reason"}} == {
        "domain": "a.example",
        "exchange": "mx.a.example",
        "port": 25,
        "name": "_25._tcp.mx.a.example",
        "usage": 3,
        "selector": 0,
        "matching": 1,
        "data": certificate_of(HOST).sha256,
        "dnssec": "secure",
        "matches": "mx.a.example/192.0.2.1:25",
    }
    assert (wrong["matches"], wrong["data"]) == ("", "ab" * 32)
    assert right["status"] == wrong["status"] == "unknown"  # of the second address nothing was seen


def test_a_tlsa_record_that_no_client_may_use_says_why() -> None:
    usage = TlsaRecord(usage=1, selector=1, matching=1, data="ab" * 32, fault="usage 1 is not for SMTP")
    unread = TlsaRecord(usage=-1, selector=-1, matching=-1, data="", fault="it cannot be read")
    first, second = tlsa_cells(records=(usage, unread))
    assert (first["usage"], first["fault"], first["matches"]) == (1, "usage 1 is not for SMTP", "")
    assert (second["fault"], {"usage", "selector", "matching"} & set(second)) == ("it cannot be read", set())


def test_no_tlsa_record_is_no_row() -> None:
    assert tlsa_cells() == []


@pytest.mark.parametrize(
    ("more", "trusted", "dnssec"),
    [
        ({}, True, "secure"),
        ({"authenticated": False}, True, "insecure"),
        ({}, False, "indeterminate"),
        ({"status": DnsStatus.BOGUS}, False, "bogus"),
        ({"status": DnsStatus.NOT_ASKED}, True, "indeterminate"),
    ],
)
def test_an_answer_is_secure_as_far_as_the_resolver_is_trusted(more: Cells, trusted: bool, dnssec: str) -> None:
    row = AnswerRow(domain=DOMAIN, answer=answer_of(DOMAIN, "TXT", "x", **more), ad_trusted=trusted)
    assert cells(RECORDS, row)["dnssec"] == dnssec


def test_a_record_row() -> None:
    answer = answer_of(
        f"s1._domainkey.{DOMAIN}",
        "TXT",
        "v=DKIM1; p=A|B",
        "second\n",
        canonical_name="s1.mailer.example",
        aliases=("s1.mailer.example",),
        asked_at=datetime(2026, 9, 3, 2, 0, 5, tzinfo=UTC),
    )
    assert cells(RECORDS, AnswerRow(domain=DOMAIN, answer=answer, ad_trusted=True)) == {
        "domain": "a.example",
        "name": "s1._domainkey.a.example",
        "type": "TXT",
        "status": "answered",
        "ttl_seconds": 300,
        "dnssec": "secure",
        "records": "v=DKIM1; p=A\\x7cB|second\\x0a",
        "canonical_name": "s1.mailer.example",
        "resolver": "127.0.0.53#53",
        "asked_at": "2026-09-03T02:00:05Z",
    }


def test_no_record_is_told_from_no_answer() -> None:
    none = answer_of(DOMAIN, "TXT")
    lost = replace(none, status=DnsStatus.SERVFAIL, error="servfail from both", ttl_seconds=None, authenticated=False)
    shown = [cells(RECORDS, AnswerRow(domain=DOMAIN, answer=one, ad_trusted=True)) for one in (none, lost)]
    assert [(row["status"], row.get("records"), row.get("error")) for row in shown] == [
        ("nodata", "", None),
        ("servfail", None, "servfail from both"),
    ]
