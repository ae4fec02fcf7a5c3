"""SMTP: whether the servers can be reached, and how they answer."""

from collections.abc import Iterator

from auditor.checks.core import Evidence, NotApplicable, Result, Unknown, check
from auditor.checks.facts import INCONCLUSIVE, Contacts, Greeting, Hello, Spoken
from auditor.model.endpoint import Endpoint
from auditor.model.finding import Severity
from auditor.model.session import Outcome, SmtpSession
from auditor.protocol.text import enhanced_code

TELNET = "telnet {address} {port}   # wait for 220, then: EHLO your.host.name"
REACHED = {Outcome.COMPLETED, Outcome.TLS_FAILED}
SLOW_GREETING_MS = 10_000


@check(
    id="SMTP001",
    name="no-exchange-reachable",
    severity=Severity.CRITICAL,
    reference="RFC 5321 §5.1, §4.5.4.1",
    remediation="Start the mail servers, open port 25 in their firewalls, or correct the MX records.",
    reproduce="dig +short {domain} MX\n# then for each exchange: telnet EXCHANGE 25",
)
def no_exchange_reachable(contacts: Contacts) -> Iterator[Result]:
    """No exchange of the domain takes mail.

    Mail waits at the senders, and bounces after some days.
    """
    outcomes = [None if session is None else session.outcome for _, session in contacts.sessions]
    if any(outcome in REACHED for outcome in outcomes):
        return
    if any(outcome is None or outcome in INCONCLUSIVE for outcome in outcomes):
        yield Unknown(_told(contacts.sessions))
    elif Outcome.REJECTED in outcomes:
        # It may be this client that is unwelcome, and nobody else.
        yield Evidence(f"rejected, perhaps this client alone: {_told(contacts.sessions)}", Severity.HIGH)
    else:
        yield Evidence(_told(contacts.sessions))


@check(
    id="SMTP002",
    name="preferred-exchange-unreachable",
    severity=Severity.MEDIUM,
    reference="RFC 5321 §5.1",
    remediation="Repair the most preferred exchange, or remove it from the MX records if it is not meant to work.",
    reproduce="dig +short {domain} MX\ntelnet EXCHANGE 25   # the one with the lowest preference",
)
def preferred_exchange_unreachable(contacts: Contacts) -> Iterator[Result]:
    """The most preferred exchange takes no mail, a less preferred one does.

    Mail is late by one failed attempt at every sender; some give up. Where it is meant to ward off spam ("nolisting"), it wards off mail too.
    """
    lowest = min((one.preference for one in contacts.route.exchanges), default=0)
    preferred = {one.exchange for one in contacts.route.exchanges if one.preference == lowest}
    first = [(endpoint, session) for endpoint, session in contacts.sessions if endpoint.exchange in preferred]
    rest = [session for endpoint, session in contacts.sessions if endpoint.exchange not in preferred]
    if not rest or not first:
        yield NotApplicable("there is one preference only")
    elif any(session is not None and session.outcome in REACHED for _, session in first):
        return
    elif any(session is None or session.outcome in INCONCLUSIVE for _, session in first):
        yield Unknown(_told(first))
    elif any(session is not None and session.outcome in REACHED for session in rest):
        yield Evidence(_told(first))
    else:
        yield NotApplicable("no exchange is reached at all")


@check(
    id="SMTP003",
    name="connection-refused",
    severity=Severity.HIGH,
    reference="RFC 5321 §3.1, §4.5.4.1",
    remediation="Start the mail server, or remove this address from the exchange.",
    reproduce=TELNET,
)
def connection_refused(spoken: Spoken) -> Iterator[Result]:
    """The server refuses the connection.

    Senders try another address if there is one, and else wait.
    """
    if spoken.session.outcome is Outcome.REFUSED:
        yield Evidence(f"TCP connection refused: {spoken.session.error}")


@check(
    id="SMTP004",
    name="session-rejected",
    severity=Severity.MEDIUM,
    reference="RFC 5321 §3.1; RFC 7504 §3",
    remediation="If this host is to take mail, see in its log why it rejects us; if not, remove it from the MX records.",
    reproduce=TELNET,
)
def session_rejected(spoken: Spoken) -> Iterator[Result]:
    """The server rejects the session before any message.

    Either it takes no mail at all, or it rejects this client: its address, its name, or its missing PTR record.
    """
    if spoken.session.outcome is Outcome.REJECTED:
        replies = (spoken.session.ehlo_tls, spoken.session.helo, spoken.session.ehlo, spoken.session.greeting)
        code = next((enhanced_code(reply) for reply in replies if reply is not None), "")
        yield Evidence(f"at {spoken.session.stage}: {spoken.session.error}" + (f" ({code})" if code else ""))


@check(
    id="SMTP005",
    name="not-smtp",
    severity=Severity.HIGH,
    reference="RFC 5321 §4.2",
    remediation="Let the MX record name a mail server, or give this port to one.",
    reproduce=TELNET,
)
def not_smtp(spoken: Spoken) -> Iterator[Result]:
    """What answers there is no SMTP server.

    Senders give up on it, and wait.
    """
    if spoken.session.outcome is Outcome.NOT_SMTP:
        yield Evidence(spoken.session.error)


@check(
    id="SMTP006",
    name="reply-oversized",
    severity=Severity.MEDIUM,
    reference="RFC 5321 §4.5.3.1.5",
    remediation="Shorten the server's replies: 512 octets a line, and no more lines than are read.",
    reproduce=TELNET,
)
def reply_oversized(spoken: Spoken) -> Iterator[Result]:
    """The server's replies pass every reasonable bound.

    Senders with bounds of their own break off.
    """
    if spoken.session.outcome is Outcome.OVERSIZED:
        yield Evidence(spoken.session.error)


@check(
    id="SMTP007",
    name="connection-dropped",
    severity=Severity.MEDIUM,
    reference="RFC 5321 §3.8, §4.2.3 (421)",
    remediation="See in the server's log why it drops clients; a server that must close says 421 first.",
    reproduce=TELNET,
)
def connection_dropped(spoken: Spoken) -> Iterator[Result]:
    """The server drops the connection without a word.

    Senders take it for an outage and try again, for days.
    """
    if spoken.session.outcome in {Outcome.CLOSED, Outcome.RESET}:
        yield Evidence(f"{spoken.session.outcome} at {spoken.session.stage}: {spoken.session.error}")


@check(
    id="SMTP008",
    name="greeting-slow",
    severity=Severity.LOW,
    reference="RFC 5321 §4.5.3.2.1",
    remediation="Shorten the delay before the greeting; look for slow DNS or block-list look-ups in the server's configuration.",
    reproduce=TELNET,
)
def greeting_slow(spoken: Spoken) -> Iterator[Result]:
    """The greeting takes more than ten seconds.

    Some senders do not wait that long, although they should.
    """
    greeting_ms = spoken.session.timings.greeting_ms
    if greeting_ms is None:
        yield NotApplicable("no greeting was received")
    elif greeting_ms > SLOW_GREETING_MS:
        yield Evidence(f"the greeting took {greeting_ms / 1000:.1f} s")


@check(
    id="SMTP009",
    name="ehlo-unknown",
    severity=Severity.MEDIUM,
    reference="RFC 5321 §2.2.1, §3.2",
    remediation="Replace the server, or the firewall's SMTP inspection in front of it, which often is what knows no EHLO.",
    reproduce=TELNET + "\n# 5yz; then: HELO your.host.name",
)
def ehlo_unknown(hello: Hello) -> Iterator[Result]:
    """The server knows HELO, but not EHLO.

    Without EHLO there is no STARTTLS, no announced size limit, and no other extension.
    """
    if hello.session.helo is not None and hello.session.helo.positive and hello.session.ehlo is not None:
        yield Evidence(f"EHLO was answered {hello.session.ehlo.code}, HELO {hello.session.helo.code}")


@check(
    id="SMTP010",
    name="greeting-code",
    severity=Severity.LOW,
    reference="RFC 5321 §4.3.2, §3.1",
    remediation="Let the server greet with 220.",
    reproduce=TELNET,
)
def greeting_code(greeting: Greeting) -> Iterator[Result]:
    """The greeting is positive, but not 220.

    The standard knows 220 alone as the code of a server that is ready.
    """
    if not greeting.reply.positive:
        yield NotApplicable(f"the greeting is {greeting.reply.code}")
    elif greeting.reply.code != 220:
        yield Evidence(f"the greeting is {greeting.reply.code}")


@check(
    id="SMTP011",
    name="reply-deviations",
    severity=Severity.LOW,
    reference="RFC 5321 §2.3.7, §2.4, §4.2.1, §4.5.3.1.5",
    remediation="Correct the server's configured texts, or the program or firewall that writes these lines.",
    reproduce=TELNET,
)
def reply_deviations(spoken: Spoken) -> Iterator[Result]:
    """The server's replies depart from the standard.

    Lenient clients cope; strict ones, and some security software, do not.
    """
    if spoken.session.greeting is None:
        yield NotApplicable("no reply was received")
    elif spoken.session.deviations:
        yield Evidence(", ".join(spoken.session.deviations))


@check(
    id="SMTP012",
    name="family-parity",
    severity=Severity.LOW,
    reference="RFC 5321 §5.2",
    remediation="Configure the listeners of both families alike; the one for IPv6 is easily forgotten.",
    reproduce="# compare EHLO over both:\ntelnet -4 EXCHANGE 25\ntelnet -6 EXCHANGE 25",
)
def family_parity(contacts: Contacts) -> Iterator[Result]:
    """An exchange answers differently over IPv4 and IPv6.

    What works for some senders fails for others, and tests over one family do not show it.
    """
    compared = False
    for exchange in dict.fromkeys(endpoint.exchange for endpoint, _ in contacts.sessions):
        over_4, over_6 = (_shown(contacts, exchange, version) for version in (4, 6))
        compared |= bool(over_4 and over_6)
        if over_4 and over_6 and not over_4 & over_6:
            yield Evidence(f"{exchange}: IPv4 {_either(over_4)}; IPv6 {_either(over_6)}")
    if not compared:
        open_ones = [one for one, session in contacts.sessions if session is None or session.outcome in INCONCLUSIVE]
        both = {":" in endpoint.address for endpoint, _ in contacts.sessions} == {True, False}
        yield Unknown("not reached over both") if both and open_ones else NotApplicable("no exchange has both families")


def _shown(contacts: Contacts, exchange: str, version: int) -> set[str]:
    """How an exchange answers over one family: outcome and what becomes of STARTTLS."""
    return {
        f"{session.outcome}, STARTTLS {session.starttls}"
        for endpoint, session in contacts.sessions
        if endpoint.exchange == exchange
        and (":" in endpoint.address) == (version == 6)
        and session is not None
        and session.outcome not in INCONCLUSIVE
    }


def _either(shown: set[str]) -> str:
    return " or ".join(sorted(shown))


def _told(
    sessions: "tuple[tuple[Endpoint, SmtpSession | None], ...] | list[tuple[Endpoint, SmtpSession | None]]",
) -> str:
    return "; ".join(f"{one}: {'not contacted' if session is None else session.outcome}" for one, session in sessions)
