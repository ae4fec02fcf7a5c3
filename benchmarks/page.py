"""``docs/performance.md``: the part between two markers is written here, all around it by hand."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from benchmarks.records import Goal, Reached, markdown_table
from benchmarks.timing import Comparison

BEGIN = "<!-- measured: written by python -m benchmarks -->"
END = "<!-- end of what was measured -->"
_FRAME = f"""\
# Performance

How fast `auditor` is, and how that is measured.
`make bench` generates a world of mail domains, serves it on loopback, and measures each goal of a list;
`make bench BENCH=--quick` sees in a few minutes whether all of that works.
All options: `python -m benchmarks --help`.

It needs Knot, a C compiler and the headers of OpenSSL (Debian: `knot gcc libssl-dev`).
As root it puts servers and clients into a network namespace of their own, from which no packet leaves the machine,
with Unbound before Knot (`unbound iproute2`), and measures other tools beside ours as far as they are installed
(`nmap swaks libnet-dns-perl libnet-ssleay-perl postfix`, massdns; `--install-peers` gets checkdmarc and trustymail).
Without root it uses unprivileged ports of the machine's loopback, and leaves out those tools and the cluster:
its two workers are in namespaces of their own, from which a packet takes ten milliseconds to the servers
(`benchmarks/distance.c`).

Read figures with care:

- Servers and clients share the cores, so wall times say little; CPU seconds, and ratios of runs in turns, say more.
- Loopback has no delay and no loss, which flatters tools that wait for one server after the other.
- The zones are unsigned and IPv4 only, and the mail server shows some two hundred certificates.
- Domains differ as on the Internet in who serves them (`benchmarks/world.py`), but a generated list is no real one.

{BEGIN}
{END}
"""


def write_page(path: Path, text: str) -> None:
    """Put ``text`` between the markers of a page, which is made where it is missing.

    Raises:
        ValueError: the page has lost its markers.
    """
    page = path.read_text(encoding="utf-8") if path.is_file() else _FRAME
    path.write_text(between(page, text), encoding="utf-8")


def between(page: str, text: str) -> str:
    """The page with ``text`` between its markers.

    Raises:
        ValueError: there are none, or not in this order.
    """
    before, begun, rest = page.partition(BEGIN)
    _, ended, after = rest.partition(END)
    if not begun or not ended:
        raise ValueError(f"the page needs the lines {BEGIN} and {END}")
    return f"{before}{BEGIN}\n\n{text.strip()}\n\n{END}{after}"


def measured_part(machine: Mapping[str, str], goals: Sequence[Goal], comparisons: Sequence[Comparison]) -> str:
    """What was measured, as Markdown."""
    reached = sum(goal.reached is Reached.YES for goal in goals)
    measured = sum(goal.reached is not Reached.NOT_MEASURED for goal in goals)
    return "\n\n".join(
        (
            "## The machine",
            markdown_table(list(machine.items()), ("", "")),
            "## Goals",
            f"Of {len(goals)} goals {measured} were measured, and {reached} reached.",
            markdown_table(
                [(one.goal, one.asked, one.figure or "–", one.reached.value) for one in goals],
                ("goal", "asked", "figure", "reached"),
            ),
            "How each was measured:",
            "\n".join(f"- {one.goal}: {one.how} ({one.taken})" for one in goals),
            *_where([one for one in goals if one.milliseconds]),
            "## Two ways to do one thing",
            "Medians of CPU milliseconds, in turns; a ratio below 1 says that ours takes less.",
            markdown_table(comparison_rows(comparisons), ("comparison", "ours", "other", "ratio")),
        )
    )


def _where(goals: Sequence[Goal]) -> Iterator[str]:
    """Where a domain's CPU time went, as far as a goal's measurement saw it."""
    for one in goals:
        total = sum(one.milliseconds.values())
        rows = [
            (step, f"{value:.2f}", f"{value / total:.0%}")
            for step, value in sorted(one.milliseconds.items(), key=lambda step: -step[1])
        ]
        yield "## Where the CPU time goes"
        yield f"Milliseconds a domain of one process, sampled in the run of {one.goal}: {total:.1f} in all."
        yield markdown_table(rows, ("step", "ms", "share"))


def comparison_rows(comparisons: Sequence[Comparison]) -> list[tuple[str, str, str, str]]:
    """The rows of the micro comparisons."""
    return [
        (one.name, f"{one.ours_seconds * 1000:.1f}", f"{one.theirs_seconds * 1000:.1f}", f"{one.ratio:.2f}")
        for one in comparisons
    ]
