"""How much is taken of one server, whatever it sends."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What passes one of these is no answer any more, and the session ends as ``oversized``."""

    line_octets: int = 4096
    """Of one line with its end: eight times the standard (RFC 5321 §4.5.3.1.5), past which nothing serious is seen."""
    lines: int = 128
    """Of one answer: the longest EHLO replies in use have about 30."""
    session_octets: int = 262_144
    """From the server in one session, in clear text and inside TLS."""


USUAL = Bounds()
"""Those that hold unless the settings say otherwise."""
