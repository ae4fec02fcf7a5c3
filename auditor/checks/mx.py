"""MX: what the records of a domain say of where its mail goes."""

from collections.abc import Iterator

from auditor.checks.core import Evidence, NotApplicable, Result, Unknown, check
from auditor.checks.facts import Listed, Route
from auditor.model.finding import Severity
from auditor.model.route import Exchange, ExchangeStatus, MxStatus

DIG_MX = "dig +noall +answer {domain} MX"
DIG_ADDRESSES = "dig +noall +comments +answer {exchange} A {exchange} AAAA"
_NO_RECORDS = {MxStatus.NONE, MxStatus.NXDOMAIN, MxStatus.IMPLICIT}


@check(
    id="MX001",
    name="no-mail-route",
    severity=Severity.MEDIUM,
    reference="RFC 5321 §5.1; RFC 7505 §3",
    remediation="Publish MX records; or, if the domain is to take no mail, a null MX: MX 0 .",
    reproduce=DIG_MX + "\ndig +short {domain} A {domain} AAAA",
)
def no_mail_route(route: Route) -> Iterator[Result]:
    """The domain exists but has neither an MX record nor an address.

    Mail to it bounces only after days of retries at some senders; a null MX says at once that no mail is taken.
    """
    if route.route.status is MxStatus.NONE:
        yield Evidence("no MX record, and no address record that could stand in for one")


@check(
    id="MX002",
    name="domain-does-not-exist",
    severity=Severity.HIGH,
    reference="RFC 1035 §4.1.1; RFC 5321 §5.1",
    remediation="Renew or delegate the domain, correct the list, or take the domain off it.",
    reproduce=DIG_MX,
)
def domain_does_not_exist(route: Route) -> Iterator[Result]:
    """The domain does not exist in the DNS.

    All mail to it bounces; and whoever registers a lapsed domain receives the mail that is still sent to it.
    """
    if route.route.status is MxStatus.NXDOMAIN:
        yield Evidence("the DNS answers NXDOMAIN")


@check(
    id="MX003",
    name="mx-alias",
    severity=Severity.MEDIUM,
    reference="RFC 2181 §10.3; RFC 5321 §5.1",
    remediation="Let the MX record name the host that has the address records, not an alias of it.",
    reproduce="dig +noall +answer {exchange} CNAME",
)
def mx_alias(listed: Listed) -> Iterator[Result]:
    """The exchange is an alias.

    Most senders follow it, some refuse; and senders that check certificates or DANE differ in which name they use.
    """
    if listed.exchange.aliases and listed.route.status is not MxStatus.IMPLICIT:
        chain = " → ".join((listed.exchange.exchange, *listed.exchange.aliases))
        yield Evidence(f"the exchange is a CNAME: {chain}")


@check(
    id="MX004",
    name="mx-address-literal",
    severity=Severity.HIGH,
    reference="RFC 5321 §5.1; RFC 1035 §3.3.9",
    remediation="Give the host a name with address records, and let the MX record name that.",
    reproduce=DIG_MX,
)
def mx_address_literal(listed: Listed) -> Iterator[Result]:
    """The MX record holds an address instead of a host name.

    Senders look it up as a name, find nothing, and cannot deliver by this record.
    """
    if listed.exchange.status is ExchangeStatus.ADDRESS_LITERAL:
        yield Evidence(f"the exchange is {listed.exchange.exchange}")


@check(
    id="MX005",
    name="mx-single-label",
    severity=Severity.HIGH,
    reference="RFC 5321 §2.3.5, §5.1",
    remediation="Name the exchange in full; in a zone file, mind the trailing dot.",
    reproduce=DIG_MX,
)
def mx_single_label(listed: Listed) -> Iterator[Result]:
    """The exchange is a single label, not a full name.

    It means nothing outside the network it was written in, so senders elsewhere cannot deliver by this record.
    """
    if listed.exchange.status is ExchangeStatus.SINGLE_LABEL:
        yield Evidence(f"the exchange is {listed.exchange.exchange!r}")


@check(
    id="MX006",
    name="mx-no-address",
    severity=Severity.HIGH,
    reference="RFC 5321 §5.1",
    remediation="Give the exchange an A or AAAA record, or remove the MX record.",
    reproduce=DIG_ADDRESSES,
)
def mx_no_address(listed: Listed) -> Iterator[Result]:
    """The exchange has no address.

    Senders cannot connect to it; if no other exchange works, mail waits and then bounces.
    """
    if listed.exchange.status is ExchangeStatus.NO_ADDRESS:
        yield Evidence(f"{listed.exchange.exchange} has neither A nor AAAA records")


@check(
    id="MX007",
    name="mx-does-not-exist",
    severity=Severity.HIGH,
    reference="RFC 5321 §5.1",
    remediation="Correct the exchange's name, or remove the MX record; register the name again if it has lapsed.",
    reproduce=DIG_ADDRESSES,
)
def mx_does_not_exist(listed: Listed) -> Iterator[Result]:
    """The exchange does not exist.

    Besides being useless, such a record is a danger: who registers the name receives the domain's mail.
    """
    if listed.exchange.status is ExchangeStatus.NXDOMAIN:
        yield Evidence(f"the DNS answers NXDOMAIN for {listed.exchange.exchange}")


@check(
    id="MX008",
    name="mx-non-public",
    severity=Severity.HIGH,
    reference="RFC 1918 §3; RFC 6890 §2.2; RFC 5321 §5.1",
    remediation="Give the exchange a public address, or remove the MX record from the public zone.",
    reproduce="dig +short {exchange} A {exchange} AAAA",
)
def mx_non_public(listed: Listed) -> Iterator[Result]:
    """The exchange has only addresses that are not public.

    Senders outside reach another machine of that address, or none at all.
    """
    if listed.exchange.status is ExchangeStatus.NON_PUBLIC:
        yield Evidence(f"{listed.exchange.exchange} has {', '.join(listed.exchange.addresses)}")


@check(
    id="MX009",
    name="null-mx-with-others",
    severity=Severity.HIGH,
    reference="RFC 7505 §3",
    remediation="Remove the null MX if the domain takes mail, or every other MX record if it does not.",
    reproduce=DIG_MX,
)
def null_mx_with_others(route: Route) -> Iterator[Result]:
    """A null MX stands beside other MX records.

    The records contradict one another: some senders deliver, others refuse at once.
    """
    if route.route.status is MxStatus.NULL_WITH_OTHERS:
        others = [one.exchange for one in route.route.exchanges if one.status is not ExchangeStatus.NULL]
        yield Evidence(f"MX . beside {', '.join(others)}")


@check(
    id="MX010",
    name="null-mx-preference",
    severity=Severity.LOW,
    reference="RFC 7505 §3",
    remediation="Publish the null MX with preference 0: MX 0 .",
    reproduce=DIG_MX,
)
def null_mx_preference(route: Route) -> Iterator[Result]:
    """The null MX has a preference other than 0.

    It is understood, but the standard asks for 0.
    """
    if route.route.status is not MxStatus.NULL:
        yield NotApplicable("there is no null MX by itself")
        return
    for one in route.route.exchanges:
        if one.preference:
            yield Evidence(f"MX {one.preference} .")


@check(
    id="MX011",
    name="implicit-mx",
    severity=Severity.LOW,
    reference="RFC 5321 §5.1",
    remediation="Publish an MX record that names the mail server; or a null MX if the domain is to take no mail.",
    reproduce=DIG_MX + "\ndig +short {domain} A {domain} AAAA",
)
def implicit_mx(route: Route) -> Iterator[Result]:
    """There is no MX record, so mail goes to the domain's own address.

    That is often a web server which takes no mail, or takes it by mistake.
    """
    if route.route.status is MxStatus.IMPLICIT:
        addresses = [address for one in route.route.exchanges for address in one.addresses]
        yield Evidence(f"no MX record; mail goes to {', '.join(addresses)}")


@check(
    id="MX012",
    name="mx-unusable",
    severity=Severity.CRITICAL,
    reference="RFC 5321 §5.1",
    remediation="Let at least one MX record name a host with a public address. Senders do not fall back to the domain's own address.",
    reproduce=DIG_MX,
)
def mx_unusable(route: Route) -> Iterator[Result]:
    """No MX record of the domain can be used.

    Nobody can deliver mail to this domain.
    """
    if route.route.status is MxStatus.UNUSABLE:
        yield Evidence("; ".join(f"{one.exchange}: {one.status}" for one in route.route.exchanges))


@check(
    id="MX013",
    name="mx-single-point-of-failure",
    severity=Severity.LOW,
    reference="RFC 5321 §5.1; RFC 2182 §3.1",
    remediation="Add a second exchange, or a second address, in another network.",
    reproduce=DIG_MX,
)
def mx_single_point_of_failure(route: Route) -> Iterator[Result]:
    """All mail depends on a single address.

    While that one machine or its network is down, mail waits at the senders.
    """
    if not (exchanges := _with_mx(route)):
        yield NotApplicable("there are no MX records to judge")
        return
    addresses = {address for one in exchanges for address in one.addresses}
    unknown = [error for one in exchanges for error in one.errors]
    if len(addresses) > 1:
        return
    if unknown:
        yield Unknown(f"some addresses could not be looked up: {'; '.join(unknown)}")
    elif addresses:
        yield Evidence(f"the only address is {next(iter(addresses))}")


@check(
    id="MX014",
    name="mx-same-exchange-twice",
    severity=Severity.LOW,
    reference="RFC 5321 §5.1",
    remediation="Keep one MX record for each exchange.",
    reproduce=DIG_MX,
)
def mx_same_exchange_twice(route: Route) -> Iterator[Result]:
    """The same exchange stands at several preferences.

    The further records give no further way to deliver; they were probably meant to name another host.
    """
    names = [one.exchange for one in route.route.exchanges]
    for name in sorted({name for name in names if names.count(name) > 1}):
        preferences = [str(one.preference) for one in route.route.exchanges if one.exchange == name]
        yield Evidence(f"{name} at preferences {', '.join(preferences)}")


def _with_mx(route: Route) -> list[Exchange]:
    """The exchanges that real MX records name."""
    if route.route.status in _NO_RECORDS:
        return []
    return [one for one in route.route.exchanges if one.status is not ExchangeStatus.NULL]
