"""What an audit says of a record: one test for each thing it tells."""

import pytest

from auditor.model.dns import DnsStatus
from auditor.model.spf import SpfAll, SpfResult, SpfStatus
from tests.policy.spf.zones import Zone, audited, batches, spf

MAIL = {"mail.example.com A": ["192.0.2.7"], "mail.example.com AAAA": ["2001:db8::7"]}
FAILURES = [status for status in DnsStatus if not status.known]


def test_a_name_without_record() -> None:
    audit = audited({"example.com TXT": ["something else", "v=spf10 -all", "spf2.0/pra -all"]})
    assert (audit.status, audit.root, audit.record) == (SpfStatus.NONE, None, "")
    assert audit.reason == "example.com has no SPF record (RFC 7208 §4.5)"


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        (" v=spf1 mx -all", True),
        ("v=spf10 -all", True),
        ('"v=spf1 mx -all"', True),
        ("v=spf1; mx -all", True),
        ("v=spf2.0/pra -all", True),
        ("V = SPF1 -all", True),
        ("spf2.0/mfrom,pra -all", False),
        ("google-site-verification=v=spf1", False),
    ],
)
def test_what_is_meant_as_a_record_and_is_none_is_told(text: str, meant: bool) -> None:
    audit = audited({"example.com TXT": [text]})
    assert (audit.status, audit.look_alikes) == (SpfStatus.NONE, (repr(text),) if meant else ())


def test_a_name_of_one_label_is_not_asked_about() -> None:
    audit = audited({"com TXT": ["v=spf1 -all"]}, domain="com")
    assert (audit.status, audit.reason) == (
        SpfStatus.NONE,
        "'com' is no domain name of several labels (RFC 7208 §4.3)",
    )


def test_several_records_are_all_shown() -> None:
    audit = audited({"example.com TXT": ["v=spf1 -all", "x", "V=SPF1 mx"]})
    assert (audit.status, audit.root, audit.record) == (SpfStatus.PERMERROR, None, "v=spf1 -all | V=SPF1 mx")
    assert "2 SPF records" in audit.reason


@pytest.mark.parametrize("failure", FAILURES)
def test_a_record_that_could_not_be_obtained_is_not_absent(failure: DnsStatus) -> None:
    audit = audited({"example.com TXT": failure})
    assert (audit.status, audit.root) == (SpfStatus.TEMPERROR, None)
    assert failure.value in audit.reason


@pytest.mark.parametrize(
    ("record", "more", "expected"),
    [
        ("v=spf1 -all", {}, SpfAll.FAIL),
        ("v=spf1 ~ALL", {}, SpfAll.SOFTFAIL),
        ("v=spf1 ?all", {}, SpfAll.NEUTRAL),
        ("v=spf1 all", {}, SpfAll.PASS),
        ("v=spf1 -all +all", {}, SpfAll.FAIL),
        ("v=spf1 all=x ~all", {}, SpfAll.SOFTFAIL),
        ("v=spf1", {}, SpfAll.NONE),
        ("v=spf1 include:a.example.com", {"a": "v=spf1 -all"}, SpfAll.NONE),
        ("v=spf1 redirect=a.example.com", {"a": "v=spf1 redirect=b.example.com", "b": "v=spf1 ~all"}, SpfAll.SOFTFAIL),
        ("v=spf1 redirect=a.example.com", {"a": "v=spf1"}, SpfAll.NONE),
        ("v=spf1 redirect=a.example.com ~all", {"a": "v=spf1 -all"}, SpfAll.SOFTFAIL),
        ("v=spf1 redirect=gone.example.com", {}, SpfAll.NONE),
        ("v=spf1 redirect=%{i}.example.com", {}, SpfAll.UNKNOWN),
    ],
)
def test_all_is_that_of_the_record_or_of_where_it_redirects(
    record: str, more: dict[str, str], expected: SpfAll
) -> None:
    assert audited(spf(record, **more)).all is expected


def test_all_of_a_redirect_that_could_not_be_obtained_is_unknown() -> None:
    audit = audited({**spf("v=spf1 redirect=a.example.com"), "a.example.com TXT": DnsStatus.TIMEOUT})
    assert (audit.all, audit.status) == (SpfAll.UNKNOWN, SpfStatus.TEMPERROR)


def test_the_tree_tells_when_each_record_is_reached_and_what_it_costs() -> None:
    zone = spf(
        "v=spf1 a:mail.example.com include:a.example.com mx redirect=b.example.com",
        a="v=spf1 exists:mail.example.com include:c.example.com ?all",
        b="v=spf1 ip4:192.0.2.1 -all",
        c="v=spf1 -all",
    )
    audit = audited({**zone, **MAIL, "example.com MX": ["10 mail.example.com"]})
    assert audit.root is not None
    a, b = audit.root.children
    assert [(one.domain, one.via, one.reached_at, one.lookups) for one in (audit.root, a, *a.children, b)] == [
        ("example.com", "", 0, 6),
        ("a.example.com", "include:a.example.com", 2, 2),
        ("c.example.com", "include:c.example.com", 4, 0),
        ("b.example.com", "redirect=b.example.com", 6, 0),
    ]
    assert (audit.lookups, audit.lower_bound, audit.status) == (6, False, SpfStatus.VALID)


def test_each_level_is_asked_for_in_one_round() -> None:
    zone = spf(
        "v=spf1 a:mail.example.com include:a.example.com include:b.example.com mx redirect=c.example.com",
        a="v=spf1 exists:x.example.com",
        b="v=spf1 include:a.example.com",
        c="v=spf1 -all",
    )
    assert batches({**zone, **MAIL, "example.com MX": ["10 mx.example.com", "0 ."]}) == [
        ["example.com TXT"],
        [
            *("a.example.com TXT", "b.example.com TXT", "c.example.com TXT"),
            *("mail.example.com A", "mail.example.com AAAA", "example.com MX"),
        ],
        ["x.example.com A", "mx.example.com A", "mx.example.com AAAA"],
    ]


def test_eleven_lookups_are_too_many_and_the_whole_tree_is_kept() -> None:
    names = [f"n{number}" for number in range(12)]
    record = " ".join(f"include:{name}.example.com" for name in names)
    audit = audited(spf(f"v=spf1 {record} -all", **dict.fromkeys(names, "v=spf1 ip4:192.0.2.1 -all")))
    assert audit.status is SpfStatus.PERMERROR
    assert audit.reason == ("12 lookups, 10 are allowed (RFC 7208 §4.6.4); the eleventh is include:n10.example.com")
    assert audit.root is not None
    assert [child.domain for child in audit.root.children if child.reached_at > 10] == [
        "n10.example.com",
        "n11.example.com",
    ]


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        (
            spf("v=spf1 mx ip4:1.2.3 -all"),
            "example.com: term 2, ip4:1.2.3: '1.2.3' is not an IPv4 address (RFC 7208 §5.6)",
        ),
        (
            spf("v=spf1 include:a.example.com -all", a="v=spf1 mx moo"),
            "a.example.com: term 2, moo: there is no mechanism moo (RFC 7208 §4.6.1)",
        ),
        (
            spf("v=spf1 include:a.example.com -all"),
            (
                "example.com: term 1, include:a.example.com: a.example.com has no SPF record (RFC 7208 §4.5), "
                "which is an error for include (§5.2)"
            ),
        ),
        (
            spf("v=spf1 redirect=a.example.com"),
            (
                "example.com: term 1, redirect=a.example.com: a.example.com has no SPF record (RFC 7208 §4.5), "
                "which is an error for redirect (§6.1)"
            ),
        ),
        (
            {**spf("v=spf1 include:a.example.com"), "a.example.com TXT": ["v=spf1", "v=spf1 -all"]},
            "example.com: term 1, include:a.example.com: a.example.com has 2 SPF records (RFC 7208 §4.5)",
        ),
        (
            {**spf("v=spf1 mx -all"), "example.com MX": [f"1 m{number}.example.com" for number in range(11)]},
            "example.com: term 1, mx: 11 exchanges, 10 are allowed (RFC 7208 §4.6.4)",
        ),
        (
            spf("v=spf1 include:a..example.com -all"),
            (
                "example.com: term 1, include:a..example.com: that is no domain name of several labels "
                "(RFC 7208 §4.3), which is an error for include (§5.2)"
            ),
        ),
        (
            spf("v=spf1 redirect=a.example.com redirect=a.example.com", a="v=spf1"),
            "example.com: redirect= stands 2 times (RFC 7208 §6)",
        ),
    ],
)
def test_a_permanent_error_is_told_with_record_term_and_section(zone: Zone, words: str) -> None:
    audit = audited(zone)
    assert (audit.status, audit.reason) == (SpfStatus.PERMERROR, words)


@pytest.mark.parametrize("failure", FAILURES)
@pytest.mark.parametrize(
    "asked", ["a.example.com TXT", "mail.example.com A", "mail.example.com AAAA", "x.example.com A"]
)
def test_a_lookup_without_fact_is_a_temporary_error_and_the_tree_is_kept(asked: str, failure: DnsStatus) -> None:
    zone = spf("v=spf1 a:mail.example.com include:a.example.com exists:x.example.com -all", a="v=spf1 -all")
    audit = audited({**zone, **MAIL, "x.example.com A": ["127.0.0.2"], asked: failure})
    assert audit.status is SpfStatus.TEMPERROR
    assert f"{asked.split()[1]}: {failure}" in audit.reason
    assert audit.root is not None
    assert (audit.lookups, len(audit.root.children)) == (3, 1)


def test_a_permanent_error_is_told_before_a_temporary_one() -> None:
    zone = spf("v=spf1 include:slow.example.com include:gone.example.com -all")
    audit = audited({**zone, "slow.example.com TXT": DnsStatus.TIMEOUT})
    assert audit.status is SpfStatus.PERMERROR
    assert audit.root is not None
    assert [child.result for child in audit.root.children] == [SpfResult.TEMPERROR, SpfResult.NONE]


def test_a_modifier_that_was_meant_as_a_mechanism_is_ignored_and_told_of() -> None:
    audit = audited(spf("v=spf1 ip4=192.0.2.1 moo=cow -all"))
    assert (audit.status, audit.ignored, audit.networks) == (SpfStatus.VALID, ("ip4=192.0.2.1",), ())


def test_what_all_makes_unreachable_is_ignored_and_not_asked_for() -> None:
    zone = spf("v=spf1 -all include:a.example.com mx moo=cow redirect=b.example.com", a="v=spf1 +all")
    audit = audited(zone)
    assert audit.ignored == ("include:a.example.com", "mx", "redirect=b.example.com")
    assert (audit.lookups, audit.networks) == (0, ())
    assert batches(zone) == [["example.com TXT"]]


def test_ptr_is_discouraged_wherever_it_stands() -> None:
    audit = audited(spf("v=spf1 ptr include:a.example.com -all", a="v=spf1 ?ptr:example.net"))
    assert audit.discouraged == ("ptr", "?ptr:example.net of a.example.com")
    assert (audit.lookups, audit.authorises, audit.status) == (3, True, SpfStatus.VALID)


def test_macros_of_the_sender_hide_what_is_behind_them_and_those_of_the_domain_do_not() -> None:
    zone = spf("v=spf1 exists:%{i}.l.%{d} include:%{o1}.%{d} include:a.%{d} -all", com="v=spf1 -all", a="v=spf1 a:%{o}")
    audit = audited({**zone, "example.com A": ["192.0.2.1"]})
    assert audit.root is not None
    assert audit.root.unresolved == ("exists:%{i}.l.%{d}: depends on the sender",)
    assert [child.domain for child in audit.root.children] == ["com.example.com", "a.example.com"]
    assert (audit.lower_bound, audit.lookups, audit.networks) == (True, 4, ("192.0.2.1/32",))


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ("v=spf1 -all", False),
        ("v=spf1 ~ip4:192.0.2.1 -all", False),
        ("v=spf1 ip4:192.0.2.1 -all", True),
        ("v=spf1 -ip4:192.0.2.0/24 ip4:192.0.2.1 -all", False),
        ("v=spf1 a:gone.example.com -all", False),
        ("v=spf1 exists:%{i}.example.com -all", True),
        ("v=spf1 -exists:%{i}.example.com -all", False),
        ("v=spf1 ptr -all", True),
        ("v=spf1 include:a.example.com -all", False),
        ("v=spf1 include:slow.example.com -all", True),
        ("v=spf1 -include:slow.example.com -all", False),
        ("v=spf1 include:b.example.com -all", True),
        ("v=spf1 redirect=b.example.com", True),
        ("v=spf1 a:slow.example.com -all", True),
        ("v=spf1 +all", True),
    ],
)
def test_whether_somebody_can_pass(record: str, *, expected: bool) -> None:
    zone = spf(record, a="v=spf1 ?all", b="v=spf1 ptr ?all")
    slow = {"slow.example.com TXT": DnsStatus.TIMEOUT, "slow.example.com A": DnsStatus.TIMEOUT}
    assert audited({**zone, **slow}).authorises is expected


def test_a_loop_is_an_error_of_the_record_that_closes_it_and_spends_all_lookups() -> None:
    audit = audited(spf("v=spf1 include:a.example.com -all", a="v=spf1 ip4:192.0.2.1 include:example.com"))
    assert audit.root is not None
    (child,) = audit.root.children
    assert (audit.status, audit.lookups, child.lookups, audit.lower_bound) == (SpfStatus.PERMERROR, 11, 10, True)
    assert child.children == ()
    assert child.errors[0].startswith("term 2, include:example.com: a loop, for it leads back to example.com")


def test_exchanges_are_tried_as_senders_without_asking_again() -> None:
    zone = {
        **spf("v=spf1 mx ~ip4:192.0.2.0/24 -all exp=why.example.com"),
        **MAIL,
        "example.com MX": ["1 mail.example.com"],
    }
    addresses = ["192.0.2.7", "192.0.2.8", "2001:db8::7", "2001:db8::8"]
    assert [result.value for _, result in audited(zone, addresses).exchanges] == ["pass", "softfail", "pass", "fail"]
    assert audited(zone, addresses).exchanges[0] == ("192.0.2.7", SpfResult.PASS)


def test_more_than_sixty_questions_are_not_asked_and_it_says_so() -> None:
    names = [f"m{number}.example.com" for number in range(4)]
    zone = spf(f"v=spf1 {' '.join(f'mx:{name}' for name in names)} -all")
    for name in names:
        zone[f"{name} MX"] = [f"{number} x{number}.{name}" for number in range(10)]
        zone |= {f"x{number}.{name} A": ["192.0.2.1"] for number in range(10)}
        zone |= {f"x{number}.{name} AAAA": ["2001:db8::1"] for number in range(10)}
    audit = audited(zone, ["198.51.100.1"])
    assert sum(map(len, batches(zone))) == 60
    assert (audit.status, audit.lower_bound, audit.lookups) == (SpfStatus.VALID, True, 4)
    assert audit.reason == (
        "mx:m2.example.com and more: not looked at, for there is too much of it "
        "(more than 60 questions, 60 records or 5000 terms)"
    )
    assert audit.root is not None
    assert len(audit.root.unresolved) == 2
    assert audit.exchanges == (("198.51.100.1", SpfResult.TEMPERROR),)


def test_records_that_name_one_another_again_and_again_end() -> None:
    zone = spf(f"v=spf1 {'include:a0.example.com ' * 10}-all", a5="v=spf1 -all")
    for number in range(5):
        zone |= {f"a{number}.example.com TXT": [f"v=spf1 {f'include:a{number + 1}.example.com ' * 10}-all"]}
    audit = audited(zone)
    assert (audit.status, audit.lower_bound) == (SpfStatus.PERMERROR, True)
    assert audit.lookups > 60


def test_records_of_thousands_of_terms_are_not_followed_without_end() -> None:
    networks = " ".join(f"ip4:10.{high}.{low}.0/24" for high in range(10) for low in range(0, 250, 2))
    zone = spf(f"v=spf1 {networks} include:a0.example.com -all")
    zone |= {f"a{at}.example.com TXT": [f"v=spf1 {networks} include:a{at + 1}.example.com ~all"] for at in range(9)}
    audit = audited(zone)
    assert (audit.status, audit.lower_bound) == (SpfStatus.VALID, True)
    assert audit.lookups == 4
    assert "5000 terms" in audit.reason


def test_of_thousands_of_errors_a_few_are_told() -> None:
    audit = audited(spf(f"v=spf1 {'x: ' * 5000}-all"))
    assert audit.root is not None
    assert (len(audit.root.errors), audit.root.errors[-1]) == (21, "and 4980 more")


def test_of_thousands_of_terms_that_do_nothing_a_few_are_told() -> None:
    repeated = " ".join(f"ip4:10.{high}.{low}.0/24 ip4:10.{high}.{low}.1" for high in range(5) for low in range(250))
    after = " ".join(f"a:h{number}.example.com" for number in range(1000))
    audit = audited(spf(f"v=spf1 {repeated} -all {after}"))
    assert (len(audit.overlaps), audit.overlaps[-1]) == (21, "and 1230 more")
    assert (len(audit.ignored), audit.ignored[-1]) == (21, "and 980 more")
