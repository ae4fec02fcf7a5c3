"""MX: how well the whole of a domain's exchanges is laid out."""

from collections.abc import Iterator
from ipaddress import ip_network

from auditor.checks.core import Evidence, NotApplicable, Result, Unknown, check
from auditor.checks.facts import Route
from auditor.checks.mx import DIG_MX
from auditor.model.finding import Severity
from auditor.model.route import Exchange, ExchangeStatus

SHORT_TTL_SECONDS = 300
LONG_TTL_SECONDS = 86_400
MANY_EXCHANGES = 10  # more than any sender needs to try (RFC 5321 §5.1 asks for two)
DIG_EACH = DIG_MX + "\n# then for each exchange: dig +short EXCHANGE A EXCHANGE AAAA"


@check(
    id="MX015",
    name="mx-same-network",
    severity=Severity.INFO,
    reference="RFC 2182 §3.1 (of name servers; the reasons are the same)",
    remediation="Place a second exchange in another network, if mail must not wait while one is down.",
    reproduce=DIG_EACH,
)
def mx_same_network(route: Route) -> Iterator[Result]:
    """All exchanges stand in one network.

    One broken line or router takes all of them away at once.
    """
    addresses = _addresses(route)
    if len(addresses) < 2:
        yield from _none_to_judge(route, "there are not two addresses to compare")
        return
    networks = {str(ip_network(f"{one}/{48 if ':' in one else 24}", strict=False)) for one in addresses}
    if len(networks) == 1:
        yield Evidence(f"all {len(addresses)} addresses are in {next(iter(networks))}")


@check(
    id="MX016",
    name="mx-too-many",
    severity=Severity.INFO,
    reference="RFC 5321 §5.1",
    remediation="Keep as many exchanges as are really needed; let one name have several addresses.",
    reproduce=DIG_MX,
)
def mx_too_many(route: Route) -> Iterator[Result]:
    """The domain has more exchanges than senders try.

    The last ones are never used by many senders, and an audit has to stop somewhere too.
    """
    if len(route.route.exchanges) > MANY_EXCHANGES:
        yield Evidence(f"{len(route.route.exchanges)} MX records")


@check(
    id="MX017",
    name="mx-ttl-short",
    severity=Severity.INFO,
    reference="RFC 1912 §2.2; RFC 1035 §3.2.1",
    remediation="Raise the TTL to an hour or more once no change is planned.",
    reproduce=DIG_MX,
)
def mx_ttl_short(route: Route) -> Iterator[Result]:
    """The MX records live for less than five minutes in caches.

    Every outage of the name servers becomes an outage of mail at once.
    """
    ttl = route.route.ttl_seconds
    if ttl is None or not _real(route):
        yield NotApplicable("there are no MX records with a TTL")
    elif ttl < SHORT_TTL_SECONDS:
        yield Evidence(f"TTL {ttl} s")


@check(
    id="MX018",
    name="mx-ttl-long",
    severity=Severity.INFO,
    reference="RFC 1912 §2.2; RFC 1035 §3.2.1",
    remediation="Lower the TTL to an hour well before a planned change.",
    reproduce=DIG_MX,
)
def mx_ttl_long(route: Route) -> Iterator[Result]:
    """The MX records live for more than a day in caches.

    After a change, mail goes to the old exchanges for that long.
    """
    ttl = route.route.ttl_seconds
    if ttl is None or not _real(route):
        yield NotApplicable("there are no MX records with a TTL")
    elif ttl > LONG_TTL_SECONDS:
        yield Evidence(f"TTL {ttl} s")


@check(
    id="MX019",
    name="mx-no-ipv6",
    severity=Severity.INFO,
    reference="RFC 5321 §5.2; RFC 3974 §2",
    remediation="Give at least one exchange an AAAA record, once mail is really taken there.",
    reproduce=DIG_EACH,
)
def mx_no_ipv6(route: Route) -> Iterator[Result]:
    """No exchange has an IPv6 address.

    Senders with IPv6 alone cannot deliver.
    """
    yield from _family(route, "AAAA", ":")


@check(
    id="MX020",
    name="mx-no-ipv4",
    severity=Severity.HIGH,
    reference="RFC 5321 §5.2; RFC 3974 §2",
    remediation="Give at least one exchange an A record: most senders still have IPv4 alone.",
    reproduce=DIG_EACH,
)
def mx_no_ipv4(route: Route) -> Iterator[Result]:
    """No exchange has an IPv4 address.

    Senders with IPv4 alone, which are many, cannot deliver.
    """
    yield from _family(route, "A", ".")


@check(
    id="MX021",
    name="domain-is-alias",
    severity=Severity.LOW,
    reference="RFC 1912 §2.4; RFC 2181 §10.1; RFC 5321 §2.3.5",
    remediation="Give the domain its own records in place of the CNAME, at least if mail is sent in its name.",
    reproduce="dig +noall +answer {domain} CNAME\n" + DIG_MX,
)
def domain_is_alias(route: Route) -> Iterator[Result]:
    """The domain itself is an alias.

    Its mail goes where the target's goes; senders may rewrite the address to the target's name.
    """
    if route.route.aliases:
        yield Evidence(" → ".join((route.route.domain, *route.route.aliases)))


def _real(route: Route) -> list[Exchange]:
    """The exchanges that stand in MX records, the null MX left aside."""
    return [one for one in route.route.exchanges if one.ttl_seconds is not None and one.exchange != "."]


def _addresses(route: Route) -> set[str]:
    return {address for one in route.route.exchanges for address in one.addresses}


def _errors(route: Route, family: str = "") -> list[str]:
    errors = [f"{one.exchange} {error}" for one in route.route.exchanges for error in one.errors]
    return [error for error in errors if not family or f" {family}:" in error]


def _none_to_judge(route: Route, words: str) -> Iterator[Result]:
    """Why there is nothing to judge: addresses that are not known, or none that could be."""
    errors = _errors(route)
    yield Unknown("; ".join(errors)) if errors else NotApplicable(words)


def _family(route: Route, record_type: str, mark: str) -> Iterator[Result]:
    addresses = _addresses(route)
    if any(mark in address for address in addresses):
        return
    if errors := _errors(route, record_type):
        yield Unknown("; ".join(errors))
    elif addresses:
        names = sorted({one.exchange for one in route.route.exchanges if one.status is not ExchangeStatus.NULL})
        yield Evidence(f"no {record_type} record at {', '.join(names)}")
    else:
        yield NotApplicable("no exchange has an address")
