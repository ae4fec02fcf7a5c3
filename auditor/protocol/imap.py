"""The client's side of an IMAP session, as far as it goes without logging in (RFC 9051, RFC 3501)."""

import re

from auditor.protocol.access import AccessClient, AccessReply
from auditor.protocol.bounds import USUAL, Bounds
from auditor.protocol.errors import RemoteProtocolError
from auditor.protocol.lines import Deviation, capitals, content_of

CAPABILITY, STARTTLS, LOGOUT = "CAPABILITY", "STARTTLS", "LOGOUT"

_GREETING = re.compile(rb"\* (OK|PREAUTH|BYE)(?: (.*))?", re.IGNORECASE | re.DOTALL)  # RFC 9051 §7.1
_BYE = re.compile(rb"\* BYE(?: (.*))?", re.IGNORECASE | re.DOTALL)
_STATUS = rb" (OK|NO|BAD)(?: (.*))?"
_IN_CODE = re.compile(r"\[CAPABILITY ([^\]]*)\]", re.IGNORECASE | re.ASCII)


class ImapClient(AccessClient):
    """One IMAP session; its commands are ``CAPABILITY``, ``STARTTLS`` and ``LOGOUT``."""

    START_TLS = STARTTLS
    LEAVE = LOGOUT

    def __init__(self, bounds: Bounds = USUAL) -> None:
        super().__init__(bounds)
        self._number = 0

    def _command(self, verb: str) -> bytes:
        self._number += 1
        return f"{self._tag} {verb}\r\n".encode("ascii")

    @property
    def _tag(self) -> str:
        return f"a{self._number}"

    def _status_of(self, line: bytes) -> tuple[str, str] | None:
        content = content_of(line)
        if not self._asked:
            match = _GREETING.fullmatch(content)
            if match is None:
                raise RemoteProtocolError("not-imap", content)
            return _words(match)
        match = re.fullmatch(self._tag.encode() + _STATUS, content, re.IGNORECASE | re.DOTALL)
        if match is not None:
            return _words(match)
        if self._asked != LOGOUT and (bye := _BYE.fullmatch(content)):
            return "BYE", _text(bye[1])  # the server is about to close (RFC 9051 §7.1.5)
        if not content.startswith((b"* ", b"+ ")):
            self._deviations.add(Deviation.UNPREFIXED_LINE)
        return None


def capabilities(reply: AccessReply | None) -> tuple[str, ...]:
    """The capabilities that an answer to CAPABILITY names, or the code in a greeting, in capitals and in order."""
    if reply is None or not reply.positive:
        return ()
    named = [line[13:] for line in reply.lines if capitals(line[:13]) == "* CAPABILITY "]
    named += [match[1] for match in _IN_CODE.finditer(reply.text)]
    return tuple(dict.fromkeys(capitals(" ".join(named)).split()))


def _words(match: re.Match[bytes]) -> tuple[str, str]:
    return match[1].decode("ascii").upper(), _text(match[2])


def _text(octets: bytes | None) -> str:
    return (octets or b"").decode(errors="backslashreplace")
