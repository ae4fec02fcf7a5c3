"""SMTP: how a server answers, up to EHLO."""

from collections.abc import Iterator

from auditor.checks.by_hand import ASK, RAW, TELNET
from auditor.checks.core import Evidence, NotApplicable, Result, check
from auditor.checks.facts import Greeting, Hello, Spoken
from auditor.checks.signs import seen, sign_of
from auditor.model.endpoint import Service
from auditor.model.finding import Severity
from auditor.model.session import Outcome
from auditor.policy.rejection import understand
from auditor.protocol.text import greeting_host

SLOW_GREETING_MS = 10_000


@check(
    id="SMTP003",
    name="connection-refused",
    severity=Severity.HIGH,
    reference="RFC 5321 §3.1, §4.5.4.1",
    remediation="Start the mail server, or remove this address from the exchange.",
    reproduce=TELNET + "\n# expect: refused",
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
    reproduce="{talk}\n# expect: {sign}",
)
def session_rejected(spoken: Spoken) -> Iterator[Result]:
    """The server rejects the session before any message.

    Either it takes no mail at all, or it rejects this client: its address, its name, or its missing PTR record.
    """
    rejection = understand(spoken.session)
    if spoken.session.outcome is Outcome.REJECTED and rejection is not None:
        code = f" ({rejection.enhanced})" if rejection.enhanced else ""
        told = f"at {spoken.session.stage}: {spoken.session.error}{code}; {rejection.words}"
        yield Evidence(told, fill=sign_of(spoken.session))


@check(
    id="SMTP005",
    name="not-smtp",
    severity=Severity.HIGH,
    reference="RFC 5321 §4.2",
    remediation="Let the MX record name a mail server, or give this port to one.",
    reproduce=TELNET + "\n# expect: {sign}",
)
def not_smtp(spoken: Spoken) -> Iterator[Result]:
    """What answers there is no SMTP server.

    Senders give up on it, and wait.
    """
    if spoken.session.outcome is Outcome.NOT_SMTP:
        told = spoken.session.error or f"no SMTP reply at {spoken.session.stage}"
        yield Evidence(told, fill=sign_of(spoken.session))


@check(
    id="SMTP006",
    name="reply-oversized",
    severity=Severity.MEDIUM,
    reference="RFC 5321 §4.5.3.1.5",
    remediation="Shorten the server's replies: 512 octets a line, and no more lines than are read.",
    reproduce=ASK + "\n# expect: {sign}\n# note: and so on, without end",
)
def reply_oversized(spoken: Spoken) -> Iterator[Result]:
    """The server's replies pass every reasonable bound.

    Senders with bounds of their own break off.
    """
    if spoken.session.outcome is Outcome.OVERSIZED:
        told = spoken.session.error or f"a bound was passed at {spoken.session.stage}"
        yield Evidence(told, fill=seen(spoken.session.error.rpartition(": ")[2].partition("\\x")[0]))


@check(
    id="SMTP007",
    name="connection-dropped",
    severity=Severity.MEDIUM,
    reference="RFC 5321 §3.8, §4.2.3 (421)",
    remediation="See in the server's log why it drops clients; a server that must close says 421 first.",
    reproduce=ASK + "\n# expect: Connection closed or Connection reset\n# expect no: 221",
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
    reproduce=TELNET + "\n# expect: 220\n# note: it comes after more than ten seconds",
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
    reproduce=TELNET
    + "\n# type: EHLO your.host.name\n# expect: {sign}\n# type: HELO your.host.name\n# expect: 250\n# type: QUIT",
)
def ehlo_unknown(hello: Hello) -> Iterator[Result]:
    """The server knows HELO, but not EHLO.

    Without EHLO there is no STARTTLS, no announced size limit, and no other extension.
    """
    if hello.session.helo is not None and hello.session.helo.positive and hello.session.ehlo is not None:
        codes = hello.session.ehlo.code, hello.session.helo.code
        yield Evidence(f"EHLO was answered {codes[0]}, HELO {codes[1]}", fill={"sign": str(codes[0])})


@check(
    id="SMTP010",
    name="greeting-code",
    severity=Severity.LOW,
    reference="RFC 5321 §4.3.2, §3.1",
    remediation="Let the server greet with 220.",
    reproduce=TELNET + "\n# expect: {sign}",
)
def greeting_code(greeting: Greeting) -> Iterator[Result]:
    """The greeting is positive, but not 220.

    The standard knows 220 alone as the code of a server that is ready.
    """
    if not greeting.reply.positive:
        yield NotApplicable(f"the greeting is {greeting.reply.code}")
    elif greeting.reply.code != 220:
        yield Evidence(f"the greeting is {greeting.reply.code}", fill={"sign": str(greeting.reply.code)})


@check(
    id="SMTP011",
    name="reply-deviations",
    severity=Severity.LOW,
    reference="RFC 5321 §2.3.8, §2.4, §4.2.1, §4.5.3.1.5",
    remediation="Correct the server's configured texts, or the program or firewall that writes these lines.",
    reproduce=RAW + "\n# expect: {sign}\n# note: a line that is right ends in ^M$, and holds no M-",
)
def reply_deviations(spoken: Spoken) -> Iterator[Result]:
    """The server's replies depart from the standard.

    Lenient clients cope; strict ones, and some security software, do not.
    """
    if spoken.session.greeting is None:
        yield NotApplicable("no reply was received")
    elif spoken.session.deviations:
        odd = "M-" if "non-ascii" in spoken.session.deviations else ""
        yield Evidence(", ".join(spoken.session.deviations), fill={"sign": odd})


@check(
    id="SMTP013",
    name="ehlo-without-host",
    severity=Severity.LOW,
    reference="RFC 5321 §4.1.1.1, §4.2",
    remediation="Set the server's own full host name (Postfix: myhostname; Exim: primary_hostname).",
    reproduce=ASK + "\n# expect: {sign}",
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
        told = f"the reply begins with {host!r}" if host else "the reply names no host"
        yield Evidence(told, fill=seen(reply.text.partition("\n")[0]))
