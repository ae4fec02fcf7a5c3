"""Jobs and observations as octets, for whoever does jobs elsewhere: a letter, and JSON as the journal has it.

Nothing is pickled: what comes back is read as data, whatever process it comes from.
"""

from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from auditor.config import Config
from auditor.engine.jobs import DomainJob, DomainSurveyed, EndpointJob, EndpointSeen, PolicyFetched, PolicyJob
from auditor.journal.codec import decode, encode
from auditor.journal.reader import decoded_session
from auditor.model.certificate import Certificate
from auditor.model.endpoint import Protocol
from auditor.model.mta_sts import PolicyFetch
from auditor.net.nameservers import AT_ONCE

_LENGTH = 4  # octets before each frame in a stream
MOST_OCTETS = 1 << 28
"""Of one frame; a longer one is no frame of ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Begin:
    """What whoever does jobs elsewhere must know before the first."""

    settings: Config
    began_at: datetime
    """When the run began, which its made-up labels depend on."""
    since: datetime
    """When this part of it began."""
    ad_trusted: bool
    journal: str = ""
    """The run's folder; empty where its journal cannot be read from."""
    anchors: str = ""
    """The content of the settings' file of trust anchors, where that lies on another machine."""
    blocked: tuple[tuple[str, int], ...] = ()
    """Who is not to be contacted, each with its line in the list of ``blocked_by``."""
    blocked_by: str = ""
    log_level: int = 0
    after_others: bool = False
    """Whether servers may have been contacted just now, by a part of the run that ended or by one who is lost."""

    at_nameservers: int = AT_ONCE
    """Questions in flight to one nameserver's address."""

    def with_journal(self, folder: Path) -> "Begin":
        """The same, for those who can read the run's journal."""
        return replace(self, journal=str(folder.absolute()))


@dataclass(frozen=True, slots=True)
class Ready:
    """Whoever does jobs elsewhere can begin."""

    version: str


@dataclass(frozen=True, slots=True)
class Logged:
    """A line of the log of whoever does jobs elsewhere."""

    logger: str
    level: int
    message: str


@dataclass(frozen=True, slots=True)
class _Shown:
    """A certificate: its DER in Base64, and the rest."""

    der: str
    record: str


@dataclass(frozen=True, slots=True)
class _Spoken:
    """An :class:`EndpointSeen`; the session is JSON of its protocol's class."""

    job: EndpointJob
    protocol: Protocol
    session: str
    certificates: tuple[_Shown, ...]


@dataclass(frozen=True, slots=True)
class _Fetched:
    """A :class:`PolicyFetched`."""

    job: PolicyJob
    fetch: PolicyFetch
    certificates: tuple[_Shown, ...]


Message = Begin | Ready | Logged | DomainJob | EndpointJob | PolicyJob | DomainSurveyed | EndpointSeen | PolicyFetched

_KINDS: dict[bytes, type[Any]] = {
    b"B": Begin,
    b"r": Ready,
    b"l": Logged,
    b"D": DomainJob,
    b"E": EndpointJob,
    b"P": PolicyJob,
    b"d": DomainSurveyed,
    b"e": _Spoken,
    b"p": _Fetched,
}
_LETTERS = {kind: letter for letter, kind in _KINDS.items()}


def pack(message: Message) -> bytes:
    """The frame of a message."""
    form: object = message
    if isinstance(message, EndpointSeen):
        session = message.session
        shown = _shown(message.certificates)
        form = _Spoken(message.job, session.endpoint.service.protocol, encode(session), shown)
    elif isinstance(message, PolicyFetched):
        form = _Fetched(message.job, message.fetch, _shown(message.certificates))
    return _LETTERS[type(form)] + encode(form).encode()


def unpack(frame: bytes) -> Message:
    """The message in a frame, equal to the one that was packed.

    Raises:
        ValueError: it is no frame of ours.
    """
    if frame[:1] not in _KINDS:
        raise ValueError(f"no frame of ours: {frame[:20]!r}")
    form: Any = decode(_KINDS[frame[:1]], frame[1:])
    if isinstance(form, _Spoken):
        return EndpointSeen(form.job, decoded_session(form.protocol, form.session), _read(form.certificates))
    if isinstance(form, _Fetched):
        return PolicyFetched(form.job, form.fetch, _read(form.certificates))
    message: Message = form
    return message


def _shown(certificates: Iterable[Certificate]) -> tuple[_Shown, ...]:
    return tuple(_Shown(b64encode(one.der).decode(), encode(replace(one, der=b""))) for one in certificates)


def _read(shown: Iterable[_Shown]) -> tuple[Certificate, ...]:
    return tuple(replace(decode(Certificate, one.record), der=b64decode(one.der)) for one in shown)


def joined(frames: Iterable[bytes]) -> bytes:
    """Frames as they stand in a stream: each after its length."""
    return b"".join(len(frame).to_bytes(_LENGTH, "big") + frame for frame in frames)


class Splitter:
    """Takes a stream of frames apart, however it comes in pieces."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, octets: bytes) -> list[bytes]:
        """The frames that are whole now.

        Raises:
            ValueError: a frame is too long to be one of ours.
        """
        self._buffer += octets
        frames = []
        at = 0
        while (end := self._end(at)) <= len(self._buffer):
            frames.append(bytes(self._buffer[at + _LENGTH : end]))
            at = end
        del self._buffer[:at]
        return frames

    def _end(self, at: int) -> int:
        """Where the frame that begins there ends; at the least, where its length does."""
        if len(self._buffer) < at + _LENGTH:
            return at + _LENGTH
        length = int.from_bytes(self._buffer[at : at + _LENGTH], "big")
        if length > MOST_OCTETS:
            raise ValueError(f"a frame of {length} octets")
        return at + _LENGTH + length
