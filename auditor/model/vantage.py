"""From where one looks: what is known of this end, and what it means for a run."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from auditor.model.dns import Validation
from auditor.model.mta_sts import PolicyFetch
from auditor.model.reverse import ReverseNames
from auditor.model.session import Session


class VantageState(StrEnum):
    """Whether something about this end is as a run needs it."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class VantageLine:
    """One thing about this end: what was seen, and what to do where that is not well."""

    what: str
    state: VantageState
    words: str
    advice: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnName:
    """The name that is given in EHLO."""

    name: str
    """Empty where this host has no full name."""
    addresses: tuple[str, ...] = ()
    """That it has in the DNS."""
    unknown: str = ""
    """The lookups that gave no fact."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """A mail domain that the whole world reaches, and what came of trying."""

    domain: str
    sessions: tuple[Session, ...] = ()
    """One an address family at most."""
    fetch: PolicyFetch | None = None
    unknown: str = ""
    """Why nothing was tried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vantage:
    """What was seen of this end."""

    own_name: OwnName
    sources: Mapping[str, str] = field(default_factory=dict)
    """The local address that connections leave from, by family (``A``, ``AAAA``); empty where there is no route."""
    reverse: Mapping[str, ReverseNames] = field(default_factory=dict)
    """The names of the public ones, and of those that servers saw."""
    resolvers: tuple[str, ...] = ()
    validation: Validation | None = None
    """Nothing where no resolver answered, or none was asked."""
    witnesses: tuple[Witness, ...] = ()
    """Empty where none were to be contacted."""
    listed: Mapping[str, str] = field(default_factory=dict)
    """Of block lists that were asked for this end's public address: the answer; empty where it is not listed."""
