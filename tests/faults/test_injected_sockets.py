"""Each call of a socket fails in turn, with each errno: every run ends, and no row says what is not so."""

import errno
import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from auditor.engine.stop import StopReason
from tests.end_to_end.lab_runs import Tables
from tests.faults import tally
from tests.faults.fault_runs import DOMAINS, Done, World, in_world
from tests.faults.injected import MODULES, Plan

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[2]
THEIRS = {errno.ECONNRESET}
ERRNOS = [
    *(errno.ECONNRESET, errno.ETIMEDOUT, errno.ENETUNREACH, errno.EHOSTUNREACH),
    *(errno.EMFILE, errno.ENOBUFS, errno.EACCES, errno.EIO),
]
BROKEN_OFF = {"unreachable", "reset", "tls-failed", "connect-timeout", "skipped"}
NOT_KNOWN = {"", "unknown", "temperror", "timeout", "indeterminate"}
WORDS = (
    *("mx_status", "role", "dnssec", "smtp", "starttls", "cert_trust", "dane", "spf", "spf_all", "dmarc"),
    *("dmarc_policy", "dmarc_subdomain_policy", "dkim", "mta_sts", "mta_sts_mode", "tls_rpt"),
)
SOME_ARE_UNKNOWN = {("smtp", "some"), ("starttls", "some"), ("cert_trust", "some")}  # as docs/columns.md has it
NO_TLS = {("starttls", "some"), ("starttls", "none"), ("cert_trust", "not-applicable")}


@pytest.fixture(autouse=True)
def _told_to_nobody() -> Iterator[None]:
    """That a network is gone is told to the log, where it is expected here."""
    logger = logging.getLogger("auditor")
    logger.setLevel(logging.CRITICAL)
    yield
    logger.setLevel(logging.NOTSET)


def failures(tables: Tables) -> set[tuple[str, str, str]]:
    """What is said to be wrong, by domain, subject and check."""
    return {(one["domain"], one["subject"], one["check"]) for one in tables["findings"] if one["verdict"] == "fail"}


def of_domain(tables: Tables, domain: str) -> dict[str, list[dict[str, str]]]:
    """The rows of one domain, in all tables that have some."""
    return {name: [row for row in rows if row.get("domain") == domain] for name, rows in tables.items()}


def untouched(tables: Tables, address: str) -> list[str]:
    """The domains whose mail goes to other addresses."""
    return [name for name in DOMAINS if not any(address in one["addresses"] for one in of_domain(tables, name)["mx"])]


def assert_nothing_false(clean: Tables, done: Done, allowed: set[tuple[str, str]]) -> None:
    """Whatever differs from a clean run says that it is not known."""
    assert done.run.stop is StopReason.DONE
    assert done.run.faults == 0
    for before, after in zip(clean["domains"], done.tables["domains"], strict=True):
        differing = {(name, after[name]) for name in WORDS if after[name] != before[name]}
        assert {one for one in differing if one[1] not in NOT_KNOWN} <= allowed


def assert_only_that_row_differs(clean: Tables, done: Done, address: str, number: int) -> None:
    """One contact came to an end; the others were not disturbed, and its row says what happened."""
    for domain in untouched(clean, address):
        assert of_domain(done.tables, domain) == of_domain(clean, domain)
    pairs = zip(clean["endpoints"], done.tables["endpoints"], strict=True)
    for after in [after for before, after in pairs if after != before]:
        assert after["address"] == address
        if after["outcome"] != "completed":
            assert after["outcome"] in BROKEN_OFF
            assert errno.errorcode[number] in after["error"] or after["outcome"] == "skipped"
            assert (after["blame"] == "theirs") == (number in THEIRS)


@pytest.mark.parametrize("number", ERRNOS, ids=lambda one: errno.errorcode[one])
def test_a_call_that_fails_once_costs_one_row_at_most(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def job(world: World) -> None:
        plan = Plan()
        clean = (await world.run(plan)).tables
        for nth in tally.some(range(1, len(plan.calls) + 1), few=5, offset=5 * number):
            tally.begin("calls failed once")
            plan = Plan(nth, number)
            done = await world.run(plan)
            assert_nothing_false(clean, done, SOME_ARE_UNKNOWN | (NO_TLS if number in THEIRS else set()))
            new = {one for one in failures(done.tables) - failures(clean) if one[2] != "SMTP012"}
            assert not new or number in THEIRS
            if not plan.struck or plan.struck[0].startswith(("udp", "tcp-dns")):  # another try hides it
                assert done.tables == clean
            elif (address := world.address_at.get(plan.struck[0].split()[-1])) is not None:
                assert_only_that_row_differs(clean, done, address, number)
            tally.well("calls failed once")

    in_world(tmp_path, monkeypatch.setattr, job)


@pytest.mark.parametrize("number", ERRNOS, ids=lambda one: errno.errorcode[one])
def test_calls_that_fail_from_some_moment_on_make_nothing_false(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def job(world: World) -> None:
        plan = Plan()
        clean = (await world.run(plan)).tables
        for nth in tally.some(range(1, len(plan.calls) + 1), few=2, offset=11 * number, share=4):
            tally.begin("calls failed for good")
            done = await world.run(Plan(nth, number, and_on=True))
            assert_nothing_false(clean, done, SOME_ARE_UNKNOWN | (NO_TLS if number in THEIRS else set()))
            new = {one for one in failures(done.tables) - failures(clean) if one[2] != "SMTP012"}
            assert not new or number in THEIRS
            tally.well("calls failed for good")

    in_world(tmp_path, monkeypatch.setattr, job)


@pytest.mark.parametrize("number", [errno.EMFILE, errno.ETIMEDOUT])
def test_a_handshake_that_fails_on_our_side_is_no_difference_between_families(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def job(world: World) -> None:
        plan = Plan()
        clean = (await world.run(plan)).tables
        sent = [nth for nth, call in enumerate(plan.calls, 1) if call.startswith("tcp send")]
        for nth in sent[2:-2:3]:
            done = await world.run(Plan(nth, number))
            assert failures(done.tables) <= failures(clean)

    in_world(tmp_path, monkeypatch.setattr, job)


def test_every_module_that_opens_sockets_is_among_those_that_fail() -> None:
    opens = re.compile(r"socket\.socket\(|SocketStream|open_tcp_stream")
    room = sorted((ROOT / "auditor" / "net").glob("*.py"))
    assert {path.stem for path in room if opens.search(path.read_text(encoding="utf-8"))} == set(MODULES)
