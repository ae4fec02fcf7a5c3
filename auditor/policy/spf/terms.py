"""One term of an SPF record, read by its grammar (RFC 7208 §4.6.1, §12)."""

import re
from collections.abc import Callable
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network
from typing import NamedTuple

from auditor.model.spf import SpfResult
from auditor.policy.spf.macros import MacroString, parse_macros

Network = IPv4Network | IPv6Network

MECHANISMS = ("all", "include", "a", "mx", "ptr", "ip4", "ip6", "exists")
MODIFIERS_ONCE = ("redirect", "exp")
"""Those with a meaning; each may stand once (§6)."""
COSTS_LOOKUP = frozenset({"include", "a", "mx", "ptr", "exists", "redirect"})
"""Terms that count against the limit (§4.6.4)."""

_QUALIFIERS = {"+": SpfResult.PASS, "-": SpfResult.FAIL, "~": SpfResult.SOFTFAIL, "?": SpfResult.NEUTRAL}
_MODIFIER = re.compile(r"([A-Za-z][A-Za-z0-9._-]*)=(.*)", re.DOTALL)
_DIRECTIVE = re.compile(r"([-+~?]?)([A-Za-z][A-Za-z0-9._-]*)((?:[:/].*)?)", re.DOTALL)
_DUAL_CIDR = re.compile(r"(?P<spec>.*?)(?:/(?P<four>[0-9]+))?(?://(?P<six>[0-9]+))?", re.DOTALL)
_LENGTH = re.compile(r"0|[1-9][0-9]{0,2}")
# domain-end is a macro, or a dot and a toplabel: not all digits, no hyphen at either end, perhaps a last dot.
_TOP_LABEL = re.compile(r"\.(?=[A-Za-z0-9-]*[A-Za-z-])[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.?\Z")
_ADDRESS = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+\.?\Z")
_LONGEST_SHOWN = 100
_LONGEST_KEPT = 255  # of a term: names are no longer


class Term(NamedTuple):
    """A directive or a modifier; a tuple, since it is read bit by bit."""

    position: int
    """From 1; the version is not counted."""
    text: str
    name: str = ""
    """Of the mechanism or modifier, in lower case; empty for what is neither, and for modifiers without a meaning."""
    result: SpfResult = SpfResult.PASS
    """By the qualifier, what a match comes to (§4.6.2); without meaning for a modifier."""
    target: MacroString | None = None
    """The domain-spec; ``None`` where there is none, which means the record's own domain."""
    network: Network | None = None
    """Of ``ip4`` and ``ip6``."""
    prefixes: tuple[int, int] = (32, 128)
    """Lengths for IPv4 and IPv6, of ``a`` and ``mx``."""
    looks_like_mechanism: bool = False
    """Whether it is a modifier without a meaning that was meant as a mechanism, such as ``ip4=192.0.2.1``."""
    fault: str = ""
    """What is wrong, in words; empty for a term that is right."""

    @property
    def shown(self) -> str:
        """The text, cut where it is long, with what is not printable escaped."""
        return ascii(self.text[:_LONGEST_SHOWN])[1:-1]

    @property
    def is_mechanism(self) -> bool:
        """Whether it is a directive, right or wrong, with a mechanism that is known."""
        return self.name in MECHANISMS

    @property
    def costs(self) -> bool:
        """Whether it counts against the limit on lookups (§4.6.4)."""
        return self.name in COSTS_LOOKUP


def nothing_there(term: Term, problem: str) -> str:
    """Why a term that refers to no record is an error, for one that is not there by itself is none (§5.2, §6.1)."""
    return f"{problem}, which is an error for {term.name} ({'§5.2' if term.is_mechanism else '§6.1'})"


def parse_term(position: int, text: str) -> Term:
    """The term that a text without spaces is; never raises."""
    return _parsed(position, text) if len(text) <= _LONGEST_KEPT else _parsed.__wrapped__(position, text)


@lru_cache(maxsize=2_000)  # most records are made of the same few terms
def _parsed(position: int, text: str) -> Term:
    if (modifier := _MODIFIER.fullmatch(text)) is not None:
        return _modifier(Term(position=position, text=text), modifier[1].lower(), modifier[2])
    directive = _DIRECTIVE.fullmatch(text)
    name = directive[2].lower() if directive is not None else ""
    term = Term(position=position, text=text, name=name if name in MECHANISMS else "")
    if directive is None:
        return term._replace(fault="neither a mechanism nor a modifier (RFC 7208 §4.6.1)")
    term = term._replace(result=_QUALIFIERS[directive[1] or "+"])
    if name in MODIFIERS_ONCE:
        return term._replace(fault=f"a modifier is written {name}= (RFC 7208 §6)")
    if not term.name:
        return term._replace(fault=f"there is no mechanism {name[:_LONGEST_SHOWN]} (RFC 7208 §4.6.1)")
    return _ARGUMENTS[term.name](term, directive[3])


def _modifier(term: Term, name: str, value: str) -> Term:
    if name in MODIFIERS_ONCE:
        return _with_target(term._replace(name=name), value)
    # Others are ignored once their grammar is right, also those that are named like a mechanism (§6).
    return term._replace(looks_like_mechanism=name in MECHANISMS, fault=parse_macros(value).fault)


def _none(term: Term, argument: str) -> Term:
    return term._replace(fault="nothing may follow all (RFC 7208 §5.1)") if argument else term


def _required(term: Term, argument: str) -> Term:
    """``include`` and ``exists``."""
    if not argument.startswith(":"):
        return term._replace(fault=f"{term.name} needs a domain, without a length (RFC 7208 §5.2, §5.7)")
    return _with_target(term, argument[1:])


def _optional(term: Term, argument: str) -> Term:
    """``ptr``."""
    if argument and not argument.startswith(":"):
        return term._replace(fault="ptr takes a domain, but no length (RFC 7208 §5.5)")
    return _with_target(term, argument[1:]) if argument else term


def _dual(term: Term, argument: str) -> Term:
    """``a`` and ``mx``."""
    split = _DUAL_CIDR.fullmatch(argument)
    spec, four, six = (split["spec"], split["four"], split["six"]) if split else (argument, None, None)
    if spec and not spec.startswith(":"):
        words = f"{argument[:_LONGEST_SHOWN]!a} is not /length//length, for IPv4 and IPv6 (RFC 7208 §5.6)"
        return term._replace(fault=words)
    if fault := _length_fault(four, 32) or _length_fault(six, 128):
        return term._replace(fault=fault)
    term = term._replace(prefixes=(int(four or 32), int(six or 128)))
    return _with_target(term, spec[1:]) if spec else term


def _network(term: Term, argument: str) -> Term:
    """``ip4`` and ``ip6``."""
    is_ip4 = term.name == "ip4"
    longest = 32 if is_ip4 else 128
    address, slash, length = argument.removeprefix(":").partition("/")
    if fault := _length_fault(length if slash else None, longest):
        return term._replace(fault=fault)
    family = "4" if is_ip4 else "6"
    fault = f"{address[:_LONGEST_SHOWN]!a} is not an IPv{family} address (RFC 7208 §5.6)"
    if not argument.startswith(":") or "%" in address:  # a zone is part of no network (RFC 4007 §11)
        return term._replace(fault=fault)
    try:
        whole = f"{address}/{length or longest}"
        return term._replace(network=(IPv4Network if is_ip4 else IPv6Network)(whole, strict=False))
    except ValueError:
        return term._replace(fault=fault)


def _length_fault(digits: str | None, longest: int) -> str:
    if digits is None or (_LENGTH.fullmatch(digits) and int(digits) <= longest):
        return ""
    return f"/{digits[:12]} is no length from 0 to {longest} (RFC 7208 §5.6)"


def _with_target(term: Term, spec: str) -> Term:
    """The term with its domain-spec (§7.1)."""
    target = parse_macros(spec)
    return term._replace(target=target, fault=target.fault or _end_fault(target))


def _end_fault(target: MacroString) -> str:
    if not target.text:
        return "the domain is missing (RFC 7208 §7.1)"
    last = target.parts[-1]
    if target.text.endswith("}") and not isinstance(last, str):
        return ""
    if target.text[-2:] in {"%%", "%_", "%-"} and isinstance(last, str):
        return ""  # macro-expand is those three as well
    if _ADDRESS.match(target.text):
        return "an address, where a domain is wanted; ip4: lists addresses (RFC 7208 §5.6, §7.1)"
    return "" if _TOP_LABEL.search(target.text) else "the domain does not end in a top-level label (RFC 7208 §7.1)"


_ARGUMENTS: dict[str, Callable[[Term, str], Term]] = {
    "all": _none,
    "include": _required,
    "exists": _required,
    "ptr": _optional,
    "a": _dual,
    "mx": _dual,
    "ip4": _network,
    "ip6": _network,
}
