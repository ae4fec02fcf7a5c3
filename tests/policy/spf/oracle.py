"""pyspf, made to evaluate a :mod:`world <tests.policy.spf.worlds>`, with a note of where it goes its own way."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.policy.spf.worlds import World

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of its source, when it is compiled
    import spf  # type: ignore[import-untyped]

Records = list[tuple[tuple[str, str], Any]]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What pyspf says."""

    result: str
    explanation: str
    """Of a failure; empty where the domain has none."""
    problem: str
    own_ways: frozenset[str]
    """What happened in its run that could make a difference."""


def verdict(world: World) -> Verdict:
    """Of pyspf for the world's sender, evaluated as strictly as the RFC asks."""
    before = spf.DNSLookup
    spf.DNSLookup = _lookup_in(world)
    try:
        query = _Watched(world.ip, world.sender, world.helo)
        query.set_default_explanation("")
        result, _, explanation = query.check()
    finally:
        spf.DNSLookup = before
    problem = getattr(query, "prob", "") if "error" in result else ""
    return Verdict(result, explanation if result == "fail" else "", problem, frozenset(query.own_ways))


def _lookup_in(world: World) -> Callable[..., Records]:
    def look_up(name: str, kind: str, *_: object) -> Records:
        if not world.status(name.lower(), kind).known:
            raise spf.TempError("no answer")
        return [((name, kind), _data(kind, text)) for text in world.found(name.lower(), kind)]

    return look_up


def _data(kind: str, text: str) -> Any:
    if kind == "MX":
        preference, exchange = text.split()
        return int(preference), exchange.removesuffix(".")
    return [text.encode("latin-1")] if kind == "TXT" else text


class _Watched(spf.query):  # type: ignore[misc] # it has no types
    def __init__(self, ip: str, sender: str, helo: str) -> None:
        self.own_ways: set[str] = set()
        super().__init__(ip, sender, helo, strict=True)

    def validated_ptrs(self) -> list[str]:
        before = self.void_lookups
        try:
            names: list[str] = super().validated_ptrs()
        except (spf.TempError, spf.PermError) as error:
            self.own_ways.add("ptr failed" if isinstance(error, spf.TempError) else "ptr counted")
            raise
        if self.void_lookups > before:
            self.own_ways.add("ptr counted")
        return names

    def dns_mx(self, domain: str) -> list[str]:
        before = self.void_lookups
        try:
            addresses: list[str] = super().dns_mx(domain)
        finally:
            if self.void_lookups > before + 1:
                self.own_ways.add("exchanges counted")
        return addresses

    def expand(self, text: str, stripdot: bool = True) -> str:
        expanded: str = super().expand(text, stripdot)
        if "%{s" in text.lower():
            self.own_ways.add("whole sender")
        if stripdot and len(expanded) > 253:
            self.own_ways.add("long name")
        return expanded
