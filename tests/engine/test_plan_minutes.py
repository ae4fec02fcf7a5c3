"""How long a plan expects a scan to take, by what limits it."""

from typing import Any

import pytest

from auditor.config import Config
from auditor.engine.plan import TYPICAL_SECONDS, make_plan
from auditor.engine.progress import Progress, Tally
from auditor.model.active import MOST_ACTIVE_SESSIONS
from auditor.model.endpoint import Endpoint
from auditor.model.route import MailRoute, MxStatus
from auditor.policy.contact import plan_contacts
from auditor.policy.survey import Survey


def surveys(*endpoints: Endpoint) -> list[Survey]:
    return [
        Survey(MailRoute(domain=f"{number}.example", status=MxStatus.MX, endpoints=(endpoint,)))
        for number, endpoint in enumerate(endpoints)
    ]


SPREAD = surveys(*(Endpoint(f"mx{n}.example", f"9.{n // 250}.{n % 250}.1", 25) for n in range(1000)))
CROWDED = surveys(*(Endpoint(f"mx{n}.example", "9.9.9.9", 25) for n in range(1000)))


@pytest.mark.parametrize(
    ("listed", "limits", "seconds"),
    [
        (SPREAD, {"concurrency": 10}, 1000 / 10 * TYPICAL_SECONDS),
        (SPREAD, {"concurrency": 1000}, TYPICAL_SECONDS),
        (CROWDED, {"per_host": 2, "rate": 0}, 1000 / 2 * TYPICAL_SECONDS),
        (CROWDED, {"per_host": 0, "rate": 0.5}, 1000 / 0.5),
        (CROWDED, {"per_host": 0, "rate": 0, "concurrency": 1000}, TYPICAL_SECONDS),
    ],
)
def test_the_tightest_limit_decides(listed: list[Survey], limits: dict[str, Any], seconds: float) -> None:
    plan = make_plan(listed, Config(**limits))
    assert plan.minutes == pytest.approx((seconds + TYPICAL_SECONDS) / 60, abs=0.06)


def test_a_tally_adds_up_and_shows_the_moment() -> None:
    tally = Tally(Progress(at_seconds=0.0, domains_total=9, domains_done=2, questions=5))
    tally.add(domains_done=3, questions=4)
    tally.add(conversations_done=1, unknown=1)
    tally.name("mx: completed")
    shown = tally.snapshot(at_seconds=7.0, conversations_open=2, waiting=3, retries_waiting=1)
    assert shown == Progress(
        at_seconds=7.0,
        domains_total=9,
        domains_done=5,
        questions=9,
        conversations_open=2,
        conversations_done=1,
        waiting=3,
        retries_waiting=1,
        unknown=1,
        latest="mx: completed",
    )


def test_extra_looks_are_counted_and_come_one_after_the_other() -> None:
    listed = surveys(*(Endpoint(f"mx{n}.example", "9.9.9.9", 25) for n in range(3)))
    plain, deep = (make_plan(listed, Config(tls_versions=deep)) for deep in (False, True))
    assert (plain.connections, plain.extra_connections) == (3, 0)
    assert (deep.connections, deep.extra_connections) == (3, 24)
    assert deep.minutes - plain.minutes == pytest.approx(24 * TYPICAL_SECONDS / 60, abs=0.11)


def test_active_tests_are_counted() -> None:
    plan = make_plan(surveys(Endpoint("mx.example", "9.9.9.9", 25)), Config(active=True))
    assert (plan.connections, plan.extra_connections) == (1, MOST_ACTIVE_SESSIONS)


def test_client_services_are_counted() -> None:
    contacts = plan_contacts({"mx.example": ["9.9.9.9"]}, Config(services=True).route_policy())
    sought = contacts.endpoints((25,), Config(services=True).route_policy().sought_ports)
    assert [(one.port, one.sought) for one in sought] == [
        (25, False),
        *((port, True) for port in (587, 465, 143, 993, 110, 995)),
    ]


def test_silence_in_a_range_is_counted_and_waited_for_a_few_at_a_time() -> None:
    within = (Endpoint(f"9.9.9.{n}", f"9.9.9.{n}", 25, sought=True) for n in range(1, 241))
    plan = make_plan(surveys(*within, Endpoint("mx.example", "9.9.8.8", 25)), Config(per_prefix=4, connect_timeout=10))
    assert (plan.connections, plan.sought) == (241, 240)
    assert [share.operator for share in plan.operators] == ["9.9.9.0/24", "mx.example"]
    assert plan.minutes == pytest.approx(240 / 4 * 10 / 60, abs=0.1)
