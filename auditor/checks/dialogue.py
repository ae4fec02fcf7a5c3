"""SMTP: how a server answers, up to EHLO."""

from collections.abc import Iterator

from auditor.checks.core import Evidence, NotApplicable, Result, check
from auditor.checks.facts import Greeting, Hello, Spoken
from auditor.model.endpoint import Service
from auditor.model.finding import Severity
from auditor.model.session import Outcome
from auditor.policy.rejection import understand
from auditor.protocol.text import greeting_host

TELNET = "telnet {address} {port}   # wait for 220, then: EHLO your.host.name"
SLOW_GREETING_MS = 10_000


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
        # An exchange owes nobody the submission ports.
        severity = None if spoken.session.endpoint.service is Service.SMTP else Severity.MEDIUM
        yield Evidence(f"TCP connection refused: {spoken.session.error}", severity)


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
    rejection = understand(spoken.session)
    if spoken.session.outcome is Outcome.REJECTED and rejection is not None:
        code = f" ({rejection.enhanced})" if rejection.enhanced else ""
        yield Evidence(f"at {spoken.session.stage}: {spoken.session.error}{code}; {rejection.words}")


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
        yield Evidence(spoken.session.error or f"no SMTP reply at {spoken.session.stage}")


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
        yield Evidence(spoken.session.error or f"a bound was passed at {spoken.session.stage}")


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
    reference="RFC 5321 §2.3.8, §2.4, §4.2.1, §4.5.3.1.5",
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
    id="SMTP013",
    name="ehlo-without-host",
    severity=Severity.LOW,
    reference="RFC 5321 §4.1.1.1, §4.2",
    remediation="Set the server's own full host name (Postfix: myhostname; Exim: primary_hostname).",
    reproduce=TELNET + "\n# the first line of the 250 reply names the server",
)
def ehlo_without_host(hello: Hello) -> Iterator[Result]:
    """The reply to EHLO does not begin with the server's full host name.

    The standard asks for it; a server that does not know its own name often sends mail under a wrong one too.
    """
    reply = hello.session.ehlo
    if reply is None or not reply.positive:
        yield NotApplicable("the server knows no EHLO")
        return
    host = greeting_host(reply)
    if "." not in host and ":" not in host:
        yield Evidence(f"the reply begins with {host!r}" if host else "the reply names no host")
