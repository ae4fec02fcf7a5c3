"""What goes out, and comes back: cells of reports, the journal's records, frames between processes, whole surveys."""

import csv
import html
import io
import re
import unicodedata
from collections.abc import Sequence
from typing import Any
from xml.etree import ElementTree as ET

from auditor.engine.backends.frames import Message, Splitter, joined, pack, unpack
from auditor.engine.jobs import EndpointSeen
from auditor.journal.codec import decode, encode
from auditor.model.certificate import Certificate
from auditor.model.dns import Answer, DnsStatus, Question
from auditor.model.endpoint import Protocol
from auditor.model.session import AccessSession, SmtpSession
from auditor.model.target import Reject
from auditor.model.target import Target as Named
from auditor.policy.contact import RoutePolicy, SurveyPlan
from auditor.policy.survey import survey
from auditor.report.cells import (
    CELL_LIMIT,
    csv_text,
    html_text,
    is_formula_like,
    plain,
    plain_lines,
    terminal_text,
    workbook_text,
)
from tests.fuzz.target import Pieces, Target, cuts
from tests.fuzz.zone import Zone

_LOUD = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029\ud800-\udfff\ufffe\uffff]"
)


def check_cells(octets: bytes) -> None:
    pieces = Pieces(octets)
    width = pieces.octet()
    text = _text(pieces)
    safe = plain(text)
    for shown in (safe, csv_text(text), terminal_text(text), terminal_text(text, width)):
        assert not _LOUD.search(shown)
    assert plain(safe) == safe
    assert not _LOUD.search(plain_lines(text).replace("\n", ""))
    assert plain(plain_lines(text)) == safe.replace("\n", "\\x0a")
    _assert_csv(text, safe)
    _assert_workbook(text)
    assert html.unescape(html_text(text)) == plain_lines(text)
    assert not set("<>\"'") & set(html_text(text))
    assert _columns(terminal_text(text, width)) <= width


def check_long_cells(octets: bytes) -> None:
    """Texts of more than a cell of a workbook holds."""
    pieces = Pieces(octets)
    width, times = pieces.octet(), pieces.octet() * 6
    text = _text(Pieces(pieces.take(32))) * times
    _assert_workbook(text)
    assert _columns(terminal_text(text, width)) <= width


def _text(pieces: Pieces) -> str:
    encoding = pieces.one_of(("utf-8", "utf-16-le", "latin-1", "utf-7"))
    octets = pieces.rest()
    return octets.decode(encoding, "surrogatepass" if encoding == "utf-16-le" and len(octets) % 2 == 0 else "replace")


def _assert_csv(text: str, safe: str) -> None:
    cell = csv_text(text)
    assert not is_formula_like(cell) or cell.startswith("'")
    assert cell.lstrip()[:1] not in {*"=+-@\t\r"} or not cell
    undone = cell[1:] if cell.startswith("'") and is_formula_like(cell[1:]) else cell
    assert undone == safe
    if len(cell) < csv.field_size_limit():
        file = io.StringIO()
        csv.writer(file, lineterminator="\n").writerow([cell, "end"])
        assert file.getvalue().count("\n") == 1
        assert next(csv.reader(io.StringIO(file.getvalue()))) == [cell, "end"]


def _assert_workbook(text: str) -> None:
    cell = workbook_text(text)
    assert len(cell.encode("utf-16-le")) // 2 <= CELL_LIMIT
    assert not re.search(r"_x(?!005F)[0-9A-Fa-f]{4}_", cell.replace("_x005F_", "")) or "_x005F_" in cell
    assert ET.fromstring(f"<t>{html.escape(cell)}</t>").text in {cell, None}  # noqa: S314 - made here, one line before


def _columns(text: str) -> int:
    """By the width of each character (UAX #11)."""
    wide = sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)
    none = (one for one in text if unicodedata.combining(one) or unicodedata.category(one) in {"Mn", "Me", "Cf"})
    return wide - sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in none)


_KINDS: tuple[type[Any], ...] = (Answer, SmtpSession, AccessSession, Certificate, Named, Reject)


def check_records(octets: bytes) -> None:
    """Any JSON is a record or a ValueError; a record comes back as it was."""
    pieces = Pieces(octets)
    kind = pieces.one_of(_KINDS)
    content = pieces.rest()
    try:
        record = decode(kind, content)
    except ValueError:
        record = _answer(content)
    assert decode(type(record), encode(record)) == record
    strange = _answer(content, errors="surrogateescape")
    again = decode(Answer, encode(strange))
    assert again.status is strange.status
    assert len(again.records) == len(strange.records)


def _answer(content: bytes, errors: str = "replace") -> Answer:
    texts = tuple(content.decode(errors=errors).split("\n"))
    return Answer(question=Question(texts[0], "TXT"), status=DnsStatus.ANSWERED, records=texts, error=texts[-1])


def check_frames(octets: bytes) -> None:
    whole, *others = map(_frames, cuts(octets))
    assert all(other == whole for other in others)
    if isinstance(whole, list):
        assert octets.startswith(joined(whole))
    for frame in (*(whole if isinstance(whole, list) else ()), octets):
        try:
            message = unpack(frame)
        except ValueError:
            continue
        assert unpack(pack(message)) == message or _is_of_another_port(message)


def _is_of_another_port(message: Message) -> bool:
    """Whether a conversation is not in the protocol of its port, which nobody of ours sends."""
    if not isinstance(message, EndpointSeen):
        return False
    return isinstance(message.session, SmtpSession) != (message.session.endpoint.service.protocol is Protocol.SMTP)


def _frames(chunks: Sequence[bytes]) -> list[bytes] | str:
    splitter = Splitter()
    try:
        return [frame for chunk in chunks for frame in splitter.feed(chunk)]
    except ValueError as error:
        return str(error)


_PLANS = tuple(
    SurveyPlan(route=RoutePolicy(ports=(25,), trust_ad=trusted, allow_private=not trusted), nameservers=not trusted)
    for trusted in (True, False)
)
_TARGETS = (
    Named(domain="a.test", domain_unicode="a.test", input="a.test", input_line=1, source="-"),
    Named(domain="b.a.co.uk", domain_unicode="b.a.co.uk", input="b.a.co.uk", input_line=1, source="-"),
    Named(domain="mx.a.test", domain_unicode="mx.a.test", input="mx.a.test:25", input_line=1, source="-", direct=True),
)


def check_survey(octets: bytes) -> None:
    """All that is asked about one target, in a DNS that says what it likes."""
    pieces = Pieces(octets)
    target, plan = pieces.one_of(_TARGETS), pieces.one_of(_PLANS)
    zone = Zone(pieces.lines())
    found = zone.run(survey(target, plan))
    assert len(set(zone.asked)) == len(zone.asked)
    assert found.route.domain == target.domain
    assert decode(type(found.route), encode(found.route)) == found.route
    assert len(found.route.exchanges) <= octets.count(b"\n") + 2


_CELL_WORDS = (
    *(b"=cmd", b"+1", b"-1", b"@x", b"\t", b"\r", b"\n", b"'", b'"', b";", b",", b"_x0041_", b"_x005F_", b"<b>"),
    *(b"&amp;", b"\x1b[31m", b"\x00", b"\xc2\x9b", b"\xe2\x80\xae", b"\xed\xa0\x80", b"\xef\xbf\xbe", b"\xef\xbb\xbf"),
    *(b"\xe6\x97\xa5", b"\xf0\x9f\x93\xa7", b"\xef\xbc\x9d", b"\\x0a", b"\xe2\x80\xa8", b"\xf3\xa0\x80\x81"),
    *(b"\xc2\xad", b"\xcc\x81"),
)
_JSON_WORDS = (
    *(b'{"question":["a.test","MX",""],"status":"answered"', b'"records":["x"]', b"null", b'"', b"\\ud800", b"1e999"),
    *(b"{", b"}", b"[", b"]", b":", b",", b'"lines":["a"]', b'"code":250', b'"der":"AA=="', b"true", b"-1", b"\\u0000"),
)
_FRAME_WORDS = (b"\x00\x00\x00\x02", b"\x00\x00\x00\x00", b"\xff\xff\xff\xff", b'r{"version":"1"}', *_JSON_WORDS)
_ZONE_WORDS = (
    *(b"a.test MX 10 mx.a.test", b"a.test MX 0 .", b"a.test NS ns.a.test", b"a.test TXT v=spf1 mx -all"),
    *(b"_dmarc.a.test TXT v=DMARC1; p=none", b"_mta-sts.a.test TXT v=STSv1; id=1", b"mx.a.test A ", b"!bogus", b"\n"),
    *(b"a.test CAA 0 issue ca.test", b"default._domainkey.a.test TXT p=", b"->", b"!servfail", b"!timeout", b"!nodata"),
    *(b"_25._tcp.mx.a.test TLSA 3 1 1 ab", b"!nxdomain", b" PTR ", b" SOA ", b"192.0.2.1", b"2001:db8::1"),
    *(b"test NS ns.test", b" CNAME ", b"\xe9"),
)

TARGETS = (
    Target("cells", check_cells, _CELL_WORDS, longest=4096, share=6),
    Target("long-cells", check_long_cells, _CELL_WORDS, longest=34, share=0.1),
    Target("records", check_records, _JSON_WORDS, share=4),
    Target("frames", check_frames, _FRAME_WORDS, share=4),
    Target("survey", check_survey, _ZONE_WORDS, longest=3000, share=1),
)
