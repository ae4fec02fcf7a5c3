"""SPF records: which of a name's TXT records is one, and what it says (RFC 7208 §3, §4.5, §4.6)."""

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache

from auditor.model.dns import Answer
from auditor.model.spf import SpfResult
from auditor.policy.answers import complaint
from auditor.policy.spf.terms import MODIFIERS_ONCE, Term, parse_term

LONGEST_KEPT = 4096
"""Characters of records that are kept when they were read; hardly any is longer."""
_VERSION = "v=spf1"
_MEANT = re.compile(r"\W*v\W*spf", re.IGNORECASE)  # also after a quotation mark or a space too many


@dataclass(frozen=True)
class Record:
    """One SPF record, parsed; what follows from its terms is worked out once, though many senders are tried."""

    text: str
    terms: tuple[Term, ...]

    @cached_property
    def errors(self) -> tuple[str, ...]:
        """Each term that is wrong with its position, and why: one is enough for ``permerror`` (§4.6)."""
        once = [term.name for term in self.terms if term.name in MODIFIERS_ONCE]
        counts = {name: once.count(name) for name in dict.fromkeys(once)}
        repeated = [f"{name}= stands {count} times (RFC 7208 §6)" for name, count in counts.items() if count > 1]
        return (*(f"term {term.position}, {term.shown}: {term.fault}" for term in self.terms if term.fault), *repeated)

    @cached_property
    def mechanisms(self) -> tuple[Term, ...]:
        """In order, up to the first ``all``, after which none is looked at (§5.1)."""
        directives = [term for term in self.terms if term.is_mechanism]
        end = next((at for at, term in enumerate(directives, 1) if term.name == "all"), None)
        return tuple(directives[:end])

    @cached_property
    def all(self) -> Term | None:
        """The first ``all``."""
        return next((term for term in self.mechanisms if term.name == "all"), None)

    @cached_property
    def redirect(self) -> Term | None:
        """The modifier that applies where no mechanism matches; ``None`` beside ``all`` (§6.1)."""
        return None if self.all is not None else self._modifier("redirect")

    @cached_property
    def reachable(self) -> tuple[Term, ...]:
        """The mechanisms and then the redirect, without those that are wrong: what evaluation may come to."""
        redirect = self.redirect
        terms = self.mechanisms if redirect is None else (*self.mechanisms, redirect)
        return tuple(term for term in terms if not term.fault)

    @cached_property
    def explanation(self) -> Term | None:
        """The modifier ``exp`` (§6.2)."""
        return self._modifier("exp")

    @cached_property
    def ignored(self) -> tuple[Term, ...]:
        """Terms that are never looked at: what follows ``all``, a redirect beside it, and modifiers like ``ip4=``."""
        last = self.all
        return tuple(
            term
            for term in self.terms
            if term.looks_like_mechanism
            or (last is not None and (term.name == "redirect" or (term.is_mechanism and term.position > last.position)))
        )

    def _modifier(self, name: str) -> Term | None:
        return next((term for term in self.terms if term.name == name), None)


@dataclass(frozen=True, slots=True)
class Found:
    """The SPF record of a domain, or why there is none to go on with."""

    record: Record | None = None
    result: SpfResult | None = None
    """What ``check_host`` comes to where there is no record, if no term has led here."""
    problem: str = ""


def spf_texts(answer: Answer) -> tuple[str, ...]:
    """Those TXT records that are SPF records, whatever else is in them (§4.5)."""
    return _spf_texts(answer.records)


@lru_cache(maxsize=256)  # as those of _parsed
def _spf_texts(records: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(text for text in records if text.partition(" ")[0].lower() == _VERSION)


def find_record(domain: str, answer: Answer) -> Found:
    """The one record among a domain's TXT records (§4.4, §4.5)."""
    if not answer.status.known:
        return Found(result=SpfResult.TEMPERROR, problem=f"{domain}: {complaint(answer)} (RFC 7208 §4.4)")
    texts = spf_texts(answer)
    if not texts:
        return Found(result=SpfResult.NONE, problem=f"{domain} has no SPF record (RFC 7208 §4.5)")
    if len(texts) > 1:
        return Found(result=SpfResult.PERMERROR, problem=f"{domain} has {len(texts)} SPF records (RFC 7208 §4.5)")
    return Found(parse_record(texts[0]))


def parse_record(text: str) -> Record:
    """The record that a text of :func:`spf_texts` is; never raises."""
    # A parsed record takes fifty times its text, of which a reply holds 64 KB: what is made to fill us up is not kept.
    return _parsed(text) if len(text) <= LONGEST_KEPT else _parsed.__wrapped__(text)


@lru_cache(maxsize=256)  # those of the large providers are referred to by thousands of domains
def _parsed(text: str) -> Record:
    words = [word for word in text.split(" ")[1:] if word]
    return Record(text, tuple(parse_term(position, word) for position, word in enumerate(words, 1)))


def is_meant_as_record(text: str) -> bool:
    """Whether somebody wanted this to be an SPF record, whatever receivers take it for."""
    return bool(_MEANT.match(text))
