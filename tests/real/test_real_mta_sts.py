"""MTA-STS policies as nginx serves them, each in its own way, and exchanges of Postfix behind them."""

import re

import pytest

from tests.real.policy_sites import SERVED, policy_domain, policy_host
from tests.real.policy_world import World
from tests.real.scanning import Tables

pytestmark = [pytest.mark.real, pytest.mark.slow]

PROMPT = sorted(SERVED.keys() - {"slow"})
"""Those whose policy comes before patience ends."""
_REQUEST = re.compile(r'^(\S+) "GET (\S+) (\S+)" "([^"]*)" "([^"]*)"$', re.MULTILINE)


@pytest.mark.parametrize("label", PROMPT)
def test_the_policy_is_worth_what_its_server_makes_of_it(seen: Tables, label: str) -> None:
    expected, domain = SERVED[label], policy_domain(label)
    row = seen.row("domains", domain=domain)
    assert (row["mta_sts"], row["mta_sts_mode"]) == (expected.status, expected.mode)
    assert expected.reason in row["mta_sts_reason"]
    assert bool(row["mta_sts_reason"]) is (expected.status != "valid")
    assert seen.verdicts(domain, "STS") == dict.fromkeys(expected.failed, "fail")


@pytest.mark.parametrize(
    ("label", "effects"),
    [
        ("good", {"mx0.plain.test": "allowed"}),
        ("testing", {"mx0.plain.test": "allowed"}),
        ("wildcard", {"mx0.plain.test": "allowed"}),
        ("label", {"a.deep.plain.test": "not-listed"}),
        ("label-beside", {"mx0.plain.test": "allowed", "a.deep.plain.test": "not-listed"}),
        ("unnamed", {"mx-wrong.plain.test": "rejected"}),
        ("unnamed-beside", {"mx0.plain.test": "allowed", "mx-wrong.plain.test": "rejected"}),
        ("bare", {"mx-bare.plain.test": "rejected"}),
    ],
)
def test_what_a_sender_does_with_each_exchange(seen: Tables, label: str, effects: dict[str, str]) -> None:
    rows = seen.rows("mx", domain=policy_domain(label))
    assert {row["exchange"]: row["mta_sts"] for row in rows} == effects


@pytest.mark.parametrize(
    ("label", "check", "severity", "words"),
    [
        ("label", "STS005", "critical", "a.deep.plain.test is not matched by *.plain.test"),
        ("label-beside", "STS005", "high", "a.deep.plain.test is not matched by *.plain.test"),
        ("unnamed", "STS006", "critical", "the certificate does not name mx-wrong.plain.test"),
        ("unnamed-beside", "STS006", "high", "the certificate does not name mx-wrong.plain.test"),
        ("bare", "STS006", "critical", "STARTTLS is not offered (or taken out on the way from here)"),
    ],
)
def test_enforce_is_critical_where_it_leaves_no_exchange(
    seen: Tables, label: str, check: str, severity: str, words: str
) -> None:
    finding = seen.row("findings", domain=policy_domain(label), check=check)
    assert finding["severity"] == severity
    assert words in finding["evidence"]


def test_each_policy_is_asked_for_once_and_by_name(world: World, seen: Tables) -> None:
    assert seen.rows("domains")
    requests = [one for one in _REQUEST.findall(world.requests.read_text()) if one[0] != policy_host("slow")]
    assert sorted(host for host, *_ in requests) == sorted(
        policy_host(label) for label in PROMPT if SERVED[label].asked
    )
    (asked,) = {tuple(rest) for _, *rest in requests}
    path, version, encodings, agent = asked
    assert (path, version, encodings) == ("/.well-known/mta-sts.txt", "HTTP/1.1", "-")
    assert agent.startswith("auditor")


def test_a_policy_that_drips_is_given_up_in_time(world: World) -> None:
    domain = policy_domain("slow")
    tables = world.scan("slow", [domain], "--policy-timeout", "1.5", "--retries", "0")
    row = tables.row("domains", domain=domain)
    assert (row["mta_sts"], row["mta_sts_mode"]) == ("unknown", "")
    assert "timeout" in row["mta_sts_reason"]
    assert tables.verdicts(domain, "STS")["STS003"] == "unknown"
    assert tables.manifest["duration_seconds"] < 10
