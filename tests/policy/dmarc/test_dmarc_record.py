"""One DMARC record: what is read, what is wrong with it, and whether it applies."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.model.dmarc import Disposition, DmarcRecord
from auditor.policy.dmarc import parse_record
from auditor.policy.dmarc.record import is_meant_as_record
from auditor.policy.report_uri import destination

LOCATION = "_dmarc.example.com"
NONE, QUARANTINE, REJECT = Disposition
NO_P = "p is missing, and counts as none (RFC 9989 §4.7)"
RUA = ("mailto:a@example.com",)


def parsed(text: str) -> DmarcRecord:
    record = parse_record(LOCATION, text)
    assert record is not None
    return record


# Each text, and all that differs from a record without any tag but v.
READ: dict[str, dict[str, Any]] = {
    "v=DMARC1": {"faults": (NO_P,)},
    "v=DMARC1;": {"faults": (NO_P,)},
    "v=DMARC1;p=none": {"p": NONE},
    "v=DMARC1; p=quarantine; sp=none; np=reject;": {"p": QUARANTINE, "sp": NONE, "np": REJECT},
    "V = DMARC1 ; P = Reject ; Sp\t=\tNONE": {"p": REJECT, "sp": NONE},
    "v=DMARC1; p=reject; adkim=s; aspf=S": {"p": REJECT, "adkim": "s", "aspf": "s"},
    "v=DMARC1; p=reject; t=y": {"p": REJECT, "testing": True},
    "v=DMARC1; p=reject; t=n; psd=u": {"p": REJECT},
    "v=DMARC1; p=reject; psd=Y": {"p": REJECT, "psd": "y"},
    "v=DMARC1; p=none; rua=mailto:a@example.com": {"p": NONE, "rua": RUA},
    "v=DMARC1; p=none; rua=https://example.com:8443/in?x=1#y": {
        "p": NONE,
        "rua": ("https://example.com:8443/in?x=1#y",),
    },
    "v=DMARC1; p=none; rua=MAILTO:A%21b@Example.COM?subject=x": {
        "p": NONE,
        "rua": ("MAILTO:A%21b@Example.COM?subject=x",),
    },
    "v=DMARC1; p=none; ruf=mailto:a@example.com; fo=1 : d:s": {"p": NONE, "ruf": RUA, "fo": ("1", "d", "s")},
    "v=DMARC1; p=none; ruf=mailto:a@example.com; fo=0:1:d:s": {
        "p": NONE,
        "ruf": RUA,
        "fo": ("0", "1", "d", "s"),
        "notes": ("fo names both 0 and 1, which RFC 7489 allowed and RFC 9989 §4.7 does not",),
    },
    "v=DMARC1; p=none; a1b=x; z=; z2": {
        "p": NONE,
        "unknown_tags": ("a1b", "z"),
        "faults": ("no equals sign in 'z2'",),
    },
    # Allowed, but worth a word.
    "v=DMARC1; sp=reject; p=none": {
        "p": NONE,
        "sp": REJECT,
        "notes": ("p does not follow v, where receivers of RFC 7489 want it (§6.3 there)",),
    },
    "v=DMARC1; p=none; fo=d": {
        "p": NONE,
        "fo": ("d",),
        "notes": ("fo has no effect without ruf (RFC 9989 §4.7)",),
    },
    "v=DMARC1; p=none; rua=mailto:a@example.com!10m , mailto:b@example.com!2": {
        "p": NONE,
        "rua": ("mailto:a@example.com", "mailto:b@example.com"),
        "notes": (
            "rua: the size limit '!10m' is obsolete (RFC 9989 §4.8)",
            "rua: the size limit '!2' is obsolete (RFC 9989 §4.8)",
        ),
    },
    "v=DMARC1; p=none; ruf=mailto:a@example.com; psd=y": {
        "p": NONE,
        "ruf": RUA,
        "psd": "y",
        "notes": ("nobody sends failure reports for a public suffix domain, psd=y (RFC 9991 §2)",),
    },
    # Retired, and read for receivers of RFC 7489 (§6.3 there).
    "v=DMARC1; p=reject; pct=50; ri=3600; rf=afrf": {"p": REJECT, "pct": 50, "retired": ("pct", "rf", "ri")},
    "v=DMARC1; p=reject; pct=0; rf=afrf : other": {"p": REJECT, "pct": 0, "retired": ("pct", "rf")},
    "v=DMARC1; p=reject; pct=101": {
        "p": REJECT,
        "retired": ("pct",),
        "faults": ("pct: '101' is no number from 0 to 100",),
    },
    "v=DMARC1; p=reject; ri=4294967296; rf=": {
        "p": REJECT,
        "retired": ("rf", "ri"),
        "faults": ("ri: '4294967296' is no number of seconds", "rf: '' does not name the format afrf"),
    },
    # Wrong values count as absent (RFC 9989 §4.8).
    "v=DMARC1; p=none; adkim=x; aspf=; t=yes; psd=1; fo=1:1": {
        "p": NONE,
        "faults": (
            "adkim: 'x' is not r or s",
            "aspf: '' is not r or s",
            "t: 'yes' is not y or n",
            "psd: '1' is not y, n or u",
            "fo: '1:1' is no list of 0, 1, d and s, each once",
        ),
        "notes": ("fo has no effect without ruf (RFC 9989 §4.7)",),
    },
    "v=DMARC1; p=none; rua=; ruf=ftp://example.com,mailto:a!b@example.com": {
        "p": NONE,
        "faults": (
            "rua: an empty URI",
            "ruf: 'ftp://example.com' is no mailto or https URI",
            "ruf: 'mailto:a!b@example.com' is no mailto or https URI",
        ),
    },
    "v=DMARC1; p=none;;;; ": {"p": NONE, "faults": ("nothing between two semicolons",)},
    # Policies that are none: nothing applies without a valid rua, and p=none with one (RFC 9989 §4.10.1).
    "v=DMARC1; p=block": {
        "applies": False,
        "bad_policies": ("p",),
        "faults": ("p: 'block' is not none, quarantine or reject",),
    },
    "v=DMARC1; p=reject; sp=; np=x; rua=a@example.com": {
        "p": REJECT,
        "applies": False,
        "bad_policies": ("sp", "np"),
        "faults": (
            "sp: '' is not none, quarantine or reject",
            "np: 'x' is not none, quarantine or reject",
            "rua: 'a@example.com' is no mailto or https URI",
        ),
    },
    "v=DMARC1; p=reject; np=x; rua=mailto:a@example.com": {
        "p": REJECT,
        "rua": RUA,
        "bad_policies": ("np",),
        "faults": ("np: 'x' is not none, quarantine or reject",),
    },
    # A name twice spoils the list (RFC 6376 §3.2); the first is shown.
    "v=DMARC1; p=reject; P=none; rua=mailto:a@example.com": {
        "p": REJECT,
        "rua": RUA,
        "applies": False,
        "repeated": ("p",),
        "faults": ("tag p more than once",),
    },
}


@pytest.mark.parametrize("text", READ)
def test_a_record_is_read_tag_by_tag(text: str) -> None:
    assert parsed(text) == DmarcRecord(location=LOCATION, text=text, **READ[text])


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("", False),
        ("v=spf1 -all", False),
        ("hello v=DMARC1; p=none", False),
        ("v=DMARC12; p=none", True),
        ("v=DMARC1 p=none", True),
        ("v=dmarc1; p=none", True),
        (" v=DMARC1; p=none", True),
        ('"v=DMARC1; p=none"', True),
        ("v=DMARC 1; p=none", True),
        ("v:DMARC1; p=none", True),
        ("p=none; v=DMARC1", False),
        ("v=DMARC1; p=none", False),  # this is one
    ],
)
def test_what_does_not_begin_as_a_record_is_none_though_it_may_be_meant_as_one(text: str, meant: bool) -> None:
    assert (parse_record(LOCATION, text) is None) is (text != "v=DMARC1; p=none")
    assert is_meant_as_record(text) is meant


LOCAL = {"mailto:a@example.com": "example.com", "MailTo:A.b+c@MX.Example.COM": "mx.example.com"}
DESTINATIONS = LOCAL | {
    "https://example.com": "example.com",
    "https://example.com:443/a": "example.com",
    "mailto:a@xn--bcher-kva.example": "xn--bcher-kva.example",
    "mailto:a%40b@example.com?subject=x": "example.com",
    "mailto:a@b@example.com": "",
    "mailto:a@example.com,b@example.com": "",
    "mailto:a@": "",
    "mailto:@example.com": "",
    "mailto:a@-": "-",
    "mailto:a@b\xfccher.example": "",
    "mailto:a%4@example.com": "",
    "mailto:a@exa mple.com": "",
    f"mailto:a@{'a' * 64}.com": "",
    f"mailto:a@{'.'.join(['a' * 62] * 4)}.aa": "",
    "https://user@example.com/": "",
    "https:///path": "",
    "http://example.com/": "",
    "example.com": "",
}


@pytest.mark.parametrize("uri", DESTINATIONS)
def test_destination_of_a_uri(uri: str) -> None:
    assert destination(uri) == DESTINATIONS[uri]


def test_long_values_are_cut_where_they_are_shown() -> None:
    (fault,) = parsed("v=DMARC1; p=none; adkim=" + "x" * 3000).faults
    assert fault == f"adkim: '{'x' * 60}…' is not r or s"


def test_a_fault_that_stands_a_thousand_times_is_named_once() -> None:
    assert parsed("v=DMARC1; p=none" + ";" * 1000 + "rua=" + "," * 1000).faults == (
        "nothing between two semicolons",
        "rua: an empty URI",
    )


@given(st.text(st.characters(max_codepoint=255)))
def test_any_text_is_read(text: str) -> None:
    record = parse_record(LOCATION, f"v=DMARC1;{text}")
    assert record is not None
    assert record.text == f"v=DMARC1;{text}"
    assert all(destination(uri) for uri in (*record.rua, *record.ruf))
    assert parse_record(LOCATION, text) is None or not is_meant_as_record(text)


tags = st.lists(
    st.tuples(
        st.sampled_from(["p", "sp", "np", "adkim", "aspf", "t", "psd", "fo", "rua", "ruf", "pct", "rf", "ri", "x"]),
        st.sampled_from(
            ["none", "reject", "bad", "r", "s", "y", "n", "", "0", "d:s", "mailto:a@example.com", "!", "afrf"]
        ),
    ),
    unique_by=lambda tag: tag[0],
)


@given(tags)
def test_without_repetitions_a_record_applies_exactly_if_its_policies_are_good_or_reports_can_be_sent(
    pairs: list[tuple[str, str]],
) -> None:
    record = parsed("; ".join(["v=DMARC1", *(f"{name}={value}" for name, value in pairs)]))
    bad = [name for name, value in pairs if name in {"p", "sp", "np"} and value not in {"none", "reject"}]
    assert record.applies is (not bad or ("rua", "mailto:a@example.com") in pairs)
    assert set(record.bad_policies) == set(bad)


@given(tags, st.randoms(use_true_random=False))
def test_the_order_of_tags_after_the_first_means_nothing(pairs: list[tuple[str, str]], shuffled: Any) -> None:
    first = parsed("; ".join(["v=DMARC1", *(f"{name}={value}" for name, value in pairs)]))
    shuffled.shuffle(pairs)
    second = parsed("; ".join(["v=DMARC1", *(f"{name}={value}" for name, value in pairs)]))
    for name in ("p", "sp", "np", "rua", "adkim", "testing", "psd", "fo", "pct", "applies", "retired"):
        assert getattr(first, name) == getattr(second, name)
    assert set(first.faults) == set(second.faults)
