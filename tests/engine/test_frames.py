"""Jobs and observations as octets come back as they were."""

from dataclasses import fields
from datetime import UTC, datetime
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.config import Config
from auditor.engine.backends.frames import (
    MOST_OCTETS,
    Begin,
    Logged,
    Message,
    Ready,
    Splitter,
    joined,
    pack,
    unpack,
)
from auditor.engine.jobs import DomainJob, DomainSurveyed, EndpointJob, EndpointSeen, PolicyFetched, PolicyJob
from auditor.journal.rows import answer_row
from auditor.model.certificate import Certificate, TlsHandshake
from auditor.model.dns import Answer, DnsStatus, Question
from auditor.model.endpoint import Endpoint, Service
from auditor.model.mta_sts import FetchOutcome, PolicyFetch, PolicyHost
from auditor.model.session import AccessSession, Outcome, SmtpSession, Stage, TranscriptLine
from auditor.model.target import Target

AT = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
TARGET = Target(
    domain="a.example", domain_unicode="ä.example", input="Ä", input_line=3, source="list", extra=(("x", "1"),)
)
MX = Question("a.example", "MX")
ANSWER = Answer(question=MX, status=DnsStatus.ANSWERED, records=("10 mx.a.example",), asked_at=AT)
SMTP, IMAP = Endpoint("mx.a.example", "192.0.2.1", 25), Endpoint("mx.a.example", "2001:db8::1", 143, sought=True)
LEAF = Certificate(sha256="ab", der=bytes(range(256)), names=("mx.a.example",))
TLS = TlsHandshake(version="TLSv1.3", cipher="x", chain=("ab",))
MESSAGES: list[Message] = [
    Begin(
        settings=Config(resolver=("192.0.2.53",), allow_net=("192.0.2.0/24",)),
        began_at=AT,
        since=AT,
        ad_trusted=True,
        journal="runs/one",
        blocked=(("b.example", 1), ("192.0.2.0/28", 2)),
        blocked_by="block.txt",
        log_level=20,
    ),
    Ready("1.0"),
    Logged("auditor.net", 40, "line one\nline \udcff two".encode("utf-8", "replace").decode()),
    DomainJob(TARGET, (ANSWER,)),
    EndpointJob(Endpoint("mx.a.example", "192.0.2.1", 2525, Service.SUBMISSION), 2, ("a.example",)),
    PolicyJob(PolicyHost("a.example"), 2),
    DomainSurveyed("a.example", (SMTP, IMAP, PolicyHost("a.example")), (answer_row(ANSWER),), rests_on=((MX, "9f"),)),
    DomainSurveyed("a.example", (), doubtful=True, fault="RuntimeError: a bug"),
    EndpointSeen(
        EndpointJob(SMTP),
        SmtpSession(
            endpoint=SMTP,
            outcome=Outcome.COMPLETED,
            stage=Stage.DONE,
            tls=TLS,
            started_at=AT,
            transcript=(TranscriptLine(1.5, "S", "220 \x00 \\xff ü"),),
        ),
        (LEAF,),
    ),
    EndpointSeen(EndpointJob(IMAP), AccessSession(endpoint=IMAP, outcome=Outcome.REFUSED, stage=Stage.CONNECT)),
    PolicyFetched(
        PolicyJob(PolicyHost("a.example")),
        PolicyFetch(host="mta-sts.a.example", outcome=FetchOutcome.FETCHED, body="version: STSv1"),
        (LEAF,),
    ),
]


@pytest.mark.parametrize("message", MESSAGES, ids=lambda one: type(one).__name__)
def test_a_message_comes_back_as_it_was(message: Message) -> None:
    back = unpack(pack(message))
    assert type(back) is type(message)
    # not all that is told takes part in ==
    assert [getattr(back, one.name) for one in fields(back)] == [getattr(message, one.name) for one in fields(message)]
    assert pack(back) == pack(message)


def test_every_kind_of_message_is_tried() -> None:
    assert {type(message) for message in MESSAGES} == set(get_args(Message))


@pytest.mark.parametrize("frame", [b"", b"x{}", b"\x80\x04K\x01.", b"D{", b'D{"target": 1}'])
def test_what_is_no_frame_of_ours_is_refused(frame: bytes) -> None:
    with pytest.raises(ValueError, match=r"no frame of ours|validation error"):
        unpack(frame)


@given(st.lists(st.binary(max_size=50)), st.lists(st.integers(1, 40)))
def test_a_stream_is_split_as_it_was_joined_in_whatever_pieces_it_comes(frames: list[bytes], sizes: list[int]) -> None:
    splitter, stream, got = Splitter(), joined(frames), []
    for size in [*sizes, len(stream)]:
        piece, stream = stream[:size], stream[size:]
        got += splitter.feed(piece)
    assert got == frames


def test_a_frame_that_is_too_long_is_refused_before_it_is_taken_in() -> None:
    with pytest.raises(ValueError, match="a frame of"):
        Splitter().feed((MOST_OCTETS + 1).to_bytes(4, "big"))
