"""Replies parsed whole, octet by octet, and with more behind them."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.protocol.bounds import USUAL, Bounds
from auditor.protocol.errors import RemoteProtocolError
from auditor.protocol.replies import Deviation, Reply, ReplyParser

FEW = settings(derandomize=True, max_examples=150, deadline=None)


def parse(*chunks: bytes) -> list[Reply]:
    parser = ReplyParser()
    replies = []
    for chunk in chunks:
        parser.feed(chunk)
        while (reply := parser.next_reply()) is not None:
            replies.append(reply)
    return replies


REPLIES = [
    (b"220 mx.example.com ESMTP\r\n", Reply(220, ("mx.example.com ESMTP",))),
    (b"250\r\n", Reply(250, ("",))),
    (b"250 \r\n", Reply(250, ("",))),
    (b"250-\r\n250 x\r\n", Reply(250, ("", "x"))),
    (b"250-a\r\n250-b\r\n250 c\r\n", Reply(250, ("a", "b", "c"))),
    (b"250 a\n", Reply(250, ("a",), (Deviation.BARE_LF,))),
    (b"220-a\r\n221 b\r\n", Reply(221, ("a", "b"), (Deviation.MIXED_CODES,))),
    (b"220-a\r\nfree text\r\n220 b\r\n", Reply(220, ("a", "free text", "b"), (Deviation.UNPREFIXED_LINE,))),
    (b"220 M\xfcller\r\n", Reply(220, ("M\\xfcller",), (Deviation.NON_ASCII,))),
    ("220 Müller\r\n".encode(), Reply(220, ("Müller",), (Deviation.NON_ASCII,))),
    (b"220 a\x00\x1b[31m\r\n", Reply(220, ("a\x00\x1b[31m",), (Deviation.CONTROL_CHARACTERS,))),
    (b"220 a\tb\r\n", Reply(220, ("a\tb",))),
    (b"220 " + b"x" * 506 + b"\r\n", Reply(220, ("x" * 506,))),
    (b"220 " + b"x" * 507 + b"\r\n", Reply(220, ("x" * 507,), (Deviation.LONG_LINE,))),
]


@pytest.mark.parametrize(("wire", "reply"), REPLIES)
def test_a_reply_is_the_same_whole_and_octet_by_octet_and_with_more_behind(wire: bytes, reply: Reply) -> None:
    assert parse(wire) == [reply]
    assert parse(*(bytes((octet,)) for octet in wire)) == [reply]
    assert parse(wire + b"250 next\r\n") == [reply, Reply(250, ("next",))]


@pytest.mark.parametrize(("wire", "reply"), REPLIES)
def test_a_reply_split_at_every_octet_is_the_same(wire: bytes, reply: Reply) -> None:
    assert all(parse(wire[:at], wire[at:]) == [reply] for at in range(1, len(wire)))


@pytest.mark.parametrize(
    "wire",
    [
        b"HTTP/1.1 400 Bad Request\r\n",
        b"SSH-2.0-OpenSSH_9.9\r\n",
        b"\x15\x03\x01\x00\x02\x02\n",
        b"ERROR\n",
        b"22 short\r\n",
        b"2200 long\r\n",
        b"150 first digit\r\n",
        b"650 first digit\r\n",
        b"220x\r\n",
        b"\r\n",
        b"220-a\r\n554 another class\r\n",
    ],
)
def test_what_cannot_be_a_reply_is_their_error(wire: bytes) -> None:
    with pytest.raises(RemoteProtocolError) as caught:
        parse(wire)
    assert caught.value.reason == "not-smtp"


def test_a_line_without_end_is_refused_at_the_bound() -> None:
    assert parse(b"220 " + b"x" * (USUAL.line_octets - 5)) == []
    with pytest.raises(RemoteProtocolError) as caught:
        parse(b"2" * USUAL.line_octets)
    assert caught.value.reason == "line-too-long"


def test_a_long_line_is_refused_even_if_it_ends() -> None:
    with pytest.raises(RemoteProtocolError, match="line-too-long"):
        parse(b"220 " + b"x" * USUAL.line_octets + b"\r\n")


def test_a_reply_that_does_not_end_is_refused_at_the_bound() -> None:
    assert len(parse(b"250-x\r\n" * (USUAL.lines - 1) + b"250 x\r\n")[0].lines) == USUAL.lines
    with pytest.raises(RemoteProtocolError) as caught:
        parse(b"250-x\r\n" * (USUAL.lines + 1))
    assert caught.value.reason == "too-many-lines"


def test_evidence_is_printable_and_short() -> None:
    with pytest.raises(RemoteProtocolError) as caught:
        parse(b"\x1b[2J\\" + b"x" * 200 + b"\n")
    assert caught.value.evidence.startswith("\\x1b[2J\\x5cx")
    assert len(caught.value.evidence) <= 80 * 4


def test_what_is_held_can_be_seen() -> None:
    parser = ReplyParser()
    assert parser.idle
    parser.feed(b"250-a\r\n250 b")
    assert parser.next_reply() is None
    assert parser.partial == b"250 b"
    assert not parser.idle


def test_the_class_of_a_code_is_its_first_digit() -> None:
    shown = [(r.positive, r.transient, r.permanent) for r in (Reply(code, ()) for code in (220, 354, 421, 554))]
    assert shown == [(True, False, False), (False, False, False), (False, True, False), (False, False, True)]
    assert Reply(250, ("a", "b")).text == "a\nb"


lines = st.binary(max_size=30).map(lambda octets: octets.replace(b"\n", b"").replace(b"\r", b""))
whole_replies = st.builds(
    lambda code, texts: b"".join(
        b"%d%s%s\r\n" % (code, b"-" if n < len(texts) - 1 else b" ", text) for n, text in enumerate(texts)
    ),
    st.integers(200, 599),
    st.lists(lines, min_size=1, max_size=5),
)


@FEW
@given(st.lists(whole_replies, max_size=4), st.lists(st.integers(0, 400), max_size=12))
def test_no_fragmentation_changes_what_is_parsed(replies: list[bytes], cuts: list[int]) -> None:
    wire = b"".join(replies)
    at = [0, *sorted(cut for cut in cuts if cut < len(wire)), len(wire)]
    chunks = [wire[start:end] for start, end in pairwise(at)]
    assert parse(*chunks) == parse(wire)
    assert len(parse(wire)) == len(replies)


@FEW
@given(st.lists(st.binary(max_size=200), max_size=10))
def test_whatever_comes_is_a_reply_or_their_error(chunks: list[bytes]) -> None:
    reason = ""
    replies: list[Reply] = []
    try:
        replies = parse(*chunks)
    except RemoteProtocolError as error:
        reason = error.reason
    assert reason in {"", "not-smtp", "line-too-long", "too-many-lines"}
    assert all(200 <= reply.code <= 599 and reply.lines for reply in replies)


@pytest.mark.parametrize(
    ("bounds", "wire", "reason"),
    [
        (Bounds(line_octets=512), b"220 " + b"x" * 600 + b"\r\n", "line-too-long"),
        (Bounds(lines=2), b"250-a\r\n" * 2 + b"250 c\r\n", "too-many-lines"),
    ],
)
def test_bounds_are_those_that_are_given(bounds: Bounds, wire: bytes, reason: str) -> None:
    parser = ReplyParser(bounds)
    parser.feed(wire)
    with pytest.raises(RemoteProtocolError) as caught:
        parser.next_reply()
    assert caught.value.reason == reason
    assert parse(wire)[0].lines
