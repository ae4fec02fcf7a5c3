"""What is said to mail servers, as they heard it: a greeting, a look, and a farewell."""

import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path

import pytest

from auditor import Config, scan
from auditor.lab import open_lab
from auditor.lab.certificates import Authority
from auditor.lab.mail_server import Visit
from auditor.net.own_name import own_name
from tests.real.mail_servers import Running, keep, postfix
from tests.real.processes import wait_until
from tests.real.scanning import audit

pytestmark = pytest.mark.slow

LOOKING = {"EHLO", "STARTTLS", "QUIT"}
ABRUPT = {"resetting", "eof", "flood", "tlsfailed", "injected"}
"""Domains whose servers leave nobody the time for a farewell."""
CIVIL = (
    *("brand01", "brand02", "alpha", "beta", "gamma", "split", "implicit", "parity", "six", "notls", "tlsrefused"),
    *("rejected554", "rejected521", "ehlo550", "deferred450", "healed", "expired", "selfsigned", "wrongname"),
)
RANGE = "127.0.61.0/28"
ADDRESSES = [str(address) for address in ip_network(RANGE).hosts()]


async def visits(folder: Path, **asked: bool) -> list[Visit]:
    """Every visit that the lab's servers had in one run."""
    async with open_lab(folder) as lab:
        config = lab.config(Config(output=folder / "out", format=("csv",)))
        quiet = {"active": False, "tls_versions": False, "trust_ad": True, "retries": 0}
        await scan([f"{name}.example" for name in (*CIVIL, *ABRUPT)], config.model_copy(update=quiet | asked))
        return [visit for visit in lab.visits if visit.commands]


def verbs(visit: Visit) -> list[str]:
    return [command.split()[0].upper() for command in visit.commands]


async def test_nothing_is_said_that_a_look_does_not_need(tmp_path: Path) -> None:
    seen = await visits(tmp_path)
    assert {verb for visit in seen for verb in verbs(visit)} == LOOKING
    assert {one for visit in seen for one in visit.commands if one.startswith("EHLO")} == {"EHLO auditor.example"}
    without = {visit.server for visit in seen if verbs(visit)[-1] != "QUIT"}
    assert without <= {f"mx.{name}.example" for name in ABRUPT}
    civil = [visit for visit in seen if visit.server not in without]
    assert len(civil) > len(CIVIL)
    assert all(verbs(visit).count("QUIT") == 1 for visit in civil)


async def test_the_control_with_active_more_is_said(tmp_path: Path) -> None:
    seen = await visits(tmp_path, active=True)
    assert {"MAIL", "RCPT", "VRFY"} <= {verb for visit in seen for verb in verbs(visit)}
    assert not {"DATA", "BDAT", "AUTH"} & {verb for visit in seen for verb in verbs(visit)}


@dataclass(frozen=True)
class Listening:
    """Postfix at every address of a range."""

    folder: Path
    up: Running

    def ends(self) -> list[str]:
        """What its log says of each session that ended, once all that began have."""
        counts: dict[str, int] = {}

        def over() -> bool:
            log = self.up.log.read_text()
            counts.update({what: log.count(f": {what} ") for what in ("connect from", "disconnect from")})
            return counts["connect from"] == counts["disconnect from"] > 0

        wait_until(over, f"sessions do not end: {counts}", self.up.log)
        return [line.partition("]: ")[2] for line in self.up.log.read_text().splitlines() if ": disconnect " in line]

    def names(self) -> list[str]:
        """Every name that it was given."""
        return re.findall(r"helo=<([^>]*)>", self.up.log.read_text())


@pytest.fixture(scope="module")
def listening() -> Iterator[Listening]:
    folder = Path(tempfile.mkdtemp(prefix="auditor-real-"))
    folder.chmod(0o755)
    authority = Authority()
    (folder / "ca.pem").write_bytes(authority.root.pem())
    told = "smtpd_delay_reject = no\nsmtpd_helo_restrictions = warn_if_reject, reject\n"  # so it writes each name down
    with ExitStack() as held:
        held.callback(shutil.rmtree, folder, ignore_errors=True)
        tls = keep(folder, "good", *authority.issue("good", ("mx.postfix.example",)))
        beside = {address: tls if number % 2 else None for number, address in enumerate(ADDRESSES[1:])}
        yield Listening(
            folder, held.enter_context(postfix(folder / "postfix", tls, ADDRESSES[0], beside, settings=told))
        )


@pytest.mark.real
@pytest.mark.parametrize("named", [True, False])
def test_postfix_heard_our_name_and_a_farewell_in_every_session(listening: Listening, *, named: bool) -> None:
    ends, names = len(listening.ends()), len(listening.names())
    options = ("--allow-net", RANGE, "--vantage-guard", "0", "--port", str(listening.up.port), "--ca-file", "ca.pem")
    helo = ("--helo", "name.auditor.example") if named else ()
    audit(listening.folder, "scan", RANGE, "--isolated", "-q", "--format", "csv", "-o", "out", *options, *helo)
    heard = listening.ends()[ends:]
    assert len(heard) == len(ADDRESSES)
    whole = {"ehlo=2 starttls=1 quit=1 commands=4", "ehlo=1 quit=1 commands=2"}
    assert {end.partition("] ")[2] for end in heard} == whole
    assert set(listening.names()[names:]) == {"name.auditor.example" if named else own_name() or "[127.0.0.1]"}
