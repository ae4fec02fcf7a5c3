"""Whose fault it is: ours (a bug) or theirs (data)."""

EVIDENCE_OCTETS = 80


class LocalProtocolError(Exception):
    """We asked for something that may not be sent: a bug of ours."""


class RemoteProtocolError(Exception):
    """What came is not of the protocol that is spoken here, or passes our bounds.

    ``reason`` is ``not-smtp``, ``not-imap``, ``not-pop3``, ``line-too-long`` or ``too-many-lines``;
    ``evidence`` is the beginning of what came, escaped to printable ASCII.
    """

    def __init__(self, reason: str, octets: bytes) -> None:
        self.reason = reason
        self.evidence = escaped(octets[:EVIDENCE_OCTETS])
        super().__init__(f"{reason}: {self.evidence}")


def escaped(octets: bytes) -> str:
    r"""Octets as printable ASCII; all others, and the backslash, as ``\xNN``."""
    return "".join(chr(octet) if 32 <= octet < 127 and octet != 92 else f"\\x{octet:02x}" for octet in octets)
