"""What a person types into a session, line by line: when an answer is whole, and what of it is a secret."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from auditor.protocol.replies import Reply

HIDDEN = "(not shown)"
# Commands of POP3 that are answered by several lines (RFC 1939 §3), some of them only without an argument.
_ALWAYS_LISTS, _LISTS_OF_ALL = {"RETR", "TOP"}, {"CAPA", "LIST", "UIDL"}


@dataclass(slots=True)
class Typing:
    """Where a session by hand stands: the command typed last, and whether text of a message or a secret comes next."""

    protocol: str
    """``smtp``, ``imap`` or ``pop3``."""
    in_message: bool = False
    in_login: bool = False
    _words: list[str] = field(default_factory=list)

    @property
    def verb(self) -> str:
        """The command that was typed last, in capitals; of IMAP without its tag."""
        words = self._words[1:] if self.protocol == "imap" else self._words
        return words[0].upper() if words else ""

    @property
    def begins_tls(self) -> bool:
        """Whether a positive answer to what was typed begins TLS."""
        return self.verb == ("STLS" if self.protocol == "pop3" else "STARTTLS")

    def typed(self, line: str) -> str:
        """Take a line; what may be shown of it, and kept."""
        if self.in_message:
            self.in_message = line != "."
            return line
        if self.in_login:  # it goes on with the command that was typed before, in IMAP under its tag
            self.in_login = False
            return HIDDEN
        self._words = line.split()
        shown = {"AUTH": 2, "PASS": 1, "LOGIN": 1, "AUTHENTICATE": 2}.get(self.verb)
        tag = 1 if self.protocol == "imap" else 0
        if shown is None or len(self._words) <= shown + tag:
            return line
        return " ".join((*self._words[: shown + tag], HIDDEN))

    def answer_due(self) -> bool:
        """Whether the server owes an answer now: not within a message."""
        return not self.in_message

    def whole(self, lines: Sequence[str]) -> bool:
        """Whether these lines are the whole answer to what was typed."""
        if not lines:
            return False
        last = lines[-1]
        if self.protocol == "smtp":
            return _is_code(last[:3]) and last[3:4] in {"", " "}
        if self.protocol == "imap":
            tag = self._words[0] if self._words else "*"
            return last.startswith((f"{tag} ", "+ ")) or last == "+"
        several = self.verb in _ALWAYS_LISTS or (self.verb in _LISTS_OF_ALL and len(self._words) == 1)
        return last == "." if several and lines[0].upper().startswith("+OK") else True

    def answered(self, lines: Sequence[str]) -> bool:
        """Take a whole answer; whether it is positive."""
        last = lines[-1]
        code = last[:3]
        self.in_message = self.protocol == "smtp" and code == "354" and self.verb == "DATA"
        self.in_login = (self.protocol == "smtp" and code == "334") or (last[:1] == "+" and last[:3].upper() != "+OK")
        if self.protocol == "smtp":
            return code[:1] in {"2", "3"}
        words = last.upper().split()
        return "OK" in words[:2] or words[:1] == ["+OK"]


def as_reply(lines: Sequence[str]) -> Reply | None:
    """The lines of an SMTP answer as a reply; nothing where they are none."""
    last = lines[-1] if lines else ""
    return Reply(int(last[:3]), tuple(line[4:] for line in lines)) if _is_code(last[:3]) else None


def _is_code(text: str) -> bool:
    return len(text) == 3 and text.isascii() and text.isdecimal()
