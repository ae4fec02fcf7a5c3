from dataclasses import replace

import pytest

from auditor.config import Config
from auditor.engine.descriptors import conversations_within_limits
from auditor.engine.plan import make_plan, operator_of
from auditor.engine.progress import Progress, Rates
from auditor.model.endpoint import Endpoint
from auditor.model.route import MailRoute, MxStatus
from auditor.policy.survey import Survey


def seen(*counts: int) -> Rates:
    rates = Rates()
    for second, count in enumerate(counts):
        rates.see(Progress(at_seconds=float(second), domains_total=100, domains_done=count, questions=2 * count))
    return rates


def test_rates_need_two_moments() -> None:
    assert seen(5).domains() == 0
    assert seen(5).seconds_left() is None
    assert seen(5, 5).seconds_left() is None


def test_rates_and_time_left() -> None:
    rates = seen(0, 10, 20)
    assert (rates.domains(), rates.questions(), rates.conversations()) == (10, 20, 0)
    assert rates.seconds_left() == 8


def test_rates_are_of_the_last_seconds_alone() -> None:
    assert seen(*([0] * 20), *range(0, 60, 5)).domains() == 5


def test_conversations_stay_within_the_descriptors() -> None:
    assert conversations_within_limits(10) == 10
    assert 1 <= conversations_within_limits(10**9) < 10**9


@pytest.mark.parametrize(
    ("exchange", "operator"),
    [("mx1.mail.example.com", "mail.example.com"), ("mx.example.com", "example.com"), ("example.com", "example.com")],
)
def test_an_operator_is_told_by_the_parent_domain(exchange: str, operator: str) -> None:
    assert operator_of(exchange) == operator


def test_a_plan_counts_what_would_be_contacted() -> None:
    big = (Endpoint("mx1.big.example", "9.9.9.9", 25), Endpoint("mx2.big.example", "9.9.9.10", 25))
    own, private = Endpoint("mx.own.example", "8.8.8.8", 25), Endpoint("mx.in.example", "10.0.0.1", 25)
    route = MailRoute(domain="a.example", status=MxStatus.MX, endpoints=big)
    routes = [
        route,
        replace(route, domain="b.example"),
        replace(route, endpoints=(own, private)),
        replace(route, status=MxStatus.TIMEOUT, endpoints=()),
        None,
    ]
    plan = make_plan([None if one is None else Survey(one) for one in routes], Config())
    assert (plan.domains, plan.surveyed, plan.exchanges, plan.addresses, plan.connections) == (5, 3, 3, 3, 3)
    assert plan.skipped == 1
    assert plan.minutes > 0
    assert [(one.operator, one.connections, one.domains) for one in plan.operators] == [
        ("big.example", 2, 2),
        ("own.example", 1, 1),
    ]


def test_a_plan_for_nothing_takes_no_time() -> None:
    plan = make_plan([], Config(rate=0, per_host=0))
    assert (plan.connections, plan.minutes, plan.operators) == (0, 0.0, ())
