"""The client's side of a POP3 session, as far as it goes without logging in (RFC 1939, RFC 2449, RFC 2595)."""

import re

from auditor.protocol.access import AccessClient, AccessReply
from auditor.protocol.bounds import USUAL, Bounds
from auditor.protocol.errors import RemoteProtocolError
from auditor.protocol.lines import capitals, content_of

CAPA, STLS, QUIT = "CAPA", "STLS", "QUIT"

_STATUS = re.compile(rb"(\+OK|-ERR)(?: (.*))?", re.IGNORECASE | re.DOTALL)  # RFC 1939 §3
_END = b"."


class Pop3Client(AccessClient):
    """One POP3 session; its commands are ``CAPA``, ``STLS`` and ``QUIT``."""

    START_TLS = STLS
    LEAVE = QUIT

    def __init__(self, bounds: Bounds = USUAL) -> None:
        super().__init__(bounds)
        self._begun: tuple[str, str] | None = None

    def _command(self, verb: str) -> bytes:
        return f"{verb}\r\n".encode("ascii")

    def _status_of(self, line: bytes) -> tuple[str, str] | None:
        content = content_of(line)
        if self._begun is not None:  # the lines of a list, to its end (RFC 1939 §3)
            begun, self._begun = self._begun, None if content == _END else self._begun
            return begun if content == _END else None
        match = _STATUS.fullmatch(content)
        if match is None:
            raise RemoteProtocolError("not-pop3", content)
        status = match[1].decode("ascii").upper(), (match[2] or b"").decode(errors="backslashreplace")
        if self._asked == CAPA and status[0] == "+OK":
            self._begun = status
            return None
        return status


def capabilities(reply: AccessReply | None) -> tuple[str, ...]:
    """The lines of an answer to CAPA, in capitals and in order (RFC 2449 §5)."""
    if reply is None or not reply.positive:
        return ()
    lines = (capitals(line).strip() for line in reply.lines[1:-1])
    return tuple(dict.fromkeys(" ".join(line.split()) for line in lines if line))
