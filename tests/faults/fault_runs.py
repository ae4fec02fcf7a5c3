"""Runs over the embedded lab in this very process, of which some calls fail."""

import os
import shutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import trio
from trio.testing import MockClock

from auditor import api
from auditor.config import Config
from auditor.lab import open_lab
from auditor.lab.world import Lab
from auditor.net.dial import parse_connect_to
from tests.end_to_end.lab_runs import Tables, stable
from tests.faults.injected import Plan, Put, injected

DOMAINS = ["brand01.example", "big.example", "sts-good.example", "expired.example"]
"""Two that share servers over both families, one whose MX comes over TCP, one with a policy, one with a finding."""
_IDLE_SECONDS = 0.002  # real ones, after which whatever is waited for is taken to have been waited for


@dataclass(frozen=True)
class Done:
    """What a run came to."""

    run: api.Run
    tables: Tables


class World:
    """The lab, its servers' places, and runs over it."""

    def __init__(self, lab: Lab, folder: Path, set_plan: Callable[[Plan], None]) -> None:
        self.folder = folder
        self._set_plan = set_plan
        base = Config(output=folder, name="run", format=("csv",), outage_wait=1.0)
        self._config = lab.config(base).model_copy(update={"active": False, "tls_versions": False})
        led = (parse_connect_to(text) for text in self._config.connect_to)
        self.address_at = {f"{place[0]}:{place[1]}": address for (address, _), place in led}

    async def run(self, plan: Plan) -> Done:
        """A run under a plan; its folder is removed."""
        self._set_plan(plan)
        run = await api.scan(DOMAINS, self._config)
        self._set_plan(Plan(armed=False))
        done = Done(run, stable(run.folder))
        shutil.rmtree(run.folder)
        return done


def in_world(folder: Path, put: Put, job: Callable[[World], Awaitable[None]]) -> None:
    """Do a job in a lab whose clock does not let one wait."""

    async def main() -> None:
        async with open_lab(folder) as lab:
            put(os, "fsync", lambda _: None)  # power cuts are none of these faults, and hundreds of runs wait for it
            with injected(put) as set_plan:
                await job(World(lab, folder, set_plan))

    trio.run(main, clock=MockClock(autojump_threshold=_IDLE_SECONDS))
