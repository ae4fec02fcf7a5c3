"""How a run is getting on, shown to whoever waits for it: a bar on a terminal, a line a minute elsewhere."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Group
from rich.live import Live
from rich.text import Text

from auditor.cli.console import err, safe, say
from auditor.engine.progress import Progress, Rates

LINE_SECONDS = 60.0
BAR_COLUMNS = 30
_MINUTE, _HOUR = 60, 3600


@contextmanager
def shown(*, quiet: bool) -> Iterator[Callable[[Progress], None] | None]:
    """What takes snapshots and shows them; ``None`` where nothing is to be shown."""
    if quiet:
        yield None
    elif err().is_terminal:
        with Live(console=err(), transient=True, auto_refresh=False, vertical_overflow="crop") as live:
            yield _Bar(live).see
    else:
        yield _Lines().see


def status_line(progress: Progress, rates: Rates) -> str:
    """The numbers under the bar, in one line of at most 80 columns while they stay ordinary."""
    parts = [
        f"DNS {rates.questions():.0f}/s",
        f"SMTP {rates.conversations():.0f}/s",
        f"open {progress.conversations_open}",
        f"waiting {progress.waiting}",
    ]
    if progress.retries_waiting:
        parts.append(f"second look {progress.retries_waiting}")
    if progress.unknown:
        parts.append(f"unknown {progress.unknown}")
    return "  ".join(parts)


def time_left(seconds: float | None) -> str:
    """A duration as people say it: ``1 h 20 min``, ``5 min``, ``40 s``."""
    if seconds is None:
        return "–"
    if seconds >= _HOUR:
        return f"{seconds // _HOUR:.0f} h {seconds % _HOUR // _MINUTE:.0f} min"
    return f"{seconds // _MINUTE:.0f} min" if seconds >= _MINUTE else f"{seconds:.0f} s"


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


class _Lines:
    """One line a minute, for logs."""

    def __init__(self) -> None:
        self._rates = Rates()
        self._next_at = 0.0

    def see(self, progress: Progress) -> None:
        self._rates.see(progress)
        if not self._next_at:
            self._next_at = progress.at_seconds + LINE_SECONDS
        if progress.at_seconds >= self._next_at:
            self._next_at += LINE_SECONDS
            done = f"{progress.domains_done}/{progress.domains_total} domains"
            left = time_left(self._rates.seconds_left())
            say(safe(f"{done}  {status_line(progress, self._rates)}  {left} left"))
