"""Observing a list that is in the journal: what the ends are like from which it is done, and then the campaign."""

import platform
import socket
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import asdict, replace
from importlib.metadata import version
from typing import TYPE_CHECKING

import trio

from auditor import __version__, engine
from auditor.config import Config
from auditor.engine.backends import Backend
from auditor.engine.backends.in_process import InProcess
from auditor.engine.progress import ProgressSink
from auditor.engine.stop import StopReason
from auditor.journal import MERGED_FROM, VALIDATION, Journal
from auditor.journal.merged_meta import trusted_by_all
from auditor.model.dns import Validation
from auditor.model.vantage import VantageState
from auditor.policy.vantage import judge_vantage
from auditor.targets.blocklist import Blocklist

if TYPE_CHECKING:
    from auditor.engine.backends.cluster import End

_LIBRARIES = ("trio", "dnspython", "pyOpenSSL", "cryptography", "pandas")


def describe(journal: Journal, here: InProcess) -> None:
    """Keep who observes, from where, and with what."""
    journal.set_meta("tool_version", __version__)
    journal.set_meta("resolver", here.resolvers)
    journal.set_meta(
        "vantage",
        {
            "host": socket.gethostname(),
            "EHLO name": here.own_name or "the address of this end",
            "system": platform.platform(),
            "Python": platform.python_version(),
        },
    )


def _name_libraries(journal: Journal) -> None:
    """Keep with what it is observed; looked up when the first questions are out, for that takes its time."""
    vantage = journal.meta("vantage", {})
    if missing := [name for name in _LIBRARIES if name not in vantage]:
        journal.set_meta("vantage", {**vantage, **{name: version(name) for name in missing}})


async def observe_list(
    journal: Journal,
    config: Config,
    here: InProcess,
    blocklist: Blocklist,
    progress: ProgressSink | None,
    stop: trio.Event | None,
) -> StopReason:
    """Observe what the journal's targets ask for: in this process, in several, or on a cluster.

    Raises:
        UsageError: the cluster cannot be used as asked.
        NotFinishedError: the disk is full, or no worker can be had; what was observed is kept.
    """
    async with AsyncExitStack() as opened:
        prepared = _of_a_cluster if config.cluster else _of_this_machine
        backend = await prepared(journal, config, here, blocklist, opened)
        _name_libraries(journal)
        return await engine.run_campaign(journal, config, backend, progress=progress, stop=stop)


async def _of_this_machine(
    journal: Journal, config: Config, here: InProcess, blocklist: Blocklist, _: AsyncExitStack
) -> Backend:
    validation, is_new = await _settled_trust(journal, here)
    if is_new:
        await _look_around(journal, here, validation)
    here.trust(ad_trusted=validation.trusted)
    return engine.backend_of_this_machine(journal, config, here, blocklist)


async def _of_a_cluster(
    journal: Journal, config: Config, _: InProcess, blocklist: Blocklist, opened: AsyncExitStack
) -> Backend:
    cluster = await opened.enter_async_context(engine.connected(str(config.cluster), insecure=config.insecure_cluster))
    begin = engine.anchored(engine.beginning(journal, config, blocklist, ad_trusted=False))
    ends = await cluster.examine(begin)
    trusted = _trusted_by_ends(journal, ends)
    return engine.backend_of_a_cluster(cluster, replace(begin, ad_trusted=trusted), len(ends))


async def _settled_trust(journal: Journal, here: InProcess) -> tuple[Validation, bool]:
    """Whether the AD bit counts, found out once in a run, and whether that was now.

    All parts of a run, and all its reports, go by that.
    """
    validation = journal.validation
    if validation is not None and not journal.meta(MERGED_FROM):
        return validation, False
    found = await here.prove_validation()
    if validation is not None:  # what was seen elsewhere says nothing of the resolvers asked from here
        both = trusted_by_all([("before", validation), ("resumed", found)]) or found
        journal.set_meta(VALIDATION, asdict(both))
        return both, False
    journal.set_meta(VALIDATION, asdict(found))
    journal.set_meta("resolver_note", found.note)
    return found, True


async def _look_around(journal: Journal, here: InProcess, validation: Validation) -> None:
    """Before any contact, keep what this end is like; where every way is laid out by hand, that says nothing."""
    if journal.config.only_connect_to or journal.config.dns_only:
        return
    lines = judge_vantage(await here.this_end(validation))
    journal.set_meta("vantage", {**journal.meta("vantage", {}), **{one.what: one.words for one in lines}})
    told = [f"{one.what}: {one.words}" for one in lines if one.what != "resolver" and one.state is not VantageState.OK]
    journal.set_meta("preflight_note", f"from here, {'; '.join(told)} (see auditor doctor)" if told else "")


def _trusted_by_ends(journal: Journal, ends: "Sequence[End]") -> bool:
    """Keep what the workers' ends are like; whether the AD bit counts, which it does if it does at each, and before."""
    before: list[tuple[str, Validation | None]] = [("before", journal.validation)]
    validation = trusted_by_all([*before, *((end.words, end.validation) for end in ends)])
    assert validation is not None  # noqa: S101 - there is one end at least
    notes = dict.fromkeys(end.validation.note for end in ends)
    journal.set_meta(VALIDATION, asdict(validation))
    journal.set_meta("resolver", sorted({resolver for end in ends for resolver in end.resolvers}))
    journal.set_meta("resolver_note", "; ".join(filter(None, notes)))
    workers = ", ".join(end.words for end in ends)
    journal.set_meta("vantage", {**journal.meta("vantage", {}), "workers": workers})
    return validation.trusted
