"""The SMTP client that a record is evaluated for, and the values of the macros that depend on it (RFC 7208 §7)."""

from collections.abc import Collection
from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import Literal, Self

from auditor.model.dns import Question
from auditor.policy.drive import Evaluation
from auditor.policy.spf.lookups import (
    MOST_NAMES,
    Address,
    is_name,
    is_void,
    networks_in,
    sender_address,
)

_NOBODY = "postmaster"
_WHOLE = (32, 128)


@dataclass(slots=True, kw_only=True)
class Client:
    """Who wants to send, and its validated names once they were looked up."""

    address: Address
    local_part: str
    domain: str
    """That of the sender's address."""
    helo: str
    receiver: str
    timestamp: int
    names_are_void: bool = False
    """Whether the address has no PTR record; false before they were asked for."""
    _names: tuple[str, ...] | None = None

    @classmethod
    def of(cls, ip: str, sender: str, *, helo: str = "", receiver: str = "unknown", timestamp: int = 0) -> Self:
        """The client at an address, on behalf of a sender; raises ValueError for what is no address."""
        local, _, domain = sender.rpartition("@")
        return cls(
            address=sender_address(ip),
            local_part=local or _NOBODY,  # §4.3
            domain=domain,
            helo=helo,
            receiver=receiver,
            timestamp=timestamp,
        )

    @property
    def address_type(self) -> Literal["A", "AAAA"]:
        """The type of the records that the address is compared with (§5)."""
        return "A" if isinstance(self.address, IPv4Address) else "AAAA"

    def validated_names(self) -> Evaluation[tuple[str, ...]]:
        """Names that the address has, and that have the address (§5.5); looked up once."""
        if self._names is None:
            self._names = yield from self._look_up_names()
        return self._names

    def _look_up_names(self) -> Evaluation[tuple[str, ...]]:
        """The first ten at most; a failure of the lookup, or of one name's, just means without (§4.6.4, §5.5)."""
        (answer,) = yield (Question(self.address.reverse_pointer, "PTR"),)
        self.names_are_void = is_void(answer)
        names = tuple(filter(is_name, answer.records[:MOST_NAMES]))
        if not names:
            return ()
        found = yield tuple(Question(name, self.address_type) for name in names)
        pairs = zip(names, found, strict=True)
        return tuple(
            name.lower() for name, one in pairs if any(self.address in net for net in networks_in(one, _WHOLE))
        )

    def values(self, letters: Collection[str], domain: str) -> Evaluation[dict[str, str]]:
        """What the macros stand for in the record of a domain (§7.2); the names are looked up for ``p`` alone."""
        is_ipv4 = isinstance(self.address, IPv4Address)
        nibbles = self.address.exploded if is_ipv4 else ".".join(self.address.exploded.replace(":", "").upper())
        values = {
            "s": f"{self.local_part}@{self.domain}",
            "l": self.local_part,
            "o": self.domain,
            "d": domain,
            "i": nibbles,
            "v": "in-addr" if is_ipv4 else "ip6",
            "h": self.helo,
            "c": str(self.address),
            "r": self.receiver,
            "t": str(self.timestamp),
        }
        if "p" in letters:
            values["p"] = _best((yield from self.validated_names()), domain)
        return values


def _best(names: tuple[str, ...], domain: str) -> str:
    """The domain itself, else one below it, else any; ``unknown`` without names (§7.3)."""
    below = (name for name in names if name.endswith(f".{domain}"))
    return domain if domain in names else next(below, names[0] if names else "unknown")
