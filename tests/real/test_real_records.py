"""SPF, DMARC, DKIM, TLS-RPT, BIMI and CAA records as Knot serves them and Unbound hands them on."""

import dns.flags
import dns.message
import dns.query
import pytest

from tests.real.long_records import ADDRESSES, SPF, TOKENS, dkim_key
from tests.real.policy_world import World
from tests.real.scanning import Tables

pytestmark = [pytest.mark.real, pytest.mark.slow]


@pytest.mark.parametrize("name", ["records.test", "crowded.records.test"])
def test_these_records_do_not_fit_a_datagram(world: World, name: str) -> None:
    resolver = world.resolvers["validating"]
    query = dns.message.make_query(name, "TXT", use_edns=0, payload=1232)
    assert dns.query.udp(query, resolver.address, timeout=5, port=resolver.port).flags & dns.flags.TC


def test_a_long_record_is_read_to_its_end(seen: Tables) -> None:
    row = seen.row("domains", domain="records.test")
    assert (row["spf"], row["spf_record"], row["spf_all"]) == ("valid", SPF, "fail")
    assert row["spf_networks"].split("|") == [f"{address}/32" for address in ADDRESSES]
    assert row["spf_addresses"] == str(len(ADDRESSES))


def test_a_record_is_found_among_many(seen: Tables) -> None:
    row = seen.row("domains", domain="crowded.records.test")
    assert (row["spf"], row["spf_record"], row["spf_networks"]) == ("valid", "v=spf1 mx -all", "127.0.0.41/32")
    answer = seen.row("records", domain="crowded.records.test", name="crowded.records.test", type="TXT")
    assert (answer["status"], answer["dnssec"]) == ("answered", "secure")
    assert sorted(answer["records"].split("|")) == sorted(("v=spf1 mx -all", *TOKENS))


def test_a_record_that_is_cut_within_a_word_is_joined(seen: Tables) -> None:
    row = seen.row("domains", domain="spf-split.records.test")
    assert (row["spf"], row["spf_networks"]) == ("valid", "192.0.2.0/24")


@pytest.mark.parametrize(
    ("domain", "spf", "words"),
    [
        ("spf-bogus.records.test", "temperror", "DNSSEC Bogus"),
        ("spf-forged.records.test", "temperror", "DNSSEC Bogus"),
        ("spf-failing.records.test", "temperror", "servfail"),
        ("spf-dead.records.test", "permerror", "nowhere.records.test has no SPF record"),
        ("spf-several.records.test", "permerror", "2 SPF records"),
        ("spf-elsewhere.records.test", "valid", ""),
    ],
)
def test_an_error_in_spf_is_passing_or_lasting(seen: Tables, domain: str, spf: str, words: str) -> None:
    row = seen.row("domains", domain=domain)
    assert row["spf"] == spf
    assert words in row["spf_reason"]
    failed = seen.failed(domain, "SPF") - {"SPF015"}
    assert bool(failed) is (spf == "permerror")


def test_the_tree_of_includes_crosses_zones(seen: Tables) -> None:
    root, included = seen.rows("spf", domain="spf-elsewhere.records.test")
    assert (root["record_domain"], root["lookups"]) == ("spf-elsewhere.records.test", "1")
    assert (included["record_domain"], included["via"]) == ("_spf.plain.test", "include:_spf.plain.test")
    (_, unknown) = seen.rows("spf", domain="spf-bogus.records.test")
    assert (unknown["record_domain"], unknown["result"]) == ("_spf.broken.test", "temperror")


def test_keys_are_found_whole_and_behind_an_alias(seen: Tables) -> None:
    assert seen.row("domains", domain="records.test")["dkim"] == "present"
    long, alias = sorted(seen.rows("dkim", domain="records.test"), key=lambda row: row["selector"])
    assert (long["selector"], long["key_type"], long["key_bits"], long["record"]) == (
        *("default", "rsa", "4096"),
        dkim_key(),
    )
    assert (alias["selector"], alias["key_type"], alias["canonical_name"]) == (
        *("s1", "ed25519"),
        "s1-records._domainkey.plain.test",
    )
    assert (long["usable"], alias["usable"]) == ("true", "true")


@pytest.mark.parametrize(
    ("domain", "location", "policy", "subdomains"),
    [
        ("records.test", "_dmarc.records.test", "quarantine", "reject"),
        ("child.records.test", "_dmarc.records.test", "reject", "reject"),
        ("wild.records.test", "_dmarc.records.test", "reject", "reject"),
        ("wild-dmarc.records.test", "_dmarc.wild-dmarc.records.test", "reject", "reject"),
    ],
)
def test_a_dmarc_record_is_found_where_it_stands(
    seen: Tables, domain: str, location: str, policy: str, subdomains: str
) -> None:
    row = seen.row("domains", domain=domain)
    assert (row["dmarc"], row["dmarc_location"]) == ("valid", location)
    assert (row["dmarc_policy"], row["dmarc_subdomain_policy"]) == (policy, subdomains)


def test_a_wildcard_is_no_policy_for_every_name(seen: Tables) -> None:
    row = seen.row("domains", domain="wild.records.test")
    assert [row[name] for name in ("mta_sts", "tls_rpt", "dkim", "dkim_selectors")] == ["none", "none", "unknown", ""]
    assert "DMARC013" in seen.failed("wild-dmarc.records.test", "DMARC")
    assert "DMARC013" not in seen.failed("wild.records.test", "DMARC")


def test_reports_to_another_organisation_are_agreed_upon(seen: Tables) -> None:
    row = seen.row("domains", domain="records.test")
    assert row["dmarc_rua"] == "mailto:dmarc@records.test|mailto:reports@plain.test"
    question = seen.row("records", domain="records.test", name="records.test._report._dmarc.plain.test")
    assert (question["status"], question["dnssec"], question["records"]) == ("answered", "insecure", "v=DMARC1")
    assert seen.failed("records.test", "DMARC") == {"DMARC014"}


def test_reports_issuers_and_pictures_are_shown(seen: Tables) -> None:
    row = seen.row("domains", domain="records.test")
    assert (row["tls_rpt"], row["tls_rpt_rua"]) == ("valid", "mailto:tls@records.test|https://records.test/tls")
    assert (row["bimi"], row["bimi_location"]) == ("valid", "https://records.test/logo.svg")
    assert (row["caa_issue"], row["caa_found_at"]) == ("ca.test", "records.test")
    assert seen.row("domains", domain="child.records.test")["caa_found_at"] == "records.test"


def test_a_parked_domain_has_nothing_to_mend(seen: Tables) -> None:
    row = seen.row("domains", domain="parked.records.test")
    assert [row[name] for name in ("role", "mx_status", "spf_all", "dkim", "dmarc_policy", "dane")] == [
        *("parked", "null", "fail", "revoked", "reject", "not-applicable")
    ]
    assert seen.verdicts("parked.records.test") == {}
