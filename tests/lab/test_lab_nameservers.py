"""The lab's zones with nameservers of their own come to what its list expects."""

import csv
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import trio

from auditor import api
from auditor.checks import Selection, judge
from auditor.config import Config
from auditor.lab import Lab, open_lab
from auditor.model.facts import DomainFacts
from auditor.model.finding import Severity, Verdict
from auditor.model.target import Target
from auditor.net.resolver import Resolver
from auditor.probes.survey import survey_target

pytestmark = pytest.mark.slow

LIST = Path(__file__).parents[2] / "auditor" / "lab" / "domains.csv"
EXPECTED = {
    row["domain"]: {row["expected_findings"]} - {"none"}
    for row in csv.DictReader(LIST.read_text(encoding="utf-8").splitlines())
    if row["unit"] == "Nameservers"
}
BEGAN = datetime(2026, 11, 24, tzinfo=UTC)
OF_NAMESERVERS = Selection(include=("DNS01",))


@pytest.fixture
async def lab(tmp_path: Path) -> AsyncIterator[Lab]:
    async with open_lab(tmp_path) as one:
        yield one


async def test_each_fails_by_its_one_check(lab: Lab) -> None:
    config = lab.config(Config(nameservers=True))
    resolver, plan = Resolver.from_config(config), config.survey_plan(BEGAN, ad_trusted=True)
    failed: dict[str, set[str]] = {}

    async def look(domain: str) -> None:
        target = Target(domain=domain, domain_unicode=domain, input=domain, input_line=1, source="-")
        seen = await survey_target(target, plan, resolver)
        facts = DomainFacts(
            target=target, route=seen.route, published=seen.published, sessions={}, certificates={}, judged_at=BEGAN
        )
        findings = judge(facts, OF_NAMESERVERS).findings
        weighs = (one for one in findings if one.severity is not Severity.INFO)
        failed[domain] = {one.check for one in weighs if one.verdict is Verdict.FAIL}

    async with trio.open_nursery() as nursery:
        for domain in (*EXPECTED, "brand01.example"):
            nursery.start_soon(look, domain)
    assert failed == EXPECTED | {"brand01.example": set()}
    assert {f"DNS01{number}" for number in range(5)} == set().union(*EXPECTED.values())


async def test_a_plan_asks_no_nameserver_itself(lab: Lab) -> None:
    plan = await api.plan(["ns-good.example"], lab.config(Config(nameservers=True)))
    assert plan.domains == 1
    assert ("ns-good.example", "MX") in lab.nameserver.questions
    assert {kind for _, kind in lab.nameserver.questions} & {"SOA", "NS"} == set()
