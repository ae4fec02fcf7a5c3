"""The lab as a whole: up, spoken to, and gone without a trace."""

import csv
from pathlib import Path

import pytest
import trio

from auditor.checks import CATALOGUE
from auditor.config import Config
from auditor.lab import Lab, open_lab
from auditor.lab.certificates import KINDS, Authority
from auditor.lab.nameserver import load_zone
from auditor.lab.tlsa import with_tlsa
from auditor.lab.world import DOCUMENTATION_NETS, NAMESERVERS, _has_ipv6, all_scripts, all_zones
from auditor.model.endpoint import Endpoint
from auditor.model.published import Role
from auditor.model.route import MxStatus
from auditor.model.session import Outcome
from auditor.model.target import Reject, Target
from auditor.net.dial import parse_connect_to
from auditor.net.network import Network
from auditor.net.resolver import Resolver
from auditor.policy.drive import drive
from auditor.policy.route import mail_route
from auditor.probes.conversations import converse
from auditor.targets.options import ListOptions
from auditor.targets.reader import read_targets

LIST = Path(__file__).parents[2] / "auditor" / "lab" / "domains.csv"
ROWS = list(csv.DictReader(LIST.read_text(encoding="utf-8").splitlines()))
EXPECTED = ("expected_mx_status", "expected_outcomes", "expected_findings")


PATIENCE = {"dns_timeout": 2.0, "dns_lookup_timeout": 8.0, "tls_timeout": 5.0}
"""For a machine that is busy with other tests."""


def descriptors() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def names_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def outcomes_of(row: dict[str, str]) -> set[str]:
    return set(filter(None, row["expected_outcomes"].split("|")))


def expectation(row: dict[str, str]) -> tuple[str, set[str]]:
    return row["expected_mx_status"], outcomes_of(row)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["domain"])
def test_every_row_expects_what_there_is(row: dict[str, str]) -> None:
    assert set(row) == {"domain", "owner", "unit", *EXPECTED, "role"}
    assert not row["expected_mx_status"] or MxStatus(row["expected_mx_status"])
    assert outcomes_of(row) <= {str(outcome) for outcome in Outcome}
    assert set(row["expected_findings"].split("|")) <= {"", "none", *(check.id for check in CATALOGUE)}
    assert row["role"] in {"", *(str(role) for role in Role)}


def test_the_list_shows_every_state_that_the_lab_can_bring_about() -> None:
    outcomes = {outcome for row in ROWS for outcome in outcomes_of(row)}
    assert outcomes == {str(outcome) for outcome in Outcome} - {"internal-error"}
    assert {row["expected_mx_status"] for row in ROWS} - {""} == {str(status) for status in MxStatus}
    kinds = {script.certificate for script in all_scripts()} | {kind for s in all_scripts() for _, kind in s.sni}
    assert kinds - {""} == set(KINDS)


async def test_it_starts_and_stops_and_leaves_nothing(tmp_path: Path) -> None:
    before = descriptors()
    async with open_lab(tmp_path) as lab:
        assert descriptors() > before + 50
        assert lab.visits == []
        assert lab.domains.read_bytes() == LIST.read_bytes()
        assert lab.ca_file.read_text().startswith("-----BEGIN CERTIFICATE-----")
    assert descriptors() == before
    assert names_in(tmp_path) == {"domains.csv", "lab-ca.pem"}


async def test_it_is_gone_when_its_user_fails(tmp_path: Path) -> None:
    before = descriptors()
    with pytest.RaisesGroup(ZeroDivisionError, allow_unwrapped=True):
        async with open_lab(tmp_path):
            raise ZeroDivisionError
    assert descriptors() == before


async def test_its_settings_lead_to_loopback_and_nowhere_else(tmp_path: Path) -> None:
    async with open_lab(tmp_path) as lab:
        config = lab.config(Config.model_validate({"concurrency": 7}))
        places = dict(parse_connect_to(text) for text in config.connect_to)
        assert {host for host, _ in places.values()} <= {"127.0.0.1", "::1", "255.255.255.255"}
        nameservers = {host for host, port in places if port == 53}
        assert {host for host, _ in places} - nameservers == {server.address for server in lab.servers}
        assert nameservers > set(NAMESERVERS)
        assert config.concurrency == 7
        assert (config.ca_file, config.only_ca_file) == (lab.ca_file, True)
        assert tuple(map(str, config.allow_net)) == DOCUMENTATION_NETS
        (resolver,) = config.resolver
        assert resolver.startswith("127.0.0.1:")
        assert Network.from_config(config).own_name == "auditor.example"


def test_without_ipv6_it_makes_do(monkeypatch: pytest.MonkeyPatch) -> None:
    class NoSockets:
        def __init__(self, *_: object) -> None:
            raise OSError("no IPv6")

    monkeypatch.setattr("auditor.lab.world.socket.socket", NoSockets)
    assert not _has_ipv6()


def test_the_zone_names_every_server_that_has_a_script() -> None:
    zone = load_zone(with_tlsa(all_zones(), authority_of_all()), "example.")
    addresses = {str(record) for _, _, record in zone.iterate_rdatas()}
    assert {address for script in all_scripts() for address in script.addresses} <= addresses


def authority_of_all() -> Authority:
    """An authority that has issued what every server of the lab shows."""
    authority = Authority()
    for script in all_scripts():
        if script.certificate:
            authority.server_context(script.certificate, script.names, script.tls)
    return authority


@pytest.mark.slow
async def test_a_look_at_the_lab_finds_what_its_list_expects(tmp_path: Path) -> None:
    found: dict[str, tuple[str, set[str]]] = {}
    turns = trio.CapacityLimiter(30)

    async def outcome_of(endpoint: Endpoint, config: Config, network: Network) -> str:
        session = (await converse(endpoint, network, config)).session
        if session.outcome.transient:  # a second look, as a scan takes one
            session = (await converse(endpoint, network, config)).session
        return str(session.outcome)

    async def look(target: Target, config: Config, network: Network, resolver: Resolver) -> None:
        async with turns:
            route = await drive(mail_route(target, config.route_policy()), resolver.ask_all)
            outcomes = {await outcome_of(endpoint, config, network) for endpoint in route.endpoints}
        found[target.key] = str(route.status), outcomes

    async with open_lab(tmp_path) as lab:
        config = lab.config(Config.model_validate({})).model_copy(update={**PATIENCE, "active": False})
        network, resolver = Network.from_config(config), Resolver.from_config(config)
        targets, rejects = read_list(lab)
        async with trio.open_nursery() as nursery:
            for target in targets:
                nursery.start_soon(look, target, config, network, resolver)
        said = {command.partition(" ")[0] for visit in lab.visits for command in visit.commands}
    # Of a domain that is listed twice, the first line counts.
    expected = {target.key: expectation(dict(target.extra)) for target in reversed(targets)}
    assert found == expected
    assert [reject.text for reject in rejects] == ["not a domain!!"]
    assert {verb for verb in said if verb.isalpha() and verb.isascii()} == {
        *("EHLO", "HELO", "STARTTLS", "QUIT", "CAPA", "STLS")
    }


def read_list(lab: Lab) -> tuple[list[Target], list[Reject]]:
    taken = list(read_targets([str(lab.domains)], ListOptions()))
    # What is in a range is not promised, and told of elsewhere.
    return [one for one in taken if isinstance(one, Target) and not one.sought], [
        one for one in taken if isinstance(one, Reject)
    ]
