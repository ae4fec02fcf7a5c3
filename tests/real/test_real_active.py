"""What real servers do when they are asked for more, and when they refuse; nmap and swaks beside us."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
import trio

from auditor import Config
from auditor.api import observe
from auditor.checks import Selection, judge
from auditor.lab.certificates import Authority
from auditor.model.active import ActiveTest
from auditor.model.endpoint import Service
from auditor.model.facts import DomainFacts
from auditor.model.finding import Verdict
from auditor.model.rejection import Reason
from auditor.model.session import Blame, Outcome, SmtpSession
from auditor.policy.rejection import blame_of, understand
from tests.real.dns_servers import free_server, unbound
from tests.real.mail_servers import Running, exim, keep, opensmtpd, postfix
from tests.real.processes import program
from tests.real.scanning import with_root_on_path

pytestmark = [pytest.mark.real, pytest.mark.slow]

CLIENT = "127.0.71.200"
"""From where the servers are contacted: an address without a name."""
_ROLES = (
    "mydestination = postfix.example\nmyorigin = postfix.example\n"
    "local_recipient_maps = inline:{postmaster=x,abuse=x}\n"
)
_NOT_FOR_ALL = "smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination\n"
STRICT = f"{_ROLES}{_NOT_FOR_ALL}mynetworks = 192.0.2.0/24\ndisable_vrfy_command = yes\n"
OPEN = f"{_ROLES}{_NOT_FOR_ALL}mynetworks = 0.0.0.0/0\n"
INSISTS = f"{STRICT}smtpd_tls_security_level = encrypt\n"
_AT_ONCE = "smtpd_delay_reject = no\n"
NO_PTR = f"{_AT_ONCE}smtpd_peername_lookup = yes\nsmtpd_client_restrictions = reject_unknown_reverse_client_hostname\n"
NO_HELO = f"{_AT_ONCE}smtpd_helo_required = yes\nsmtpd_helo_restrictions = reject_non_fqdn_helo_hostname\n"
_LISTED = f"inline:{{ {{ {CLIENT} = REJECT blocked using zen.example }} }}"
LISTED = f"{_AT_ONCE}smtpd_client_restrictions = check_client_access {_LISTED}\n"
SETTINGS = {
    "strict": STRICT,
    "open": OPEN,
    "insists": INSISTS,
    "no-ptr": NO_PTR,
    "no-helo": NO_HELO,
    "listed": LISTED,
    "listed-late": LISTED.replace(_AT_ONCE, "") + STRICT,
}
OPENSMTPD = "opensmtpd"
ACL = "acl_smtp_rcpt = check_rcpt\nacl_smtp_vrfy = check_rcpt\n"
YES = "check_rcpt:\n  accept\n"


@dataclass(frozen=True)
class World:
    servers: dict[str, Running]
    seen: dict[str, DomainFacts]
    resolver: str

    def session(self, name: str) -> SmtpSession:
        (session,) = self.seen[name].sessions.values()
        assert isinstance(session, SmtpSession)
        return session

    def said(self, name: str, test: ActiveTest) -> bool | None:
        return next(one.accepted for one in self.session(name).active if one.test is test)

    def failed(self, name: str) -> set[str]:
        findings = judge(self.seen[name], Selection(include=("ACT", "SMTP"))).findings
        return {one.check for one in findings if one.verdict is Verdict.FAIL and one.severity != "info"}


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    folder = Path(tempfile.mkdtemp(prefix="auditor-real-"))
    folder.chmod(0o755)
    authority = Authority()
    with ExitStack() as held:
        held.callback(shutil.rmtree, folder, ignore_errors=True)
        names = (*SETTINGS, "exim", "exim-open", OPENSMTPD)
        tls = {name: keep(folder, name, *authority.issue("rsa", (f"{name}.example",))) for name in names}
        servers = {
            name: held.enter_context(postfix(folder / name, tls[name], f"127.0.71.{number}", settings=lines))
            for number, (name, lines) in enumerate(SETTINGS.items(), start=1)
        }
        servers["exim"] = held.enter_context(exim(folder / "exim", tls["exim"], "127.0.71.21"))
        servers["exim-open"] = held.enter_context(
            exim(folder / "exim-open", tls["exim-open"], "127.0.71.22", settings=ACL, acls=YES)
        )
        servers[OPENSMTPD] = held.enter_context(opensmtpd(folder / "opensmtpd", None, "127.0.71.31"))
        local = [f'local-data: "{name}.example A {one.address}"' for name, one in servers.items()]
        zone = ['module-config: "iterator"', 'local-zone: "example." static', *local]
        resolver = held.enter_context(unbound(folder, free_server("127.0.71.53"), zone, ("strict.example", "A")))
        config = Config(
            active=True,
            allow_net=("127.0.0.0/8",),
            helo="auditor",
            source_ip=CLIENT,
            resolver=(f"{resolver.address}:{resolver.port}",),
            trust_ad=False,
            rate=0.0,
        )
        seen = {name: _look(name, one, config) for name, one in servers.items()}
        yield World(servers, seen, config.resolver[0])


def _look(name: str, server: Running, config: Config) -> DomainFacts:
    async def look() -> DomainFacts:
        return await observe(f"{name}.example:{server.port}", config, domain=False, service=Service.SMTP)

    return trio.run(look)


@pytest.mark.parametrize("name", ["open", "exim-open"])
def test_an_open_relay_is_told_and_nothing_was_sent(world: World, name: str) -> None:
    assert world.said(name, ActiveTest.RELAY) is True
    assert "ACT001" in world.failed(name)
    assert "DATA" not in world.servers[name].log.read_text(errors="replace")


@pytest.mark.parametrize("name", ["strict", "insists", "exim", OPENSMTPD])
def test_a_server_that_relays_for_nobody_is_not_blamed(world: World, name: str) -> None:
    assert world.said(name, ActiveTest.RELAY) is False
    assert "ACT001" not in world.failed(name)


@pytest.mark.parametrize(("name", "takes"), [("strict", True), ("open", True), ("exim", False), ("exim-open", True)])
def test_the_postmaster_has_a_mailbox_or_not(world: World, name: str, takes: bool) -> None:
    assert world.said(name, ActiveTest.POSTMASTER) is takes
    assert ("ACT002" in world.failed(name)) is not takes


def test_vrfy_tells_where_it_is_on(world: World) -> None:
    assert world.said("open", ActiveTest.VRFY) is True
    assert world.said("strict", ActiveTest.VRFY) is False
    assert world.said(OPENSMTPD, ActiveTest.VRFY) is False


@pytest.mark.parametrize("name", ["strict", "insists", "exim"])
def test_a_command_that_came_along_with_starttls_is_forgotten(world: World, name: str) -> None:
    assert world.said(name, ActiveTest.INJECTION) is False


def test_a_server_that_insists_on_tls_is_told_from_one_that_does_not(world: World) -> None:
    assert world.said("insists", ActiveTest.MAIL_IN_CLEAR) is False
    assert world.said("strict", ActiveTest.MAIL_IN_CLEAR) is True


@pytest.mark.parametrize(
    ("name", "reason"),
    [("no-ptr", Reason.PTR_POLICY), ("no-helo", Reason.HELO_POLICY), ("listed", Reason.BLOCK_LIST)],
)
def test_why_postfix_refuses_is_understood_and_is_this_client_s_matter(world: World, name: str, reason: Reason) -> None:
    session = world.session(name)
    rejection = understand(session)
    assert rejection is not None, session.transcript
    assert (session.outcome in {Outcome.REJECTED, Outcome.DEFERRED}, rejection.reason) == (True, reason)
    assert blame_of(session) is Blame.OURS
    assert not session.active
    assert "SMTP004" not in world.failed(name)


def test_what_is_held_against_this_client_until_the_recipient_leaves_all_open(world: World) -> None:
    assert world.session("listed-late").outcome is Outcome.COMPLETED
    assert world.said("listed-late", ActiveTest.RELAY) is None
    assert world.said("listed-late", ActiveTest.POSTMASTER) is True  # whom Postfix lets everybody write to
    assert not [one for one in world.failed("listed-late") if one.startswith("ACT") or one == "SMTP004"]


@pytest.mark.parametrize("name", ["strict", "open", "exim", "exim-open"])
def test_nmap_agrees_on_relaying(world: World, name: str) -> None:
    server = world.servers[name]
    script = ("--script", "+smtp-open-relay", "--script-args", "smtp-open-relay.domain=scanner.example")
    command = [program("nmap"), "-Pn", "-n", "-p", str(server.port), *script, server.address]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "smtp-open-relay" in said, said
    assert ("is an open relay" in said) is (world.said(name, ActiveTest.RELAY) is True), said


@pytest.mark.parametrize("name", ["strict", "open", "exim", "exim-open", OPENSMTPD])
def test_swaks_gets_the_same_answer_to_the_recipient(world: World, name: str) -> None:
    server = world.servers[name]
    command = [
        program("swaks"),
        "--server",
        f"{server.address}:{server.port}",
        *(() if name == OPENSMTPD else ("--tls",)),
        "--quit-after",
        "RCPT",
    ]
    command += ["--from", "<>", "--to", "relay-test@example.net", "--helo", "auditor"]
    said = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    answer = said.partition("RCPT TO:<relay-test@example.net>")[2].strip().splitlines()[0]
    result = next(one for one in world.session(name).active if one.test is ActiveTest.RELAY)
    assert f" {result.code} " in f" {' '.join(answer.split())} ", said


def sent_to(world: World, name: str, recipient: str) -> subprocess.CompletedProcess[str]:
    server = world.servers[name]
    options = ("--resolver", world.resolver, "--allow-net", "127.0.0.0/8", "--source-ip", CLIENT, "--helo", "auditor")
    letter = ("--send-test", recipient, "--from", "me@client.example", "--sure")
    command = [sys.executable, "-m", "auditor", "probe", f"{name}.example:{server.port}", *letter, *options]
    return subprocess.run(command, env=with_root_on_path(), capture_output=True, text=True, check=False)


@pytest.mark.parametrize("name", ["strict", "insists"])
def test_one_message_is_taken_over_inside_tls_and_every_step_is_shown(world: World, name: str) -> None:
    done = sent_to(world, name, "postmaster@postfix.example")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "taken over by the server: 250 2.0.0 Ok: queued as" in done.stdout
    spoken = [line.partition("ms  ")[2] for line in done.stdout.splitlines()]
    steps = ("C: STARTTLS", "C: MAIL FROM:<me@client.example>", "C: RCPT TO:<postmaster@postfix.example>", "C: DATA")
    assert [line for line in spoken if line in {*steps, "C: .", "C: QUIT"}] == [*steps, "C: .", "C: QUIT"]
    assert "C: Subject: Test message" in spoken
    assert "from=<me@client.example>" in world.servers[name].log.read_text(errors="replace")


def test_a_recipient_that_is_refused_gets_nothing(world: World) -> None:
    done = sent_to(world, "strict", "somebody@elsewhere.example")
    assert done.returncode == 3
    assert "not sent: RCPT TO:<somebody@elsewhere.example> was answered 554 5.7.1" in done.stdout
    assert "C: DATA" not in done.stdout
