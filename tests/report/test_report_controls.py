"""Which domains meet a control, by the words of their row alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from auditor.report.controls import controls
from auditor.report.staging import Staging
from auditor.report.tables import DOMAINS, MX

PASS, PARTIAL, FAIL, UNKNOWN, BESIDE = "pass", "partial", "fail", "unknown", "beside"
PLACES = {PASS: (1, 0, 0, 0), PARTIAL: (0, 1, 0, 0), FAIL: (0, 0, 1, 0), UNKNOWN: (0, 0, 0, 1), BESIDE: (0, 0, 0, 0)}


@pytest.fixture
def staging(tmp_path: Path) -> Iterator[Staging]:
    with Staging(tmp_path, [DOMAINS, MX]) as opened:
        yield opened


def put(staging: Staging, table: str, **words: str) -> None:
    names, values = ", ".join(words), ", ".join(f"'{word}'" for word in words.values())
    staging.run(f"INSERT INTO {table} (target_, {names}) VALUES (1, {values})")  # noqa: S608 - words of the test


def verdict(staging: Staging, control: str) -> str:
    (found,) = (one for one in controls(staging) if one.name == control)
    return next(place for place, counts in PLACES.items() if counts == found.counts)


@pytest.mark.parametrize(
    ("control", "words", "expected"),
    [
        ("SPF", "spf=valid spf_all=fail", PASS),
        ("SPF", "spf=valid spf_all=softfail", PASS),
        ("SPF", "spf=valid spf_all=neutral", PARTIAL),
        ("SPF", "spf=valid spf_all=none", PARTIAL),
        ("SPF", "spf=valid spf_all=pass", FAIL),
        ("SPF", "spf=permerror spf_all=fail", FAIL),
        ("SPF", "spf=none", FAIL),
        ("SPF", "spf=none role=parked", FAIL),
        ("SPF", "spf=temperror", UNKNOWN),
        ("SPF", "spf=none mx_status=nxdomain", BESIDE),
        ("SPF", "mx_status=direct", BESIDE),
        ("DKIM", "dkim=present role=sends", PASS),
        ("DKIM", "dkim=present role=parked", PASS),
        ("DKIM", "dkim=revoked role=sends-receives", FAIL),
        ("DKIM", "dkim=absent role=unknown", FAIL),
        ("DKIM", "dkim=revoked role=parked", BESIDE),
        ("DKIM", "dkim=unknown role=receives", BESIDE),
        ("DKIM", "dkim=unknown role=sends", UNKNOWN),
        ("DMARC", "dmarc=valid dmarc_policy=reject", PASS),
        ("DMARC", "dmarc=valid dmarc_policy=quarantine", PASS),
        ("DMARC", "dmarc=valid dmarc_policy=none", PARTIAL),
        ("DMARC", "dmarc=none", FAIL),
        ("DMARC", "dmarc=invalid", FAIL),
        ("DMARC", "dmarc=unknown", UNKNOWN),
        ("DMARC", "dmarc=none mx_status=nxdomain", BESIDE),
        ("MTA-STS", "mta_sts=valid mta_sts_mode=enforce", PASS),
        ("MTA-STS", "mta_sts=valid mta_sts_mode=testing", PARTIAL),
        ("MTA-STS", "mta_sts=valid mta_sts_mode=none", FAIL),
        ("MTA-STS", "mta_sts=none role=receives", FAIL),
        ("MTA-STS", "mta_sts=invalid", FAIL),
        ("MTA-STS", "mta_sts=none role=parked", BESIDE),
        ("MTA-STS", "mta_sts=none role=sends", BESIDE),
        ("MTA-STS", "mta_sts=unknown", UNKNOWN),
        ("TLS-RPT", "tls_rpt=valid", PASS),
        ("TLS-RPT", "tls_rpt=none role=sends-receives", FAIL),
        ("TLS-RPT", "tls_rpt=invalid", FAIL),
        ("TLS-RPT", "tls_rpt=none role=sends", BESIDE),
        ("TLS-RPT", "tls_rpt=unknown", UNKNOWN),
        ("DANE", "dane=valid", PASS),
        ("DANE", "dane=partial", PARTIAL),
        ("DANE", "dane=absent", FAIL),
        ("DANE", "dane=invalid", FAIL),
        ("DANE", "dane=unusable", FAIL),
        ("DANE", "dane=not-applicable", BESIDE),
        ("DANE", "dane=unknown", UNKNOWN),
        ("DANE", "mx_status=direct", BESIDE),
        ("DNSSEC", "dnssec=secure", PASS),
        ("DNSSEC", "dnssec=insecure", FAIL),
        ("DNSSEC", "dnssec=bogus", FAIL),
        ("DNSSEC", "dnssec=indeterminate", UNKNOWN),
        ("DNSSEC", "dnssec=secure mx_status=nxdomain", BESIDE),
    ],
)
def test_a_control(staging: Staging, control: str, words: str, expected: str) -> None:
    put(staging, "domains", **({"mx_status": "mx"} | dict(word.split("=") for word in words.split())))
    assert verdict(staging, control) == expected


@pytest.mark.parametrize(("hosts", "expected"), [(("secure", "insecure"), PARTIAL), (("secure", "secure"), PASS)])
def test_dnssec_is_partial_where_an_exchange_is_not_signed(
    staging: Staging, hosts: tuple[str, ...], expected: str
) -> None:
    put(staging, "domains", mx_status="mx", dnssec="secure")
    for dnssec in hosts:
        put(staging, "mx", status="ok", dnssec=dnssec)
    assert verdict(staging, "DNSSEC") == expected


def test_a_domain_that_the_run_did_not_come_to_is_unknown_in_all(staging: Staging) -> None:
    put(staging, "domains", domain="late.example")
    assert {one.counts for one in controls(staging)} == {PLACES[UNKNOWN]}
    assert [one.name for one in controls(staging)] == [
        *("MX", "SMTP", "STARTTLS", "Certificate"),
        *("SPF", "DKIM", "DMARC", "MTA-STS", "TLS-RPT", "DANE", "DNSSEC"),
    ]
