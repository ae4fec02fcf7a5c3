"""Nameservers: whether all that the zone is delegated to know it, and say the same."""

from collections.abc import Iterator, Sequence

from auditor.checks.core import Evidence, NotApplicable, Result, Unknown, check
from auditor.checks.delegation_facts import Delegated
from auditor.model.delegation import (
    Delegation,
    Difference,
    NameserverAddress,
    NameserverStatus,
    Place,
    Variant,
    ZoneNameserver,
)
from auditor.model.finding import Severity
from auditor.policy.addresses import in_one_network, network_of
from auditor.policy.contact import family_of
from auditor.policy.words import shown

ASK_FOR_SOA = "dig +norecurse @{server} {apex} SOA"
_NOT_RESPONSIBLE = {NameserverStatus.LAME, NameserverStatus.REFUSED}
_SEVERITY = {"MX": Severity.HIGH, "NS": Severity.LOW}
_MOST_SHOWN = 5  # records of one nameserver in a sentence


@check(
    id="DNS010",
    name="nameserver-single",
    severity=Severity.LOW,
    reference="RFC 2182 §5; RFC 2182 §3.1; RFC 1034 §4.1",
    remediation="Have a second nameserver in another network, best of all with another operator.",
    reproduce="dig +short {apex} NS\n# note: look up the addresses of each",
)
def nameserver_single(delegated: Delegated) -> Iterator[Result]:
    """All nameservers of the zone stand in one place.

    When it is down, nobody can send mail to the domain, nor check who may send in its name.
    """
    zone = delegated.zone
    addresses = tuple(dict.fromkeys(one.address for _, one in zone.addresses))
    unknown = (*(f"{server.name} {server.unknown}" for server in zone.nameservers if server.unknown), *zone.left_out)
    if not in_one_network(addresses):
        return
    if unknown:
        yield Unknown("; ".join(unknown))
    elif not addresses:
        yield NotApplicable("no nameserver has an address")
    elif len(addresses) == 1:
        yield Evidence(f"the only address is {addresses[0]}", fill={"apex": zone.apex})
    else:
        networks = sorted(set(map(network_of, addresses)))
        words = f"all {len(addresses)} addresses are in {' and '.join(networks)}"
        yield Evidence(words, Severity.INFO, fill={"apex": zone.apex})


@check(
    id="DNS011",
    name="nameserver-lame",
    severity=Severity.MEDIUM,
    reference="RFC 1912 §2.8; RFC 1034 §4.2.1",
    remediation="Have the zone served there, or take the nameserver out of the delegation and of the zone's NS records.",
    reproduce=ASK_FOR_SOA + "\n# expect no: flags: qr aa",
)
def nameserver_lame(delegated: Delegated) -> Iterator[Result]:
    """A nameserver to which the zone is delegated does not serve it.

    Every lookup that happens to be sent there is lost time, and the zone has one nameserver less than it seems to have.
    """
    for server in delegated.zone.nameservers:
        if not server.known:
            yield Unknown(_why_not_known(server))
        elif not server.addresses:
            fill = {"server": server.name, "apex": delegated.zone.apex}
            yield Evidence(f"{server.name} has no address", fill=fill)
    for server, one in delegated.zone.addresses:
        if one.status in _NOT_RESPONSIBLE:
            yield Evidence(_words(server, one), fill={"server": one.address, "apex": delegated.zone.apex})


def _why_not_known(server: ZoneNameserver) -> str:
    words = [_words(server, one) for one in server.addresses]
    return "; ".join([*words, *([f"{server.name} {server.unknown}"] if server.unknown else [])])


def _words(server: ZoneNameserver, one: NameserverAddress) -> str:
    return f"{server.name} ({one.address}): {one.reason}"


@check(
    id="DNS012",
    name="nameserver-unreachable",
    severity=Severity.MEDIUM,
    reference="RFC 2182 §3.1; RFC 1034 §4.1",
    remediation="Have the nameserver answered from the Internet, over UDP and TCP, or take it out of the delegation.",
    reproduce=ASK_FOR_SOA + "\n# expect: timed out or refused or unreachable or no servers could be reached",
)
def nameserver_unreachable(delegated: Delegated) -> Iterator[Result]:
    """A nameserver does not answer.

    Resolvers wait for it before they turn to the next, and the zone has one nameserver less than it seems to have.
    """
    for server in delegated.zone.nameservers:
        if server.unknown:
            yield Unknown(f"{server.name} {server.unknown}")
        elif server.addresses and all(one.status is NameserverStatus.SKIPPED for one in server.addresses):
            yield Unknown(_why_not_known(server))
    for server, one in delegated.zone.addresses:
        if one.status is not NameserverStatus.UNREACHABLE:
            continue
        if family_of(one.address) in delegated.zone.families:
            yield Evidence(_words(server, one), fill={"server": one.address, "apex": delegated.zone.apex})
        else:
            family = 6 if ":" in one.address else 4
            yield Unknown(f"{_words(server, one)}; no nameserver was heard over IPv{family}, so it may be this end")


@check(
    id="DNS013",
    name="delegation-differs",
    severity=Severity.LOW,
    reference="RFC 1034 §4.2.2",
    remediation="Give the registrar, or whoever runs the parent zone, the nameservers that the zone's own NS records name.",
    reproduce="dig +short {parent} NS\n# note: then at one of them: dig +norecurse @SERVER {apex} NS\ndig +norecurse @{server} {apex} NS\n# expect: IN NS\n# note: the two sets are not the same",
)
def delegation_differs(delegated: Delegated) -> Iterator[Result]:
    """The parent zone names other nameservers than the zone itself.

    Which of them are asked is chance, and one that was given up may go on being asked, by whoever has it now.
    """
    zone = delegated.zone
    if zone.not_delegated:
        yield NotApplicable(zone.not_delegated)
    elif not zone.parent_set:
        yield Unknown(zone.unknown_parent)
    elif not zone.child_set:
        yield Unknown("no nameserver answers for the zone with authority")
    elif zone.parent_set != zone.child_set:
        server = next(one.address for _, one in zone.addresses if one.status is NameserverStatus.OK)
        fill = {"parent": zone.parent, "apex": zone.apex, "server": server}
        yield Evidence("; ".join(_only(zone)), fill=fill)


def _only(zone: Delegation) -> Iterator[str]:
    """What each side has for itself."""
    for who, own, other in (
        (f"{zone.parent} delegates to", zone.parent_set, zone.child_set),
        (f"{zone.apex} itself names", zone.child_set, zone.parent_set),
    ):
        alone = [name for name in own if name not in other]
        if alone:
            yield f"only {who} {', '.join(alone)}"


@check(
    id="DNS014",
    name="nameservers-disagree",
    severity=Severity.MEDIUM,
    reference="RFC 1034 §4.3.5; RFC 2182 §3.3; RFC 1912 §2.2",
    remediation="Raise the serial number and see that every secondary fetches the zone; with several operators, publish to all.",
    reproduce="dig +norecurse @{server} {name} {type}\ndig +norecurse @{other} {name} {type}\n# note: the two answers are not the same",
)
def nameservers_disagree(delegated: Delegated) -> Iterator[Result]:
    """The nameservers of the zone give different answers.

    Where mail goes, and whether it is taken for genuine, then depends on which of them was asked.
    """
    zone = delegated.zone
    for difference in zone.differences:
        fill = {
            "name": difference.name,
            "type": difference.type,
            **_two([one.nameservers for one in difference.variants]),
        }
        yield Evidence(_said(difference), _SEVERITY.get(difference.type), fill)
    if len(zone.serials) > 1 and not zone.differences:
        of = _by_serial(zone)
        parts = "; ".join(f"{serial} at {_named(places)}" for serial, places in of.items())
        fill = {"name": zone.apex, "type": "SOA", **_two(list(of.values()))}
        yield Evidence(f"serial {parts}: a transfer may be under way", Severity.INFO, fill)
    answering = [one for _, one in zone.addresses if one.status is NameserverStatus.OK]
    unknown = (*zone.unknown, *(_why_not_known(server) for server in zone.nameservers if not server.known))
    if unknown:
        yield Unknown("; ".join(unknown))
    elif len(answering) < 2:
        yield NotApplicable("there are not two answers to compare")


def _said(difference: Difference) -> str:
    """Who says what, without the records that all of them have."""
    common = set(difference.variants[0].records).intersection(*(one.records for one in difference.variants))
    parts = [f"{_records(one, common)} at {_named(one.nameservers)}" for one in difference.variants]
    return f"{difference.name} {difference.type}: {'; '.join(parts)}"


def _records(variant: Variant, common: set[str]) -> str:
    own = [shown(record) for record in variant.records if record not in common]
    if not own:
        return "nothing more" if variant.records else "no such record"
    more = f" and {len(own) - _MOST_SHOWN} more" if len(own) > _MOST_SHOWN else ""
    return ", ".join(own[:_MOST_SHOWN]) + more


def _by_serial(zone: Delegation) -> dict[int, list[Place]]:
    """Who has which serial number, as name and address."""
    return {
        serial: [(server.name, one.address) for server, one in zone.addresses if one.serial == serial]
        for serial in zone.serials
    }


def _named(places: Sequence[Place]) -> str:
    return ", ".join(f"{name} ({address})" for name, address in places)


def _two(sides: Sequence[Sequence[Place]]) -> dict[str, str]:
    """The addresses of two nameservers that differ."""
    return {"server": sides[0][0][1], "other": sides[1][0][1]}
