"""One server, or one domain's servers, looked at now and kept nowhere."""

from dataclasses import replace
from datetime import UTC, datetime

from auditor.api.preparing import list_options, prepare, unblocked
from auditor.config import Config
from auditor.errors import UsageError
from auditor.model.endpoint import Service
from auditor.model.facts import DomainFacts
from auditor.model.target import Reject, Target
from auditor.net.failure import ContactFailure
from auditor.probes.by_hand import ReadLine, Show
from auditor.targets import read_targets
from auditor.targets.blocklist import Blocklist


async def observe(name: str, config: Config, *, domain: bool, service: Service | None = None) -> DomainFacts:
    """What a server (``HOST[:PORT]``), or every exchange of a domain, shows in one conversation each; kept nowhere.

    Raises:
        UsageError: ``name`` or a setting is wrong.
    """
    began_at = datetime.now(UTC)
    backend, blocklist = prepare(config, began_at)
    target = one_target(name, config, blocklist, domain=domain)
    backend.trust(ad_trusted=(await backend.prove_validation()).trusted)
    seen = await backend.probes.survey(target)
    endpoints = tuple(replace(endpoint, known_as=service) for endpoint in seen.route.endpoints)
    domains = (target.domain,) if domain else ()
    talks = [await backend.probes.converse(endpoint, domains) for endpoint in endpoints]
    fetched = [await backend.probes.fetch_policy(host) for host in seen.policy_hosts]
    certificates = [one for talk in talks for one in talk.certificates]
    certificates += (one for fetch in fetched for one in fetch.certificates)
    return DomainFacts(
        target=target,
        route=replace(seen.route, endpoints=endpoints),
        published=seen.published,
        reverse=seen.reverse,
        policy_fetch=fetched[0].fetch if fetched else None,
        sessions={talk.session.endpoint: talk.session for talk in talks},
        certificates={one.sha256: one for one in certificates},
        asked=config.asked(),
        judged_at=began_at,
    )


async def converse_by_hand(name: str, config: Config, service: Service | None, read_line: ReadLine, show: Show) -> None:
    """Let a person hold a session with a server (``HOST[:PORT]``), line by line; kept nowhere.

    Raises:
        UsageError: ``name`` or a setting is wrong, or there is nothing to contact.
    """
    backend, blocklist = prepare(config, datetime.now(UTC))
    seen = await backend.probes.survey(one_target(name, config, blocklist, domain=False))
    if not seen.route.endpoints:
        errors = [error for one in seen.route.exchanges for error in (*one.errors, str(one.status))]
        raise UsageError(f"{name}: nothing to contact: {'; '.join(errors)}")
    endpoint = replace(seen.route.endpoints[0], known_as=service)
    try:
        await backend.by_hand(endpoint, show).hold(read_line)
    except ContactFailure as failure:
        show("*", str(failure))


def one_target(name: str, config: Config, blocklist: Blocklist, *, domain: bool) -> Target:
    """The one target that ``name`` means: a domain, or else a server to be contacted itself.

    Raises:
        UsageError: it means none.
    """
    entry = next(unblocked(read_targets([name], list_options(config)), blocklist))
    if isinstance(entry, Reject):
        raise UsageError(f"{name}: {entry.reason}")
    return entry if domain else replace(entry, direct=True)
