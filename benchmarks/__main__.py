"""Run every comparison and print a table: ``python -m benchmarks``."""

import platform

from benchmarks.comparisons import COMPARISONS
from benchmarks.timing import compare


def main() -> None:
    """Print one line for each comparison: both times, and their ratio."""
    print(f"Python {platform.python_version()}, {platform.machine()}; CPU milliseconds, medians of turns in one run\n")
    print(f"{'comparison':<62}{'ours':>9}{'other':>9}{'ratio':>7}")
    for name, ours, theirs in COMPARISONS:
        done = compare(name, ours, theirs)
        print(f"{name:<62}{done.ours_seconds * 1000:>9.1f}{done.theirs_seconds * 1000:>9.1f}{done.ratio:>7.2f}")


if __name__ == "__main__":
    main()
