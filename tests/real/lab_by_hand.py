"""The lab at home in a network of its own, audited, and every finding's lines done by hand.

Run as a program under ``unshare --net --mount``, where every address of the lab can be one of this machine's.
It prints a JSON list of :class:`Done`.
"""

import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import trio

from auditor import Config, scan
from auditor.lab import Lab, open_lab
from auditor.lab.world import NAMESERVERS, all_scripts
from tests.real.processes import program
from tests.real.typed_lines import Block, parsed, run

AT_ONCE = 32
EACH = 2
"""Findings of each check whose lines are done, of those whose lines differ."""
RESOLVER = "127.0.0.1"


@dataclass(frozen=True)
class Done:
    """A command of a finding, what it showed, and what of that is not as said."""

    check: str
    verdict: str
    subject: str
    evidence: str
    command: str
    output: str
    wrong: tuple[str, ...]


def main() -> None:
    with TemporaryDirectory() as folder:
        be_the_network(Path(folder))
        json.dump([asdict(one) for one in trio.run(audit_and_type, Path(folder), sys.argv[1:])], sys.stdout)


def be_the_network(folder: Path) -> None:
    """Give this namespace every address of the lab, and its resolver."""
    ip = program("ip")
    subprocess.run([ip, "link", "set", "lo", "up"], check=True)
    reachable = (script for script in all_scripts() if script.connect != "unreachable")
    servers = {address for script in reachable for address in script.addresses}
    for address in sorted(servers | set(NAMESERVERS) | _delegated()):
        length = "128 nodad" if ":" in address else "32"
        subprocess.run([ip, "address", "add", "dev", "lo", *f"{address}/{length}".split()], check=True)
    settings = folder / "resolv.conf"
    settings.write_text(f"nameserver {RESOLVER}\noptions trust-ad edns0\n")
    subprocess.run(["mount", "--bind", str(settings), str(Path("/etc/resolv.conf").resolve())], check=True)


def _delegated() -> set[str]:
    text = (Path(__file__).parents[2] / "auditor/lab/zones/nameservers.txt").read_text("utf-8")
    return {line.split()[0] for line in text.splitlines() if line[:1].isalnum()}


async def audit_and_type(folder: Path, only: list[str]) -> list[Done]:
    async with open_lab(folder, at_home=True) as lab:
        config = lab.config(Config(output=folder / "out", format=("csv",), nameservers=True))
        findings = (await scan([str(lab.domains)], config)).tables()["findings"]
        return await type_all(chosen((dict(row) for _, row in findings.iterrows()), only), lab)


def chosen(findings: Iterable[dict[Any, str]], only: list[str]) -> Iterator[dict[Any, str]]:
    """A few findings of each check that failed, and of each that is not known."""
    kept: dict[tuple[str, str], set[str]] = defaultdict(set)
    for one in findings:
        lines = kept[one["check"], one["verdict"]]
        if one["reproduce"] not in lines and len(lines) < EACH and (not only or one["check"].startswith(tuple(only))):
            lines.add(one["reproduce"])
            yield one


async def type_all(findings: Iterable[dict[Any, str]], lab: Lab) -> list[Done]:
    places = trio.CapacityLimiter(AT_ONCE)
    environment = {"SSL_CERT_FILE": str(lab.ca_file), "CURL_CA_BUNDLE": str(lab.ca_file), "TERM": "dumb"}
    done: list[Done] = []

    async def do(finding: dict[Any, str], block: Block) -> None:
        async with places:
            output = await run(block, environment)
        wrong = tuple(block.wrong(output))
        check, verdict, subject, evidence = (finding[name] for name in ("check", "verdict", "subject", "evidence"))
        done.append(Done(check, verdict, subject, evidence, block.command, output, wrong))

    async with trio.open_nursery() as nursery:
        for finding in findings:
            for block in parsed(finding["reproduce"]):
                nursery.start_soon(do, finding, block)
    return done


if __name__ == "__main__":
    main()
