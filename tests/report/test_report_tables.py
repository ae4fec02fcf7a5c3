"""Rows by literal facts, and the columns that users rely on, in their order."""

from datetime import UTC, datetime
from typing import Any

import pytest

from auditor.model.certificate import CertTrust
from auditor.model.dns import Dnssec
from auditor.model.finding import Severity
from auditor.model.route import ExchangeStatus, MxStatus
from auditor.model.session import Blame, Outcome, Stage
from auditor.report.columns import Column, Kind, Table, stored
from auditor.report.rows import CertificateRow, DomainRow, FindingRow, MxRow
from auditor.report.tables import CERTIFICATES, DOMAINS, FINDINGS, MX, TABLES
from auditor.report.tables.more_policies import MORE
from auditor.report.tables.policies import POLICIES
from tests.report.literal import cells, domain_row, facts_of

ORDER = {
    "domains": """domain domain_unicode input input_line role mx_status mx_hosts dnssec provider provider_confidence
        gateway endpoints_total endpoints_judged smtp starttls cert_trust dane spf_record spf spf_all spf_lookups
        spf_void_lookups dmarc_record dmarc_location dmarc dmarc_policy dmarc_subdomain_policy dkim mta_sts
        mta_sts_mode tls_rpt score coverage worst_severity failed unknown role_reason spf_reason spf_networks
        spf_addresses spf_lower_bound dmarc_reason dmarc_organizational_domain dmarc_nonexistent_policy dmarc_testing
        dmarc_pct dmarc_rua dmarc_policy_rfc7489 dmarc_subdomain_policy_rfc7489 dmarc_differs dkim_selectors
        dkim_reason dkim_wildcard mta_sts_reason mta_sts_id mta_sts_max_age_seconds mta_sts_mx tls_rpt_reason
        tls_rpt_rua dane_reason bimi bimi_location caa_issue caa_found_at nameservers delegation""",
    "mx": """domain preference exchange status canonical_name addresses ttl_seconds dnssec mta_sts dane tlsa
        tlsa_dnssec""",
    "endpoints": """exchange address port service outcome stage blame domains shared_from greeting greeting_code
        greeting_host hello keywords keywords_tls size_limit_octets starttls plaintext_after_starttls tls_version
        tls_cipher cert_sha256 cert_trust cert_name cert_not_after cert_days_left dane ptr ptr_confirmed connect_ms
        greeting_ms ehlo_ms tls_ms total_ms attempts deviations error clear_text_login tls_group
        cert_trust_strict cert_strict_reason tls_versions tls_static_suite tls_weak_suite tls_dh_bits
        cert_sha256_without_sni reply_code enhanced_code reason reason_confidence relays postmaster vrfy
        expn starttls_injection mail_in_clear""",
    "certificates": """sha256 subject issuer names not_before not_after key_type key_bits signature_algorithm trust
        endpoints domains spki_sha256 same_key""",
    "findings": """domain subject check name verdict severity evidence reference remediation reproduce rules_version
        waived waiver_reason waiver_until""",
    "spf": """domain position parent depth via record_domain record result lookups reached_at void_lookups_ipv4
        void_lookups_ipv6 errors unresolved""",
    "dkim": """domain selector name canonical_name key_type key_bits usable revoked testing several hashes faults
        record""",
    "tlsa": "domain exchange port name usage selector matching data fault dnssec matches status reason",
    "listeners": "listed address port service outcome domains matched_by exchanges entries ptr ptr_confirmed"
    " greeting_host cert_names cert_trust starttls",
    "records": "domain name type server status ttl_seconds dnssec records canonical_name resolver asked_at error",
}


def test_tables_have_these_columns_in_this_order() -> None:
    assert {table.name: list(table.names) for table in TABLES} == {name: text.split() for name, text in ORDER.items()}


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_column_says_what_it_means(table: Table[Any]) -> None:
    for column in table.columns:
        assert column.meaning[0].isupper() or column.meaning[0] in "`0"
        assert not column.meaning.endswith(".")
        assert table.column(column.name) is column
    assert set(table.order) <= set(table.names)
    with pytest.raises(KeyError):
        table.column("nothing")


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        (Kind.TEXT, "a\n\x00", "a\\x0a\\x00"),
        (Kind.LINES, "a\n\x00", "a\n\\x00"),
        (Kind.TEXT, None, None),
        (Kind.TEXT, MxStatus.NULL, "null"),
        (Kind.LIST, ("SIZE 1", "X|Y", "\r"), "SIZE 1|X\\x7cY|\\x0d"),
        (Kind.LIST, (), ""),
        (Kind.INTEGER, 2**63 - 1, 2**63 - 1),
        (Kind.INTEGER, 2**63, None),
        (Kind.BOOLEAN, True, True),
        (Kind.NUMBER, 0.5, 0.5),
        (Kind.TIME, datetime(2026, 9, 3, 4, 0, 1, 999, tzinfo=UTC), "2026-09-03T04:00:01Z"),
        (Kind.TIME, datetime(1, 1, 1, tzinfo=UTC), "0001-01-01T00:00:00Z"),
    ],
)
def test_what_is_staged(kind: Kind, value: Any, expected: Any) -> None:
    assert stored(kind, value) == expected


def test_domain_row(make: Any) -> None:
    route = make.route(
        "a.example",
        make.exchange("mx1.example", "192.0.2.1"),
        make.exchange("mx2.example", "192.0.2.2", preference=20),
        dnssec=Dnssec.SECURE,
    )
    first, second = route.endpoints
    rejected = {**make.SILENT, "outcome": Outcome.REJECTED, "blame": Blame.THEIRS, "stage": Stage.GREETING}
    facts = facts_of(route, make.session(first, make.certificate("mx1.example")), make.session(second, **rejected))
    judged = make.Judgement(failed=2, unknown=1, score=88, coverage=2 / 3, worst_severity=Severity.HIGH)
    row = cells(DOMAINS, domain_row(facts, judged=judged))
    published = {"dane", *(column.name for column in (*POLICIES, *MORE))}
    assert {name: value for name, value in row.items() if name not in published} == {
        "domain": "a.example",
        "domain_unicode": "a.example",
        "input": "A.EXAMPLE",
        "input_line": 1,
        "role": "unknown",
        "mx_status": "mx",
        "mx_hosts": "mx1.example|mx2.example",
        "dnssec": "secure",
        "endpoints_total": 2,
        "endpoints_judged": 2,
        "smtp": "some",
        "starttls": "all",
        "cert_trust": "all",
        "score": 88,
        "coverage": 0.6667,
        "worst_severity": "high",
        "failed": 2,
        "unknown": 1,
    }


def test_a_target_the_run_did_not_come_to_has_its_input_only(make: Any) -> None:
    assert cells(DOMAINS, DomainRow(target=make.target("a.example", input_line=7))) == {
        "domain": "a.example",
        "domain_unicode": "a.example",
        "input": "A.EXAMPLE",
        "input_line": 7,
    }


@pytest.mark.parametrize(
    ("status", "hosts", "share"),
    [
        (MxStatus.TIMEOUT, None, "unknown"),
        (MxStatus.NULL, "", "not-applicable"),
        (MxStatus.NXDOMAIN, "", "not-applicable"),
    ],
)
def test_a_failed_lookup_is_unknown_and_a_domain_without_mail_is_not_asked(
    make: Any, status: MxStatus, hosts: str | None, share: str
) -> None:
    facts = facts_of(make.route("a.example", status=status))
    judged = make.Judgement()
    row = cells(DOMAINS, domain_row(facts, judged=judged))
    assert (row.get("mx_hosts"), row["smtp"], row["starttls"], row["cert_trust"]) == (hosts, share, share, share)
    assert "score" not in row
    assert "coverage" not in row


def test_mx_row(make: Any) -> None:
    exchange = make.exchange("mx.example", "192.0.2.1", "2001:db8::1", canonical_name="mail.example")
    assert cells(MX, MxRow(domain="a.example", exchange=exchange)) == {
        "domain": "a.example",
        "preference": 10,
        "exchange": "mx.example",
        "status": "ok",
        "canonical_name": "mail.example",
        "addresses": "192.0.2.1|2001:db8::1",
        "ttl_seconds": 3600,
        "dnssec": "insecure",
    }
    lost = make.exchange("mx.example", status=ExchangeStatus.TIMEOUT, canonical_name="", ttl_seconds=None)
    row = cells(MX, MxRow(domain="a.example", exchange=lost))
    assert row["status"] == "timeout"
    assert not {"addresses", "canonical_name", "ttl_seconds"} & set(row)
    none = make.exchange("mx.example", status=ExchangeStatus.NO_ADDRESS)
    assert cells(MX, MxRow(domain="a.example", exchange=none))["addresses"] == ""


def test_certificate_row(make: Any) -> None:
    certificate = make.certificate("mx.example", ip_addresses=("192.0.2.1",))
    row = CertificateRow(
        sha256=certificate.sha256, certificate=certificate, trust=CertTrust.EXPIRED, endpoints=2, domains=5
    )
    assert cells(CERTIFICATES, row) == {
        "sha256": certificate.sha256,
        "subject": "CN=mx.example",
        "issuer": "CN=R11,O=Let's Encrypt,C=US",
        "names": "mx.example|192.0.2.1",
        "not_before": "2026-08-04T02:00:00Z",
        "not_after": "2026-11-02T02:00:00Z",
        "key_type": "RSA",
        "key_bits": 2048,
        "signature_algorithm": "sha256WithRSAEncryption",
        "trust": "expired",
        "endpoints": 2,
        "domains": 5,
    }
    lost = CertificateRow(sha256="ab", certificate=None, trust=CertTrust.TRUSTED, endpoints=1, domains=1)
    assert cells(CERTIFICATES, lost) == {"sha256": "ab", "trust": "trusted", "endpoints": 1, "domains": 1}


def test_finding_row(make: Any) -> None:
    assert cells(FINDINGS, FindingRow(finding=make.finding("a.example"))) == {
        "domain": "a.example",
        "subject": "a.example",
        "check": "MX003",
        "name": "check-mx003",
        "verdict": "fail",
        "severity": "high",
        "evidence": "the MX record names an alias: mx.example CNAME mail.example",
        "reference": "RFC 2181 §10.3",
        "remediation": "Let the MX record name the host itself.",
        "reproduce": "dig +short MX a.example\ndig +short CNAME mx.a.example",
        "rules_version": "2026.1",
        "waived": False,
    }


def test_columns_that_nothing_fills_are_few_and_known() -> None:
    unfilled = {f"{t.name}.{c.name}" for t in TABLES for c in t.columns if not c.observed}
    assert unfilled == {
        *("domains.provider", "domains.provider_confidence", "domains.gateway"),
        *("findings.waived", "findings.waiver_reason", "findings.waiver_until"),
    }
    column: Column[Any] = DOMAINS.column("provider")
    assert column.value(object()) is None
