"""Zone files as lists of mail domains."""

from collections.abc import Callable

import pytest

from auditor.errors import UsageError
from auditor.model.target import Reject, Target

ReadOctets = Callable[..., list[Target | Reject]]

ZONE = """\
; our zone
$TTL 1h
$ORIGIN example.com.
@\tIN SOA ns.example.com. admin (
\t\t2026112301 ; serial
\t\t1h 15m 30d 5m )
\tNS ns
\t3600 IN MX 10 mx
mx\tIN 300 A 192.0.2.1
www A 192.0.2.2
Sub 300 IN MX 10 mx
    MX 20 mx2
    TXT "a ; b" "( c"
bücher MX 10 mx
*.wild MX 10 mx
other.example. IN MX 10 mx
$ORIGIN deep
x 1w MX 0 .
type TYPE65 \\# 0
"""


def domains(items: list[Target | Reject]) -> list[tuple[int, str]]:
    return [(item.input_line, item.domain) for item in items if isinstance(item, Target)]


@pytest.mark.parametrize("name", ["names.zone", "db.txt", "-"])
def test_the_apex_and_every_owner_of_mx_records(name: str, read_octets: ReadOctets) -> None:
    items = read_octets(ZONE, name)
    assert domains(items) == [
        (4, "example.com"),
        (11, "sub.example.com"),
        (14, "xn--bcher-kva.example.com"),
        (16, "other.example"),
        (18, "x.deep.example.com"),
    ]
    assert [item for item in items if isinstance(item, Reject)] == [
        Reject(source=name, line=15, text="*.wild.example.com", reason="a wildcard is no domain")
    ]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("names.zone", "example.com. SOA a. b. 1 2 3 4 5\nsub MX 10 a\n"),
        ("-", "example.com. 3600 IN SOA a. b. 1 2 3 4 5\nsub MX 10 a\n"),
        ("zones/db.example.com", "@ SOA a b 1 2 3 4 5\nsub MX 10 a\n"),
        ("zones/example.com.zone", "@ SOA a b 1 2 3 4 5\nsub MX 10 a\n"),
        ("zones/Example.com.db", "@ 1h SOA a b 1 2 3 4 5\nsub IN 1h MX 10 a\n"),
    ],
)
def test_the_origin_is_also_the_soa_s_owner_or_in_the_file_s_name(
    name: str, text: str, read_octets: ReadOctets
) -> None:
    assert domains(read_octets(text, name)) == [(1, "example.com"), (2, "sub.example.com")]


def test_an_answer_of_a_zone_transfer(read_octets: ReadOctets) -> None:
    items = read_octets(
        "; <<>> dig axfr\nexample.com.\t3600\tIN\tSOA\ta. b. 1 2 3 4 5\nexample.com.\t3600\tIN\tMX\t10 a.\n"
        "sub.example.com.\t60\tIN\tMX\t10 a.\nexample.com.\t3600\tIN\tSOA\ta. b. 1 2 3 4 5\n"
    )
    assert [domain for _, domain in domains(items)] == ["example.com", "sub.example.com", "example.com"]


def test_what_is_not_followed_is_said(read_octets: ReadOctets) -> None:
    items = read_octets("$ORIGIN example.com.\n$INCLUDE other.zone\n$GENERATE 1-9 d$ MX 10 mx\n", "a.zone")
    assert [(item.line, item.text, item.reason) for item in items if isinstance(item, Reject)] == [
        (2, "$INCLUDE other.zone", "$INCLUDE is not followed; name that file as a source of its own"),
        (3, "$GENERATE 1-9 d$ MX 10 mx", "$GENERATE is not expanded; its names are not read"),
    ]


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("@ SOA a b 1 2 3 4 5\n", 1, "'@' is relative, and no $ORIGIN says to what"),
        ("$ORIGIN example.com.\n\na IN BOGUS x\n", 3, "unknown record type 'BOGUS'"),
        ("$ORIGIN example.com.\na 300 IN\n", 2, "no record type"),
        ("$ORIGIN example.com.\na 300 IN 300 MX 10 x\n", 2, "no record type"),
        ("$ORIGIN example.com.\na\n", 2, "no record type"),
        ("$ORIGIN\n", 1, "$ORIGIN without a name"),
        ("$ORIGIN example.com.\n$BOGUS x\n", 2, "unknown directive $BOGUS"),
        ("$ORIGIN example.com.\n@ SOA ( a b\n1 2 3 4 5\n", 2, "unbalanced parentheses"),
        ('$ORIGIN example.com.\na TXT "open\n', 2, "newline in quoted string"),
        ("$ORIGIN example.com.\na TXT " + "x" * 70_000, 2, "line 2 is over 64 KiB"),
    ],
)
def test_bad_grammar_names_the_line(text: str, line: int, reason: str, read_octets: ReadOctets) -> None:
    with pytest.raises(UsageError) as refused:
        read_octets(text, "a.zone")
    assert str(refused.value) == f"a.zone, line {line}: not a zone file: {reason}"


def test_white_space_alone_is_no_record(read_octets: ReadOctets) -> None:
    assert domains(read_octets("$ORIGIN example.com.\n   \n\t; x\n@ MX 1 a\n  ", "a.zone")) == [(4, "example.com")]
