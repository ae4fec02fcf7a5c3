"""What the lookups of SPF ask, and what their answers come to (RFC 7208 §4.3, §4.6.4, §5)."""

import re
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from auditor.model.dns import Answer
from auditor.policy.addresses import address_of
from auditor.policy.names import LONGEST_NAME
from auditor.policy.spf.terms import Network

Address = IPv4Address | IPv6Address

MOST_LOOKUPS = 10
MOST_VOIDS = 2
MOST_NAMES = 10
"""Of the exchanges of one ``mx``, more of which are an error, and of the names of one address (§4.6.4)."""

_LABELS = re.compile(r"[^.]{1,63}(?:\.[^.]{1,63})*")
_KEPT = 10_000  # names, and addresses as networks: each exchange of a domain is tried as a sender


def sender_address(text: str) -> Address:
    """The address that the rules are applied to: an IPv4-mapped one is an IPv4 address (§5).

    Raises:
        ValueError: it is no IP address.

    """
    address = address_of(text)
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


@lru_cache(maxsize=_KEPT)
def is_name(text: str) -> bool:
    """Whether the DNS can be asked for it: no label is empty or longer than 63, nor all together than 253 (§4.3)."""
    return len(text) <= LONGEST_NAME and _LABELS.fullmatch(text) is not None


def why_no_domain(text: str) -> str:
    """Why no record is looked for at a name (§4.3); empty when one is."""
    what = f"{text!a} is" if text else "that is"
    return "" if is_name(text) and "." in text else f"{what} no domain name of several labels (RFC 7208 §4.3)"


def target_name(expanded: str) -> str:
    """The name that an expanded domain-spec asks for, as :class:`Question` has it; empty for what is no name.

    Labels on the left are cut off where it is longer than 253 (§7.3); a backslash is a character like others.
    """
    name = expanded.removesuffix(".").lower()
    if len(name) > LONGEST_NAME:
        name = name[name.find(".", len(name) - LONGEST_NAME - 1) + 1 :]
    return name.replace("\\", "\\\\") if is_name(name) else ""


def is_void(answer: Answer) -> bool:
    """Whether the lookup found nothing, which more than two terms should not (§4.6.4)."""
    return answer.status.known and not answer.records


def exchanges_in(answer: Answer) -> tuple[str, ...]:
    """The exchange of each MX record, but for the root, which has no address (RFC 7505 §3)."""
    names = (record.rpartition(" ")[2] for record in answer.records)
    return tuple(name for name in names if name not in {"", "."})


def networks_in(answer: Answer, prefixes: tuple[int, int]) -> tuple[Network, ...]:
    """The networks of so many bits, for IPv4 and IPv6, in which the addresses of an answer lie (§5.3)."""
    kind, prefix = (IPv4Network, prefixes[0]) if answer.question.type == "A" else (IPv6Network, prefixes[1])
    found = (_network(kind, address, prefix) for address in answer.records)
    return tuple(network for network in found if network is not None)


@lru_cache(maxsize=_KEPT)
def _network(kind: type[Network], address: str, prefix: int) -> Network | None:
    """The network of that length in which an address lies; ``None`` for what is no address of that kind."""
    try:
        return kind(f"{address}/{prefix}", strict=False)
    except ValueError:
        return None
