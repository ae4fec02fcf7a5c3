"""Names of the DNS, as all that asks for them has them: in lower case, without the last dot."""

from functools import lru_cache

LONGEST_NAME = 253
"""Octets in text form (RFC 1035 §2.3.4)."""


@lru_cache(maxsize=1_000)  # several policies of a domain are looked for on the same way
def upwards(name: str) -> tuple[str, ...]:
    """The name and all above it, the top level last; the root is left out."""
    labels = name.split(".")
    return tuple(".".join(labels[start:]) for start in range(len(labels)))
