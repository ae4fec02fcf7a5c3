"""MX: what the records of a domain say of where its mail goes."""

from collections.abc import Iterator

from auditor.checks.core import Evidence, NotApplicable, Result, Unknown, check
from auditor.checks.facts import Records, Route
from auditor.checks.signs import example_of
from auditor.model.finding import Severity
from auditor.model.route import ExchangeStatus, MxStatus

DIG_MX = "dig +short {domain} MX"
NO_MX = "dig +noall +answer {domain} MX\n# expect no: IN MX"
NO_ADDRESS = (
    "\ndig +noall +answer {exchange} A\n# expect no: IN A\ndig +noall +answer {exchange} AAAA\n# expect no: IN AAAA"
)
DIG_EACH = DIG_MX + "\ndig +short {exchange} {type}\n# expect: {address}"


@check(
    id="MX001",
    name="no-mail-route",
    severity=Severity.MEDIUM,
    reference="RFC 5321 §5.1; RFC 7505 §3",
    remediation="Publish MX records; or, if the domain is to take no mail, a null MX: MX 0 .",
    reproduce=NO_MX + NO_ADDRESS.replace("{exchange}", "{domain}"),
)
def no_mail_route(route: Route) -> Iterator[Result]:
    """The domain exists but has neither an MX record nor an address.

    Mail to it bounces only after days of retries at some senders; a null MX says at once that no mail is taken.
    """
    if route.route.status is MxStatus.NXDOMAIN:
        yield NotApplicable("the domain does not exist")
    elif route.route.status is MxStatus.NONE:
        yield Evidence("no MX record, and no address record that could stand in for one")


@check(
    id="MX002",
    name="domain-does-not-exist",
    severity=Severity.CRITICAL,
    reference="RFC 1035 §4.1.1; RFC 5321 §5.1",
    remediation="Renew or delegate the domain, correct the list, or take the domain off it.",
    reproduce="dig +noall +comments {domain} MX\n# expect: status: NXDOMAIN",
)
def domain_does_not_exist(route: Route) -> Iterator[Result]:
    """The domain does not exist in the DNS.

    All mail to it bounces; and whoever registers a lapsed domain receives the mail that is still sent to it.
    """
    if route.route.status is MxStatus.NXDOMAIN:
        yield Evidence("the DNS answers NXDOMAIN")


@check(
    id="MX009",
    name="null-mx-with-others",
    severity=Severity.HIGH,
    reference="RFC 7505 §3",
    remediation="Remove the null MX if the domain takes mail, or every other MX record if it does not.",
    reproduce=DIG_MX + "\n# expect: {preference} .\n# expect: {other}.",
)
def null_mx_with_others(route: Route) -> Iterator[Result]:
    """A null MX stands beside other MX records.

    The records contradict one another: some senders deliver, others refuse at once.
    """
    if not any(one.status is not ExchangeStatus.NULL for one in route.route.exchanges):
        yield NotApplicable("there is no other MX record")
    elif route.route.status is MxStatus.NULL_WITH_OTHERS:
        others = [one.exchange for one in route.route.exchanges if one.status is not ExchangeStatus.NULL]
        yield Evidence(f"MX . beside {', '.join(others)}", fill={"other": others[0], "preference": _of_null(route)})


@check(
    id="MX010",
    name="null-mx-preference",
    severity=Severity.LOW,
    reference="RFC 7505 §3",
    remediation="Publish the null MX with preference 0: MX 0 .",
    reproduce=DIG_MX + "\n# expect: {preference} .",
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
            yield Evidence(f"MX {one.preference} .", fill={"preference": str(one.preference)})


def _of_null(route: Route) -> str:
    """The preference of the null MX."""
    found = (one.preference for one in route.route.exchanges if one.status is ExchangeStatus.NULL)
    return str(next(found, 0))


@check(
    id="MX011",
    name="implicit-mx",
    severity=Severity.LOW,
    reference="RFC 5321 §5.1",
    remediation="Publish an MX record that names the mail server; or a null MX if the domain is to take no mail.",
    reproduce=NO_MX + "\ndig +short {domain} {type}\n# expect: {address}",
)
def implicit_mx(route: Route) -> Iterator[Result]:
    """There is no MX record, so mail goes to the domain's own address.

    That is often a web server which takes no mail, or takes it by mistake.
    """
    if route.route.status in {MxStatus.NXDOMAIN, MxStatus.NONE}:
        yield NotApplicable("there is no address that mail could go to")
    elif route.route.status is MxStatus.IMPLICIT:
        addresses = [address for one in route.route.exchanges for address in one.addresses]
        yield Evidence(f"no MX record; mail goes to {', '.join(addresses)}", fill=example_of(route.route.exchanges))


@check(
    id="MX012",
    name="mx-unusable",
    severity=Severity.CRITICAL,
    reference="RFC 5321 §5.1",
    remediation="Let at least one MX record name a host with a public address. Senders do not fall back to the domain's own address.",
    reproduce=DIG_MX + "\n# expect: {exchange}\n# note: no host of these has an address that senders can reach",
)
def mx_unusable(records: Records) -> Iterator[Result]:
    """No MX record of the domain can be used.

    Nobody can deliver mail to this domain.
    """
    if records.route.status is MxStatus.UNUSABLE:
        told = "; ".join(f"{one.exchange}: {one.status}" for one in records.exchanges)
        yield Evidence(told, fill={"exchange": records.exchanges[0].exchange})


@check(
    id="MX013",
    name="mx-single-point-of-failure",
    severity=Severity.LOW,
    reference="RFC 5321 §5.1; RFC 2182 §3.1",
    remediation="Add a second exchange, or a second address, in another network.",
    reproduce=DIG_EACH + "\n# note: there is no other",
)
def mx_single_point_of_failure(records: Records) -> Iterator[Result]:
    """All mail depends on a single address.

    While that one machine or its network is down, mail waits at the senders.
    """
    if len(records.addresses) > 1:
        return
    if records.errors:
        yield Unknown(f"some addresses could not be looked up: {'; '.join(records.errors)}")
    elif records.addresses:
        yield Evidence(f"the only address is {records.addresses[0]}", fill=example_of(records.exchanges))
    else:
        yield NotApplicable("no exchange has an address")


@check(
    id="MX014",
    name="mx-same-exchange-twice",
    severity=Severity.LOW,
    reference="RFC 5321 §5.1",
    remediation="Keep one MX record for each exchange.",
    reproduce=DIG_MX + "\n# expect: {preference} {exchange}.\n# expect: {other} {exchange}.",
)
def mx_same_exchange_twice(records: Records) -> Iterator[Result]:
    """The same exchange stands at several preferences.

    The further records give no further way to deliver; they were probably meant to name another host.
    """
    preferences: dict[str, list[str]] = {}
    for one in records.exchanges:
        preferences.setdefault(one.exchange, []).append(str(one.preference))
    for name, stated in preferences.items():
        if len(stated) > 1:
            fill = {"exchange": name, "preference": stated[0], "other": stated[1]}
            yield Evidence(f"{name} at preferences {', '.join(stated)}", fill=fill)
