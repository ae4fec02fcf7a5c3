"""ACC: whether mail is read inside TLS."""

from collections.abc import Iterator

from auditor.checks.access_facts import AccessTls, Capabilities
from auditor.checks.by_hand import ASK, INSIDE, TELNET
from auditor.checks.core import Evidence, NotApplicable, Result, Unknown, check
from auditor.checks.facts import inconclusive
from auditor.model.finding import Severity
from auditor.model.session import Stage, Starttls
from auditor.policy.login import logins_in_clear


@check(
    id="ACC005",
    name="access-starttls-not-offered",
    severity=Severity.HIGH,
    reference="RFC 8314 §3, §4.1; RFC 9051 §11.1; RFC 2595 §4",
    remediation="Install a certificate and enable STARTTLS (IMAP) or STLS (POP3), or close the port and leave 993 and 995.",
    reproduce=ASK + "\n# expect no: STARTTLS or STLS",
)
def access_starttls_not_offered(capabilities: Capabilities) -> Iterator[Result]:
    """There is no way to TLS on this port.

    Whoever reads mail there does so in clear text, password included.
    """
    if capabilities.session.starttls is Starttls.IMPLICIT:
        yield NotApplicable("TLS is implicit on this port")
    elif capabilities.session.starttls is Starttls.NOT_OFFERED:
        useless = logins_in_clear(capabilities.session) == ()
        words = "; nor can anybody log in, so the port is of no use" if useless else ""
        yield Evidence(f"announced: {' '.join(capabilities.before)}{words}", Severity.LOW if useless else None)


@check(
    id="ACC006",
    name="access-starttls-refused",
    severity=Severity.HIGH,
    reference="RFC 9051 §6.2.1; RFC 2595 §4",
    remediation="See in the server's log why TLS is not available: most often the certificate or its key cannot be read.",
    reproduce=TELNET + "\n# type: {ask}\n# type: {starttls}\n# expect: {sign}\n# type: {leave}",
)
def access_starttls_refused(offered: AccessTls) -> Iterator[Result]:
    """TLS is offered, and then refused.

    Mail programs that insist on it cannot read mail; others send the password in clear text.
    """
    reply = offered.session.starttls_reply
    if offered.session.starttls is Starttls.REFUSED and reply is not None:
        words = f"answered {reply.status} {reply.text}".rstrip()
        yield Unknown(f"{words}, which may pass") if reply.transient else Evidence(words, fill={"sign": reply.status})


@check(
    id="ACC007",
    name="access-login-in-clear",
    severity=Severity.HIGH,
    reference="RFC 8314 §4.1; RFC 9051 §6.2.3, §11.3; RFC 2595 §4",
    remediation="Let users log in inside TLS alone (Dovecot: disable_plaintext_auth = yes, or ssl = required).",
    reproduce=ASK + "\n# expect no: LOGINDISABLED\n# note: in POP3, USER, or SASL with PLAIN or LOGIN",
)
def access_login_in_clear(capabilities: Capabilities) -> Iterator[Result]:
    """Users can log in before TLS.

    Mail programs that are set up wrong, or that somebody on the way misleads, send passwords that can be read.
    """
    if capabilities.session.starttls is Starttls.IMPLICIT:
        yield NotApplicable("TLS is implicit on this port")
    elif ways := logins_in_clear(capabilities.session):
        yield Evidence(f"before TLS: {', '.join(ways)}")


@check(
    id="ACC008",
    name="access-plaintext-after-starttls",
    severity=Severity.HIGH,
    reference="RFC 9051 §6.2.1, §11.1; CVE-2011-0411",
    remediation="Update the server, and look for a device on the path that inserts text into sessions.",
    reproduce=TELNET + "\n# type: {starttls}\n# expect: OK\n# note: nothing may follow it before the handshake",
)
def access_plaintext_after_starttls(offered: AccessTls) -> Iterator[Result]:
    """Clear text follows the answer to STARTTLS or STLS.

    A client that takes it for part of the encrypted session can be made to obey whoever inserted it.
    """
    if offered.session.plaintext_after_starttls:
        yield Evidence("octets came between the answer and the handshake")
    elif offered.session.plaintext_after_starttls is None:
        refused = offered.session.starttls is Starttls.REFUSED
        yield NotApplicable("TLS was refused") if refused else Unknown("that point was not reached")


@check(
    id="ACC009",
    name="access-lost-in-tls",
    severity=Severity.HIGH,
    reference="RFC 9051 §11.1; RFC 2595 §4",
    remediation="See in the server's log what happens after the handshake; a proxy that ends TLS may lose the session.",
    reproduce=INSIDE + "\n# expect no: CAPABILITY IMAP or +OK\n# note: there is no answer inside TLS",
)
def access_lost_in_tls(offered: AccessTls) -> Iterator[Result]:
    """The handshake succeeds, but the session does not go on inside TLS.

    Nobody can read mail there.
    """
    session = offered.session
    if session.tls is None:
        yield NotApplicable("there was no handshake")
    elif session.stage is Stage.CAPABILITY_TLS:
        words = f"{session.outcome}: {session.error}"
        yield Unknown(words) if inconclusive(session) else Evidence(words)
