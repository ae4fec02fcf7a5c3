"""Who does the jobs of a run: this process, worker processes of this machine, or the workers of a cluster."""

import logging
from collections.abc import Sequence
from functools import partial

from auditor.config import Config
from auditor.cores import processes_for
from auditor.engine.backends import Backend
from auditor.engine.backends.cluster import Cluster
from auditor.engine.backends.crew import Crew
from auditor.engine.backends.frames import Begin
from auditor.engine.backends.in_process import InProcess
from auditor.engine.backends.link import OpenLink
from auditor.engine.backends.processes import link_to_process
from auditor.journal import Journal
from auditor.targets.blocklist import Blocklist

_DOMAINS_AHEAD = 32  # for each worker, so that none waits while frames are on their way


def beginning(journal: Journal, config: Config, blocklist: Blocklist, *, ad_trusted: bool) -> Begin:
    """What whoever does the run's jobs elsewhere must know."""
    return Begin(
        settings=config,
        began_at=journal.started_at,
        since=journal.opened_at,
        ad_trusted=ad_trusted,
        blocked=tuple(blocklist.entries()),
        blocked_by=blocklist.source,
        log_level=logging.getLogger().getEffectiveLevel(),
    )


def backend_of_this_machine(journal: Journal, config: Config, here: InProcess, blocklist: Blocklist) -> Backend:
    """``here``, or processes that begin as it did; together they ask and contact no more at once than it would."""
    counts = journal.counts()
    workers = processes_for(config.workers, counts["targets"] - counts["targets_done"])
    if workers == 1:
        return here
    share = config.model_copy(update={"dns_concurrency": max(1, config.dns_concurrency // workers)})
    begin = beginning(journal, share, blocklist, ad_trusted=here.ad_trusted)
    begin = begin.with_journal(journal.folder)
    return _crew([partial(link_to_process, begin)] * workers, config.dns_concurrency, config.concurrency)


def backend_of_a_cluster(cluster: Cluster, begin: Begin, workers: int) -> Backend:
    """So many workers, each of which asks and contacts as many at once as the settings say."""
    settings = begin.settings
    links = [partial(cluster.link, begin)] * workers
    return _crew(links, settings.dns_concurrency * workers, settings.concurrency * workers)


def _crew(links: Sequence[OpenLink], questions_at_once: int, conversations_at_once: int) -> Crew:
    domains_at_once = questions_at_once + len(links) * _DOMAINS_AHEAD
    return Crew(links, domains_at_once=domains_at_once, conversations_at_once=conversations_at_once)
