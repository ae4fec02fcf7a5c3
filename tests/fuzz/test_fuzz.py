"""Kept inputs, and some made of them: a small part of what ``make fuzz`` does, the same each time."""

import json
import os
from itertools import islice
from pathlib import Path

import pytest

from tests.fuzz.corpus import CORPUS, line_of, octets_of, seeds
from tests.fuzz.dialogue_targets import heard
from tests.fuzz.families import targets
from tests.fuzz.mutator import inputs
from tests.fuzz.target import Target
from tests.fuzz.watch import Alarm, Watch

MUTATIONS = 1_000
ALL = {name: target for name, (_, target) in targets().items()}
VECTORS = Path(os.environ.get("AUDITOR_VECTORS", Path(__file__).resolve().parents[3] / "shared" / "vectors"))
REPLY_VECTORS = VECTORS / "smtp" / "reply-vectors.json"


@pytest.mark.slow
@pytest.mark.parametrize("name", ALL)
def test_what_was_kept_and_what_is_made_of_it_holds(name: str) -> None:
    target, watch = ALL[name], Watch(ALL[name])
    kept = seeds(target.kept)
    few = max(20, min(MUTATIONS, round(MUTATIONS * target.share)))
    with Alarm():
        for octets in (*kept, *islice(inputs(target, kept, seed=1), few)):
            watch.run(octets)
    assert not {place: line_of(one.octets) for place, one in watch.failures.items()}, watch.failures
    assert watch.executions == len(kept) + few


def test_every_target_has_inputs_and_every_folder_a_target() -> None:
    folders = {path.name for path in CORPUS.iterdir()}
    assert folders == {target.kept for target in ALL.values()}
    assert all(seeds(folder) for folder in folders)


def replies_kept() -> list[bytes]:
    return [octets for octets in seeds("replies") if len(octets) <= 1500]


def replies_of_others() -> list[bytes]:
    if not REPLY_VECTORS.is_file():
        return []
    cases = json.loads(REPLY_VECTORS.read_text())["reply"]
    wires = (case.get("wire") or "".join(case["chunks"]) for case in cases)
    return [text.encode() for wire in wires for text in ([wire] if isinstance(wire, str) else wire)]


def is_the_same_split_anywhere(octets: bytes) -> bool:
    whole = heard([octets])
    return all(heard([octets[:at], octets[at:]]) == whole for at in range(len(octets) + 1))


@pytest.mark.parametrize("octets", replies_kept(), ids=lambda octets: line_of(octets)[:30])
def test_a_reply_split_at_every_octet_gives_the_same(octets: bytes) -> None:
    assert is_the_same_split_anywhere(octets)


@pytest.mark.slow
@pytest.mark.skipif(not REPLY_VECTORS.is_file(), reason="the public test vectors are not here")
def test_replies_of_others_split_at_every_octet_give_the_same() -> None:
    replies = replies_of_others()
    assert len(replies) >= 18
    for octets in replies:
        assert is_the_same_split_anywhere(octets[:3000])


def test_a_failure_is_seen_and_so_is_what_takes_too_long() -> None:
    def wrong(octets: bytes) -> None:
        assert octets != b"b"
        if octets == b"slow":
            sum(range(10_000_000))

    watch = Watch(Target("x", wrong))
    for octets in (b"a", b"b", b"b", b"slow"):
        watch.run(octets)
    assert [one.octets for one in watch.failures.values()] == [b"b", b"slow"]


def test_what_has_no_end_is_ended() -> None:
    def endless(_octets: bytes) -> None:
        while True:
            pass

    watch = Watch(Target("x", endless))
    with Alarm(seconds=0.05):
        watch.run(b"")
    assert ["no end" in one.words for one in watch.failures.values()] == [True]


@pytest.mark.parametrize("octets", [bytes(range(256)), b"# a", b"a  b", b"a  *3  + b", b"\\", b" ", b"\x00"])
def test_a_line_stands_for_its_input(octets: bytes) -> None:
    assert octets_of(line_of(octets)) == octets


def test_long_inputs_are_written_short() -> None:
    assert octets_of(r"a\r\n  *3  + \x00b  *2") == b"a\r\na\r\na\r\n\x00b\x00b"


def test_inputs_are_the_same_for_the_same_seed() -> None:
    target = ALL["replies"]
    first, again, other = (list(islice(inputs(target, [b"220 a\r\n"], seed), 50)) for seed in (1, 1, 2))
    assert first == again != other
    assert max(map(len, first)) <= target.longest
