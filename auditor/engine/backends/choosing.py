"""Who does the jobs of a run: this process, worker processes of this machine, or the workers of a cluster."""

import logging
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace

from auditor.config import Config
from auditor.cores import processes_for
from auditor.engine.backends import Backend
from auditor.engine.backends.cluster import Cluster
from auditor.engine.backends.crew import Crew
from auditor.engine.backends.frames import Begin
from auditor.engine.backends.in_process import InProcess
from auditor.engine.backends.link import Link, OpenLink
from auditor.engine.backends.processes import link_to_process
from auditor.journal import Journal
from auditor.net.nameservers import AT_ONCE
from auditor.targets.blocklist import Blocklist

_DOMAINS_AHEAD = 32  # for each who asks, so that none waits while frames are on their way


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
        after_others=_goes_on(journal),
    )


def backend_of_this_machine(journal: Journal, config: Config, here: InProcess, blocklist: Blocklist) -> Backend:
    """``here``, or processes that begin as it did; together they ask and contact no more at once than it would."""
    counts = journal.counts()
    workers = processes_for(config.workers, counts["targets"] - counts["targets_done"])
    if workers == 1:
        if _goes_on(journal):
            here.begin_after_others()
        return here
    askers = min(_askers(config, workers), config.dns_concurrency)
    share = config.model_copy(update={"dns_concurrency": config.dns_concurrency // askers})
    begin = beginning(journal, share, blocklist, ad_trusted=here.ad_trusted)
    begin = replace(begin.with_journal(journal.folder), at_nameservers=AT_ONCE // min(askers, AT_ONCE))
    links = [_Opening(link_to_process, begin).open for _ in range(workers)]
    return _crew(links, askers, config.dns_concurrency, config.concurrency)


def backend_of_a_cluster(cluster: Cluster, begin: Begin, workers: int) -> Backend:
    """So many workers, each of which asks and contacts as many at once as the settings say."""
    settings = begin.settings
    askers = _askers(settings, workers)
    begin = replace(begin, at_nameservers=AT_ONCE // min(askers, AT_ONCE))
    links = [_Opening(cluster.link, begin).open for _ in range(workers)]
    return _crew(links, askers, settings.dns_concurrency * askers, settings.concurrency * workers)


def _askers(config: Config, workers: int) -> int:
    """How many of the workers ask the DNS: those who ask nameservers themselves share the few places at each."""
    return min(workers, AT_ONCE) if config.nameservers else workers


def _goes_on(journal: Journal) -> bool:
    """Whether an earlier part of the run may have contacted servers, for it got so far as to ask for them."""
    counts = journal.counts()
    return any(counts[kind] for kind in ("answers", "sessions", "policies"))


@dataclass(slots=True)
class _Opening:
    """A post's way to who does its jobs: from the second time on, to one who replaces another."""

    link: Callable[[Begin], AbstractAsyncContextManager[Link]]
    begin: Begin

    def open(self) -> AbstractAsyncContextManager[Link]:
        """A link, as :data:`~auditor.engine.backends.link.OpenLink` has it."""
        begin, self.begin = self.begin, replace(self.begin, after_others=True)
        return self.link(begin)


def _crew(links: Sequence[OpenLink], askers: int, questions_at_once: int, conversations_at_once: int) -> Crew:
    return Crew(
        links,
        domains_at_once=questions_at_once + askers * _DOMAINS_AHEAD,
        conversations_at_once=conversations_at_once,
        askers=askers,
    )
