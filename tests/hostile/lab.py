"""The hostile lab, up in a process of its own: ``python -m tests.hostile.lab FOLDER``.

It writes its settings, says ``up``, and at the end of its standard input what its servers saw.
"""

import json
import sys
from dataclasses import asdict
from ipaddress import ip_network
from pathlib import Path

import trio

from auditor.config import Config
from auditor.lab import open_lab
from auditor.lab.world import Content
from tests.hostile.certificates import OddAuthority
from tests.hostile.every import EVERY
from tests.hostile.others import LARGE

_NETS = ("203.0.113.0/24", "198.51.100.0/24", "192.0.2.0/24")
_ADDRESSES = [str(one) for net in _NETS for one in ip_network(net).hosts() if not str(one).endswith(".53")]
_ZONE = """$TTL 300
@ SOA ns.example. hostmaster.example. 1 3600 900 86400 300
@ NS ns
ns A 192.0.2.53
"""


def content() -> Content:
    """What the lab is made of: one exchange for each scenario, at an address of its own."""
    scripts, zone, faults = [], [_ZONE], []
    free = iter(_ADDRESSES)
    for one in (*EVERY, LARGE):
        addresses = next(free), next(free) if one.has_policy else ""
        scripts += one.servers(*addresses)
        zone.append(one.zone(*addresses))
        faults.append(one.faults)
    domains = "\n".join(("domain", *(one.target for one in EVERY)))
    return Content(
        domains=domains,
        scripts=tuple(scripts),
        zone="\n".join(zone),
        faults="\n".join(faults),
        authority=OddAuthority(),
    )


def _settings(lab_settings: Config) -> Config:
    """Those of the lab, but only for what anybody may do; not so patient, and with room for what drips."""
    changes = {"active": False, "tls_versions": False, "greeting_timeout": 2.0, "command_timeout": 2.0}
    return lab_settings.model_copy(update=changes)


async def _main(folder: Path) -> None:
    async with open_lab(folder, content()) as lab:
        settings = _settings(lab.config(Config(format=("csv",))))
        (folder / "settings.json").write_text(settings.model_dump_json())
        sys.stdout.write("up\n")
        sys.stdout.flush()
        await trio.to_thread.run_sync(sys.stdin.read)
        sys.stdout.write(json.dumps([asdict(visit) for visit in lab.visits]))


if __name__ == "__main__":
    trio.run(_main, Path(sys.argv[1]))
