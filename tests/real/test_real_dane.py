"""DANE and DNSSEC, by a resolver that validates Knot's signatures and by the certificates that Postfix shows."""

import pytest

from auditor.net.validation import prove_validation
from tests.real.dns_servers import free_server
from tests.real.mail_servers import keep, reload_postfix
from tests.real.policy_world import World
from tests.real.scanning import Row, Tables

pytestmark = [pytest.mark.real, pytest.mark.slow]

ONE_KEY = {"DANE009"}
"""No key but the one in use is published: said wherever one record 3 1 x stands alone."""


@pytest.mark.parametrize(
    ("domain", "dane", "failed"),
    [
        ("dane-none.secure.test", "absent", {"DANE001"}),
        ("dane-ee.secure.test", "valid", ONE_KEY),
        ("dane-512.secure.test", "valid", ONE_KEY),
        ("dane-full.secure.test", "valid", ONE_KEY),
        ("dane-ta.secure.test", "valid", set()),
        ("dane-root.secure.test", "invalid", {"DANE002"}),
        ("dane-whole.secure.test", "valid", ONE_KEY | {"DANE008"}),
        ("dane-ready.secure.test", "valid", set()),
        ("dane-pkix.secure.test", "unusable", {"DANE003"}),
        ("dane-short.secure.test", "unusable", {"DANE003"}),
        ("dane-bare.secure.test", "invalid", {"DANE002"}),
        ("dane-shown.secure.test", "valid", ONE_KEY),
        ("dane-own.secure.test", "valid", ONE_KEY),
        ("dane-part.secure.test", "partial", ONE_KEY | {"DANE007"}),
        ("dane-either.secure.test", "valid", set()),
        ("dane-agile.secure.test", "invalid", {"DANE002"}),
        ("dane-mixed.secure.test", "invalid", {"DANE002", "DANE003"}),
    ],
)
def test_records_are_held_against_what_postfix_presents(seen: Tables, domain: str, dane: str, failed: set[str]) -> None:
    assert seen.row("domains", domain=domain)["dane"] == dane
    assert seen.failed(domain, "DANE") == failed


@pytest.mark.parametrize(
    ("domain", "dane", "failed"),
    [
        ("dane-alone.secure.test", "valid", ONE_KEY),
        ("dane-wrong-ee.secure.test", "valid", ONE_KEY),
        ("dane-wrong-ta.secure.test", "invalid", {"DANE002"}),
        ("dane-old-ee.secure.test", "valid", ONE_KEY),
        ("dane-old-ta.secure.test", "invalid", {"DANE002"}),
    ],
)
def test_issuer_name_and_dates_count_below_an_authority_alone(
    seen: Tables, domain: str, dane: str, failed: set[str]
) -> None:
    assert seen.row("domains", domain=domain)["dane"] == dane
    assert seen.failed(domain, "DANE") == failed


@pytest.mark.parametrize(
    ("domain", "dane", "failed"),
    [
        ("dane-wild.secure.test", "valid", ONE_KEY),
        ("dane-pointer.secure.test", "valid", ONE_KEY),
        ("dane-alias.secure.test", "valid", ONE_KEY | {"DANE010"}),
        ("pinned.hashed.test", "valid", ONE_KEY),
        ("dane-hashed.secure.test", "absent", {"DANE001"}),
        ("sound.forged.test", "valid", ONE_KEY),
    ],
)
def test_wildcards_aliases_and_hashed_denials_are_as_good_as_records(
    seen: Tables, domain: str, dane: str, failed: set[str]
) -> None:
    assert seen.row("domains", domain=domain)["dane"] == dane
    assert seen.failed(domain, "DANE") == failed


@pytest.mark.parametrize(
    ("domain", "exchange", "failed"),
    [
        ("plain.test", "absent", {"DANE005"}),
        ("dane-plain.secure.test", "absent", {"DANE005"}),
        ("dane-odd.secure.test", "absent", {"DANE005"}),
        ("dane-leak.secure.test", "absent", {"DANE005"}),
        ("guest.plain.test", "valid", ONE_KEY | {"DANE006"}),
    ],
)
def test_what_is_not_signed_on_the_way_is_not_applied(
    seen: Tables, domain: str, exchange: str, failed: set[str]
) -> None:
    assert seen.row("domains", domain=domain)["dane"] == "absent"
    assert seen.row("mx", domain=domain)["dane"] == exchange
    assert seen.failed(domain, "DANE") == failed


@pytest.mark.parametrize(
    ("domain", "words"),
    [
        ("dane-forged.secure.test", "DNSSEC Bogus"),
        ("dane-late.secure.test", "Signature Expired"),
        ("dane-lame.secure.test", "servfail"),
    ],
)
def test_an_exchange_whose_records_cannot_be_had_is_passed_over(seen: Tables, domain: str, words: str) -> None:
    row = seen.row("domains", domain=domain)
    assert row["dane"] == "invalid"
    assert words in row["dane_reason"]
    assert seen.failed(domain, "DANE") == {"DANE004"}
    assert seen.verdicts(domain, "DANE")["DANE001"] == "unknown"
    assert seen.row("findings", domain=domain, check="DANE004")["severity"] == "high"


@pytest.mark.parametrize(
    ("domain", "mx", "exchange", "tlsa"),
    [
        ("dane-ee.secure.test", "secure", "secure", "secure"),
        ("dane-none.secure.test", "secure", "secure", "secure"),
        ("dane-hashed.secure.test", "secure", "secure", "secure"),
        ("dane-leak.secure.test", "secure", "secure", "insecure"),
        ("dane-forged.secure.test", "secure", "secure", "bogus"),
        ("dane-lame.secure.test", "secure", "secure", "indeterminate"),
        ("dane-plain.secure.test", "secure", "insecure", "insecure"),
        ("dane-odd.secure.test", "secure", "insecure", "insecure"),
        ("guest.plain.test", "insecure", "secure", "secure"),
        ("plain.test", "insecure", "insecure", "insecure"),
    ],
)
def test_domain_exchange_and_tlsa_each_have_their_own_security(
    seen: Tables, domain: str, mx: str, exchange: str, tlsa: str
) -> None:
    assert seen.row("domains", domain=domain)["dnssec"] == mx
    row = seen.row("mx", domain=domain)
    assert (row["dnssec"], row["tlsa_dnssec"]) == (exchange, tlsa)


def test_a_bogus_domain_is_unknown_in_everything_but_that(seen: Tables) -> None:
    row = seen.row("domains", domain="broken.test")
    assert [row[name] for name in ("mx_status", "dnssec", "dane", "spf", "dmarc", "mta_sts", "tls_rpt")] == [
        *("bogus", "bogus", "unknown", "temperror", "unknown", "unknown", "unknown")
    ]
    assert {check for check, verdict in seen.verdicts("broken.test").items() if verdict == "fail"} == {"DNS001"}


def test_each_record_says_what_it_matches(seen: Tables) -> None:
    next_key, present = sorted(seen.rows("tlsa", domain="dane-ready.secure.test"), key=lambda row: row["matches"])
    assert (next_key["matches"], present["matches"]) == ("", "mx-ready.secure.test/127.0.0.41:25")
    assert {(row["status"], row["dnssec"]) for row in (next_key, present)} == {("valid", "secure")}
    short = seen.row("tlsa", domain="dane-short.secure.test")
    assert "20 octets" in short["fault"]


@pytest.fixture(scope="module")
def rolled(world: World, seen: Tables) -> tuple[Row, Tables]:
    """How it stood before Postfix took another key, certified as the first one was, and a run after that."""
    before = seen.row("endpoints", exchange="mx-rolling.secure.test")
    keep(world.folder, "rolling", *world.authority.issue("good", ("mx-rolling.secure.test",)))
    reload_postfix(world.folder / "postfix")
    return before, world.scan("rolled", ["dane-rolling.secure.test"])


def test_a_new_key_without_a_new_record_keeps_mail_away(rolled: tuple[Row, Tables]) -> None:
    before, after = rolled
    now = after.row("endpoints", exchange="mx-rolling.secure.test")
    assert before["cert_sha256"] != now["cert_sha256"]
    assert (before["cert_trust"], now["cert_trust"]) == ("trusted", "trusted")
    assert (before["dane"], now["dane"]) == ("valid", "invalid")
    assert after.row("domains", domain="dane-rolling.secure.test")["dane"] == "invalid"
    finding = after.row("findings", check="DANE002")
    assert (finding["verdict"], finding["severity"]) == ("fail", "critical")


def test_without_a_resolver_that_validates_nothing_is_known_of_dane(world: World) -> None:
    tables = world.scan("iterating", ["dane-ee.secure.test", "plain.test"], resolver="iterating")
    said = tables.manifest["vantage"]["DNSSEC"]
    assert said.startswith("not proven: ")
    assert "secure.test is not authenticated" in said
    for row in tables.rows("domains"):
        assert (row["dnssec"], row["dane"]) == ("indeterminate", "unknown")
    assert {row["tlsa_dnssec"] for row in tables.rows("mx")} == {"indeterminate"}
    assert {row["verdict"] for row in tables.rows("findings") if row["check"].startswith("DANE")} == {"unknown"}


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (("validating",), ""),
        (("iterating",), "secure.test is not authenticated"),
        (("permissive",), "broken.test is answered"),
        (("validating", "permissive"), "broken.test is answered"),
        (("nobody",), "secure.test gave no fact"),
    ],
    ids=" and ".join,
)
async def test_what_resolvers_show_of_themselves(world: World, names: tuple[str, ...], words: str) -> None:
    known = {**world.resolvers, "nobody": free_server("127.0.0.15")}
    proof = await prove_validation(
        [known[name] for name in names], ("secure.test", "broken.test"), wait_seconds=2, tries=1
    )
    assert proof.trusted is (words == "")
    assert words in proof.words
    assert (str(known[names[-1]]) in proof.words) is bool(words)


def test_a_resolver_that_validates_is_found_out(seen: Tables) -> None:
    said = seen.manifest["vantage"]["DNSSEC"]
    assert said == "validates: secure.test is authenticated, broken.test is bogus"
