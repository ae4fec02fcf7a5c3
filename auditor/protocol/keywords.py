"""EHLO keywords: the service extensions that a server announces (RFC 5321 §4.1.1.1)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from auditor.protocol.lines import capitals
from auditor.protocol.replies import Reply

# "AUTH=LOGIN PLAIN" was sent for clients that predate RFC 2554; it means the same as "AUTH LOGIN PLAIN".
_LEGACY = re.compile(r"\A(AUTH)=", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Keyword:
    """One announced extension: its keyword in upper case, and its parameters as they stand."""

    name: str
    parameters: tuple[str, ...] = ()

    def __str__(self) -> str:
        return " ".join((self.name, *self.parameters))


def parse_keywords(reply: Reply | None) -> tuple[Keyword, ...]:
    """The keywords of an EHLO reply in the server's order; none where it was not positive.

    The first line is the server's name and greeting, never a keyword.
    """
    if reply is None or not reply.positive:
        return ()
    words = (_LEGACY.sub(r"\1 ", line.strip(), count=1).split() for line in reply.lines[1:])
    return tuple(Keyword(capitals(name), tuple(parameters)) for name, *parameters in filter(None, words))


def find(keywords: Iterable[Keyword], name: str) -> Keyword | None:
    """The keyword of that name with the parameters of all its lines, each once; ``None`` if not announced."""
    wanted = capitals(name)
    lines = [keyword.parameters for keyword in keywords if keyword.name == wanted]
    if not lines:
        return None
    return Keyword(wanted, tuple(dict.fromkeys(parameter for line in lines for parameter in line)))
