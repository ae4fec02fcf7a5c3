"""How a run is getting on, shown to whoever waits for it: a bar on a terminal, a line a minute elsewhere."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from auditor.cli.console import err, safe, say
from auditor.engine.progress import Progress, Rates

LINE_SECONDS = 60.0
_MINUTE, _HOUR = 60, 3600


@contextmanager
def shown(*, quiet: bool) -> Iterator[Callable[[Progress], None] | None]:
    """What takes snapshots and shows them; ``None`` where nothing is to be shown."""
    if quiet:
        yield None
    elif err().is_terminal:
        from auditor.cli.progress_bar import bar

        with bar() as see:
            yield see
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
