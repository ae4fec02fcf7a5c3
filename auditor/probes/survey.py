"""The DNS of one target, looked up."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import trio

from auditor.model.dns import Answer, Question
from auditor.model.mta_sts import PolicyHost
from auditor.model.published import Published
from auditor.model.reverse import ReverseNames
from auditor.model.route import MailRoute
from auditor.model.target import Target
from auditor.net.resolver import Resolver
from auditor.policy.contact import SurveyPlan
from auditor.policy.drive import drive
from auditor.policy.survey import survey


@dataclass(frozen=True, slots=True)
class Surveyed:
    """What the DNS says of a target, and what is to be fetched for it."""

    route: MailRoute
    published: Published | None = None
    reverse: Mapping[str, ReverseNames] = field(default_factory=dict)
    """The names of the addresses, by address."""
    policy_hosts: tuple[PolicyHost, ...] = ()
    """Where an MTA-STS record says that there is a policy; one at most."""
    doubtful: bool = False
    """Some lookup gave no fact."""
    answers: tuple[Answer, ...] = ()
    """All that it rests on."""


async def survey_target(target: Target, plan: SurveyPlan, resolver: Resolver) -> Surveyed:
    """Where the mail of ``target`` goes, and what the domain publishes."""
    obtained: list[Answer] = []
    seconds_left = plan.patience_seconds

    async def ask_all(questions: tuple[Question, ...]) -> tuple[Answer, ...]:
        nonlocal seconds_left
        began_at = trio.current_time()
        answers = await resolver.ask_all(questions, hurried=seconds_left <= 0)
        # Waiting for a turn, or for resolvers that are gone, is not the domain's doing.
        seconds_left -= min(trio.current_time() - began_at, resolver.lookup_timeout)
        obtained.extend(answers)
        return answers

    seen = await drive(survey(target, plan), ask_all)
    hosts = () if plan.route.dns_only else seen.policy_hosts
    doubtful = not all(answer.status.known for answer in obtained)
    return Surveyed(seen.route, seen.published, seen.reverse, hosts, doubtful, tuple(obtained))
