"""A record with all it refers to, in the order of evaluation for a sender that matches nothing (RFC 7208 §4.6)."""

from collections.abc import Iterator
from typing import NamedTuple

from auditor.model.dns import Answer, DnsStatus
from auditor.model.spf import SpfNode, SpfResult
from auditor.policy.answers import complaint, most_telling
from auditor.policy.spf.known import MOST_QUESTIONS, MOST_TERMS, Known
from auditor.policy.spf.lookups import (
    MOST_LOOKUPS,
    MOST_NAMES,
    exchanges_in,
    is_name,
    is_void,
    networks_in,
    why_no_domain,
)
from auditor.policy.spf.record import Record, find_record
from auditor.policy.spf.terms import Network, Term, nothing_there
from auditor.policy.words import bounded

_MOST_RECORDS = 60
"""In one tree; the same few records can name one another so often that it would never end."""

_KNOWN_AT_ONCE = frozenset({"all", "ip4", "ip6", "ptr"})
"""Terms that need no lookup of their target; that of ``ptr`` is not looked up, but compared."""
LEFT_OUT = (
    "not looked at, for there is too much of it "
    f"(more than {MOST_QUESTIONS} questions, {_MOST_RECORDS} records or {MOST_TERMS} terms)"
)


class Step(NamedTuple):
    """A term that evaluation may come to, and what is known of it; a tuple, since many are made, bit by bit."""

    term: Term
    spent: int
    """Lookups, with this one and before what it refers to."""
    networks: tuple[Network, ...] = ()
    """What it matches, whoever else it may match."""
    everybody: bool = False
    """Whether it matches every sender."""
    branch: "Branch | None" = None
    """What ``include`` or ``redirect`` refers to."""
    voids: tuple[int, int] = (0, 0)
    """Lookups that find nothing, for a sender with IPv4 and one with IPv6; the term counts once (§4.6.4)."""
    rounds: int = 0
    """Lookups that a loop goes on to spend until evaluation ends in an error."""
    dead: str = ""
    """Why it matches nobody, where what it refers to does not exist."""
    error: str = ""
    """Why it is a permanent error."""
    failure: str = ""
    """Why it is a temporary error."""
    hidden: str = ""
    """Why it is not known what it matches."""


class Branch(NamedTuple):
    """One record, or the place where one should be; a tuple for the same reason."""

    domain: str
    via: str = ""
    reached_at: int = 0
    record: Record | None = None
    result: SpfResult | None = None
    """Where there is no record to go on with."""
    problem: str = ""
    """Why there is none, in words."""
    steps: tuple[Step, ...] = ()

    @property
    def branches(self) -> "tuple[Branch, ...]":
        """Those that it refers to, in order."""
        return tuple(step.branch for step in self.steps if step.branch is not None)

    def all_steps(self) -> "Iterator[tuple[Branch, Step]]":
        """Every term of the tree with its record, in the order of evaluation."""
        for step in self.steps:
            yield self, step
            if step.branch is not None:
                yield from step.branch.all_steps()

    def node(self) -> SpfNode:
        """The tree as the world is told of it."""
        children = tuple(branch.node() for branch in self.branches)
        own = sum(step.term.costs + step.rounds for step in self.steps)
        return SpfNode(
            domain=self.domain,
            via=self.via,
            result=self.result,
            record="" if self.record is None else self.record.text,
            reached_at=self.reached_at,
            lookups=own + sum(child.lookups for child in children),
            voids_ipv4=sum(step.voids[0] > 0 for step in self.steps) + sum(child.voids_ipv4 for child in children),
            voids_ipv6=sum(step.voids[1] > 0 for step in self.steps) + sum(child.voids_ipv6 for child in children),
            errors=bounded(self.errors()),
            unresolved=tuple(f"{step.term.shown}: {step.hidden}" for step in self.steps if step.hidden),
            children=children,
        )

    def errors(self) -> Iterator[str]:
        """What is wrong with this record itself, with the term's position."""
        if self.result is SpfResult.PERMERROR:
            yield self.problem
        if self.record is not None:
            yield from self.record.errors
        yield from (words_of(step, step.error) for step in self.steps if step.error)


def named(term: Term, branch: Branch, root: Branch) -> str:
    """The term, with its record where that is not the audited domain's: ``ip4:192.0.2.1 of spf.example.net``."""
    return term.shown if branch.domain == root.domain else f"{term.shown} of {branch.domain}"


def words_of(step: Step, what: str) -> str:
    """What is to say of a step, with its position: ``term 2, a:gone.example: NXDOMAIN``."""
    return f"term {step.term.position}, {step.term.shown}: {what}"


def grow(known: Known, domain: str) -> Branch:
    """The tree of the domain's record, as far as its questions were answered."""
    return _Tree(known).branch(domain, Branch(domain=domain), ())


class _Tree:
    """Builds a tree, and counts on the way."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self._spent = 0
        self._records = 0
        self._terms = 0

    def branch(self, domain: str, bare: Branch, above: tuple[str, ...]) -> Branch:
        """The branch whose place is given, below the records of the domains above."""
        answer = self._known.get(domain, "TXT")
        if answer is None:
            return bare._replace(result=SpfResult.TEMPERROR, problem=f"{domain}: {LEFT_OUT}")
        found = find_record(domain, answer)
        reachable = () if found.record is None else found.record.reachable
        self._terms += len(reachable)
        steps = tuple(self._step(term, domain, (*above, domain)) for term in reachable)
        return bare._replace(record=found.record, result=found.result, problem=found.problem, steps=steps)

    def _step(self, term: Term, domain: str, above: tuple[str, ...]) -> Step:
        self._spent += term.costs
        step = Step(term=term, spent=self._spent)
        if term.name in _KNOWN_AT_ONCE:
            networks = () if term.network is None else (term.network,)
            return step._replace(everybody=term.name == "all", networks=networks)
        target = self._known.target(term, domain)
        if target is None:
            return step._replace(hidden="depends on the sender")
        if term.name in {"include", "redirect"}:
            return self._reference(step, target, above)
        if not target:
            return step._replace(dead="no domain name")
        return {"a": self._a, "mx": self._mx, "exists": self._exists}[term.name](step, target)

    def _reference(self, step: Step, target: str, above: tuple[str, ...]) -> Step:
        if problem := why_no_domain(target):
            return step._replace(dead="no domain name", error=nothing_there(step.term, problem))
        if target in above:
            rounds = max(0, MOST_LOOKUPS + 1 - self._spent)
            self._spent += rounds
            words = f"a loop, for it leads back to {target}; it ends when the lookups are spent (RFC 7208 §4.6.4)"
            return step._replace(error=words, rounds=rounds)
        answer = self._known.get(target, "TXT")
        if answer is None or self._records == _MOST_RECORDS or self._terms > MOST_TERMS:
            return step._replace(hidden=LEFT_OUT)
        self._records += 1
        void = is_void(answer)
        bare = Branch(domain=target, via=step.term.shown, reached_at=step.spent)
        branch = self.branch(target, bare, above)
        return step._replace(branch=branch, voids=(void, void), dead=_absence(answer) if void else "")

    def _a(self, step: Step, target: str) -> Step:
        return self._addresses(step, (target,))

    def _mx(self, step: Step, target: str) -> Step:
        answer = self._known.get(target, "MX")
        if answer is None:
            return step._replace(hidden=LEFT_OUT)
        if not answer.status.known:
            return step._replace(failure=f"{target} {complaint(answer)} (RFC 7208 §5)")
        if is_void(answer):
            return step._replace(voids=(1, 1), dead=_absence(answer))
        names = exchanges_in(answer)
        if len(names) > MOST_NAMES:
            return step._replace(error=f"{len(names)} exchanges, {MOST_NAMES} are allowed (RFC 7208 §4.6.4)")
        return self._addresses(step, tuple(filter(is_name, names)))

    def _addresses(self, step: Step, names: tuple[str, ...]) -> Step:
        """The step with what the names' addresses make of it."""
        asked = [(self._known.get(name, "A"), self._known.get(name, "AAAA")) for name in names]
        pairs = [(four, six) for four, six in asked if four is not None and six is not None]
        answers = [answer for pair in pairs for answer in pair]
        failure = most_telling(answers)
        gone = bool(answers) and len(pairs) == len(names) and all(map(is_void, answers))
        absence = _absence(answers[0]) if gone and step.term.name == "a" else "no exchange has an address"
        return step._replace(
            networks=tuple(network for answer in answers for network in networks_in(answer, step.term.prefixes)),
            voids=(sum(is_void(four) for four, _ in pairs), sum(is_void(six) for _, six in pairs)),
            dead=absence if gone else "",
            failure=f"{failure.question.name} {complaint(failure)} (RFC 7208 §5)" if failure is not None else "",
            hidden="" if len(pairs) == len(names) else LEFT_OUT,
        )

    def _exists(self, step: Step, target: str) -> Step:
        answer = self._known.get(target, "A")
        if answer is None:
            return step._replace(hidden=LEFT_OUT)
        if not answer.status.known:
            return step._replace(failure=f"{target} {complaint(answer)} (RFC 7208 §5)")
        void = is_void(answer)
        dead = _absence(answer) if void else ""
        return step._replace(everybody=not void, voids=(void, void), dead=dead)


def _absence(answer: Answer) -> str:
    """What there is not, in words."""
    if answer.status is DnsStatus.NXDOMAIN:
        return "NXDOMAIN"
    return {"MX": "no MX record", "TXT": "no TXT record"}.get(answer.question.type, "no address")
