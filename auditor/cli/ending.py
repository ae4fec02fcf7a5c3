"""How a run ends on the screen: what it came to, where its reports are, what to type next, and the exit code."""

import json
from typing import Any

import typer

from auditor.api import Run
from auditor.cli.console import out, safe, say
from auditor.cli.failures import OUR_FAULT
from auditor.config import Config
from auditor.engine.stop import StopReason
from auditor.model.finding import Severity

FOUND = 1
NOT_FINISHED = 3


def end(
    run: Run, config: Config, *, as_json: bool = False, quiet: bool = False, signal_code: int | None = None
) -> None:
    """Say what a run came to, and leave with its exit code.

    Raises:
        typer.Exit: always with a code other than 0, never with 0.
    """
    manifest = run.manifest()
    if as_json:
        out(json.dumps(manifest, indent=2))
    elif not quiet:
        for line in summary_lines(run, manifest):
            out(safe(line))
    for line in _warnings(run):
        say(safe(line), style="yellow")
    code = signal_code or _exit_code(run, manifest, config.fail_on)
    if code:
        raise typer.Exit(code)


def summary_lines(run: Run, manifest: dict[str, Any]) -> list[str]:
    """What was looked at, what was found, how good it is, where it is written, what to do next; a line each."""
    summary = manifest["summary"]
    failed = ", ".join(f"{count} {severity}" for severity, count in summary["failed_by_severity"].items() if count)
    score = summary["average_score"]
    reports = " ".join(sorted({name.partition("/")[0] for name in manifest["files"]}))
    judged = f"{summary['endpoints_judged']} of {summary['endpoints']} endpoints judged"
    starttls, dmarc = _share(summary["starttls_everywhere"]), _share(summary["dmarc_enforced"])
    shares = f"STARTTLS everywhere: {starttls}; DMARC enforced: {dmarc}"
    return [
        f"Domains    {summary['domains']} ({manifest['rows']['mx']} MX records, {judged})",
        *_listeners(summary),
        f"Findings   {failed or 'none'}; {summary['unknown']} not known",
        f"Score      {'–' if score is None else score} on average; {shares}",
        f"Reports    {run.folder}",
        f"           {reports}",
        f"Next       {_next(run, manifest)}",
    ]


def _listeners(summary: dict[str, Any]) -> list[str]:
    if not summary["silent_addresses"]:
        return []
    found = f"{summary['listeners']} ({summary['listeners_unlisted']} to which no MX record of the list leads)"
    return [f"Listeners  {found}; nothing at {summary['silent_addresses']} addresses of ranges"]


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.0%}"


def _next(run: Run, manifest: dict[str, Any]) -> str:
    if run.stop is not StopReason.DONE:
        return f"auditor scan --resume {run.folder}"
    worst = manifest.get("worst_check")
    return f"auditor explain {worst}" if worst else f"auditor report {run.folder}"


def _warnings(run: Run) -> list[str]:
    resume = f"go on with: auditor scan --resume {run.folder}"
    stopped = {
        StopReason.INTERRUPTED: f"interrupted; {resume}",
        StopReason.DEADLINE: f"stopped at the deadline; {resume}",
        StopReason.VANTAGE: (
            "stopped: none of the first endpoints gave a connection on port 25, so the path from here is the problem, "
            f"not the world. Scan from a host whose outgoing port 25 is open, and {resume}"
        ),
    }
    lines = [stopped[run.stop]] if run.stop in stopped else []
    if run.faults:
        log = run.folder / "errors.log"
        lines.append(f"a fault of ours kept {run.faults} of the rows empty (internal-error); details are in {log}")
    return [*lines, run.note] if run.note and run.stop is not StopReason.VANTAGE else lines


def _exit_code(run: Run, manifest: dict[str, Any], fail_on: Severity | None) -> int:
    if run.stop is not StopReason.DONE:
        return NOT_FINISHED
    if run.faults:
        return OUR_FAULT
    if fail_on is None:
        return 0
    failed = manifest["summary"]["failed_by_severity"]
    return FOUND if any(count and Severity(name).rank <= fail_on.rank for name, count in failed.items()) else 0
