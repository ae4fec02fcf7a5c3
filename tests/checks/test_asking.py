"""Checks asked together, and counted as sets, say what each says when it is asked by itself."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.checks import CATALOGUE, Selection, judge
from auditor.checks.core import Check, Evidence, NotApplicable, Result, Scope, Unknown
from auditor.checks.judging import Judged
from auditor.checks.providers import PROVIDERS
from auditor.checks.said import Said, members
from auditor.checks.subjects import Subject, subjects
from auditor.model.endpoint import Endpoint
from auditor.model.facts import DomainFacts
from auditor.model.finding import Severity, Verdict
from tests.checks.builders import LOOKUP_FAILED, TIMED_OUT, Spoil, good
from tests.checks.cards import OnDomain, card
from tests.checks.test_any_facts import THOROUGH, any_facts

PASS, FAIL, UNKNOWN, NA = Verdict.PASS, Verdict.FAIL, Verdict.UNKNOWN, Verdict.NOT_APPLICABLE
WORST_FIRST = (FAIL, UNKNOWN, PASS, NA)


def fact(kind: type, subject: Subject, facts: DomainFacts) -> object:
    provider = PROVIDERS[subject.scope][kind]
    if subject.endpoint is None:
        return provider(facts) if subject.record is None else provider(subject.record, facts)
    if hasattr(kind, "fits") and not kind.fits(subject.endpoint.service):
        return NotApplicable("that is not what this port is for")
    session = facts.sessions.get(subject.endpoint)
    if subject.endpoint.sought and (session is None or session.silent):
        return NotApplicable("nothing that listens was met here, nor promised")
    return (
        Unknown("this endpoint was not contacted before the run ended") if session is None else provider(session, facts)
    )


def results(check: Check, subject: Subject, facts: DomainFacts) -> Iterator[Result]:
    """What one check says by itself: the rules for what is missing, one after another."""
    options = sorted({getattr(kind, "asked_by", "") for kind in check.needs} - {""} - facts.asked)
    if options:
        yield NotApplicable(f"not tried: that needs --{options[0]}")
    elif subject.unknown:
        sought = any(getattr(kind, "sought", False) for kind in check.needs)
        yield NotApplicable("no client service is promised here") if sought else Unknown(subject.unknown)
    else:
        needed = [fact(kind, subject, facts) for kind in check.needs]
        missing = [one for one in needed if isinstance(one, Unknown | NotApplicable)]
        beside = [one for one in missing if isinstance(one, NotApplicable)]
        yield from (beside or missing)[:1] if missing else check.function(*needed)


def by_itself(check: Check, subject: Subject, facts: DomainFacts) -> Iterator[Judged]:
    said = list(results(check, subject, facts))
    seen = [one for one in said if isinstance(one, Evidence)]
    for one in seen:
        yield Judged(check, subject, FAIL, one.severity or check.severity, one.text, one.fill)
    reasons = [one for one in said if isinstance(one, Unknown | NotApplicable)]
    if not said:
        yield Judged(check, subject, PASS, check.severity, "", {})
    elif not seen:
        verdict = UNKNOWN if isinstance(reasons[0], Unknown) else NA
        yield Judged(check, subject, verdict, check.severity, reasons[0].reason, {})


def on_domain(of_check: Sequence[Judged]) -> OnDomain:
    verdict = min((one.verdict for one in of_check), key=WORST_FIRST.index)
    severities = [one.severity for one in of_check if one.verdict is verdict]
    return OnDomain(verdict, min(severities, key=list(Severity).index))


def agrees(facts: DomainFacts) -> None:
    judgement = judge(facts)
    plain = tuple(
        one
        for scope in Scope
        for subject in subjects(scope, facts)
        for check in CATALOGUE
        if check.scope is scope
        for one in by_itself(check, subject, facts)
    )
    assert judgement.judged == plain
    by_check = [[one for one in plain if one.check is check] for check in CATALOGUE]
    assert judgement.score_card == card(on_domain(of_check) for of_check in by_check if of_check)
    standing = [one for of_check in by_check for one in of_check if one.verdict in {FAIL, UNKNOWN}]
    standing.sort(key=lambda one: (one.verdict is UNKNOWN, one.severity.rank))
    assert [(one.check, one.subject, one.verdict, one.severity, one.evidence) for one in judgement.findings] == [
        (one.check.id, one.subject.name, one.verdict, one.severity, one.evidence) for one in standing
    ]


def sought(facts: DomainFacts) -> DomainFacts:
    more = tuple(Endpoint("mx1.example.net", "198.51.100.1", port, sought=True) for port in (143, 993))
    return replace(facts, route=replace(facts.route, endpoints=(*facts.route.endpoints, *more)))


@pytest.mark.parametrize("spoil", [lambda facts: facts, LOOKUP_FAILED, TIMED_OUT, sought])
@pytest.mark.parametrize("asked", [(), ("active",), ("active", "tls-versions")])
def test_together_checks_say_what_each_says_alone(spoil: Spoil, asked: tuple[str, ...]) -> None:
    agrees(spoil(replace(good(), asked=frozenset(asked))))


@pytest.mark.slow
@THOROUGH
@given(any_facts())
def test_whatever_was_observed(facts: DomainFacts) -> None:
    agrees(facts)


@given(st.sets(st.integers(0, 300)))
def test_a_set_of_checks_is_a_bit_for_each(places: set[int]) -> None:
    assert list(members(sum(1 << place for place in places))) == sorted(places)


def test_evidence_outweighs_a_reason_and_each_piece_stands() -> None:
    check = Selection(include=("MX003",)).of(CATALOGUE)[0]
    said = Said(Subject(scope=Scope.EXCHANGE, name="x"))
    said.take(3, check, [Unknown("not all was seen"), Evidence("one"), Evidence("two", Severity.CRITICAL)])
    assert (said.failed, said.unknown, said.passed, said.beside) == (1 << 3, 0, 0, [])
    assert [(one.evidence, one.severity) for one in said.standing] == [
        ("one", check.severity),
        ("two", Severity.CRITICAL),
    ]
