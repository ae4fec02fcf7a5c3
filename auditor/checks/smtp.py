"""SMTP: whether the servers of a domain, taken together, can be reached."""

from collections.abc import Iterator, Sequence

from auditor.checks.core import Evidence, NotApplicable, Result, Unknown, check
from auditor.checks.facts import Contact, Contacts, Relays, inconclusive
from auditor.checks.routing import why_exchange_unknown
from auditor.checks.signs import sign_of
from auditor.model.finding import Severity
from auditor.model.route import Exchange, ExchangeStatus
from auditor.model.session import AccessSession, Blame, Outcome, Session, SmtpSession
from auditor.policy.login import capabilities_of
from auditor.policy.public_suffix import organizational_domain
from auditor.policy.trust import certificate_trust
from auditor.protocol.keywords import parse_keywords
from auditor.protocol.text import greeting_host

_REACHED = {Outcome.COMPLETED, Outcome.TLS_FAILED}
# Of the server's own doing; a reset may pass.
_GONE = {Outcome.REFUSED, Outcome.CLOSED, Outcome.NOT_SMTP, Outcome.OVERSIZED, Outcome.REJECTED}
_NO_MAIL_HERE = 521  # RFC 7504 §3: of this code alone it is certain that it means everybody
Listener = tuple[str, int]
"""An exchange and a port."""
_WITHOUT_ADDRESS = {
    ExchangeStatus.NO_ADDRESS,
    ExchangeStatus.NXDOMAIN,
    ExchangeStatus.ADDRESS_LITERAL,
    ExchangeStatus.SINGLE_LABEL,
}


@check(
    id="SMTP001",
    name="no-exchange-reachable",
    severity=Severity.CRITICAL,
    reference="RFC 5321 §5.1, §4.5.4.1",
    remediation="Start the mail servers, open port 25 in their firewalls, or correct the MX records.",
    reproduce="dig +short {domain} MX\ntelnet {address} {port}\n# expect: {sign}\n# note: and so on for each exchange",
)
def no_exchange_reachable(relays: Relays) -> Iterator[Result]:
    """No exchange of the domain takes mail.

    Mail waits at the senders, and bounces after some days.
    """
    if _takes_mail(relays.contacts):
        return
    if unsure := _unsure(relays.route.exchanges, relays.contacts):
        yield Unknown("; ".join(unsure))
    elif any(_perhaps_us_alone(session) for _, session in relays.contacts):
        told = _told(relays.route.exchanges, relays.contacts)
        yield Evidence(f"rejected, perhaps this client alone: {told}", Severity.HIGH, _first(relays.contacts))
    else:
        yield Evidence(_told(relays.route.exchanges, relays.contacts), fill=_first(relays.contacts))


@check(
    id="SMTP002",
    name="preferred-exchange-unreachable",
    severity=Severity.MEDIUM,
    reference="RFC 5321 §5.1",
    remediation="Repair the most preferred exchange, or remove it from the MX records if it is not meant to work.",
    reproduce="dig +short {domain} MX\ntelnet {address} {port}\n# expect: {sign}\n# note: and so on for each exchange",
)
def preferred_exchange_unreachable(relays: Relays) -> Iterator[Result]:
    """The most preferred exchange takes no mail, a less preferred one does.

    Mail is late by one failed attempt at every sender; some give up. Where it is meant to ward off spam ("nolisting"), it wards off mail too.
    """
    hosts = [one for one in relays.route.exchanges if one.status is not ExchangeStatus.NULL]
    lowest = min((one.preference for one in hosts), default=0)
    preferred = [one for one in hosts if one.preference == lowest]
    names = {one.exchange for one in preferred}
    first = [contact for contact in relays.contacts if contact[0].exchange in names]
    rest = [contact for contact in relays.contacts if contact[0].exchange not in names]
    if len(preferred) == len(hosts):
        yield NotApplicable("there is one preference only")
    elif _takes_mail(first):
        return
    elif unsure := _unsure(preferred, first):
        yield Unknown("; ".join(unsure))
    elif _takes_mail(rest):
        yield Evidence(_told(preferred, first), fill=_first(first))
    else:
        yield NotApplicable("no less preferred exchange is known to take mail")


@check(
    id="SMTP012",
    name="family-parity",
    severity=Severity.LOW,
    reference="RFC 5321 §5.2",
    remediation="Configure the listeners of both families alike; the one for IPv6 is easily forgotten.",
    reproduce="telnet -4 {exchange} {port}\n# type: EHLO your.host.name\n# expect: {over4}\n# type: QUIT\ntelnet -6 {exchange} {port}\n# type: EHLO your.host.name\n# expect no: {over4}\n# expect: {over6}\n# type: QUIT\n# note: compare the two",
)
def family_parity(contacts: Contacts) -> Iterator[Result]:
    """An exchange answers differently over IPv4 and IPv6.

    What works for some senders fails for others, and tests over one family do not show it.
    """
    listeners = [_over(one, contacts.contacts) for one in _dual(contacts.contacts)]
    if not listeners:
        yield NotApplicable("no exchange is contacted over both")
    for listener, over_4, over_6 in listeners:
        name = f"{listener[0]} port {listener[1]}"
        if not over_4 or not over_6:
            yield Unknown(f"{name} was not reached over both")
        elif not over_4 & over_6:
            fill = {"exchange": listener[0], "port": str(listener[1]), **_keywords_alone(over_4, over_6)}
            yield Evidence(f"{name}: IPv4 {_either(over_4)}; IPv6 {_either(over_6)}", fill=fill)


def _takes_mail(contacts: Sequence[Contact]) -> bool:
    return any(session is not None and session.outcome in _REACHED for _, session in contacts)


def _first(contacts: Sequence[Contact]) -> dict[str, str]:
    """The first that was contacted, and what shows there, for the lines to type."""
    endpoint, session = next(((one, held) for one, held in contacts if held is not None), (None, None))
    if endpoint is None or session is None:
        return {}
    return {"address": endpoint.address, "port": str(endpoint.port), **sign_of(session)}


def _gone(session: Session | None) -> bool:
    """Whether it is certain that this server takes no mail, at least not from us."""
    return session is not None and not inconclusive(session) and session.outcome in _GONE


def _perhaps_us_alone(session: Session | None) -> bool:
    if not isinstance(session, SmtpSession) or session.outcome is not Outcome.REJECTED:
        return False
    return session.greeting is None or session.greeting.code != _NO_MAIL_HERE


def _unsure(exchanges: Sequence[Exchange], contacts: Sequence[Contact]) -> list[str]:
    """What keeps it from being certain that none of these exchanges takes mail."""
    unsure = [f"{one}: {_ending(session)}" for one, session in contacts if not _gone(session)]
    contacted = {(one.exchange, one.address) for one, _ in contacts}
    for one in exchanges:
        reason = why_exchange_unknown(one)
        unsure += [reason] if reason else [f"{one.exchange} {error}" for error in one.errors]
        left = [address for address in one.addresses if (one.exchange, address) not in contacted]
        unsure += [f"{one.exchange} {address}: not contacted" for address in left]
    return unsure


def _told(exchanges: Sequence[Exchange], contacts: Sequence[Contact]) -> str:
    """What became of each exchange, in words."""
    without = [f"{one.exchange}: {one.status}" for one in exchanges if one.status in _WITHOUT_ADDRESS]
    return "; ".join([*without, *(f"{one}: {_ending(session)}" for one, session in contacts)])


def _ending(session: Session | None) -> str:
    return "not contacted" if session is None else str(session.outcome)


def _dual(contacts: Sequence[Contact]) -> list[Listener]:
    """Each exchange and port that is contacted over both families."""
    families: dict[Listener, set[bool]] = {}
    for one, _ in contacts:
        families.setdefault((one.exchange, one.port), set()).add(":" in one.address)
    return [listener for listener, over in families.items() if len(over) == 2]


def _over(listener: Listener, contacts: Sequence[Contact]) -> tuple[Listener, set[str], set[str]]:
    """The listener, and how it answers over IPv4 and over IPv6, where that is known."""
    shown: dict[bool, set[str]] = {False: set(), True: set()}
    for one, session in contacts:
        if (one.exchange, one.port) == listener and session is not None and _comparable(session):
            shown[":" in one.address].add(_answers(session))
    return listener, shown[False], shown[True]


def _comparable(session: Session) -> bool:
    """Whether it shows what the server does: a handshake that broke off, nobody knows why, does not."""
    broke_off = session.outcome is Outcome.TLS_FAILED and session.blame is Blame.UNKNOWN
    return not broke_off and not inconclusive(session)


def _answers(session: Session) -> str:
    version = "no TLS" if session.tls is None else session.tls.version
    return (
        f"{session.outcome}, STARTTLS {session.starttls}, {version}, "
        f"certificate {certificate_trust(session.tls)}, keywords {' '.join(_announced(session)) or 'none'}, "
        f"greets as {_organization(session)}"
    )


def _keywords_alone(over_4: set[str], over_6: set[str]) -> dict[str, str]:
    """A keyword that is announced over one family alone, if there is one, for the lines to type."""
    listed = [
        {word for one in over for word in one.partition("keywords ")[2].partition(",")[0].split()}
        for over in (over_4, over_6)
    ]
    return {name: min(own) for name, own in (("over4", listed[0] - listed[1]), ("over6", listed[1] - listed[0])) if own}


def _announced(session: Session) -> list[str]:
    if isinstance(session, AccessSession):
        return sorted(set(capabilities_of(session.capability, session.endpoint.service.protocol)))
    return (
        sorted({keyword.name for keyword in parse_keywords(session.ehlo)}) if isinstance(session, SmtpSession) else []
    )


def _organization(session: Session) -> str:
    """Whose server it says it is; several behind one name may have names of their own, but not of others."""
    greeting = session.greeting if isinstance(session, SmtpSession) else None
    host = greeting_host(greeting) if greeting is not None and greeting.positive else ""
    return organizational_domain(host) if host else "nobody"


def _either(shown: set[str]) -> str:
    return " or ".join(sorted(shown))
