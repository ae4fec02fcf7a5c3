"""One GET on a stream, by h11: bounded, nothing followed, and a body never taken for whole that is not."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import h11

from auditor.model.mta_sts import FetchOutcome
from auditor.net.channel import OctetStream
from auditor.net.failure import translated

HTTPS_PORT: Final = 443
MAX_BODY_OCTETS = 65_536  # unless the settings say otherwise (RFC 8461 §3.3)
MAX_HEAD_OCTETS = 32_768
MAX_OCTETS = 262_144  # heads of 1xx responses, and what chunks cost, included
_READ_OCTETS = 16_384
_FIELDS_TOO_LARGE = 431  # how h11 says so
_MOST_WORDS = 300


class FetchFailure(Exception):  # noqa: N818 - data on its way to a row, as ContactFailure is
    """Fetching ended here: how, and in words."""

    def __init__(self, outcome: FetchOutcome, words: str) -> None:
        self.outcome = outcome
        self.words = words
        super().__init__(f"{outcome}: {words}")


@dataclass(frozen=True, slots=True)
class Head:
    """The head of the final response."""

    status: int
    headers: Mapping[str, str]
    """By lower-case name, the first of each, one character for each octet (latin-1)."""


class HttpGet:
    """One request and its response.

    Both methods raise :class:`FetchFailure`, or :class:`ContactFailure` where the connection fails.
    """

    def __init__(self, stream: OctetStream, user_agent: str, max_body_octets: int = MAX_BODY_OCTETS) -> None:
        self.ended_by_close = False
        """Whether nothing but the end of the connection told where the body ends (RFC 9112 §6.3)."""
        self._stream = stream
        self._user_agent = user_agent
        self._max_body_octets = max_body_octets
        self._max_octets = MAX_OCTETS - MAX_BODY_OCTETS + max_body_octets
        self._http = h11.Connection(h11.CLIENT, max_incomplete_event_size=MAX_HEAD_OCTETS)
        self._received_octets = 0
        self._has_head = False
        self._at_end = False

    async def head(self, host: str, path: str, port: int = HTTPS_PORT) -> Head:
        """The head of the response to a request for ``path``; 1xx responses before it are passed over."""
        authority = host if port == HTTPS_PORT else f"{host}:{port}"
        fields = {"Host": authority, "User-Agent": self._user_agent, "Accept": "text/plain", "Connection": "close"}
        request = h11.Request(method="GET", target=path, headers=list(fields.items()))
        octets = (self._http.send(request) or b"") + (self._http.send(h11.EndOfMessage()) or b"")
        with translated():
            await self._stream.send_all(octets)
        while not isinstance(event := await self._event(), h11.Response):
            pass
        self._has_head = True
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in reversed(list(event.headers))}
        return Head(event.status_code, headers)

    async def body(self) -> bytes:
        """The body, whole; what comes after it is not read."""
        body = bytearray()
        while isinstance(event := await self._event(), h11.Data):
            body += event.data
            if len(body) > self._max_body_octets:
                raise FetchFailure(FetchOutcome.OVERSIZED, f"a body of over {self._max_body_octets} octets")
        self.ended_by_close = self._at_end
        return bytes(body)

    async def _event(self) -> h11.Event:
        """The next event of the response, for which octets are read as needed."""
        while not isinstance(event := self._parsed(), h11.Event):
            with translated():
                octets = bytes(await self._stream.receive_some(_READ_OCTETS))
            self._received_octets += len(octets)
            if self._received_octets > self._max_octets:
                raise FetchFailure(FetchOutcome.OVERSIZED, f"over {self._max_octets} octets in one response")
            self._at_end = not octets
            self._http.receive_data(octets)
        return event

    def _parsed(self) -> h11.Event | type[h11.NEED_DATA] | type[h11.PAUSED]:
        try:
            return self._http.next_event()
        except h11.RemoteProtocolError as error:
            if self._at_end and (self._has_head or _may_be_http(self._http.trailing_data[0])):
                raise FetchFailure(FetchOutcome.UNREACHABLE, f"the connection ended too early: {error}") from None
            if error.error_status_hint == _FIELDS_TOO_LARGE:
                raise FetchFailure(FetchOutcome.OVERSIZED, f"a head of over {MAX_HEAD_OCTETS} octets") from None
            raise FetchFailure(FetchOutcome.NOT_HTTP, f"no HTTP response: {error}"[:_MOST_WORDS]) from None


def _may_be_http(octets: bytes) -> bool:
    """Whether a response may begin like this, as far as it has come."""
    return b"HTTP/".startswith(octets[:5])
