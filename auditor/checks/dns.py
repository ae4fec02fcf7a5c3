"""DNS: whether what the zone says can be obtained and believed."""

from collections.abc import Iterator

from auditor.checks.core import Evidence, NotApplicable, Result, Unknown, check
from auditor.checks.facts import NO_LOOKUP, NOT_VALIDATED, Asked, Listed, Route
from auditor.checks.routing import why_exchange_unknown
from auditor.model.dns import Dnssec
from auditor.model.finding import Severity
from auditor.model.route import ExchangeStatus, MailRoute, MxStatus
from auditor.policy.contact import family_of

LONG_CHAIN = 3  # aliases after one another
DIG_VALIDATION = (
    "dig +dnssec {exchange} A\n# expect: status: SERVFAIL\ndig +cd +dnssec {exchange} A"
    "\n# expect: status: NOERROR or status: NXDOMAIN\n# note: validation is what fails"
)
UNSIGNED = "dig +dnssec {exchange} {type}\n# expect no: ra ad\n# note: ad is what a validating resolver sets"
"""That the answer is not authenticated; of a domain, see :data:`MX_UNSIGNED`."""
MX_UNSIGNED = UNSIGNED.replace("{exchange} {type}", "{domain} MX")


@check(
    id="DNS001",
    name="mx-bogus",
    severity=Severity.CRITICAL,
    reference="RFC 4035 §5.5; RFC 4033 §5",
    remediation="Sign the zone again, or correct the DS record at the parent; a DNSSEC debugger shows which link is broken.",
    reproduce=DIG_VALIDATION.replace("{exchange} A", "{domain} MX"),
)
def mx_bogus(route: MailRoute) -> Iterator[Result]:
    """The MX records fail DNSSEC validation.

    Every sender whose resolver validates treats the domain as unreachable: mail waits, then bounces.
    """
    if route.status is MxStatus.BOGUS:
        yield Evidence(f"the answer is bogus: {route.error}")
    elif route.status is MxStatus.DIRECT:
        yield NotApplicable(NO_LOOKUP)
    elif not route.status.known:
        yield Unknown(f"the MX lookup gave no fact: {route.status}")
    elif route.dnssec is Dnssec.INDETERMINATE:
        yield Unknown(NOT_VALIDATED)


@check(
    id="DNS002",
    name="exchange-bogus",
    severity=Severity.HIGH,
    reference="RFC 4035 §5.5; RFC 4033 §5",
    remediation="Have the operator of the exchange's zone sign it again or correct the DS record at its parent.",
    reproduce=DIG_VALIDATION,
)
def exchange_bogus(asked: Asked) -> Iterator[Result]:
    """The exchange's addresses fail DNSSEC validation.

    Senders whose resolver validates cannot use this exchange.
    """
    one = asked.exchange
    if one.status is ExchangeStatus.BOGUS or one.dnssec is Dnssec.BOGUS:
        yield Evidence(f"the addresses of {one.exchange} are bogus: {'; '.join(one.errors)}".removesuffix(": "))
    elif reason := why_exchange_unknown(one) or "; ".join(one.errors):
        yield Unknown(reason)
    elif one.dnssec is Dnssec.INDETERMINATE:
        yield Unknown(NOT_VALIDATED)


@check(
    id="DNS003",
    name="mx-unsigned",
    severity=Severity.INFO,
    reference="RFC 4033 §5; RFC 7672 §2.1",
    remediation="Sign the zone and publish its DS record; without it, DANE cannot protect the mail of the domain.",
    reproduce=MX_UNSIGNED,
)
def mx_unsigned(route: Route) -> Iterator[Result]:
    """The MX records are not protected by DNSSEC.

    Who can forge DNS answers can have the mail delivered elsewhere.
    """
    if route.route.dnssec is Dnssec.INSECURE:
        yield Evidence("the answer is not authenticated")
    elif route.route.dnssec is not Dnssec.SECURE:
        yield Unknown(NOT_VALIDATED)


@check(
    id="DNS004",
    name="exchange-unsigned",
    severity=Severity.INFO,
    reference="RFC 7672 §2.2; RFC 4033 §5",
    remediation="Ask the operator of the exchange to sign its zone; without it, DANE cannot protect this exchange.",
    reproduce=UNSIGNED,
)
def exchange_unsigned(listed: Listed) -> Iterator[Result]:
    """The addresses of the exchange are not protected by DNSSEC.

    Who can forge DNS answers can have the mail delivered elsewhere, whatever the domain's own zone says.
    """
    if not listed.exchange.addresses:
        yield NotApplicable("the exchange has no address")
    elif listed.exchange.dnssec is Dnssec.INSECURE:
        fill = {"type": family_of(listed.exchange.addresses[0])}
        yield Evidence(f"the addresses of {listed.exchange.exchange} are not authenticated", fill=fill)
    elif listed.exchange.dnssec is not Dnssec.SECURE:
        yield Unknown("; ".join(listed.exchange.errors) or NOT_VALIDATED)


@check(
    id="DNS005",
    name="long-alias-chain",
    severity=Severity.LOW,
    reference="RFC 1034 §3.6.2",
    remediation="Let the first alias point to the last name at once.",
    reproduce="dig +short {exchange} A\n# expect: {other}.",
)
def long_alias_chain(listed: Listed) -> Iterator[Result]:
    """The exchange's address is reached only through several aliases.

    Each step can fail or be delayed by itself, and some resolvers stop early.
    """
    if len(listed.exchange.aliases) >= LONG_CHAIN:
        told = " → ".join((listed.exchange.exchange, *listed.exchange.aliases))
        yield Evidence(told, fill={"other": listed.exchange.aliases[0]})
