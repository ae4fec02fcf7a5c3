"""MX: how well the whole of a domain's exchanges is laid out."""

from collections.abc import Iterator

from auditor.checks.core import Evidence, NotApplicable, Result, Unknown, check
from auditor.checks.facts import Records, Route
from auditor.checks.mx import DIG_EACH, DIG_MX
from auditor.checks.signs import example_of
from auditor.model.finding import Severity
from auditor.model.route import Exchange, ExchangeStatus
from auditor.policy.addresses import in_one_network, network_of

SHORT_TTL_SECONDS = 300
LONG_TTL_SECONDS = 7 * 86_400
MANY_EXCHANGES = 10  # more than any sender needs to try (RFC 5321 §5.1 asks for two)
DIG_TTL = (
    "dig +noall +answer {domain} MX\n# expect: IN MX"
    "\n# note: before it stands the TTL; caches count it down, so ask one of the zone's own: dig @SERVER {domain} MX"
)


@check(
    id="MX015",
    name="mx-same-network",
    severity=Severity.INFO,
    reference="RFC 2182 §3.1 (of name servers; the reasons are the same)",
    remediation="Place a second exchange in another network, if mail must not wait while one is down.",
    reproduce=DIG_EACH + "\n# note: and so on; all are in one network",
)
def mx_same_network(records: Records) -> Iterator[Result]:
    """All exchanges stand in one network.

    One broken line or router takes all of them away at once.
    """
    addresses = records.addresses
    if not in_one_network(addresses):
        return
    if records.errors:
        yield Unknown("; ".join(records.errors))
    elif len(addresses) < 2:
        yield NotApplicable("there are not two addresses to compare")
    else:
        networks = sorted(set(map(network_of, addresses)))
        told = f"all {len(addresses)} addresses are in {' and '.join(networks)}"
        yield Evidence(told, fill=example_of(records.exchanges))


@check(
    id="MX016",
    name="mx-too-many",
    severity=Severity.INFO,
    reference="RFC 5321 §5.1",
    remediation="Keep as many exchanges as are really needed; let one name have several addresses.",
    reproduce="dig +noall +answer {domain} MX | grep -cw MX\n# expect: {count}",
)
def mx_too_many(records: Records) -> Iterator[Result]:
    """The domain has more exchanges than senders try.

    The last ones are never used by many senders, and an audit has to stop somewhere too.
    """
    if len(records.exchanges) > MANY_EXCHANGES:
        count = str(len(records.exchanges))
        yield Evidence(f"{count} MX records", fill={"count": count})


@check(
    id="MX017",
    name="mx-ttl-short",
    severity=Severity.INFO,
    reference="RFC 1912 §2.2; RFC 1035 §3.2.1",
    remediation="If the zone itself has so short a TTL, raise it to an hour or more once no change is planned.",
    reproduce=DIG_TTL,
)
def mx_ttl_short(records: Records) -> Iterator[Result]:
    """The MX records were seen with less than five minutes to live.

    With so short a TTL, every outage of the name servers becomes an outage of mail at once. A resolver's cache counts the TTL down, so ask the zone's own servers before concluding.
    """
    ttl = records.route.ttl_seconds
    if ttl is None:
        yield Unknown("the TTL was not seen")
    elif ttl < SHORT_TTL_SECONDS:
        yield Evidence(f"TTL {ttl} s, as the resolver gave it")


@check(
    id="MX018",
    name="mx-ttl-long",
    severity=Severity.INFO,
    reference="RFC 1912 §2.2; RFC 1035 §3.2.1",
    remediation="Lower the TTL to an hour well before a planned change.",
    reproduce=DIG_TTL,
)
def mx_ttl_long(records: Records) -> Iterator[Result]:
    """The MX records live for more than a week in caches.

    After a change, mail goes to the old exchanges for that long.
    """
    ttl = records.route.ttl_seconds
    if ttl is None:
        yield Unknown("the TTL was not seen")
    elif ttl > LONG_TTL_SECONDS:
        yield Evidence(f"TTL {ttl} s")


@check(
    id="MX019",
    name="mx-no-ipv6",
    severity=Severity.INFO,
    reference="RFC 5321 §5.2; RFC 3974 §2",
    remediation="Give at least one exchange an AAAA record, once mail is really taken there.",
    reproduce=DIG_MX
    + "\ndig +noall +answer {exchange} AAAA\n# expect no: IN AAAA\n# note: and so on for each exchange",
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
    reproduce=DIG_MX + "\ndig +noall +answer {exchange} A\n# expect no: IN A\n# note: and so on for each exchange",
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
    reproduce="dig +short {domain} CNAME\n# expect: {other}.",
)
def domain_is_alias(route: Route) -> Iterator[Result]:
    """The domain itself is an alias.

    Its mail goes where the target's goes; senders may rewrite the address to the target's name.
    """
    if route.route.aliases:
        told = " → ".join((route.route.domain, *route.route.aliases))
        yield Evidence(told, fill={"other": route.route.aliases[0]})


def _family(route: Route, record_type: str, mark: str) -> Iterator[Result]:
    """Whether no host that takes the domain's mail, implicit MX included, has an address with this mark."""
    hosts = [one for one in route.route.exchanges if one.status is not ExchangeStatus.NULL]
    addresses = [address for one in hosts for address in one.addresses]
    if any(mark in address for address in addresses):
        return
    if errors := [error for one in hosts for error in _errors(one, record_type)]:
        yield Unknown("; ".join(errors))
    elif addresses:
        names = sorted({one.exchange for one in hosts})
        yield Evidence(f"no {record_type} record at {', '.join(names)}", fill={"exchange": names[0]})
    else:
        yield NotApplicable("no exchange has an address")


def _errors(exchange: Exchange, record_type: str) -> list[str]:
    return [f"{exchange.exchange} {error}" for error in exchange.errors if error.startswith(f"{record_type}:")]
