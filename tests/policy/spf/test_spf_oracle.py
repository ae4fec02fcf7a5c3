"""Results and explanations beside those of pyspf, over worlds made up from numbers."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from auditor.model.spf import SpfOutcome, SpfResult
from auditor.policy.drive import replay
from auditor.policy.spf import check_host
from tests.policy.spf.oracle import Verdict, verdict
from tests.policy.spf.worlds import World, world

FAST, ALL = range(500), range(10_000)
AGREED = "agreed"


@dataclass(frozen=True, slots=True)
class Difference:
    """A way in which pyspf does not do what the RFC says, or does what it leaves open."""

    section: str
    explains: Callable[[World, Verdict, SpfOutcome], bool]


def stops_at_voids(theirs: Verdict) -> bool:
    return theirs.problem.startswith("Void lookup limit")


def only_text_differs(theirs: Verdict, ours: SpfOutcome) -> bool:
    return theirs.result == ours.result == "fail"


def has_redirect(world: World) -> bool:
    return any("redirect=" in text for (_, kind), texts in world.records.items() if kind == "TXT" for text in texts)


DIFFERENCES = {
    "a domain that includes itself is an error when its lookups are spent, not before": Difference(
        "§4.6.4, §5.2", lambda _, theirs, __: theirs.problem.startswith("include has trivial recursion")
    ),
    "the names of an address that do not exist are the client's, and are skipped": Difference(
        "§4.6.4, §5.5", lambda _, theirs, __: "ptr counted" in theirs.own_ways and stops_at_voids(theirs)
    ),
    "terms that find nothing are counted, not each exchange of one": Difference(
        "§4.6.4", lambda _, theirs, __: "exchanges counted" in theirs.own_ways and stops_at_voids(theirs)
    ),
    "where no names are obtained for an address, ptr just does not match": Difference(
        "§5.5", lambda _, theirs, __: "ptr failed" in theirs.own_ways and theirs.result == "temperror"
    ),
    "an explanation stays one where the macro p has no names; it counts no lookups": Difference(
        "§4.6.4, §6.2, §7.3",
        lambda _, theirs, ours: (
            bool(theirs.own_ways & {"ptr failed", "ptr counted"}) and only_text_differs(theirs, ours)
        ),
    ),
    "postmaster is the local part of a sender that has none, in the macro s as well": Difference(
        "§4.3, §7.2", lambda world, theirs, _: world.sender.startswith("@") and "whole sender" in theirs.own_ways
    ),
    "a macro keeps one part at least": Difference(
        "§7.3", lambda _, __, ours: ours.result is SpfResult.PERMERROR and "keeps no part" in ours.problem
    ),
    "a name that is too long loses as many labels as it must": Difference(
        "§7.3", lambda _, theirs, __: "long name" in theirs.own_ways
    ),
    "of modifiers, only redirect and exp may not stand twice": Difference(
        "§6",
        lambda _, theirs, __: (
            "MUST appear at most once" in theirs.problem and not theirs.problem.startswith(("redirect=", "exp="))
        ),
    ),
    "a redirect counts when it is come to": Difference(
        "§4.6.4, §6.1",
        lambda world, theirs, ours: (
            theirs.problem == "Too many DNS lookups" and ours.lookups <= 10 and has_redirect(world)
        ),
    ),
    "%% may end a domain": Difference(
        "§7.1, §12", lambda _, theirs, __: theirs.problem.startswith("invalid-macro-char")
    ),
    "which of two errors within one mx counts is left open": Difference(
        "§4.6.4, §5",
        lambda _, theirs, ours: (
            stops_at_voids(theirs)
            and ours.result is SpfResult.TEMPERROR
            and ": term" in ours.problem
            and "mx" in ours.problem
        ),
    ),
}
"""By what the RFC says."""


def compared(seed: int) -> str:
    """The difference between both, by its name; it fails where there is one that nothing explains."""
    made = world(seed)
    domain = made.sender.rpartition("@")[2]
    ours = replay(check_host(made.ip, domain, made.sender, helo=made.helo), made.answer)
    theirs = verdict(made)
    assert ours is not None
    if (ours.result, ours.explanation) == (theirs.result, theirs.explanation):
        return AGREED
    explained = [name for name, one in DIFFERENCES.items() if one.explains(made, theirs, ours)]
    assert explained, f"world {seed}: {theirs} against {ours}"
    return explained[0]


def test_it_agrees_with_pyspf_but_where_the_rfc_explains_why_not() -> None:
    counts = Counter(map(compared, FAST))
    assert counts[AGREED] > 0.95 * len(FAST)


@pytest.mark.slow
def test_it_agrees_with_pyspf_over_many_worlds_and_every_explanation_is_needed() -> None:
    counts = Counter(map(compared, ALL))
    assert counts[AGREED] > 0.95 * len(ALL)
    assert set(counts) == {AGREED, *DIFFERENCES}


def test_the_worlds_are_the_same_every_time_and_know_every_result() -> None:
    results = Counter(verdict(world(seed)).result for seed in FAST)
    assert set(results) == {result.value for result in SpfResult}
    assert all(world(seed) == world(seed) for seed in range(20))
