"""MX: what each record names."""

from collections.abc import Iterator

from auditor.checks.core import Evidence, NotApplicable, Result, check
from auditor.checks.facts import Listed, Named
from auditor.checks.mx import DIG_MX, NO_ADDRESS
from auditor.model.finding import Severity
from auditor.model.route import ExchangeStatus, MxStatus
from auditor.policy.addresses import is_public, why_not_public
from auditor.policy.contact import family_of


@check(
    id="MX003",
    name="mx-alias",
    severity=Severity.HIGH,
    reference="RFC 2181 §10.3; RFC 5321 §5.1",
    remediation="Let the MX record name the host that has the address records, not an alias of it.",
    reproduce="dig +short {exchange} CNAME\n# expect: {other}.",
)
def mx_alias(listed: Listed) -> Iterator[Result]:
    """The exchange is an alias.

    Most senders follow it, some refuse; and senders that check certificates or DANE differ in which name they use.
    """
    if listed.route.status is MxStatus.IMPLICIT:
        yield NotApplicable("no MX record names this host")
    elif listed.exchange.aliases:
        chain = " → ".join((listed.exchange.exchange, *listed.exchange.aliases))
        yield Evidence(f"the exchange is a CNAME: {chain}", fill={"other": listed.exchange.aliases[0]})


@check(
    id="MX004",
    name="mx-address-literal",
    severity=Severity.HIGH,
    reference="RFC 5321 §5.1; RFC 1035 §3.3.9",
    remediation="Give the host a name with address records, and let the MX record name that.",
    reproduce=DIG_MX + "\n# expect: {exchange}",
)
def mx_address_literal(named: Named) -> Iterator[Result]:
    """The MX record holds an address instead of a host name.

    Senders look it up as a name, find nothing, and cannot deliver by this record.
    """
    if named.exchange.status is ExchangeStatus.ADDRESS_LITERAL:
        yield Evidence(f"the exchange is {named.exchange.exchange}")


@check(
    id="MX005",
    name="mx-single-label",
    severity=Severity.HIGH,
    reference="RFC 5321 §2.3.5, §5.1",
    remediation="Name the exchange in full; in a zone file, mind the trailing dot.",
    reproduce=DIG_MX + "\n# expect: {exchange}",
)
def mx_single_label(named: Named) -> Iterator[Result]:
    """The exchange is a single label, not a full name.

    It means nothing outside the network it was written in, so senders elsewhere cannot deliver by this record.
    """
    if named.exchange.status is ExchangeStatus.SINGLE_LABEL:
        yield Evidence(f"the exchange is {named.exchange.exchange!r}")


@check(
    id="MX006",
    name="mx-no-address",
    severity=Severity.HIGH,
    reference="RFC 5321 §5.1",
    remediation="Give the exchange an A or AAAA record, or remove the MX record.",
    reproduce=NO_ADDRESS.removeprefix("\n"),
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
    reproduce="dig +noall +comments {exchange} A\n# expect: status: NXDOMAIN",
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
    reproduce="dig +short {exchange} {type}\n# expect: {address}",
)
def mx_non_public(listed: Listed) -> Iterator[Result]:
    """The exchange has an address that is not public.

    Senders outside reach another machine of that address, or none at all, before they try the next one.
    """
    one = listed.exchange
    if any(not is_public(address) for address in one.usable):
        yield NotApplicable("such addresses may be contacted in this run (see --allow-net)")
    elif private := [address for address in one.addresses if not is_public(address)]:
        found = ", ".join(f"{address} is {why_not_public(address)}" for address in private)
        weight = None if one.status is ExchangeStatus.NON_PUBLIC else Severity.MEDIUM
        yield Evidence(found, weight, {"address": private[0], "type": family_of(private[0])})
