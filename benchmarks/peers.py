"""Other tools that do part of the work, each over the same list, as far as they are installed.

They are looked for on the path and in the work folder, where ``--install-peers``
puts those that are Python packages.  They speak to port 25 and ask the resolver
on port 53, having no options for others, so they need the rig of a namespace.
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.measured import Measured, run
from benchmarks.problems import CannotMeasureError
from benchmarks.programs import found
from benchmarks.rig import Rig

PACKAGES = ("checkdmarc", "trustymail")
"""Peers that pip installs."""
AT_ONCE = "8"
"""Processes side by side, of tools that look at one domain each time."""
_MOST_SECONDS = 1800.0


@dataclass(frozen=True, slots=True)
class Peers:
    """The peers of a work folder."""

    folder: Path

    def program(self, name: str) -> str:
        """Where a peer is.

        Raises:
            CannotMeasureError: it is not installed.
        """
        own = self.folder / name / "bin" / name
        return str(own) if own.is_file() else found(name)

    def install(self) -> None:
        """Install those that are Python packages, each in an environment of its own.

        Raises:
            CannotMeasureError: pip cannot.
        """
        for name in PACKAGES:
            place = self.folder / name
            for command in (
                [sys.executable, "-m", "venv", str(place)],
                [str(place / "bin/pip"), "install", "-q", name],
            ):
                done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - ours
                if done.returncode:
                    raise CannotMeasureError(f"{name} cannot be installed: {done.stderr.strip()[-200:]}")

    def checkdmarc(self, rig: Rig, domains: Path) -> Measured:
        """DNS records and ``--check-mx-tls``, with the rig's CA for its anchors.

        Raises:
            CannotMeasureError: STARTTLS was not found with most exchanges: no pair of the same work then.
        """
        output = self._scratch() / "checkdmarc.json"
        command = [
            self.program("checkdmarc"),
            "-n",
            "127.0.0.1",
            "--check-mx-tls",
            "-o",
            str(output),
            "--",
            str(domains),
        ]
        done = _run(rig, command, environment={"SSL_CERT_FILE": str(rig.certificates.ca_file.absolute())}).checked()
        found, asked = starttls_found(json.loads(output.read_text(encoding="utf-8")))
        if not asked or found < 0.8 * asked:
            raise CannotMeasureError(f"checkdmarc found STARTTLS with {found} of {asked} exchanges only")
        return done

    def trustymail(self, rig: Rig, domains: Path) -> Measured:
        """MX, SPF, DMARC and STARTTLS on port 25; its list of suffixes is one that is there already."""
        program = self.program("trustymail")
        scratch = self._scratch()
        lists = next(iter((self.folder / "trustymail").glob("lib/*/site-packages/publicsuffixlist/*.dat")), None)
        if lists is None:
            raise CannotMeasureError("trustymail has no list of public suffixes: install it with --install-peers")
        shutil.copyfile(lists, scratch / "public_suffix_list.dat")  # fresh, so that it fetches none
        source = Path(shutil.copyfile(domains, scratch / "domains.csv"))
        words = ["--dns=127.0.0.1", "--smtp-ports=25", "--smtp-localhost=audit.test", "--output=trustymail"]
        return _run(rig, [program, str(source), *words], folder=scratch).checked()

    def posttls_finger(self, rig: Rig, domains: Path) -> Measured:
        """One process a domain, each of which speaks to one exchange; a failure of one is not the loop's."""
        program = [self.program("posttls-finger"), "-c", "-l", "may"]
        return _run(rig, ["xargs", "-a", str(domains), "-P", AT_ONCE, "-n", "1", *program]).checked(123)

    def swaks(self, rig: Rig, domains: Path) -> Measured:
        """One process a domain, up to STARTTLS."""
        words = ["--to", "x@{}", "--from", "a@audit.test", "--helo", "audit.test", "-tls", "--quit-after", "STARTTLS"]
        program = [self.program("swaks"), *words, "--hide-all"]
        return _run(rig, ["xargs", "-a", str(domains), "-P", AT_ONCE, "-I{}", *program]).checked(123)

    def nmap(self, rig: Rig, addresses: Path) -> Measured:
        """Keywords and certificate of each address."""
        output = self._scratch() / "nmap.xml"
        scripts = ["-p", "25", "--script", "smtp-commands,ssl-cert", "-oX", str(output)]
        done = _run(rig, [self.program("nmap"), "-n", "-Pn", *scripts, "-iL", str(addresses)]).checked()
        seen, asked = output.read_text(encoding="utf-8").count('id="ssl-cert"'), _lines(addresses)
        if seen < 0.9 * asked:
            raise CannotMeasureError(f"nmap saw {seen} certificates at {asked} addresses")
        return done

    def massdns(self, rig: Rig, names: Path) -> Measured:
        """One MX question a name."""
        scratch = self._scratch()
        (scratch / "resolvers.txt").write_text(f"{rig.resolver}\n", encoding="ascii")
        words = ["-q", "-r", str(scratch / "resolvers.txt"), "-t", "MX", "-s", "200", "-o", "S", "-w", "/dev/null"]
        return _run(rig, [self.program("massdns"), "--root", *words, str(names)]).checked()

    def _scratch(self) -> Path:
        place = self.folder / "scratch"
        place.mkdir(parents=True, exist_ok=True)
        return place


def need_privileges(rig: Rig) -> None:
    """See that there are servers at the ports where peers look.

    Raises:
        CannotMeasureError: there are none.
    """
    if not rig.privileged:
        raise CannotMeasureError("the peers need ports 25 and 53, and so root")


def starttls_found(results: Any) -> tuple[int, int]:  # noqa: ANN401 - another's JSON
    """With how many exchanges checkdmarc found STARTTLS, of how many that it lists."""
    listed: Sequence[Mapping[str, Any]] = results if isinstance(results, list) else [results]
    hosts = [host for one in listed for host in one.get("mx", {}).get("hosts", ())]
    return sum(host.get("starttls") is True for host in hosts), len(hosts)


def _run(
    rig: Rig, command: Sequence[str], *, folder: Path | None = None, environment: Mapping[str, str] | None = None
) -> Measured:
    where = {} if folder is None else {"folder": folder}
    return run(rig.inside(command), environment=environment, most_seconds=_MOST_SECONDS, **where)


def _lines(file: Path) -> int:
    with file.open("rb") as lines:
        return sum(1 for _ in lines)
