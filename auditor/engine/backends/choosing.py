"""Where the jobs of a run are done: here, or in worker processes of this machine."""

import logging
import os
import sys
from functools import partial

from auditor.config import Config
from auditor.engine.backends import Backend
from auditor.engine.backends.crew import Crew
from auditor.engine.backends.frames import Begin
from auditor.engine.backends.in_process import InProcess
from auditor.engine.backends.processes import link_to_process
from auditor.journal import Journal
from auditor.targets.blocklist import Blocklist

LARGE_LIST = 2_000
"""Targets from which on a second process saves more time than its start takes, if --workers does not say."""
_DOMAINS_AHEAD = 32  # for each worker, so that none waits while frames are on their way


def backend_for(journal: Journal, config: Config, here: InProcess, blocklist: Blocklist, targets: int) -> Backend:
    """Who does the jobs of a run with so many targets left: ``here``, or a crew of processes that begin as it did."""
    workers = processes_for(config, targets)
    if workers == 1:
        return here
    begin = Begin(
        settings=config.model_copy(update={"dns_concurrency": max(1, config.dns_concurrency // workers)}),
        began_at=journal.started_at,
        since=journal.opened_at,
        ad_trusted=here.ad_trusted,
        journal=str(journal.folder.absolute()),
        blocked=tuple(blocklist.entries()),
        blocked_by=blocklist.source,
        log_level=logging.getLogger().getEffectiveLevel(),
    )
    return Crew(
        [partial(link_to_process, begin)] * workers,
        domains_at_once=config.dns_concurrency + workers * _DOMAINS_AHEAD,
        conversations_at_once=config.concurrency,
    )


def processes_for(config: Config, targets: int) -> int:
    """As many as --workers says; else one for a small list, and one for each core for a large one."""
    if sys.platform == "win32":  # pragma: no cover - pipes cannot be waited for there as sockets are
        return 1
    if config.workers is not None:
        return config.workers
    return cores() if targets >= LARGE_LIST else 1


def cores() -> int:
    """The cores that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # pragma: no cover - not on macOS
        return os.cpu_count() or 1
