"""The result of a domain's SPF record for one sender (RFC 7208 §4)."""

from collections.abc import Callable
from dataclasses import dataclass

from auditor.model.dns import Answer, Question
from auditor.model.spf import SpfOutcome, SpfResult
from auditor.policy.answers import complaint, most_telling
from auditor.policy.drive import Evaluation
from auditor.policy.spf.client import Client
from auditor.policy.spf.lookups import (
    MOST_LOOKUPS,
    MOST_NAMES,
    MOST_VOIDS,
    exchanges_in,
    is_name,
    is_void,
    networks_in,
    target_name,
    why_no_domain,
)
from auditor.policy.spf.macros import MacroString, parse_macros
from auditor.policy.spf.record import Record, find_record
from auditor.policy.spf.terms import MECHANISMS, Term, nothing_there


def check_host(
    ip: str, domain: str, sender: str, *, helo: str = "", receiver: str = "unknown", timestamp: int = 0
) -> Evaluation[SpfOutcome]:
    """The outcome for mail from ``sender`` that comes from ``ip`` (RFC 7208 §4.1).

    Args:
        ip: IPv4 or IPv6; of an IPv4-mapped one the IPv4 address counts (§5).
        domain: whose record is evaluated, that of the sender or of the greeting.
        sender: ``local-part@domain``, without a local part from ``postmaster`` (§4.3).
        helo: the name of the greeting, for the macro ``h``; so are
        receiver: for ``r``, and
        timestamp: for ``t``, in seconds since 1970.

    Raises:
        ValueError: ``ip`` is no IP address.

    """
    client = Client.of(ip, sender or f"@{domain}", helo=helo, receiver=receiver, timestamp=timestamp)
    return evaluate(client, domain.lower().removesuffix("."), explain=True)


def evaluate(client: Client, domain: str, *, explain: bool) -> Evaluation[SpfOutcome]:
    """The outcome for this client; its explanation is left empty, and nothing asked for it, unless it is wanted."""
    return _Check(client).outcome(domain, explain=explain)


class _Ended(Exception):  # noqa: N818 - it ends the evaluation; it is no fault of ours
    """The evaluation ends at once, with this result for all records on the way."""

    def __init__(self, result: SpfResult, problem: str) -> None:
        super().__init__(problem)
        self.result, self.problem = result, problem


@dataclass(frozen=True, slots=True)
class _Decision:
    """What one record, or the one it redirects to, says of the sender."""

    result: SpfResult
    domain: str = ""
    record: Record | None = None
    mechanism: str = ""
    problem: str = ""


_NETWORKS = frozenset({"ip4", "ip6"})
_MATCHERS = {name: f"_{name}" for name in MECHANISMS if name not in {*_NETWORKS, "all"}}
"""The method that says whether a mechanism matches for which something is looked up."""


class _Check:
    """One run of ``check_host``, with what is spent of the limits (§4.6.4)."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._lookups = 0
        self._voids = 0
        self._at: tuple[str, Term] | None = None

    def outcome(self, domain: str, *, explain: bool) -> Evaluation[SpfOutcome]:
        try:
            decision = yield from self._record_of(domain)
        except _Ended as ended:
            decision = _Decision(ended.result, problem=ended.problem)
        explanation = ""
        if explain and decision.result is SpfResult.FAIL and decision.record is not None:
            explanation = yield from self._explanation(decision.record, decision.domain)
        return SpfOutcome(
            result=decision.result,
            problem=decision.problem,
            mechanism=decision.mechanism,
            domain=decision.domain,
            explanation=explanation,
            lookups=self._lookups,
            voids=self._voids,
        )

    def _record_of(self, domain: str, *, is_referred_to: bool = False) -> Evaluation[_Decision]:
        """What the domain's record says; a term that refers to it pays for the lookup."""
        if problem := why_no_domain(domain):
            return _Decision(SpfResult.NONE, problem=problem)
        (answer,) = yield (Question(domain, "TXT"),)
        if is_referred_to:
            self._count_voids(answer)
        found = find_record(domain, answer)
        if found.result is SpfResult.NONE:
            return _Decision(SpfResult.NONE, problem=found.problem)
        if found.record is None:
            raise _Ended(found.result or SpfResult.PERMERROR, found.problem)
        if found.record.errors:
            raise _Ended(SpfResult.PERMERROR, f"{domain}: {found.record.errors[0]}")
        return (yield from self._evaluate(found.record, domain))

    def _evaluate(self, record: Record, domain: str) -> Evaluation[_Decision]:
        """The first mechanism that matches decides; else the redirect; else the default (§4.6.2, §4.7)."""
        for term in record.mechanisms:
            self._come_to(term, domain)
            if (matches := self._matches_at_once(term)) is None:
                looks_up: Callable[[Term, str], Evaluation[bool]] = getattr(self, _MATCHERS[term.name])
                matches = yield from looks_up(term, domain)
            if matches:
                return _Decision(term.result, domain, record, term.text)
        if record.redirect is None:
            return _Decision(SpfResult.NEUTRAL, domain, record, "default")
        self._come_to(record.redirect, domain)
        return (yield from self._referred(record.redirect, domain))

    def _referred(self, term: Term, domain: str) -> Evaluation[_Decision]:
        """What the record says that ``include`` or ``redirect`` names; that there is none is an error (§5.2, §6.1)."""
        at = self._at
        target = yield from self._target(term, domain)
        decision = yield from self._record_of(target, is_referred_to=True)
        if decision.result is SpfResult.NONE:
            self._at = at
            raise self._ended(SpfResult.PERMERROR, nothing_there(term, decision.problem))
        return decision

    def _matches_at_once(self, term: Term) -> bool | None:
        """Whether a term matches that needs no lookup; ``None`` for one that does."""
        if term.name in _NETWORKS:
            return term.network is not None and self._client.address in term.network
        return True if term.name == "all" else None

    def _include(self, term: Term, domain: str) -> Evaluation[bool]:
        decision = yield from self._referred(term, domain)
        return decision.result is SpfResult.PASS

    def _a(self, term: Term, domain: str) -> Evaluation[bool]:
        target = yield from self._target(term, domain)
        return (yield from self._is_among(term, (target,)))

    def _mx(self, term: Term, domain: str) -> Evaluation[bool]:
        target = yield from self._target(term, domain)
        answers = yield from self._ask((target,), "MX")
        names = [name for answer in answers for name in exchanges_in(answer)]
        if len(names) > MOST_NAMES:
            words = f"{len(names)} exchanges, {MOST_NAMES} are allowed (RFC 7208 §4.6.4)"
            raise self._ended(SpfResult.PERMERROR, words)
        return (yield from self._is_among(term, tuple(names)))

    def _exists(self, term: Term, domain: str) -> Evaluation[bool]:
        target = yield from self._target(term, domain)
        answers = yield from self._ask((target,), "A")  # for an IPv6 sender too (§5.7)
        return any(answer.records for answer in answers)

    def _ptr(self, term: Term, domain: str) -> Evaluation[bool]:
        target = yield from self._target(term, domain)
        names = yield from self._client.validated_names()
        self._spend_voids(int(self._client.names_are_void))
        return any(f".{name}".endswith(f".{target}") for name in names)

    def _is_among(self, term: Term, names: tuple[str, ...]) -> Evaluation[bool]:
        """Whether the client is in a network of an address of one of the names (§5.3, §5.4)."""
        answers = yield from self._ask(names, self._client.address_type)
        networks = (network for answer in answers for network in networks_in(answer, term.prefixes))
        return any(self._client.address in network for network in networks)

    def _ask(self, names: tuple[str, ...], record_type: str) -> Evaluation[tuple[Answer, ...]]:
        """The answers, all of them facts; what is no name is not asked, and does not exist (§4.8)."""
        questions = tuple(Question(name, record_type) for name in names if is_name(name))
        answers = (yield questions) if questions else ()
        if (failure := most_telling(answers)) is not None:
            raise self._ended(SpfResult.TEMPERROR, f"{failure.question.name} {complaint(failure)} (RFC 7208 §5)")
        self._count_voids(*answers)
        return answers

    def _target(self, term: Term, domain: str) -> Evaluation[str]:
        """The target-name (§4.8)."""
        if term.target is None:
            return domain
        return target_name((yield from self._expanded(term.target, domain)))

    def _expanded(self, text: MacroString, domain: str) -> Evaluation[str]:
        if not text.letters:  # as in almost all records
            return text.expand({})
        values = yield from self._client.values(text.letters, domain)
        return text.expand(values)

    def _explanation(self, record: Record, domain: str) -> Evaluation[str]:
        """Whatever goes wrong, there is just none (§6.2)."""
        if record.explanation is None:
            return ""
        target = yield from self._target(record.explanation, domain)
        if not target:
            return ""
        (answer,) = yield (Question(target, "TXT"),)
        if len(answer.records) != 1:
            return ""
        text = parse_macros(answer.records[0], explanation=True)
        return "" if text.fault else (yield from self._expanded(text, domain))

    def _come_to(self, term: Term, domain: str) -> None:
        self._at = domain, term
        self._lookups += term.costs
        if self._lookups > MOST_LOOKUPS:
            words = f"lookup {self._lookups}, {MOST_LOOKUPS} are allowed (RFC 7208 §4.6.4)"
            raise self._ended(SpfResult.PERMERROR, words)

    def _count_voids(self, *answers: Answer) -> None:
        self._spend_voids(int(any(map(is_void, answers))))  # terms are counted, however many exchanges they have

    def _spend_voids(self, number: int) -> None:
        self._voids += number
        if self._voids > MOST_VOIDS:
            words = f"{self._voids} terms found nothing, more than {MOST_VOIDS} should end in an error"
            raise self._ended(SpfResult.PERMERROR, f"{words} (RFC 7208 §4.6.4, a SHOULD)")

    def _ended(self, result: SpfResult, problem: str) -> _Ended:
        """The end, with the term at which it comes."""
        place = "" if self._at is None else f"{self._at[0]}: term {self._at[1].position}, {self._at[1].shown}: "
        return _Ended(result, place + problem)
