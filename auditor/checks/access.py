"""ACC: the servers from which users read their mail, by IMAP or POP3."""

from collections.abc import Iterator

from auditor.checks.access_facts import Access, Capabilities
from auditor.checks.by_hand import ASK, INSIDE, RAW, TELNET
from auditor.checks.core import Evidence, NotApplicable, Result, check
from auditor.checks.signs import sign_of
from auditor.model.finding import Severity
from auditor.model.session import Outcome, Stage
from auditor.policy.login import logins_of


@check(
    id="ACC001",
    name="access-not-spoken",
    severity=Severity.HIGH,
    reference="RFC 9051 §7.1; RFC 1939 §4",
    remediation="Give the port to the IMAP or POP3 server, or close it.",
    reproduce=TELNET + "\n# expect: {sign}",
)
def access_not_spoken(access: Access) -> Iterator[Result]:
    """What answers there is no IMAP or POP3 server.

    Mail programs that are set up for it cannot read any mail.
    """
    if access.session.outcome in {Outcome.NOT_IMAP, Outcome.NOT_POP3}:
        yield Evidence(access.session.error or str(access.session.outcome), fill=sign_of(access.session))


@check(
    id="ACC002",
    name="access-rejected",
    severity=Severity.MEDIUM,
    reference="RFC 9051 §7.1.5; RFC 1939 §4",
    remediation="See in the server's log why it lets nobody in, or this client not.",
    reproduce=TELNET + "\n# expect: {sign}",
)
def access_rejected(access: Access) -> Iterator[Result]:
    """The server says goodbye before anybody could log in.

    Either nobody can read mail there, or it rejects this client.
    """
    if access.session.outcome is Outcome.REJECTED:
        yield Evidence(f"at {access.session.stage}: {access.session.error}", fill=sign_of(access.session))


@check(
    id="ACC003",
    name="access-refused",
    severity=Severity.MEDIUM,
    reference="RFC 9051 §2.1; RFC 1939 §3",
    remediation="Start the server, or take its name and port out of what users are told.",
    reproduce=TELNET + "\n# expect: refused",
)
def access_refused(access: Access) -> Iterator[Result]:
    """The server refuses the connection.

    Users who were told of this server and port cannot read their mail.
    """
    if access.session.outcome is Outcome.REFUSED:
        yield Evidence(f"TCP connection refused: {access.session.error}")


@check(
    id="ACC004",
    name="access-dropped",
    severity=Severity.MEDIUM,
    reference="RFC 9051 §7.1.5; RFC 1939 §3",
    remediation="See in the server's log why it drops clients; an IMAP server that must close says * BYE first.",
    reproduce=ASK + "\n# expect: closed or reset",
)
def access_dropped(access: Access) -> Iterator[Result]:
    """The server drops the connection without a word, or says more than anybody can read.

    Mail programs report an error that helps nobody.
    """
    if access.session.stage is Stage.CAPABILITY_TLS:
        yield NotApplicable("the session went on to TLS, see ACC009")
    elif access.session.outcome in {Outcome.CLOSED, Outcome.RESET, Outcome.OVERSIZED}:
        yield Evidence(f"{access.session.outcome} at {access.session.stage}: {access.session.error}")


@check(
    id="ACC010",
    name="access-preauth",
    severity=Severity.MEDIUM,
    reference="RFC 9051 §7.1.4, §11.1",
    remediation="Let nobody in without logging in; PREAUTH is for connections that were authenticated by other means.",
    reproduce=TELNET + "\n# expect: * PREAUTH",
)
def access_preauth(access: Access) -> Iterator[Result]:
    """The server takes this client for logged in from the start.

    It may show somebody's mail to whoever asks; and a client that is told so in clear text cannot begin TLS any more.
    """
    if access.session.greeting is None:
        yield NotApplicable("no greeting was received")
    elif access.session.greeting.status == "PREAUTH":
        yield Evidence("the greeting is * PREAUTH")


@check(
    id="ACC011",
    name="access-no-capabilities",
    severity=Severity.LOW,
    reference="RFC 9051 §6.1.1; RFC 2449 §5",
    remediation="Update the server: without the list, mail programs guess what it can do, TLS included.",
    reproduce=ASK + "\n# expect: {sign}",
)
def access_no_capabilities(access: Access) -> Iterator[Result]:
    """The server does not tell its capabilities.

    Mail programs cannot know of STARTTLS or STLS then, and go on in clear text.
    """
    reply = access.session.capability
    if reply is None:
        yield NotApplicable("they were not asked for")
    elif not reply.positive:
        yield Evidence(f"answered {reply.status} {reply.text}".rstrip(), fill={"sign": reply.status})


@check(
    id="ACC012",
    name="access-no-login",
    severity=Severity.LOW,
    reference="RFC 9051 §6.2.3; RFC 2449 §6.3, §6.4",
    remediation="Enable a way of logging in, inside TLS; or close the port, if it is not for users.",
    reproduce=INSIDE + "\n# expect no: AUTH= or SASL or USER\n# note: in IMAP, LOGINDISABLED",
)
def access_no_login(capabilities: Capabilities) -> Iterator[Result]:
    """Even inside TLS the server announces no way of logging in.

    Nobody can read mail there, or only with programs that try what is not announced.
    """
    inside = capabilities.inside
    if inside is None:
        yield NotApplicable("there was no session inside TLS")
    elif not logins_of(inside, capabilities.protocol):
        yield Evidence(f"announced: {' '.join(inside) or 'nothing'}")


@check(
    id="ACC013",
    name="access-deviations",
    severity=Severity.LOW,
    reference="RFC 9051 §2.2; RFC 1939 §3",
    remediation="Correct the program or firewall that writes these lines.",
    reproduce=RAW + "\n# expect: {sign}\n# note: a line that is right ends in ^M$, and holds no M-",
)
def access_deviations(access: Access) -> Iterator[Result]:
    """The server's answers depart from the standard.

    Lenient mail programs cope; strict ones do not.
    """
    if access.session.greeting is None:
        yield NotApplicable("no answer was received")
    elif access.session.deviations:
        yield Evidence(", ".join(access.session.deviations))
