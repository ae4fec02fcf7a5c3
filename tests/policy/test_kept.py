"""Working something out once while one domain is judged."""

from dataclasses import replace

from auditor.model.facts import DomainFacts
from auditor.policy.kept import kept, kept_if_small
from tests.checks.builders import good


def test_the_same_facts_are_looked_at_once_and_others_anew() -> None:
    looked_at: list[str] = []

    @kept
    def domain_of(facts: DomainFacts) -> str:
        looked_at.append(facts.route.domain)
        return facts.route.domain

    first = good()
    other = replace(first, route=replace(first.route, domain="other.example"))
    assert [domain_of(one) for one in (first, first, other, other, first)] == [
        *["example.com"] * 2,
        *["other.example"] * 2,
        "example.com",
    ]
    assert looked_at == ["example.com", "other.example", "example.com"]


def test_equal_facts_that_are_other_records_are_looked_at_again() -> None:
    looked_at: list[DomainFacts] = []
    look = kept(looked_at.append)
    first, other = good(), good()
    assert first == other
    look(first)
    look(other)
    assert [one is expected for one, expected in zip(looked_at, (first, other), strict=True)] == [True, True]


def test_what_is_small_is_kept_and_what_is_not_is_worked_out_again() -> None:
    asked: list[object] = []

    @kept_if_small(most=2, octets=10)
    def size(one: bytes, several: tuple[bytes, ...] = ()) -> int:
        asked.append(one)
        return len(one) + sum(map(len, several))

    assert [size(b"small"), size(b"small"), size(b"five!", (b"six---",)), size(b"five!", (b"six---",))] == [
        5,
        5,
        11,
        11,
    ]
    assert asked == [b"small", b"five!", b"five!"]
    assert [size(b"a"), size(b"b"), size(b"small")] == [1, 1, 5]
    assert asked[3:] == [b"a", b"b", b"small"], "the oldest went"
