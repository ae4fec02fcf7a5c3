"""The conversation as it went, for people: bounded, every line with its time."""

from collections.abc import Callable, Iterable

from auditor.model.session import TranscriptLine
from auditor.protocol.errors import escaped

MAX_LINES = 500
MAX_CHARACTERS = 65_536


class Transcript:
    """Lines of a conversation in order; past its bounds it says so once, and takes no more."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._began_at = clock()
        self._characters = 0
        self._full = False
        self._lines: list[TranscriptLine] = []

    @property
    def lines(self) -> tuple[TranscriptLine, ...]:
        """What was taken down so far."""
        return tuple(self._lines)

    def elapsed_ms(self) -> float:
        """Milliseconds since the dial began."""
        return round((self._clock() - self._began_at) * 1000, 3)

    def heard(self, lines: Iterable[str]) -> None:
        """Take down what the server said, line by line."""
        for line in lines:
            self._add("S", line)

    def command(self, octets: bytes) -> None:
        """Take down a command of ours."""
        self._add("C", octets.decode("ascii").rstrip())

    def note(self, text: str) -> None:
        """Take down what happened between the lines, such as the start of TLS."""
        self._add("*", text)

    def garbage(self, octets: bytes) -> None:
        """Take down octets that are no reply, escaped."""
        if octets:
            self._add("S", escaped(octets[:512]))

    def _add(self, who: str, text: str) -> None:
        if self._full:
            return
        self._characters += len(text)
        self._full = len(self._lines) >= MAX_LINES or self._characters > MAX_CHARACTERS
        line = ("*", "the transcript ends here: it is too long") if self._full else (who, text)
        self._lines.append(TranscriptLine(self.elapsed_ms(), *line))
