"""MTA-STS policy files (RFC 8461 §3.2)."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.model.mta_sts import StsMode, StsPolicy
from auditor.policy.mta_sts import parse_policy

NAMES = ("mail.example.com", "*.example.net", "backupmx.example.com")
# the examples of §3.2 and of appendix A
EXAMPLE = (
    "version: STSv1\nmode: enforce\nmx: mail.example.com\nmx: *.example.net\nmx: backupmx.example.com\n"
    "max_age: 604800\n"
)
APPENDIX = (
    "version: STSv1\nmode: enforce\nmx: mx1.example.com\nmx: mx2.example.com\nmx: mx.backup-example.com\n"
    "max_age: 1296000\n"
)
BASE = "version: STSv1\nmode: enforce\nmx: mx.example.com\nmax_age: 86400"
PARSED = StsPolicy(mode=StsMode.ENFORCE, max_age_seconds=86_400, mx=("mx.example.com",))


def with_line(line: str) -> str:
    return f"{BASE}\n{line}\n"


def without(key: str) -> str:
    return "\n".join(line for line in BASE.split("\n") if not line.startswith(key))


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_the_published_examples_are_read_with_either_line_end(ending: str) -> None:
    assert parse_policy(EXAMPLE.replace("\n", ending)) == StsPolicy(
        mode=StsMode.ENFORCE, max_age_seconds=604_800, mx=NAMES
    )
    assert parse_policy(APPENDIX.replace("\n", ending)) == StsPolicy(
        mode=StsMode.ENFORCE,
        max_age_seconds=1_296_000,
        mx=("mx1.example.com", "mx2.example.com", "mx.backup-example.com"),
    )


@pytest.mark.parametrize(
    "body",
    [
        BASE,
        BASE + "\n",
        BASE + "\r\n",
        BASE.replace("\n", "\r\n", 2),
        BASE.replace(": ", ":"),
        BASE.replace(": ", ":\t "),
        BASE.replace("\n", " \t\n"),
        "\n".join(reversed(BASE.split("\n"))),
        with_line("mx: mx.example.com"),
    ],
)
def test_the_same_policy_may_be_written_in_many_ways(body: str) -> None:
    assert parse_policy(body) == PARSED


@pytest.mark.parametrize("ending", ["", "\n"])
def test_a_policy_of_no_effect_needs_no_mx(ending: str) -> None:
    assert parse_policy(f"version: STSv1\nmode: none\nmax_age: 86400{ending}") == StsPolicy(
        mode=StsMode.NONE, max_age_seconds=86_400
    )


@pytest.mark.parametrize(
    ("line", "note"),
    [
        ("more: of it; = 1", "an unknown key: more"),
        ("1.a_-: \xc3\xbc\xe2\x82\xac", "an unknown key: 1.a_-"),
        ("MX: other.example.com", "an unknown key: MX"),
        ("mode: none", "mode more than once, of which the first counts"),
        ("version: STSv2", "version more than once, of which the first counts"),
        ("max_age: x", "max_age more than once, of which the first counts"),
        ("", "an empty line, which strict senders do not take"),
        (" \t", "an empty line, which strict senders do not take"),
    ],
)
def test_what_is_tolerated_is_noted(line: str, note: str) -> None:
    policy = parse_policy(with_line(line))
    assert (policy.mode, policy.max_age_seconds, policy.mx) == (PARSED.mode, PARSED.max_age_seconds, PARSED.mx)
    assert (policy.faults, policy.notes) == ((), (note,))


FAULTS: dict[str, Sequence[str]] = {
    "": ("no version", "no mode", "no max_age"),
    "bogus": ("line 1: no key and colon: 'bogus'", "no version", "no mode", "no max_age"),
    without("version"): ("no version",),
    without("mode"): ("no mode",),
    without("mx"): ("no mx",),
    without("max_age"): ("no max_age",),
    BASE.replace("STSv1", "STSv10"): ("version: not STSv1: 'STSv10'",),
    BASE.replace("STSv1", "stsv1"): ("version: not STSv1: 'stsv1'",),
    BASE.replace("enforce", "Enforce"): ("mode: none of enforce, testing, none: 'Enforce'",),
    BASE.replace("mode", "Mode"): ("no mode",),
    BASE.replace("86400", "-1"): ("max_age: not a number of at most ten digits: '-1'",),
    BASE.replace("86400", "1e5"): ("max_age: not a number of at most ten digits: '1e5'",),
    BASE.replace("86400", "\xc2\xb2"): ("max_age: not a number of at most ten digits: '\xc2\xb2'",),
    BASE.replace("86400", "00000086400"): ("max_age: not a number of at most ten digits: '00000086400'",),
    BASE.replace("86400", "31557601"): ("max_age: over 31557600 seconds: '31557601'",),
    BASE.replace("\n", "\r"): ("a CR without LF, which ends no line",),
    BASE.replace("\n", "\r\r\n"): ("a CR without LF, which ends no line",),
    "\xef\xbb\xbf" + BASE: ("begins with a byte order mark, which is no part of a key", "no version"),
    " " + BASE: ("line 1: no key and colon: ' version: STSv1'", "no version"),
    BASE.replace("mode:", "mode :"): ("line 2: no key and colon: 'mode : enforce'", "no mode"),
    BASE.replace("mode: ", "mode="): ("line 2: no key and colon: 'mode=enforce'", "no mode"),
    with_line("ext:"): ("line 5: ext without a value",),
    with_line("_ext: 1"): ("line 5: no key and colon: '_ext: 1'",),
    with_line("# a comment"): ("line 5: no key and colon: '# a comment'",),
    with_line("x" * 33 + ": 1"): (f"line 5: no key and colon: '{'x' * 33}: 1'",),
    with_line("ext: a\tb"): ("line 5: ext holds what is not text: 'a\\tb'",),
    with_line("ext: a\0b"): ("line 5: ext holds what is not text: 'a\\x00b'",),
    with_line("ext: \xff"): ("line 5: ext holds what is not text: '\xff'",),
    with_line("mx: "): ("line 5: mx without a value",),
    with_line("mx: mx2.example.com, mx3.example.com"): ("mx: not a host name: 'mx2.example.com, mx3.example.com'",),
    with_line("mx: mx2.example.com."): ("mx: not a host name: 'mx2.example.com.'",),
    with_line("mx: .example.com"): ("mx: not a host name: '.example.com'",),
    with_line("mx: mx_2.example.com"): ("mx: not a host name: 'mx_2.example.com'",),
    with_line("mx: -mx.example.com"): ("mx: not a host name: '-mx.example.com'",),
    with_line("mx: 2001:db8::1"): ("mx: not a host name: '2001:db8::1'",),
    with_line("mx: [192.0.2.1]"): ("mx: not a host name: '[192.0.2.1]'",),
    with_line("mx: *"): ("mx: a wildcard is the whole first label, and nowhere else: '*'",),
    with_line("mx: *."): ("mx: not a host name: '*.'",),
    with_line("mx: mx.*.com"): ("mx: a wildcard is the whole first label, and nowhere else: 'mx.*.com'",),
    with_line("mx: *.*.com"): ("mx: a wildcard is the whole first label, and nowhere else: '*.*.com'",),
    with_line("mx: m*.example.com"): ("mx: a wildcard is the whole first label, and nowhere else: 'm*.example.com'",),
    with_line("mx: b\xc3\xbccher.example"): (
        "mx: a name that is not ASCII, and must be written as A-labels: 'b\xc3\xbccher.example'",
    ),
    with_line(f"mx: {'x' * 64}.example"): (f"mx: not a host name: '{'x' * 40}'",),
    with_line("mx: " + "long.example." * 20 + "com"): (f"mx: not a host name: '{('long.example.' * 4)[:40]}'",),
}


@pytest.mark.parametrize("body", FAULTS)
def test_faults_are_named(body: str) -> None:
    assert parse_policy(body).faults == FAULTS[body]


@pytest.mark.parametrize(("text", "seconds"), [("0", 0), ("31557600", 31_557_600), ("0000086400", 86_400)])
def test_the_ages_that_are_allowed(text: str, seconds: int) -> None:
    policy = parse_policy(BASE.replace("86400", text))
    assert (policy.max_age_seconds, policy.faults) == (seconds, ())


@pytest.mark.parametrize(
    "pattern", ["localhost", "*.com", "a", "XN--BCHER-KVA.example", "1.example", "x" * 63 + ".example"]
)
def test_patterns_that_are_allowed(pattern: str) -> None:
    assert parse_policy(with_line(f"mx: {pattern}")).mx == ("mx.example.com", pattern)
    assert parse_policy(with_line(f"mx: {pattern}")).faults == ()


def test_an_address_as_a_pattern_is_noted_for_it_names_nobody() -> None:
    policy = parse_policy(with_line("mx: 192.0.2.1"))
    assert (policy.faults, policy.notes) == ((), ("mx: an address, which names no exchange: '192.0.2.1'",))


def test_faults_are_no_more_than_can_be_read() -> None:
    policy = parse_policy("\n".join(f"{number} bottles" for number in range(30)))
    assert (len(policy.faults), policy.faults[-1]) == (21, "and 13 more")


@given(st.text(st.characters(max_codepoint=255), max_size=300) | st.text(max_size=50))
def test_any_body_is_read_without_raising(body: str) -> None:
    policy = parse_policy(body)
    assert all(pattern in body for pattern in policy.mx)
    assert policy.faults or (policy.mode is not None and policy.max_age_seconds is not None)


@given(
    st.lists(st.sampled_from(["\n", "\r", ":", " ", "mx", "mode", "none", "version", "STSv1", "max_age", "1", "*."]))
)
def test_any_pieces_of_a_policy_are_read_without_raising(pieces: list[str]) -> None:
    policy = parse_policy("".join(pieces))
    assert policy.faults or policy.mode is not None


@pytest.mark.parametrize("line", ["x\n", "mx: a.example\n", ":", "\r", "a: b\n", "\n", "mx: *.a*\n"])
def test_the_longest_body_is_told_of_in_few_words(line: str) -> None:
    policy = parse_policy((line * 65_536)[:65_536])
    assert len("".join((*policy.faults, *policy.notes))) < 4096
