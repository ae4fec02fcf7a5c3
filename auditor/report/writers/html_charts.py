"""Charts as inline SVG: bars across, each with its word and its number."""

from collections.abc import Sequence

from auditor.report.cells import html_text
from auditor.report.controls import Control
from auditor.report.writers.palette import CONTROL_BARS

_WIDTH, _LEFT, _RIGHT, _STEP, _THICK = 420, 110, 50, 30, 18


def bar_chart(title: str, bars: Sequence[tuple[str, int, str]]) -> str:
    """Bars of (word, number, colour)."""
    most = max((number for _, number, _ in bars), default=0) or 1
    parts = []
    for place, (word, number, colour) in enumerate(bars):
        length = (_WIDTH - _LEFT - _RIGHT) * number / most
        parts.append(_label(place, word) + _rectangle(place, _LEFT, length, colour))
        parts.append(f'<text x="{_LEFT + length + 6:.1f}" y="{_baseline(place)}">{number:,}</text>')
    return _figure(title, "".join(parts), len(bars))


def share_chart(title: str, controls: Sequence[Control]) -> str:
    """For each control a bar of passed, partial, failed and unknown, 100 % long; and what the colours mean."""
    parts = []
    for place, control in enumerate(controls):
        parts.append(_label(place, control.name))
        whole, start = sum(control.counts) or 1, float(_LEFT)
        for (state, colour), count in zip(CONTROL_BARS.items(), control.counts, strict=True):
            length = (_WIDTH - _LEFT - 10) * count / whole
            parts.append(_rectangle(place, start, length, colour, f"{control.name}: {count} {state}"))
            start += length
    for number, (state, colour) in enumerate(CONTROL_BARS.items()):
        x = _LEFT + number * 76
        parts.append(_rectangle(len(controls), x, 12, colour) + _text(x + 16, len(controls), state))
    return _figure(title, "".join(parts), len(controls) + 1)


def _figure(title: str, inside: str, rows: int) -> str:
    height = max(1, rows) * _STEP + 6
    return (
        f"<figure><figcaption>{html_text(title)}</figcaption>"
        f'<svg viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="{html_text(title)}">{inside}</svg></figure>\n'
    )


def _baseline(place: int) -> int:
    return place * _STEP + 18


def _text(x: float, place: int, text: str) -> str:
    return f'<text x="{x:.1f}" y="{_baseline(place)}">{html_text(text)}</text>'


def _label(place: int, word: str) -> str:
    return f'<text x="{_LEFT - 8}" y="{_baseline(place)}" text-anchor="end">{html_text(word)}</text>'


def _rectangle(place: int, x: float, length: float, colour: str, words: str = "") -> str:
    title = f"<title>{html_text(words)}</title>" if words else ""
    y = place * _STEP + 4
    return f'<rect x="{x:.1f}" y="{y}" width="{length:.1f}" height="{_THICK}" fill="#{colour}">{title}</rect>'
