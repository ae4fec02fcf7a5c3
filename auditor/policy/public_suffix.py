"""Where registration ends and an organization begins, by the public suffix list (publicsuffix.org/list).

Receivers that follow RFC 7489 §3.2 use it with both its sections: private suffixes, such as those of hosting
companies, separate organizations as well.  A name whose last label no rule covers has that label as its suffix.
"""

from functools import cache, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList

_KEPT = 10_000  # names that are asked about again: of one domain, of senders, of exchanges


def public_suffix(name: str) -> str:
    """The suffix under which a name, or its parent, is registered; empty for what is no name.

    It is the name itself where that is a public suffix.  U-labels and A-labels are both understood.
    """
    return _list().publicsuffix(name) or ""


@lru_cache(maxsize=_KEPT)
def organizational_domain(name: str) -> str:
    """The name below the public suffix (RFC 7489 §3.2); the name itself where it is a suffix, or no name."""
    return _list().privatesuffix(name) or name.lower().removesuffix(".")


@cache
def _list() -> "PublicSuffixList":
    # Reading ten thousand rules takes a moment, which a command line that needs none should not wait for.
    from publicsuffixlist import PublicSuffixList  # noqa: PLC0415

    return PublicSuffixList()
