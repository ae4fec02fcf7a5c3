"""The vantage of a run, examined before there is one."""

from collections.abc import Sequence
from datetime import UTC, datetime

from auditor.api.preparing import prepare
from auditor.config import Config
from auditor.model.vantage import VantageLine
from auditor.policy.vantage import judge_vantage


async def examine_vantage(
    config: Config, domains: Sequence[str], block_lists: Sequence[str] = ()
) -> tuple[VantageLine, ...]:
    """Whether this end is fit to look from; the exchanges of ``domains`` are spoken to, once over each family.

    Raises:
        UsageError: a setting is wrong.
    """
    backend, _ = prepare(config, datetime.now(UTC))
    validation = await backend.prove_validation()
    return judge_vantage(await backend.this_end(validation, domains, block_lists))
