"""The bar that a terminal shows of a run."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Group
from rich.live import Live
from rich.text import Text

from auditor.cli.console import err, safe
from auditor.cli.progress_view import status_line, time_left
from auditor.engine.progress import Progress, Rates

BAR_COLUMNS = 30


@contextmanager
def bar() -> Iterator[Callable[[Progress], None]]:
    """What takes snapshots and draws them over one another; it goes when the block ends."""
    with Live(console=err(), transient=True, auto_refresh=False, vertical_overflow="crop") as live:
        yield _Bar(live).see


class _Bar:
    """One overall bar with the time left, and under it the rates and what was learnt last."""

    def __init__(self, live: Live) -> None:
        self._live = live
        self._rates = Rates()

    def see(self, progress: Progress) -> None:
        self._rates.see(progress)
        self._live.update(Group(*self._parts(progress)), refresh=True)

    def _parts(self, progress: Progress) -> Iterator[Text]:
        share = progress.domains_done / progress.domains_total if progress.domains_total else 0.0
        filled = round(BAR_COLUMNS * share)
        bar = Text("domains  ").append("━" * filled, style="green").append("━" * (BAR_COLUMNS - filled), style="dim")
        bar.append(f"  {progress.domains_done}/{progress.domains_total}")
        yield bar.append(f"  {time_left(self._rates.seconds_left())} left", style="cyan")
        yield Text(status_line(progress, self._rates), style="dim")
        yield Text(safe(progress.latest), style="dim", no_wrap=True, overflow="ellipsis")
