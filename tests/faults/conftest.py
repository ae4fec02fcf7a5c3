"""What a run over all faults ends with."""

from typing import Any

from tests.faults import tally


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Show how many of each kind were tried, and held."""
    if tally.FULL and tally.tried:
        terminalreporter.section("faults injected")
        for line in tally.lines():
            terminalreporter.write_line(line)
