"""What the user asked about: accepted inputs, and the lines that were not accepted."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One accepted input: a mail domain, or a server named directly."""

    domain: str
    """Lower-case A-label name without trailing dot; for a direct target, its host or address."""
    domain_unicode: str
    """The name in U-labels, as people write it."""
    input: str
    """The text as it stood in the list."""
    input_line: int
    """1-based line or row in ``source``; for names given as arguments, their position."""
    source: str
    """The file's name, ``-`` for standard input, ``argument`` for the command line."""
    extra: tuple[tuple[str, str], ...] = ()
    """The list's own further columns, as (header, value)."""
    direct: bool = False
    """True when the host itself is to be probed, without an MX lookup."""
    port: int | None = None
    """The only port asked for, where a direct target names one."""
    sought: bool = False
    """One of a range of addresses: nobody says that a server is there."""

    @property
    def key(self) -> str:
        """What makes two targets the same: the domain, or host and port of a direct one."""
        if not self.direct:
            return self.domain
        return f"[{self.domain}]:{self.port or '*'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reject:
    """One input line that was not taken, and why."""

    source: str
    line: int
    text: str
    reason: str
