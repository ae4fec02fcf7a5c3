"""The examples of RFC 7208, appendix A, with the zone that they are about."""

import pytest

from auditor.model.spf import SpfResult
from tests.policy.spf.zones import Zone, audited, checked, spf

ZONE: Zone = {
    "example.com MX": ["10 mail-a.example.com", "20 mail-b.example.com"],
    "example.com A": ["192.0.2.10", "192.0.2.11"],
    "amy.example.com A": ["192.0.2.65"],
    "bob.example.com A": ["192.0.2.66"],
    "mail-a.example.com A": ["192.0.2.129"],
    "mail-b.example.com A": ["192.0.2.130"],
    "example.org MX": ["10 mail-c.example.org"],
    "mail-c.example.org A": ["192.0.2.140"],
    "10.2.0.192.in-addr.arpa PTR": ["example.com"],
    "11.2.0.192.in-addr.arpa PTR": ["example.com"],
    "65.2.0.192.in-addr.arpa PTR": ["amy.example.com"],
    "66.2.0.192.in-addr.arpa PTR": ["bob.example.com"],
    "129.2.0.192.in-addr.arpa PTR": ["mail-a.example.com"],
    "130.2.0.192.in-addr.arpa PTR": ["mail-b.example.com"],
    "140.2.0.192.in-addr.arpa PTR": ["mail-c.example.org"],
    "4.0.0.10.in-addr.arpa PTR": ["bob.example.com"],
}
SENDERS = [f"192.0.2.{last}" for last in (10, 11, 65, 66, 129, 130, 131, 140, 141)] + ["10.0.0.4", "198.51.100.1"]


@pytest.mark.parametrize(
    ("record", "passing"),
    [
        ("v=spf1 +all", SENDERS),
        ("v=spf1 a -all", ["192.0.2.10", "192.0.2.11"]),
        ("v=spf1 a:example.org -all", []),
        ("v=spf1 mx -all", ["192.0.2.129", "192.0.2.130"]),
        ("v=spf1 mx:example.org -all", ["192.0.2.140"]),
        ("v=spf1 mx mx:example.org -all", ["192.0.2.129", "192.0.2.130", "192.0.2.140"]),
        (
            "v=spf1 mx/30 mx:example.org/30 -all",
            ["192.0.2.129", "192.0.2.130", "192.0.2.131", "192.0.2.140", "192.0.2.141"],
        ),
        ("v=spf1 ptr -all", [f"192.0.2.{last}" for last in (10, 11, 65, 66, 129, 130)]),
        ("v=spf1 ip4:192.0.2.128/28 -all", [f"192.0.2.{last}" for last in (129, 130, 131, 140, 141)]),
    ],
)
def test_simple_examples(record: str, passing: list[str]) -> None:
    results = {ip: checked({**ZONE, **spf(record)}, ip).result for ip in SENDERS}
    assert results == {ip: SpfResult.PASS if ip in passing else SpfResult.FAIL for ip in SENDERS}


def test_several_domains_by_include_and_redirect() -> None:
    zone = {
        **ZONE,
        "example.org TXT": ["v=spf1 include:example.com include:example.net -all"],
        "la.example.org TXT": ["v=spf1 redirect=example.org"],
        "example.com TXT": ["v=spf1 mx -all"],
        "example.net TXT": ["v=spf1 ip4:198.51.100.0/24 -all"],
    }
    for sender in ("x@example.org", "x@la.example.org"):
        results = [checked(zone, ip, sender).result.value for ip in ("192.0.2.129", "198.51.100.1", "192.0.2.10")]
        assert results == ["pass", "pass", "fail"]
    assert audited(zone, domain="la.example.org").lookups == 4


def test_lists_of_users_by_exists() -> None:
    zone = {
        **ZONE,
        "example.com TXT": ["v=spf1 mx include:mobile-users._spf.%{d} include:remote-users._spf.%{d} -all"],
        "mobile-users._spf.example.com TXT": ["v=spf1 exists:%{l1r+}.%{d}"],
        "remote-users._spf.example.com TXT": ["v=spf1 exists:%{ir}.%{l1r+}.%{d}"],
        "mary.mobile-users._spf.example.com A": ["127.0.0.2"],
        "15.15.168.192.joel.remote-users._spf.example.com A": ["127.0.0.2"],
    }
    assert checked(zone, "198.51.100.1", "mary@example.com").result is SpfResult.PASS
    assert checked(zone, "198.51.100.1", "mary+list@example.com").result is SpfResult.PASS
    assert checked(zone, "192.168.15.15", "joel@example.com").result is SpfResult.PASS
    assert checked(zone, "192.168.15.16", "joel@example.com").result is SpfResult.FAIL
    audit = audited(zone)
    assert (audit.lookups, audit.lower_bound, audit.authorises) == (5, True, True)


def test_several_requirements_at_once_by_includes_that_fail() -> None:
    zone = {
        **ZONE,
        "example.com TXT": ["v=spf1 -include:ip4._spf.%{d} -include:ptr._spf.%{d} +all"],
        "ip4._spf.example.com TXT": ["v=spf1 -ip4:192.0.2.0/24 +all"],
        "ptr._spf.example.com TXT": ["v=spf1 -ptr:example.com +all"],
    }
    results = {ip: checked(zone, ip).result.value for ip in ("192.0.2.66", "192.0.2.140", "198.51.100.1")}
    assert results == {"192.0.2.66": "pass", "192.0.2.140": "fail", "198.51.100.1": "fail"}
