"""What a long run is said to have done, from samples made by hand."""

from benchmarks.soak import Sample, growth, told


def samples(*mib: float, descriptors: int = 20) -> list[Sample]:
    return [Sample(one, descriptors) for one in mib]


def test_what_fills_a_cache_is_no_growth() -> None:
    assert growth(samples(*range(10, 40), *[40.0] * 70)) == (0, 0)


def test_what_goes_on_growing_is() -> None:
    lines, good = told({(1, "auditor"): samples(*(float(number) for number in range(100)))})
    assert not good
    assert lines[0].startswith("auditor 1: +63")


def test_descriptors_that_stay_open_are_told() -> None:
    leaking = samples(*[10.0] * 50) + samples(*[10.0] * 50, descriptors=100)
    lines, good = told({(1, "auditor"): leaking, (2, "other"): samples(*[10.0] * 100)})
    assert not good
    assert "+80 descriptors" in lines[0]
    assert "+0.0 MiB of 10, +0 descriptors" in lines[1]


def test_a_process_that_hardly_lived_is_not_judged_and_nothing_is_no_success() -> None:
    assert told({(1, "auditor"): samples(1.0, 100.0)}) == ([], False)


def test_a_run_that_stays_as_it_was_is_good() -> None:
    assert told({(1, "auditor"): samples(*[80.0] * 100)})[1]
