"""The settings of a run that is made out of others: in what they must agree, and what becomes of the rest."""

import json
from collections.abc import Sequence
from typing import Any

from auditor.config import Config, ReportSettings
from auditor.errors import UsageError
from auditor.journal.part import FINISHED, Part
from auditor.settings import option_name

WHAT_IS_LOOKED_AT = (
    *("nameservers", "dns_only", "dkim_selector", "policy_port"),
    *("port", "services", "tls_versions", "active", "ipv4_only", "ipv6_only", "max_exchanges", "max_addresses"),
    *("connect_to", "only_connect_to", "allow_net", "allow_private", "only_ca_file"),
)
"""Runs that differ in one of these would have rows that mean different things."""
OF_A_MACHINE = ("helo", "source_ip", "trust_ad", "deadline", "shard", "workers", "cluster", "insecure_cluster")
"""What differs from run to run; where it does, the merged run has the default."""
OF_THE_REPORTS = tuple(ReportSettings.model_fields)
"""As the merging itself is asked for."""


def merged_settings(parts: Sequence[Part], reports: Config) -> Config:
    """The settings under which the merged run is judged, and goes on: the first run's, where they need not agree.

    Raises:
        UsageError: the runs did not look at the same things, or could not go on together as each would by itself.
    """
    every = [part.config for part in parts]
    _agree(parts, every)
    changes: dict[str, Any] = {name: getattr(reports, name) for name in OF_THE_REPORTS}
    for name in OF_A_MACHINE:
        if len({getattr(one, name) for one in every}) > 1:
            changes[name] = Config.model_fields[name].default
    changes |= {"shard": None, "resolver": _resolvers(every), "block": _block_list(parts, every)}
    return every[0].model_copy(update=changes)


def _agree(parts: Sequence[Part], every: Sequence[Config]) -> None:
    for name in WHAT_IS_LOOKED_AT:
        if len({_value(one, name) for one in every}) > 1:
            raise _differing(name, parts, [_value(one, name) for one in every])
    if len({one.ca_file is None for one in every}) > 1:
        raise _differing("ca_file", parts, [_value(one, "ca_file") for one in every])


def _differing(name: str, parts: Sequence[Part], values: Sequence[str]) -> UsageError:
    first = values[0]
    other = next(number for number, value in enumerate(values) if value != first)
    told = f"{parts[0].name} has {first}, {parts[other].name} has {values[other]}"
    return UsageError(f"--{option_name(name)} differs, so the runs did not look at the same things: {told}")


def _value(config: Config, name: str) -> str:
    """A setting in words; of a list, its members in any order."""
    value = config.model_dump(mode="json", include={name})[name]
    return json.dumps(sorted(value, key=str) if isinstance(value, list) else value)


def _resolvers(every: Sequence[Config]) -> tuple[str, ...]:
    """All that were named; none, which is the system's, if one of the runs named none."""
    named = [one.resolver for one in every]
    return tuple(dict.fromkeys(address for one in named for address in one)) if all(named) else ()


def _block_list(parts: Sequence[Part], every: Sequence[Config]) -> Any:  # noqa: ANN401 - a path, or none
    """The one block list; where there are several, none of the runs may be left to go on with the wrong one."""
    paths = list(dict.fromkeys(one.block for one in every))
    open_runs = [part for part in parts if part.state != FINISHED]
    if len(paths) > 1 and open_runs:
        raise UsageError(
            f"--block differs ({', '.join(str(path or 'none') for path in paths)}), and {open_runs[0].name} is not"
            f" finished; go on with it before merging: auditor scan --resume {open_runs[0].folder}"
        )
    return next((path for path in paths if path is not None), None)
