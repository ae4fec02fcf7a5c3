"""One whole job, from sources to reports: what ``import auditor`` offers and the command line calls."""

import json
import platform
import socket
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import trio

from auditor import __version__
from auditor.checks import CATALOGUE, Selection
from auditor.config import Config
from auditor.engine.backends.in_process import InProcess
from auditor.engine.campaign import StopReason, run_campaign
from auditor.engine.plan import Plan, make_plan
from auditor.engine.progress import ProgressSink
from auditor.errors import UsageError
from auditor.journal import VALIDATION, Journal
from auditor.model.endpoint import Service
from auditor.model.facts import DomainFacts
from auditor.model.target import Reject, Target
from auditor.net.failure import ContactFailure
from auditor.probes.by_hand import ReadLine, Show
from auditor.report import read_tables, surveys_of, write_reports
from auditor.report.writers import chosen_formats
from auditor.runs import new_run_folder, point_latest, undone_if_wrong
from auditor.targets import ListOptions, parse_shard, read_targets
from auditor.targets.blocklist import Blocklist

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Run:
    """A recorded run and its reports."""

    folder: Path
    stop: StopReason = StopReason.DONE
    """Why observing ended."""
    note: str = ""
    """What the user should know of the vantage; mostly nothing."""
    selection: Selection = field(default_factory=Selection)

    def manifest(self) -> dict[str, Any]:
        """What ``run.json`` says: versions, settings, counts, durations, files."""
        manifest: dict[str, Any] = json.loads((self.folder / "run.json").read_text(encoding="utf-8"))
        return manifest

    def tables(self) -> "dict[str, pd.DataFrame]":
        """The tables by name, such as ``domains``, judged by today's rules; see docs/columns.md."""
        return read_tables(self.folder, self.selection)


async def scan(
    sources: Iterable[str],
    config: Config | None = None,
    *,
    progress: ProgressSink | None = None,
    stop: trio.Event | None = None,
) -> Run:
    """Audit what ``sources`` name (list files, ``-``, domain names, direct targets) into a new run folder.

    Setting ``stop`` ends it within seconds, with reports of what was observed.

    Raises:
        UsageError: a source or a setting is wrong; nothing is left behind.
        NotFinishedError: the disk is full; what was observed is kept.
    """
    config = config or Config()
    started_at = datetime.now(UTC)
    backend, blocklist = _prepare(config, started_at)
    folder = new_run_folder(config.output, config.name, started_at)
    with undone_if_wrong(folder), Journal.create(folder, config, started_at) as journal:
        _take_list(journal, sources, config, blocklist)
        _describe(journal, backend)
    with Journal.resume(folder) as journal:
        return await _observe_and_report(journal, config, backend, progress, stop)


async def resume(
    folder: Path,
    *,
    progress: ProgressSink | None = None,
    stop: trio.Event | None = None,
    deadline: datetime | None = None,
) -> Run:
    """Go on with a run that stopped, under its own settings; nothing settled is asked again.

    Raises:
        UsageError: there is no such run, or another process is at it.
        NotFinishedError: the disk is full; what was observed is kept.
    """
    with Journal.resume(folder) as journal:
        config = journal.config.model_copy(update={"deadline": deadline})
        backend, _ = _prepare(config, journal.started_at)
        return await _observe_and_report(journal, config, backend, progress, stop)


def run(sources: Iterable[str], config: Config | None = None) -> Run:
    """:func:`scan` for a program that has no trio loop."""
    return trio.run(scan, sources, config)


async def plan(
    sources: Iterable[str],
    config: Config,
    *,
    progress: ProgressSink | None = None,
    stop: trio.Event | None = None,
) -> Plan:
    """Survey the DNS of what ``sources`` name, and say who a scan would contact; nobody but the resolvers is asked.

    Raises:
        UsageError: a source or a setting is wrong.
    """
    config = config.model_copy(update={"nameservers": False})
    survey = config.model_copy(update={"dns_only": True})
    began_at = datetime.now(UTC)
    backend, blocklist = _prepare(survey, began_at)
    with (
        TemporaryDirectory(prefix="auditor-plan-") as folder,
        Journal.create(Path(folder), survey, began_at) as journal,
    ):
        _take_list(journal, sources, survey, blocklist)
        await run_campaign(journal, survey, backend, progress=progress, stop=stop)
        return make_plan(map(surveys_of(journal, config), journal.targets()), config)


async def observe(name: str, config: Config, *, domain: bool, service: Service | None = None) -> DomainFacts:
    """What a server (``HOST[:PORT]``), or every exchange of a domain, shows in one conversation each; kept nowhere.

    Raises:
        UsageError: ``name`` or a setting is wrong.
    """
    began_at = datetime.now(UTC)
    backend, blocklist = _prepare(config, began_at)
    target = _target(name, config, blocklist, domain=domain)
    backend.trust(ad_trusted=(await backend.prove_validation()).trusted)
    seen = await backend.probes.survey(target)
    endpoints = tuple(replace(endpoint, known_as=service) for endpoint in seen.route.endpoints)
    talks = [await backend.probes.converse(endpoint) for endpoint in endpoints]
    fetched = [await backend.probes.fetch_policy(host) for host in seen.policy_hosts]
    certificates = [one for talk in talks for one in talk.certificates]
    certificates += (one for fetch in fetched for one in fetch.certificates)
    return DomainFacts(
        target=target,
        route=replace(seen.route, endpoints=endpoints),
        published=seen.published,
        reverse=seen.reverse,
        policy_fetch=fetched[0].fetch if fetched else None,
        sessions={talk.session.endpoint: talk.session for talk in talks},
        certificates={one.sha256: one for one in certificates},
        asked=config.asked(),
        judged_at=began_at,
    )


async def converse_by_hand(name: str, config: Config, service: Service | None, read_line: ReadLine, show: Show) -> None:
    """Let a person hold a session with a server (``HOST[:PORT]``), line by line; kept nowhere.

    Raises:
        UsageError: ``name`` or a setting is wrong, or there is nothing to contact.
    """
    backend, blocklist = _prepare(config, datetime.now(UTC))
    seen = await backend.probes.survey(_target(name, config, blocklist, domain=False))
    if not seen.route.endpoints:
        errors = [error for one in seen.route.exchanges for error in (*one.errors, str(one.status))]
        raise UsageError(f"{name}: nothing to contact: {'; '.join(errors)}")
    endpoint = replace(seen.route.endpoints[0], known_as=service)
    try:
        await backend.by_hand(endpoint, show).hold(read_line)
    except ContactFailure as failure:
        show("*", str(failure))


def _target(name: str, config: Config, blocklist: Blocklist, *, domain: bool) -> Target:
    """The one target that ``name`` means: a domain, or else a server to be contacted itself."""
    entry = next(unblocked(read_targets([name], list_options(config)), blocklist))
    if isinstance(entry, Reject):
        raise UsageError(f"{name}: {entry.reason}")
    return entry if domain else replace(entry, direct=True)


def judge_again(folder: Path, config: Config) -> Run:
    """Judge a recorded run by today's rules and write its reports again; opens no socket.

    Raises:
        UsageError: there is no journal, or a format or check that does not exist is asked for.
    """
    selection = Selection(config.include, config.exclude)
    write_reports(folder, config.format, selection)
    return Run(folder, selection=selection)


def _prepare(config: Config, began_at: datetime) -> tuple[InProcess, Blocklist]:
    """Everything that can be wrong with the settings, found out before anything is written."""
    chosen_formats(config.format)
    Selection(config.include, config.exclude).of(CATALOGUE)
    blocklist = Blocklist.read(config.block) if config.block else Blocklist.empty()
    return InProcess(config, began_at, blocklist), blocklist


def _take_list(journal: Journal, sources: Iterable[str], config: Config, blocklist: Blocklist) -> None:
    entries = unblocked(read_targets(list(sources), list_options(config)), blocklist)
    counts = journal.add_list(entries)
    if not counts.accepted:
        first = next(journal.rejects(), None)
        why = f"; line {first.line} of {first.source}: {first.reason}" if first else ""
        raise UsageError(f"there is no domain in the list{why}")


def list_options(config: Config) -> ListOptions:
    """How the settings want lists to be read."""
    return ListOptions(
        column=config.column, sheet=config.sheet, shard=parse_shard(config.shard) if config.shard else None
    )


def unblocked(entries: Iterable[Target | Reject], blocklist: Blocklist) -> Iterator[Target | Reject]:
    """The entries of a list, those whose owner does not want to be contacted turned into rejects."""
    for entry in entries:
        reason = blocklist.blocks_host(entry.domain) if isinstance(entry, Target) else None
        if isinstance(entry, Target) and reason:
            yield Reject(source=entry.source, line=entry.input_line, text=entry.input, reason=reason)
        else:
            yield entry


def _describe(journal: Journal, backend: InProcess) -> None:
    """Keep who observed, from where, and with what."""
    journal.set_meta("tool_version", __version__)
    journal.set_meta("resolver", backend.resolvers)
    journal.set_meta(
        "vantage",
        {
            "host": socket.gethostname(),
            "EHLO name": backend.own_name or "the address of this end",
            "system": platform.platform(),
            "Python": platform.python_version(),
            **{name: version(name) for name in ("trio", "dnspython", "pyOpenSSL", "cryptography", "pandas")},
        },
    )


async def _settle_trust(journal: Journal, backend: InProcess) -> None:
    """Find out once in a run whether the AD bit counts: all parts of it, and all its reports, go by that."""
    validation = journal.validation
    if validation is None:
        validation = await backend.prove_validation()
        journal.set_meta(VALIDATION, asdict(validation))
        journal.set_meta("vantage_note", validation.note)
    backend.trust(ad_trusted=validation.trusted)


async def _observe_and_report(
    journal: Journal, config: Config, backend: InProcess, progress: ProgressSink | None, stop: trio.Event | None
) -> Run:
    journal.set_meta("state", "running")
    await _settle_trust(journal, backend)
    reason = await run_campaign(journal, config, backend, progress=progress, stop=stop)
    journal.set_meta("state", "finished" if reason is StopReason.DONE else str(reason))
    journal.set_meta("finished_at", datetime.now(UTC).isoformat())
    journal.flush()
    selection = Selection(config.include, config.exclude)
    await trio.to_thread.run_sync(write_reports, journal.folder, config.format, selection)
    point_latest(journal.folder)
    return Run(journal.folder, reason, journal.meta("vantage_note") or "", selection)
