r"""Inputs that are kept: ``corpus/TARGET/*.txt``, one a line.

Octets beyond printable ASCII stand as ``\xNN``, ``\r``, ``\n``; lines that begin with ``#`` say what the next
ones are about; a line ``hex:`` holds digits alone.  What ``*N`` follows after two spaces stands N times, and after
``+`` between two spaces comes more: ``a  *3  + b``.
"""

import re
from pathlib import Path

CORPUS = Path(__file__).parent / "corpus"
_ESCAPES = {"r": b"\r", "n": b"\n", "t": b"\t", "\\": b"\\"}
_ESCAPE = re.compile(r"\\(?:x([0-9a-f]{2})|([rnt\\]))|([^\\]+)")
_REPEATED = re.compile(r"(.*?)(?:  \*([0-9]+))?(?:  \+ (.*))?", re.DOTALL)


def seeds(target: str) -> list[bytes]:
    """The inputs kept for a target, in the order of their files."""
    texts = [path.read_text("ascii") for path in sorted((CORPUS / target).glob("*.txt"))]
    lines = [line for text in texts for line in text.split("\n")]
    return [octets_of(line) for line in lines if line and not line.startswith("#")]


def octets_of(line: str) -> bytes:
    """The input that a line stands for."""
    if line.startswith("hex:"):
        return bytes.fromhex(line.removeprefix("hex:"))
    octets, rest = b"", line
    while (found := _REPEATED.fullmatch(rest)) is not None:
        octets += _unescaped(found[1]) * int(found[2] or 1)
        if found[3] is None:
            break
        rest = found[3]
    return octets


def line_of(octets: bytes) -> str:
    """The line that stands for an input."""
    if sum(octet < 32 or octet > 126 for octet in octets) * 2 > len(octets):
        return f"hex:{octets.hex()}"
    line = "".join(map(_escaped, octets)).replace("  ", " \\x20")
    return f"\\x23{line[1:]}" if line.startswith("#") else line


def _escaped(octet: int) -> str:
    short = {13: "\\r", 10: "\\n", 9: "\\t", 92: "\\\\"}
    return short.get(octet) or (chr(octet) if 32 <= octet < 127 else f"\\x{octet:02x}")


def _unescaped(text: str) -> bytes:
    parts = _ESCAPE.finditer(text)
    return b"".join(
        bytes.fromhex(part[1]) if part[1] else _ESCAPES[part[2]] if part[2] else part[3].encode() for part in parts
    )
