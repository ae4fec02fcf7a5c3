"""The columns of ``domains`` and ``mx`` that show what is published, by literal facts."""

from dataclasses import replace
from typing import Any

import pytest

from auditor.model.dkim import DkimStatus
from auditor.model.dmarc import Disposition, DmarcAudit, DmarcStatus
from auditor.model.dns import Dnssec
from auditor.model.facts import DomainFacts
from auditor.model.mta_sts import FetchOutcome, StsRecord
from auditor.model.published import CaaSet, Published, RecordStatus, TlsRptRecord
from auditor.model.route import MxStatus
from auditor.model.spf import SpfAll, SpfAudit, SpfStatus
from auditor.report.effects import effects_of
from auditor.report.tables import DOMAINS, MX
from auditor.report.tables.more_policies import MORE
from auditor.report.tables.mx import mx_row
from auditor.report.tables.policies import POLICIES
from tests.report.literal import (
    Cells,
    cells,
    certificate_of,
    domain_row,
    exchange_of,
    facts_of,
    route_of,
    session_of,
)
from tests.report.published import (
    discovery_of,
    dmarc_of,
    fetch_of,
    fully_published,
    published_of,
    spf_of,
    tlsa_of,
)

DOMAIN, HOST = "a.example", "mx.a.example"
STATUSES = ("spf", "dmarc", "dkim", "mta_sts", "tls_rpt", "bimi", "dane")


def facts(published: Published | None, **more: Any) -> DomainFacts:
    """A domain with one exchange, which speaks TLS; signed throughout."""
    signed = {"dnssec": Dnssec.SECURE}
    route = route_of(DOMAIN, exchange_of(HOST, "192.0.2.1", **signed), **signed)
    certificate = certificate_of(HOST)
    return facts_of(
        route,
        session_of(route.endpoints[0], certificate),
        **{"published": published, "certificates": {certificate.sha256: certificate}, **more},
    )


def policy_cells(about: DomainFacts) -> Cells:
    names = {"role", "dane", *(column.name for column in (*POLICIES, *MORE))}
    return {name: value for name, value in cells(DOMAINS, domain_row(about)).items() if name in names}


def test_a_domain_that_publishes_everything() -> None:
    published = fully_published(DOMAIN, mta_sts=StsRecord(), tlsa=tlsa_of(HOST, certificate_of(HOST).sha256))
    row = policy_cells(facts(published))
    assert row == {
        "role": "sends-receives",
        "role_reason": "it has MX records, and no SPF that lets nobody send",
        "spf_record": "v=spf1 ip4:192.0.2.1 ip6:2001:db8::/32 include:_spf.mailer.example include:gone.example -all",
        "spf": "valid",
        "spf_all": "fail",
        "spf_lookups": 4,
        "spf_void_lookups": 1,
        "spf_networks": "192.0.2.1/32|203.0.113.0/25|2001:db8::/32",
        "spf_addresses": 129,
        "spf_lower_bound": False,
        "dmarc_record": "v=DMARC1; p=reject; rua=mailto:d@a.example,mailto:reports@dmarc.example; pct=50",
        "dmarc_location": "_dmarc.a.example",
        "dmarc": "valid",
        "dmarc_policy": "reject",
        "dmarc_subdomain_policy": "reject",
        "dmarc_nonexistent_policy": "reject",
        "dmarc_organizational_domain": "a.example",
        "dmarc_policy_rfc7489": "reject",
        "dmarc_subdomain_policy_rfc7489": "reject",
        "dmarc_differs": False,
        "dmarc_testing": False,
        "dmarc_pct": 50,
        "dmarc_rua": "mailto:d@a.example|mailto:reports@dmarc.example",
        "dkim": "present",
        "dkim_selectors": "s1|old",
        "mta_sts": "none",
        "tls_rpt": "valid",
        "tls_rpt_rua": "mailto:t@a.example",
        "dane": "valid",
        "bimi": "valid",
        "bimi_location": "https://a.example/logo.svg",
        "caa_issue": "letsencrypt.org|pki.goog",
        "caa_found_at": "a.example",
    }


def test_a_domain_that_publishes_nothing_has_a_word_for_each_and_no_record() -> None:
    row = policy_cells(facts(published_of(DOMAIN)))
    assert {name: row[name] for name in STATUSES} == {
        "spf": "none",
        "dmarc": "none",
        "dkim": "unknown",
        "mta_sts": "none",
        "tls_rpt": "none",
        "bimi": "none",
        "dane": "unknown",
    }
    assert row["caa_issue"] == ""
    filled = {"spf", "dmarc", "tls_rpt", "mta_sts"}
    assert not {name for name in row if name.startswith(tuple(f"{one}_" for one in filled))} - {
        "dmarc_organizational_domain",
        "dmarc_differs",
    }


def test_a_domain_whose_servers_give_no_answer_is_unknown_throughout() -> None:
    lost = facts_of(route_of(DOMAIN, status=MxStatus.TIMEOUT, error="no reply in 10 s"))
    row = policy_cells(lost)
    assert {name: row[name] for name in STATUSES} == dict.fromkeys(STATUSES, "unknown") | {"spf": "temperror"}
    assert (row["role"], row["mta_sts_reason"]) == ("unknown", "no reply in 10 s")


def test_a_server_named_by_itself_has_no_policy_to_show() -> None:
    row = policy_cells(facts_of(route_of("mx.example", exchange_of("mx.example", "192.0.2.1"), status=MxStatus.DIRECT)))
    assert row == {"role": "unknown", "role_reason": "a server was named, not a domain"}


@pytest.mark.parametrize(
    ("published", "expected"),
    [
        ({"caa": CaaSet(name=DOMAIN, unknown="CAA: servfail")}, {"caa_issue": None}),
        (
            {"tls_rpt": TlsRptRecord(status=RecordStatus.INVALID, text="v=TLSRPTv1", faults=("no rua", "no end"))},
            {"tls_rpt": "invalid", "tls_rpt_reason": "no rua; no end", "tls_rpt_rua": ""},
        ),
        (
            {"tls_rpt": TlsRptRecord(status=RecordStatus.UNKNOWN, unknown="TXT: timeout")},
            {"tls_rpt": "unknown", "tls_rpt_reason": "TXT: timeout", "tls_rpt_rua": None},
        ),
        (
            {"spf": SpfAudit(domain=DOMAIN, status=SpfStatus.TEMPERROR, reason="TXT: servfail")},
            {"spf": "temperror", "spf_reason": "TXT: servfail", "spf_lookups": None, "spf_all": None},
        ),
        (
            {"spf": spf_of(DOMAIN, networks=("0.0.0.0/0",), all=SpfAll.PASS, lower_bound=True)},
            {"spf_addresses": 2**32, "spf_all": "pass", "spf_lower_bound": True},
        ),
        (
            {"dmarc": dmarc_of(DOMAIN, Disposition.REJECT, other=Disposition.NONE)},
            {
                "dmarc_policy": "reject",
                "dmarc_subdomain_policy": "reject",
                "dmarc_policy_rfc7489": "none",
                "dmarc_subdomain_policy_rfc7489": "none",
                "dmarc_differs": True,
            },
        ),
        (
            {"dmarc": DmarcAudit(domain=DOMAIN, status=DmarcStatus.UNKNOWN, reason="_dmarc.a.example TXT: timeout")},
            {"dmarc": "unknown", "dmarc_policy": None, "dmarc_differs": None},
        ),
    ],
)  # fmt: skip
def test_what_is_in_error_or_not_known_says_so(published: dict[str, Any], expected: Cells) -> None:
    row = policy_cells(facts(published_of(DOMAIN, **published)))
    assert {name: row.get(name) for name in expected} == expected


def test_two_ways_of_dmarc_do_not_differ_while_one_is_not_known() -> None:
    half = replace(discovery_of(DOMAIN), complete=False)
    dmarc = replace(dmarc_of(DOMAIN), suffix=half)
    assert "dmarc_differs" not in policy_cells(facts(published_of(DOMAIN, dmarc=dmarc)))


def sts_facts(*patterns: str, mode: str = "enforce", **more: Any) -> DomainFacts:
    """A domain whose MTA-STS policy was fetched from a host with a good certificate."""
    host = certificate_of(f"mta-sts.{DOMAIN}")
    server = certificate_of(HOST)
    about = facts(published_of(DOMAIN, mta_sts=StsRecord(text="v=STSv1; id=1;", id="1")))
    tls = session_of(about.route.endpoints[0], host).tls
    fetch = fetch_of(DOMAIN, *patterns, mode=mode, tls=tls)
    return replace(
        about,
        policy_fetch=replace(fetch, **more),
        certificates={one.sha256: one for one in (host, server)},
    )


@pytest.mark.parametrize("mode", ["enforce", "testing"])
@pytest.mark.parametrize(("pattern", "effect"), [(HOST, "allowed"), ("*.b.example", "not-listed")])
def test_an_exchange_under_mta_sts_is_told_in_testing_too(mode: str, pattern: str, effect: str) -> None:
    about = sts_facts(pattern, mode=mode)
    row = policy_cells(about)
    assert (row["mta_sts"], row["mta_sts_mode"], row["mta_sts_id"]) == ("valid", mode, "1")
    assert (row["mta_sts_max_age_seconds"], row["mta_sts_mx"]) == (604800, pattern)
    assert mx_cells(about)["mta_sts"] == effect


def test_an_exchange_without_starttls_is_rejected() -> None:
    about = sts_facts(HOST)
    plain = session_of(about.route.endpoints[0])
    assert mx_cells(replace(about, sessions={plain.endpoint: plain}))["mta_sts"] == "rejected"
    assert mx_cells(replace(about, sessions={}))["mta_sts"] == "unknown"


def test_a_policy_that_was_not_fetched_is_not_known() -> None:
    row = policy_cells(replace(sts_facts(HOST), policy_fetch=None))
    assert (row["mta_sts"], row.get("mta_sts_mode")) == ("unknown", None)
    lost = policy_cells(sts_facts(HOST, outcome=FetchOutcome.TIMEOUT, body="", tls=None))
    assert (lost["mta_sts"], "mta_sts_mx" in lost) == ("unknown", False)


def mx_cells(about: DomainFacts) -> Cells:
    (exchange,) = about.route.exchanges
    return cells(MX, mx_row(about, effects_of(about), exchange))


def test_tlsa_records_of_an_exchange_are_shown_whole() -> None:
    data = certificate_of(HOST).sha256
    row = mx_cells(facts(published_of(DOMAIN, tlsa=tlsa_of(HOST, data, "ab" * 32))))
    assert (row["tlsa"], row["tlsa_dnssec"]) == (f"3 0 1 {data}|3 0 1 {'ab' * 32}", "secure")
    assert row["dane"] == "valid"
    refused = mx_cells(facts(published_of(DOMAIN, tlsa=tlsa_of(HOST, unknown="TLSA: servfail", failed=True))))
    assert (refused["dane"], refused.get("tlsa")) == ("invalid", None)
    none = mx_cells(facts(published_of(DOMAIN, tlsa=tlsa_of(HOST))))
    assert (none["tlsa"], none["dane"]) == ("", "absent")


def test_tlsa_records_that_could_not_be_looked_up_are_not_none() -> None:
    lost = tlsa_of(HOST, unknown="TLSA: timeout", dnssec=Dnssec.INDETERMINATE)
    row = mx_cells(facts(published_of(DOMAIN, tlsa=lost)))
    assert (row.get("tlsa"), row["dane"], row["tlsa_dnssec"]) == (None, "unknown", "indeterminate")
    unasked = mx_cells(facts(None))
    assert not {"tlsa", "dane", "tlsa_dnssec", "mta_sts"} & set(unasked)


def test_dkim_says_why_it_is_not_known() -> None:
    dkim = replace(published_of(DOMAIN).dkim, status=DkimStatus.ABSENT, reason="_domainkey.a.example: NXDOMAIN")
    row = policy_cells(facts(published_of(DOMAIN, dkim=dkim)))
    assert (row["dkim"], row["dkim_reason"]) == ("absent", "_domainkey.a.example: NXDOMAIN")
    assert (row["dkim_selectors"], "dkim_wildcard" in row) == ("", False)
    revoked = replace(dkim, status=DkimStatus.REVOKED, wildcard="v=DKIM1; p=", wildcard_revoked=True)
    row = policy_cells(facts(published_of(DOMAIN, dkim=revoked)))
    assert (row["dkim"], row["dkim_wildcard"]) == ("revoked", "v=DKIM1; p=")
