"""What an address is called: the names its PTR records give, and whether they lead back."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ReverseNames:
    """The PTR records of one address (RFC 1035 §3.5), and which of their names have that address."""

    address: str
    names: tuple[str, ...] = ()
    """Where its PTR records point, sorted; empty where there are none, or where that is not known."""
    confirmed: tuple[str, ...] = ()
    """Those of ``names`` that have the address themselves (forward-confirmed)."""
    unknown: str = ""
    """The lookups that gave no fact, in words."""

    @property
    def is_confirmed(self) -> bool | None:
        """Whether some name leads back; ``None`` where a lookup that gave no fact leaves that open."""
        return True if self.confirmed else None if self.unknown else False
