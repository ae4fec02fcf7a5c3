"""Rules of judging what senders publish: what weighs more, what is told, and whom it does not concern."""

import pytest

from auditor.checks import Selection, judge
from auditor.model.dkim import DkimKey
from auditor.model.dmarc import Disposition, DmarcStatus, ReportAddress
from auditor.model.facts import DomainFacts
from auditor.model.finding import Severity, Verdict
from auditor.model.spf import SpfAll, SpfNode, SpfResult, SpfStatus
from tests.checks.builders import ROUTE_FAILED, Spoil, all_of, evidence, good, judged, severities, verdicts
from tests.checks.cases_senders import KEYS_UNANSWERED, NO_DMARC, elsewhere, permerror
from tests.checks.other_ways_published import FROM_ABOVE, WEB_SITE
from tests.checks.published import DOMAIN, good_key
from tests.checks.spoilt import (
    NO_SPF,
    NOBODY_SENDS,
    PARKED,
    declared,
    discovery,
    dkim,
    dmarc,
    dmarc_record,
    publication,
    spf,
    spf_root,
)

PASS, FAIL, UNKNOWN, NA = Verdict.PASS, Verdict.FAIL, Verdict.UNKNOWN, Verdict.NOT_APPLICABLE


def lines(check: str, facts: DomainFacts) -> list[str]:
    """The lines to type of each finding."""
    return [one.reproduce for one in judge(facts, Selection(include=(check,))).findings]


# Roles


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (
            NOBODY_SENDS,
            "the domain sends no mail; its role is receives: it has MX records, and SPF that lets nobody send",
        ),
        (PARKED, "the domain sends no mail; its role is parked: it has a null MX, and no SPF that lets anybody send"),
        (declared("receives"), "the domain sends no mail; its role is receives: the list's column role says so"),
    ],
)
def test_who_sends_nothing_needs_no_key_and_is_told_why(spoil: Spoil, reason: str) -> None:
    for check in ("SPF001", "DKIM001", "CROSS003"):
        assert evidence(check, spoil(good())) == reason


def test_a_web_site_should_have_spf_but_is_not_known_to_sign() -> None:
    facts = WEB_SITE(good())
    assert verdicts("SPF001", facts) == {FAIL}
    assert evidence("DKIM001", facts).startswith("it is not known whether the domain sends mail: it has an address")


def test_where_the_route_is_not_known_what_is_published_is_judged_all_the_same() -> None:
    facts = all_of(ROUTE_FAILED, NO_SPF)(good())
    assert verdicts("SPF001", facts) == {FAIL}
    assert verdicts("DMARC001", facts) == {PASS}
    assert verdicts("DKIM001", facts) == {UNKNOWN}


def test_a_subdomain_under_an_enforced_policy_is_covered_and_the_proof_is_told() -> None:
    facts = all_of(NO_SPF, FROM_ABOVE)(good())
    assert "reject of _dmarc.org.example" in evidence("SPF001", facts)
    assert verdicts("SPF001", discovery(policy=Disposition.NONE)(facts)) == {FAIL}
    assert verdicts("SPF001", all_of(NO_SPF, dmarc(tree=None, reason="timeout"))(good())) == {FAIL}


# SPF


def test_what_is_behind_an_include_is_told_with_the_name_to_look_at() -> None:
    gone = SpfNode(domain="gone.example", via="include:gone.example", result=SpfResult.NONE)
    twice = SpfNode(domain="b.example", via="include:b.example", record="v=spf1 x", errors=("term 1: x",))
    facts = all_of(permerror("broken"), spf_root(children=(gone, twice, twice)))(good())
    assert [one.evidence for one in judged("SPF003", facts)] == [
        "include:gone.example: gone.example has no SPF record",
        "b.example: term 1: x",
    ]
    assert [one.splitlines()[2] for one in lines("SPF003", facts)] == [
        "dig +short gone.example TXT",
        "dig +short b.example TXT",
    ]


def test_an_error_of_unknown_place_is_told_by_its_reason() -> None:
    assert evidence("SPF003", permerror("include loops")(good())) == "include loops"


def test_what_is_listed_after_the_tenth_lookup_is_named() -> None:
    late = SpfNode(domain="late.example", via="include:late.example", record="v=spf1 -all", reached_at=11)
    facts = all_of(permerror("12 lookups", lookups=12, lower_bound=True), spf_root(children=(late,)))(good())
    assert evidence("SPF004", facts) == "at least 12 lookups, 10 are allowed; not reached: late.example"


def test_macros_that_hide_a_part_are_named() -> None:
    facts = all_of(
        spf(lookups=3, lower_bound=True), spf_root(unresolved=("include:%{i}.x.example: depends on the sender",))
    )(good())
    assert evidence("SPF004", facts) == (
        "at least 3 lookups, without what is behind include:%{i}.x.example: depends on the sender"
    )


def test_a_macro_that_leads_to_no_other_record_is_counted_whole() -> None:
    exists = ("exists:%{i}.a.example: depends on the sender",)
    facts = all_of(spf(lookups=3, lower_bound=True), spf_root(unresolved=exists))(good())
    assert verdicts("SPF004", facts) == verdicts("SPF006", facts) == {PASS}
    both = all_of(spf(voids_ipv4=2), spf_root(unresolved=exists))(good())
    assert evidence("SPF006", both) == f"2 void lookups were counted, without {exists[0]}"


def test_one_line_that_shows_two_things_is_typed_once() -> None:
    facts = all_of(permerror("broken"), spf_root(errors=("term 1: x",)))(good())
    assert lines("SPF003", facts) == ["dig +short example.com TXT\n# expect: v=spf1"]


@pytest.mark.parametrize(
    ("networks", "words"),
    [
        (("0.0.0.0/0",), "0.0.0.0/0 lets every sender with IPv4 pass"),
        (("::/0",), "::/0 lets every sender with IPv6 pass"),
        (("0.0.0.0/0", "::/0"), "0.0.0.0/0, ::/0 lets every sender with IPv4 and IPv6 pass"),
    ],
)
def test_a_whole_family_that_passes_is_everybody(networks: tuple[str, ...], words: str) -> None:
    assert evidence("SPF008", spf(networks=networks)(good())) == words
    assert verdicts("SPF008", spf(networks=("192.0.2.0/24", "10.0.0.0/1"))(good())) == {PASS}


def test_a_record_without_an_end_is_neutral() -> None:
    assert "neither all nor redirect=" in evidence("SPF009", spf(all=SpfAll.NONE)(good()))


def test_a_long_record_counts_with_its_name_as_the_rfc_counts() -> None:
    fits = "v=spf1 " + "a" * (449 - len(DOMAIN) - 7)
    assert verdicts("SPF016", spf_root(record=fits)(good())) == {PASS}
    assert evidence("SPF016", spf_root(record=f"{fits}a")(good())) == "example.com: 450 octets with its name"
    assert lines("SPF016", spf_root(record=f"{fits}a")(good())) == ["dig example.com TXT\n# expect: MSG SIZE"]


def test_voids_alone_matter_less_under_dmarc_than_other_errors() -> None:
    assert severities("CROSS002", permerror("3 voids", voids_ipv4=3)(good())) == {Severity.MEDIUM}
    assert severities("CROSS002", permerror("both", voids_ipv4=3, lookups=11)(good())) == {Severity.HIGH}
    broken = all_of(permerror("both", voids_ipv4=3), spf_root(errors=("term 1",)))
    assert severities("CROSS002", broken(good())) == {Severity.HIGH}


def test_voids_of_a_family_of_which_nobody_passes_are_an_information() -> None:
    facts = spf(voids_ipv6=3, empty_ipv6=3, families=(4,))(good())
    assert severities("SPF006", facts) == severities("CROSS002", facts) == set()
    assert severities("SPF007", facts) == {Severity.INFO}


def test_voids_of_a_family_of_which_somebody_passes_weigh_more() -> None:
    facts = permerror("3 voids", voids_ipv6=3, empty_ipv6=3)(good())
    assert severities("SPF006", facts) == severities("CROSS002", facts) == {Severity.MEDIUM}
    assert severities("SPF007", facts) == {Severity.LOW}


def test_senders_that_are_not_known_as_networks_may_be_hit() -> None:
    hidden = spf_root(unresolved=("exists:%{i}.example.com: depends on the sender",))
    for more in (hidden, spf(discouraged=("ptr",))):
        facts = all_of(spf(empty_ipv6=3, families=(4,)), more)(good())
        assert severities("SPF007", facts) == {Severity.LOW}


# DMARC


def test_several_records_at_the_name_itself_matter_though_one_further_up_applies() -> None:
    facts = all_of(FROM_ABOVE, dmarc(several=("_dmarc.example.com",)))(good())
    assert severities("DMARC002", facts) == {Severity.MEDIUM}
    assert "one further up applies" in evidence("DMARC002", facts)


def test_a_policy_lowered_by_a_test_is_said_to_be() -> None:
    lowered = all_of(
        dmarc_record(p=Disposition.QUARANTINE, testing=True),
        discovery(policy=Disposition.NONE),
    )(good())
    assert evidence("DMARC003", lowered) == (
        "the policy in effect is none, lowered from quarantine by t=y, by _dmarc.example.com"
    )


def test_a_test_that_older_receivers_do_not_know_is_one_finding() -> None:
    tested = all_of(dmarc_record(testing=True), _older_apply(Disposition.REJECT))(good())
    assert verdicts("DMARC011", tested) == {PASS}
    assert evidence("DMARC006", tested).endswith("which receivers of RFC 7489 do not know: they apply reject")
    assert evidence("DMARC006", dmarc_record(testing=True)(good())) == "t=y in _dmarc.example.com"


def _older_apply(policy: Disposition) -> Spoil:
    """The newer receivers come to quarantine, the older ones to that policy, by the same record."""

    def spoil(facts: DomainFacts) -> DomainFacts:
        older = publication(discovery(policy=policy)(facts)).dmarc.suffix
        return dmarc(suffix=older)(discovery(policy=Disposition.QUARANTINE)(facts))

    return spoil


def test_a_subdomain_without_policy_is_weaker_than_any() -> None:
    facts = discovery(subdomain_policy=None)(good())
    assert evidence("DMARC004", facts) == "no policy for subdomains, reject for the domain itself"
    facts = discovery(nonexistent_policy=None)(good())
    assert evidence("DMARC005", facts) == "no policy for names that do not exist, reject for those that do"


def test_reports_on_single_messages_matter_less_and_the_name_is_filled_in() -> None:
    facts = elsewhere(authorised=False, reason="no record", tag="ruf")(good())
    assert severities("DMARC010", facts) == {Severity.LOW}
    assert "dig +short example.com._report._dmarc.other.example TXT" in lines("DMARC010", facts)[0]


def test_an_outsider_that_gets_no_reports_is_told_of_once() -> None:
    refused = tuple(
        ReportAddress(
            uri=f"mailto:a{number}@{host}", tag=tag, external=True, authorised=False, reason="no record", question=host
        )
        for host in ("one.example", "other.example")
        for tag in ("rua", "ruf")
        for number in range(1000)
    )
    told = [one.evidence for one in judged("DMARC010", dmarc(reports=refused)(good()))]
    assert [one.partition("=")[0] for one in told] == ["rua", "ruf", "rua", "ruf"]
    assert all(one.endswith(", and 980 more: no record") for one in told)


def test_a_look_alike_beside_a_record_that_counts_is_only_in_the_way() -> None:
    alike = dmarc(look_alikes=("v=dmarc1; p=none",))
    assert severities("DMARC015", alike(good())) == {Severity.LOW}
    assert severities("DMARC015", all_of(FROM_ABOVE, alike)(good())) == {Severity.HIGH}
    assert severities("DMARC015", all_of(NO_DMARC, alike)(good())) == {Severity.HIGH}


def test_a_record_that_does_not_count_is_one_finding_not_two() -> None:
    facts = dmarc(status=DmarcStatus.INVALID, reason="2 records at _dmarc.example.com")(good())
    assert {one.check for one in judge(facts, Selection(("DMARC",))).findings} == {"DMARC002"}


# DKIM


def test_a_key_of_under_1024_bits_is_worse_and_the_selector_is_filled_in() -> None:
    short = DkimKey(selector="old", name="old._domainkey.example.com", record="p=", key_bits=768)
    facts = dkim(keys=(good_key(), short))(good())
    assert severities("DKIM003", facts) == {Severity.HIGH}
    assert lines("DKIM003", facts)[0].startswith("dig +short old._domainkey.example.com TXT\n")


def test_where_no_selector_is_known_the_line_leaves_it_to_the_reader() -> None:
    (line,) = lines("DKIM003", KEYS_UNANSWERED(good()))
    assert line.startswith("dig +short SELECTOR._domainkey.example.com TXT\n# note: the selector is s= in")


def test_a_selector_that_leads_nowhere_is_filled_in() -> None:
    facts = dkim(dead=("s9: gone.example",))(good())
    assert lines("DKIM009", facts)[0].startswith("dig +short s9._domainkey.example.com CNAME\n# expect: gone.example.")


def test_a_key_in_use_is_enough_to_pass_dmarc_whatever_spf_says() -> None:
    facts = all_of(spf(status=SpfStatus.TEMPERROR, reason="TXT: timeout"), declared("sends"))(good())
    assert verdicts("CROSS003", facts) == {PASS}


def test_what_is_meant_as_spf_and_is_none_is_shown() -> None:
    facts = all_of(NO_SPF, spf(look_alikes=("' v=spf1 -all'",)))(good())
    assert evidence("SPF001", facts).endswith("meant as one, but none to receivers: ' v=spf1 -all'")
