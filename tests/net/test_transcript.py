"""What is taken down of a conversation, and how much."""

import pytest

from auditor.net import transcript as transcript_module
from auditor.net.transcript import Transcript
from auditor.protocol.replies import Reply


class Clock:
    """Moves by a second whenever it is looked at."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        self.seconds += 1
        return self.seconds


def said(transcript: Transcript) -> list[tuple[str, str]]:
    return [(line.who, line.text) for line in transcript.lines]


def test_lines_stand_as_they_came_each_with_its_time() -> None:
    transcript = Transcript(Clock())
    transcript.note("connected")
    transcript.heard(Reply(250, ("mx.example", "SIZE 1000", "")).as_sent)
    transcript.command(b"EHLO auditor.example\r\n")
    transcript.garbage(b"\x00caf\xc3\xa9\\\r\n")
    transcript.garbage(b"")
    assert said(transcript) == [
        ("*", "connected"),
        ("S", "250-mx.example"),
        ("S", "250-SIZE 1000"),
        ("S", "250"),
        ("C", "EHLO auditor.example"),
        ("S", r"\x00caf\xc3\xa9\x5c\x0d\x0a"),
    ]
    assert [line.at_ms for line in transcript.lines] == [1000, 2000, 3000, 4000, 5000, 6000]
    assert transcript.elapsed_ms() == 7000


def test_garbage_is_cut() -> None:
    transcript = Transcript(Clock())
    transcript.garbage(b"x" * 100_000)
    assert said(transcript) == [("S", "x" * 512)]


@pytest.mark.parametrize(
    ("bound", "value", "text", "kept"),
    [("MAX_LINES", 3, "x", 3), ("MAX_CHARACTERS", 10, "12345", 2), ("MAX_CHARACTERS", 3, "12345", 0)],
)
def test_past_its_bounds_it_says_so_once(
    monkeypatch: pytest.MonkeyPatch, bound: str, value: int, text: str, kept: int
) -> None:
    monkeypatch.setattr(transcript_module, bound, value)
    transcript = Transcript(Clock())
    for _ in range(20):
        transcript.note(text)
    assert said(transcript) == [("*", text)] * kept + [("*", "the transcript ends here: it is too long")]


def test_what_was_handed_out_does_not_grow() -> None:
    transcript = Transcript(Clock())
    transcript.note("one")
    lines = transcript.lines
    transcript.note("two")
    assert len(lines) == 1
