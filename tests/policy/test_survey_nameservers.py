"""Surveys with and without the nameservers."""

from dataclasses import replace

from auditor.config import Config
from auditor.model.delegation import DelegationVerdict
from auditor.model.dns import DnsStatus, Question
from auditor.model.published import Published
from auditor.model.route import MxStatus
from auditor.policy.contact import RoutePolicy, SurveyPlan
from auditor.policy.survey import survey
from tests.checks.builders import NOW, TARGET
from tests.policy.nameservers import GOOD, NAMES, World

MX = {("example.com", "MX", ""): ("10 mx.example.com",), ("mx.example.com", "A", ""): ("203.0.113.9",)}
ASKED = SurveyPlan(route=RoutePolicy(allow_private=True), nameservers=True)
NOT_ASKED = replace(ASKED, nameservers=False)


def surveyed(plan: SurveyPlan, world: World) -> tuple[MxStatus, Published]:
    found = world.run(survey(TARGET, plan))
    assert found.published is not None
    return found.route.status, found.published


def test_without_the_option_no_nameserver_is_asked_anything() -> None:
    world = World({**GOOD, **MX})
    _, published = surveyed(NOT_ASKED, world)
    assert published.delegation is None
    assert world.asked_at == {}
    assert not Config().survey_plan(NOW, ad_trusted=False).nameservers


def test_with_it_they_are_and_resolvers_are_asked_for_ns_and_addresses_alone() -> None:
    without, world = World({**GOOD, **MX}), World({**GOOD, **MX})
    surveyed(NOT_ASKED, without)
    _, published = surveyed(ASKED, world)
    assert published.delegation is not None
    assert published.delegation.verdict is DelegationVerdict.CONSISTENT
    before = {one for batch in without.batches for one in batch}
    further = {one for batch in world.batches for one in batch if not one.server} - before
    addresses = {Question(name, kind) for name in (*NAMES, "a.nic.com") for kind in ("A", "AAAA")}
    assert addresses <= further <= addresses | {Question(name, "NS") for name in ("example.com", "com")}
    assert len(world.batches) <= len(without.batches) + 2


def test_a_domain_that_does_not_exist_has_none() -> None:
    world = World({**GOOD, ("example.com", "MX", ""): DnsStatus.NXDOMAIN})
    found, published = surveyed(ASKED, world)
    assert (found, published.delegation) == (MxStatus.NXDOMAIN, None)
    assert world.asked_at == {}
