"""Records and macro strings, read by their grammar."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.model.dns import Answer, DnsStatus, Question
from auditor.policy.spf.lookups import target_name
from auditor.policy.spf.macros import parse_macros
from auditor.policy.spf.record import parse_record, spf_texts
from auditor.policy.spf.terms import parse_term

# The example of §7.4: mail from strong-bad@email.example.com, 192.0.2.3, and 2001:db8::cb01.
VALUES = {
    "s": "strong-bad@email.example.com",
    "l": "strong-bad",
    "o": "email.example.com",
    "d": "email.example.com",
    "i": "192.0.2.3",
    "v": "in-addr",
    "h": "mx.example.org",
}
IPV6 = "2.0.0.1.0.D.B.8.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.C.B.0.1"


@pytest.mark.parametrize(
    "text",
    [
        *("all", "-ALL", "a", "a/0", "a//128", "a/24//64", "a:x.example", "A:x.example./32", "mx", "~mx:%{d}/8"),
        *("ptr", "ptr:%{d}", "include:%{ir}.x.example", "exists:%{l1r+-}.a-b", "ip4:192.0.2.1", "?ip4:0.0.0.0/0"),
        *("ip6:::", "ip6:2001:db8::/32", "ip6:::ffff:192.0.2.1/96", "redirect=_x.example", "exp=%{o}.x.example"),
        *("moo=", "x.y-z_0=a/b:c%%%_%-", "a:1.example.xn--p1ai", "a:x/y.example", "a:x:y.example", "a:%%", "a:x.1a"),
    ],
)
def test_a_term_that_is_right(text: str) -> None:
    assert parse_term(1, text).fault == ""


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("moo", "there is no mechanism moo (RFC 7208 §4.6.1)"),
        ("redirect:x.example", "a modifier is written redirect= (RFC 7208 §6)"),
        ("--all", "neither a mechanism nor a modifier (RFC 7208 §4.6.1)"),
        ("=x", "neither a mechanism nor a modifier (RFC 7208 §4.6.1)"),
        ("a\tmx", "neither a mechanism nor a modifier (RFC 7208 §4.6.1)"),
        ("all/8", "nothing may follow all (RFC 7208 §5.1)"),
        ("include", "include needs a domain, without a length (RFC 7208 §5.2, §5.7)"),
        ("exists/24", "exists needs a domain, without a length (RFC 7208 §5.2, §5.7)"),
        ("ptr/24", "ptr takes a domain, but no length (RFC 7208 §5.5)"),
        ("a/33", "/33 is no length from 0 to 32 (RFC 7208 §5.6)"),
        ("mx//129", "/129 is no length from 0 to 128 (RFC 7208 §5.6)"),
        ("a/024", "/024 is no length from 0 to 32 (RFC 7208 §5.6)"),
        ("a/24/64", "'/24/64' is not /length//length, for IPv4 and IPv6 (RFC 7208 §5.6)"),
        ("a/", "'/' is not /length//length, for IPv4 and IPv6 (RFC 7208 §5.6)"),
        ("a:", "the domain is missing (RFC 7208 §7.1)"),
        ("redirect=", "the domain is missing (RFC 7208 §7.1)"),
        ("a:host", "the domain does not end in a top-level label (RFC 7208 §7.1)"),
        ("a:x.123", "the domain does not end in a top-level label (RFC 7208 §7.1)"),
        ("a:x.-y", "the domain does not end in a top-level label (RFC 7208 §7.1)"),
        ("a:%{d}x", "the domain does not end in a top-level label (RFC 7208 §7.1)"),
        ("a:192.0.2.1", "an address, where a domain is wanted; ip4: lists addresses (RFC 7208 §5.6, §7.1)"),
        ("include:x.example/24", "the domain does not end in a top-level label (RFC 7208 §7.1)"),
        ("ip4", "'' is not an IPv4 address (RFC 7208 §5.6)"),
        ("ip4:192.0.2", "'192.0.2' is not an IPv4 address (RFC 7208 §5.6)"),
        ("ip4:192.0.2.01", "'192.0.2.01' is not an IPv4 address (RFC 7208 §5.6)"),
        ("ip4:192.0.2.1/", "/ is no length from 0 to 32 (RFC 7208 §5.6)"),
        ("ip4:192.0.2.1//24", "//24 is no length from 0 to 32 (RFC 7208 §5.6)"),
        ("ip4:2001:db8::1", "'2001:db8::1' is not an IPv4 address (RFC 7208 §5.6)"),
        ("ip6:192.0.2.1", "'192.0.2.1' is not an IPv6 address (RFC 7208 §5.6)"),
        ("ip6:fe80::1%eth0", "'fe80::1%eth0' is not an IPv6 address (RFC 7208 §5.6)"),
        ("ip6:::/129", "/129 is no length from 0 to 128 (RFC 7208 §5.6)"),
        ("exists:%{x}.example", "there is no macro letter x (RFC 7208 §7.2)"),
        ("exists:%{c}.example", "macro letter c is for explanations alone (RFC 7208 §7.2)"),
        ("exists:%{d0}.example", "%{d0} keeps no part (RFC 7208 §7.3)"),
        ("exists:%(d).example", "'%(d).example' is no macro (RFC 7208 §7.1)"),
        ("moo=100%", "'%' is no macro (RFC 7208 §7.1)"),
        ("moo=caf\xe9", r"the character '\xe9' may not stand there (RFC 7208 §7.1)"),
    ],
)
def test_a_term_that_is_wrong_says_why(text: str, fault: str) -> None:
    assert parse_term(1, text).fault == fault


def test_errors_are_told_with_the_position_of_the_term() -> None:
    record = parse_record("v=spf1  mx ip4:1 a:x\xe9.example exp=a.example -all exp=b.example")
    assert [error.partition(": ")[0] for error in record.errors] == [
        "term 2, ip4:1",
        r"term 3, a:x\xe9.example",
        "exp= stands 2 times (RFC 7208 §6)",
    ]


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("v=spf1", True),
        ("V=SPF1 -all", True),
        ("v=spf1  ", True),
        ("v=spf10", False),
        ("v=spf1\t-all", False),
        (" v=spf1", False),
        ("v=spf2.0/mfrom", False),
        ("", False),
    ],
)
def test_which_texts_are_records(text: str, *, counts: bool) -> None:
    answer = Answer(question=Question("example.com", "TXT"), status=DnsStatus.ANSWERED, records=(text,))
    assert bool(spf_texts(answer)) is counts


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("%{s}", "strong-bad@email.example.com"),
        ("%{o}", "email.example.com"),
        ("%{d4}", "email.example.com"),
        ("%{d2}", "example.com"),
        ("%{d1}", "com"),
        ("%{dr}", "com.example.email"),
        ("%{d2r}", "example.email"),
        ("%{l}", "strong-bad"),
        ("%{l-}", "strong.bad"),
        ("%{lr}", "strong-bad"),
        ("%{lr-}", "bad.strong"),
        ("%{l1r-}", "strong"),
        ("%{D1R}", "email"),
        ("%{d999999999999999999999}", "email.example.com"),
        ("%{d002}", "example.com"),
        ("%{S}", "strong-bad%40email.example.com"),
        ("%{ir}.%{v}._spf.%{d2}", "3.2.0.192.in-addr._spf.example.com"),
        ("%{lr-}.lp._spf.%{d2}", "bad.strong.lp._spf.example.com"),
        ("%{ir}.%{v}.%{l1r-}.lp._spf.%{d2}", "3.2.0.192.in-addr.strong.lp._spf.example.com"),
        ("a%%b%_c%-d", "a%b c%20d"),
    ],
)
def test_macros_expand_as_in_the_examples(text: str, expected: str) -> None:
    assert parse_macros(text).expand(VALUES) == expected


def test_macros_expand_as_in_the_example_with_ipv6() -> None:
    expected = f"{'.'.join(IPV6.split('.')[::-1])}.ip6._spf.example.com"
    assert parse_macros("%{ir}.%{v}._spf.%{d2}").expand({**VALUES, "i": IPV6, "v": "ip6"}) == expected


@pytest.mark.parametrize(
    ("expanded", "name"),
    [
        ("Mail.Example.COM.", "mail.example.com"),
        ("a..b", ""),
        ("", ""),
        (".", ""),
        ("x" * 64 + ".example", ""),
        ("x" * 63 + ".example", "x" * 63 + ".example"),
        (".".join(["x" * 62] * 5), ".".join(["x" * 62] * 4)),
        ("x" * 300, ""),
        ("a\\b.example", "a\\\\b.example"),
    ],
)
def test_names_are_cut_at_the_left_and_what_is_none_is_not_asked(expanded: str, name: str) -> None:
    assert target_name(expanded) == name


alphabet = st.sampled_from([*list("aimx46ptrlde:/=%{}.-+~? 019"), "v=spf1", "include:", "%{d}", "é", "\x00", "/33"])


@given(st.one_of(st.text(), st.lists(alphabet).map("".join)))
def test_any_text_is_read_and_every_term_has_its_place(text: str) -> None:
    record = parse_record(f"v=spf1 {text}")
    assert [term.position for term in record.terms] == list(
        range(1, len(text.split(" ")) - text.split(" ").count("") + 1)
    )
    assert all(term.fault or term.name or "=" in term.text for term in record.terms)
    assert set(record.reachable) <= set(record.terms)
    assert not set(record.reachable) & set(record.ignored)
    assert not any(term.fault for term in record.reachable)


@given(st.text(), st.dictionaries(st.sampled_from("slodivhcrtp"), st.text(), min_size=11))
def test_any_explanation_is_read_and_expands(text: str, values: dict[str, str]) -> None:
    assert isinstance(parse_macros(text, explanation=True).expand(values), str)
