"""The lab at home in the network namespace that this program runs in, up until its standard input ends.

It writes the settings that reach it, says ``up``, and in the end prints a JSON list of its visitors:
[server, address of the server, address of the client].
"""

import json
import sys
from pathlib import Path

import trio

from auditor.config import Config
from auditor.lab import open_lab
from tests.real.lab_by_hand import be_the_network


async def main(folder: Path) -> None:
    async with open_lab(folder, at_home=True) as lab:
        (folder / "settings.json").write_text(lab.config(Config(format=("csv",))).model_dump_json())
        sys.stdout.write("up\n")
        sys.stdout.flush()
        await trio.to_thread.run_sync(sys.stdin.read)
        json.dump([[visit.server, visit.address, visit.client] for visit in lab.visits], sys.stdout)


if __name__ == "__main__":
    be_the_network(Path(sys.argv[1]))
    trio.run(main, Path(sys.argv[1]))
