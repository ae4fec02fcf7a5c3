"""Figures are drawn from what programs print, and compared, as the goals ask for."""

import json
import sys
from types import SimpleNamespace
from typing import Any

import pytest

from benchmarks.drivers.sampled import module_of
from benchmarks.goals.dialogue import per_session
from benchmarks.goals.growth import told
from benchmarks.goals.journal import OTHERS, Moment, by_step, lost_seconds, share_of
from benchmarks.goals.lookups import rate_of
from benchmarks.goals.start import imported
from benchmarks.machine import processor
from benchmarks.measured import Measured, in_turns, median_of, run
from benchmarks.peers import starttls_found
from benchmarks.problems import CannotMeasureError
from benchmarks.scanning import Scan


def used(cpu: float, wall: float = 1.0, code: int = 0) -> Measured:
    return Measured(wall_seconds=wall, cpu_seconds=cpu, peak_mib=10, exit_code=code, errors="it\n  went wrong")


def test_the_ratio_is_the_median_of_the_pairs() -> None:
    ours, theirs = iter([used(1), used(2, 3), used(9)]), iter([used(10), used(4, 2), used(10)])
    pair = in_turns(lambda: next(ours), lambda: next(theirs), 3)
    assert pair.cpu_ratio == 0.5
    assert pair.wall_ratio == 1.0


def test_a_long_run_is_told_with_its_rates_and_its_large_files() -> None:
    written = {"journal.sqlite": 3 * 2**30, "findings.csv": 2**30, "run.json": 10}
    assert told(Scan(measured=used(9_000, 5_000), accepted=12_345, written=written), 1_000_000) == (
        "5,000 s, 9,000 CPU s, 200 domains a second, 12,345 sessions, "
        "4.0 GiB written (journal.sqlite 3.0 GiB, findings.csv 1.0 GiB)"
    )


def test_every_second_time_the_other_is_first() -> None:
    order: list[str] = []

    def way(name: str) -> Measured:
        order.append(name)
        return used(1)

    in_turns(lambda: way("a"), lambda: way("b"), 3)
    assert "".join(order) == "abbaab"


def test_a_median_of_runs() -> None:
    assert median_of([used(3), used(1), used(2)], lambda one: one.cpu_seconds) == 2


def test_a_run_that_failed_gives_no_figure() -> None:
    assert used(1).checked() == used(1)
    assert used(1, code=123).checked(123) == used(1, code=123)
    with pytest.raises(CannotMeasureError, match="exit code 2: it went wrong"):
        used(1, code=2).checked()


@pytest.mark.slow
def test_a_command_is_measured_with_its_children() -> None:
    code = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'sum(range(10**6)); bytearray(60 << 20)'])"
    done = run([sys.executable, "-c", f"{code}; print('said'); sys.exit(3)"])
    assert (done.exit_code, done.output, done.errors) == (3, "said\n", "")
    assert done.peak_mib > 60
    assert done.cpu_seconds > 0
    assert done.wall_seconds > 0


@pytest.mark.slow
def test_a_small_command_is_not_counted_as_large_as_who_started_it() -> None:
    large = bytearray(80 << 20)
    assert run(["true"]).peak_mib < 60
    assert len(large) == 80 << 20


def test_a_command_that_is_not_there() -> None:
    done = run(["there-is-no-such-program"])
    assert done.exit_code == 127
    assert "there-is-no-such-program" in done.errors


def test_a_command_that_takes_too_long_is_ended() -> None:
    with pytest.raises(CannotMeasureError, match="longer than"):
        run(["sleep", "30"], most_seconds=0.05)


def test_cpu_a_session() -> None:
    assert per_session(json.dumps({"sessions": 200, "failed": 0, "cpu_ms": 100, "wall_ms": 9})) == 0.5
    with pytest.raises(CannotMeasureError, match="3 of 200"):
        per_session(json.dumps({"sessions": 200, "failed": 3, "cpu_ms": 100, "wall_ms": 9}))


def test_questions_a_cpu_second() -> None:
    line: dict[str, Any] = {"questions": 1000, "failed": 10, "cpu_ms": 500}
    assert rate_of(json.dumps(line)) == 2000
    with pytest.raises(CannotMeasureError, match="11 of 1000"):
        rate_of(json.dumps({**line, "failed": 11}))


def test_the_share_of_rooms() -> None:
    seconds = {"journal.codec": 1.0, "report.tables.mx": 2.0, "net.tls": 3.0, "journalist": 1.0, "elsewhere": 3.0}
    assert share_of(seconds, ("journal", "report")) == 0.3


def test_the_steps_of_the_work() -> None:
    steps = by_step({"net.dns_udp": 1.0, "net.resolver": 2.0, "net.tls": 4.0, "runs": 8.0, "elsewhere": 16.0})
    assert steps["questions and answers of the DNS"] == 3.0
    assert steps["connections and TLS"] == 4.0
    assert steps[OTHERS] == 24.0
    assert sum(steps.values()) == 31.0


@pytest.mark.parametrize(("kept", "lost"), [(0, 3.0), (50, 1.0), (60, 0.5), (100, 0.0), (101, 0.0)])
def test_how_far_a_journal_was_behind(kept: int, lost: float) -> None:
    moments = [Moment(10.0, 0), Moment(12.0, 50), Moment(12.5, 80), Moment(13.0, 100)]
    assert lost_seconds(moments, kept, 13.0) == lost


def test_what_was_imported() -> None:
    text = "import time: 5 | 9 |   pandas.core\nimport time: 5 | 9 | trio\nnot pandas, openpyxl | openpyxl\n"
    assert imported(text, ("pandas", "openpyxl")) == ["pandas"]


def test_the_module_of_a_stack() -> None:
    def frame(name: str, back: object = None) -> Any:
        return SimpleNamespace(f_globals={"__name__": name}, f_back=back)

    stack = frame("json.encoder", frame("auditor.journal.codec", frame("auditor.engine.campaign")))
    assert module_of(stack) == "journal.codec"
    assert module_of(frame("trio._core")) == "elsewhere"
    assert module_of(None) == "elsewhere"


def test_what_checkdmarc_found() -> None:
    results = [{"mx": {"hosts": [{"starttls": True}, {"starttls": False}, {}]}}, {"mx": {"error": "none"}}, {}]
    assert starttls_found(results) == (1, 3)
    assert starttls_found(results[0]) == (1, 3)


def test_the_processor() -> None:
    assert processor("flags : a\nmodel name\t: Some CPU @ 2 GHz\n") == "Some CPU @ 2 GHz"
    assert processor("")
