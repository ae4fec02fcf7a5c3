"""What every job begins with: settings that will do, and a list that can be read."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from auditor import checks
from auditor.config import Config
from auditor.engine.backends.in_process import InProcess
from auditor.errors import UsageError
from auditor.journal import Journal
from auditor.model.target import Reject, Target
from auditor.report.writers import chosen_formats
from auditor.targets import ListOptions, parse_shard, read_targets
from auditor.targets.blocklist import Blocklist


def prepare(config: Config, began_at: datetime) -> tuple[InProcess, Blocklist]:
    """Everything that can be wrong with the settings, found out before anything is written."""
    chosen_formats(config.format)
    if config.include or config.exclude:  # else the catalogue need not be there before the judging
        checks.Selection(config.include, config.exclude).of(checks.CATALOGUE)
    blocklist = Blocklist.read(config.block) if config.block else Blocklist.empty()
    return InProcess(config, began_at, blocklist), blocklist


def take_list(journal: Journal, sources: Iterable[str], config: Config, blocklist: Blocklist) -> None:
    """Read the sources into the journal.

    Raises:
        UsageError: a source cannot be read, or there is no domain in it.
    """
    entries = unblocked(read_targets(list(sources), list_options(config)), blocklist)
    counts = journal.add_list(entries)
    if not counts.accepted:
        first = next(journal.rejects(), None)
        why = f"; line {first.line} of {first.source}: {first.reason}" if first else ""
        raise UsageError(f"there is no domain in the list{why}")


def list_options(config: Config) -> ListOptions:
    """How the settings want lists to be read."""
    return ListOptions(
        column=config.column,
        sheet=config.sheet,
        shard=parse_shard(config.shard) if config.shard else None,
        large_ranges=config.yes,
    )


def unblocked(entries: Iterable[Target | Reject], blocklist: Blocklist) -> Iterator[Target | Reject]:
    """The entries of a list, those whose owner does not want to be contacted turned into rejects."""
    for entry in entries:
        reason = blocklist.blocks_host(entry.domain) if isinstance(entry, Target) else None
        if isinstance(entry, Target) and reason:
            yield Reject(source=entry.source, line=entry.input_line, text=entry.input, reason=reason)
        else:
            yield entry
