"""Replies and EHLO answers that other projects keep as test data, read in place."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from auditor.protocol.errors import RemoteProtocolError
from auditor.protocol.keywords import find, parse_keywords
from auditor.protocol.replies import Reply, ReplyParser

VECTORS = Path(os.environ.get("AUDITOR_VECTORS", Path(__file__).resolve().parents[3] / "shared" / "vectors"))
FILE = VECTORS / "smtp" / "reply-vectors.json"
CASES: dict[str, list[dict[str, Any]]] = json.loads(FILE.read_text()) if FILE.is_file() else {"reply": [], "ehlo": []}

pytestmark = pytest.mark.skipif(not FILE.is_file(), reason="the public test vectors are not here")


def outcome(wire: bytes, step: int) -> tuple[list[tuple[int, str]], str]:
    """(code, text) of every reply, and the reason of the error that ended it, if any."""
    parser, replies = ReplyParser(), []
    try:
        for at in range(0, len(wire), step):
            parser.feed(wire[at : at + step])
            while (reply := parser.next_reply()) is not None:
                replies.append((reply.code, reply.text))
    except RemoteProtocolError as error:
        return replies, error.reason
    return replies, "" if parser.idle else "unfinished"


def wires(case: dict[str, Any]) -> list[bytes]:
    wire = case["chunks"] if "chunks" in case else case["wire"]
    texts: list[str] = [wire] if isinstance(wire, str) else wire
    return ["".join(texts).encode()] if "chunks" in case else [text.encode() for text in texts]


@pytest.mark.parametrize("case", CASES["reply"], ids=lambda case: case["name"])
def test_replies_at_every_fragmentation(case: dict[str, Any]) -> None:
    for wire in wires(case):
        whole = outcome(wire, len(wire))
        assert all(outcome(wire, step) == whole for step in (1, 2, 3, 7))


@pytest.mark.parametrize(
    "case", [case for case in CASES["reply"] if "msg" in case and "(" not in case["msg"]], ids=lambda case: case["name"]
)
def test_replies_have_the_code_and_text_expected(case: dict[str, Any]) -> None:
    # RFC 5321 §4.2: text begins after one separator, so a second space belongs to it.
    assert outcome(wires(case)[0], 1) == ([(case["code"], case["msg"])], "")


EXPECTED = {
    "go-rfc959-4": (550, 5, ""),
    "no-code-long": (None, 0, "line-too-long|unfinished|"),
    "500-digits": (None, 0, "line-too-long|unfinished"),
    "continuation-flood": (None, 0, "too-many-lines|unfinished"),
    "partial-then-eof": (None, 0, "unfinished"),
    "not-a-code": (None, 0, "not-smtp"),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_odd_replies_end_as_expected(name: str) -> None:
    (case,) = [case for case in CASES["reply"] if case["name"] == name]
    code, lines, reasons = EXPECTED[name]
    replies, reason = outcome(wires(case)[0], 1)
    assert reason in reasons.split("|")
    if code is not None:
        assert [(found, text.count("\n") + 1) for found, text in replies] == [(code, lines)]


@pytest.mark.parametrize("case", CASES["ehlo"], ids=lambda case: case["name"])
def test_ehlo_answers(case: dict[str, Any]) -> None:
    keywords = parse_keywords(Reply(250, tuple(case["response_text"].split("\n"))))
    extensions = {keyword.name.lower(): " ".join(keyword.parameters) for keyword in keywords}
    auth = find(keywords, "AUTH")
    names = {"extensions": extensions, "auth_types": [one.lower() for one in auth.parameters] if auth else []}
    assert case["asserts"]
    for claim in case["asserts"]:
        assert _holds(claim, names), claim


def _holds(claim: str, names: dict[str, Any]) -> bool:
    """Whether a claim of the vectors holds: ``X in Y``, ``X not in Y``, ``X == Y`` and nothing else."""
    for word, negate in ((" not in ", True), (" in ", False)):
        if word in claim:
            item, _, holder = claim.partition(word)
            return (_value(item, names) in _value(holder, names)) is not negate
    left, _, right = claim.partition(" == ")
    return bool(_value(left, names) == _value(right, names))


def _value(text: str, names: dict[str, Any]) -> Any:
    if text in names:
        return names[text]
    if text.startswith("extensions["):
        return names["extensions"][text.removeprefix("extensions[").removesuffix("]").strip("'")]
    return json.loads(text.replace("'", '"'))
