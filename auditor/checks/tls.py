"""TLS: whether mail is encrypted on its way in, and how well."""

import re
from collections.abc import Iterator

from auditor.checks.core import Evidence, NotApplicable, Result, Unknown, check
from auditor.checks.facts import INCONCLUSIVE, Contacts, Hello, StarttlsOffered, Tls
from auditor.checks.smtp import TELNET
from auditor.model.endpoint import Endpoint, Service
from auditor.model.finding import Severity
from auditor.model.session import Outcome, Stage, Starttls

OPENSSL = "openssl s_client -connect {socket} -starttls smtp -servername {exchange} </dev/null"
OLD_VERSIONS = {"SSLv3", "TLSv1", "TLSv1.1"}
_FORWARD_SECRET = re.compile(r"^(TLS_|ECDHE|DHE|EDH)")
_WEAK = re.compile(r"RC4|3DES|DES-CBC|NULL|EXP|MD5|IDEA|SEED|ADH|AECDH")


def strict(endpoint: Endpoint) -> bool:
    """Whether clients must refuse what an exchange may get away with: every port but that of exchanges (RFC 8314)."""
    return endpoint.service is not Service.SMTP


@check(
    id="TLS001",
    name="starttls-not-offered",
    severity=Severity.HIGH,
    reference="RFC 3207 §4; RFC 7435 §3",
    remediation="Install a certificate and enable STARTTLS for incoming mail.",
    reproduce=TELNET + "\n# no 250-STARTTLS",
)
def starttls_not_offered(hello: Hello) -> Iterator[Result]:
    """STARTTLS is not offered.

    All mail to this server crosses the Internet in clear text.
    """
    if hello.session.starttls is Starttls.NOT_OFFERED:
        yield Evidence("the reply to EHLO has no STARTTLS keyword")


@check(
    id="TLS002",
    name="starttls-refused",
    severity=Severity.HIGH,
    reference="RFC 3207 §4",
    remediation="See in the server's log why TLS is not available: most often the certificate or its key cannot be read.",
    reproduce=TELNET + "\n# then: STARTTLS",
)
def starttls_refused(offered: StarttlsOffered) -> Iterator[Result]:
    """STARTTLS is offered, and then refused.

    Mail goes in clear text, or not at all where the sender insists on TLS.
    """
    reply = offered.session.starttls_reply
    if offered.session.starttls is Starttls.REFUSED and reply is not None:
        yield Evidence(f"STARTTLS was answered {reply.code} {reply.text}")


@check(
    id="TLS003",
    name="tls-handshake-failed",
    severity=Severity.HIGH,
    reference="RFC 3207 §4; RFC 8446 §4.1",
    remediation="Correct the server's TLS configuration: certificate, key, versions and cipher suites.",
    reproduce=OPENSSL,
)
def tls_handshake_failed(offered: StarttlsOffered) -> Iterator[Result]:
    """STARTTLS is accepted, but the handshake fails.

    Many senders then fall back to clear text; those that insist on TLS cannot deliver.
    """
    session = offered.session
    if session.outcome is not Outcome.TLS_FAILED or session.plaintext_after_starttls:
        return
    if "within" in session.error and session.stage is Stage.TLS:
        yield Unknown(session.error)
    else:
        yield Evidence(session.error)


@check(
    id="TLS004",
    name="plaintext-after-starttls",
    severity=Severity.HIGH,
    reference="RFC 3207 §4.2; CVE-2011-0411",
    remediation="Update the server, and look for a device on the path that inserts text into SMTP sessions.",
    reproduce=TELNET + "\n# then: STARTTLS; nothing may follow the 220",
)
def plaintext_after_starttls(offered: StarttlsOffered) -> Iterator[Result]:
    """Clear text follows the reply to STARTTLS.

    A client that takes it for part of the encrypted session can be made to obey whoever inserted it.
    """
    if offered.session.plaintext_after_starttls:
        yield Evidence("octets came between the 220 to STARTTLS and the handshake")
    elif offered.session.plaintext_after_starttls is None:
        yield NotApplicable("STARTTLS was not accepted")


@check(
    id="TLS005",
    name="ehlo-in-tls-failed",
    severity=Severity.HIGH,
    reference="RFC 3207 §4.2",
    remediation="See in the server's log what happens after the handshake; a proxy that ends TLS may lose the session.",
    reproduce=OPENSSL + "\n# then: EHLO your.host.name",
)
def ehlo_in_tls_failed(tls: Tls, offered: StarttlsOffered) -> Iterator[Result]:
    """The handshake succeeds, but the session does not go on inside TLS.

    Senders that use STARTTLS, which are nearly all, cannot deliver here.
    """
    session = offered.session
    if session.stage is not Stage.EHLO_TLS:
        return
    if session.outcome in INCONCLUSIVE:
        yield Unknown(f"{session.outcome} after {tls.handshake.version}: {session.error}")
    else:
        yield Evidence(f"{session.outcome}: {session.error}")


@check(
    id="TLS006",
    name="tls-mixed",
    severity=Severity.MEDIUM,
    reference="RFC 7435 §3; RFC 3207 §6",
    remediation="Enable STARTTLS on every exchange and every address, the backup ones included.",
    reproduce="dig +short {domain} MX\n# then for each exchange: openssl s_client -connect EXCHANGE:25 -starttls smtp",
)
def tls_mixed(contacts: Contacts) -> Iterator[Result]:
    """Some of the domain's servers have TLS, others do not.

    Who wants to read the mail has only to make the sender use the others.
    """
    spoken = [(one, session) for one, session in contacts.sessions if session is not None and session.ehlo is not None]
    secure = [one for one, session in spoken if session.tls is not None]
    plain = [one for one, session in spoken if session.starttls in {Starttls.NOT_OFFERED, Starttls.REFUSED}]
    if secure and plain:
        yield Evidence(f"without TLS: {', '.join(map(str, plain))}")
    elif len(spoken) < len(contacts.sessions):
        yield Unknown(f"{len(contacts.sessions) - len(spoken)} of {len(contacts.sessions)} endpoints are not known")
    elif len(contacts.sessions) == 1:
        yield NotApplicable("there is one endpoint only")


@check(
    id="TLS007",
    name="tls-version-old",
    severity=Severity.MEDIUM,
    reference="RFC 8996 §2; RFC 9325 §3.1.1; RFC 8997 §2",
    remediation="Enable TLS 1.2 and 1.3.",
    reproduce=OPENSSL + " | grep Protocol",
)
def tls_version_old(tls: Tls) -> Iterator[Result]:
    """The best the server agrees to is older than TLS 1.2.

    TLS 1.0 and 1.1 are deprecated; more and more senders refuse them.
    """
    if tls.handshake.version in OLD_VERSIONS:
        yield Evidence(
            f"{tls.handshake.version} {tls.handshake.cipher}", Severity.HIGH if strict(tls.endpoint) else None
        )


@check(
    id="TLS008",
    name="no-forward-secrecy",
    severity=Severity.LOW,
    reference="RFC 9325 §4.1; RFC 7525 §6.3",
    remediation="Prefer ECDHE cipher suites.",
    reproduce=OPENSSL + " | grep Cipher",
)
def no_forward_secrecy(tls: Tls) -> Iterator[Result]:
    """The agreed cipher suite has no forward secrecy.

    Who records the mail today and obtains the server's key later can read it all.
    """
    if not _FORWARD_SECRET.match(tls.handshake.cipher):
        yield Evidence(f"{tls.handshake.version} {tls.handshake.cipher}")


@check(
    id="TLS009",
    name="cipher-weak",
    severity=Severity.MEDIUM,
    reference="RFC 9325 §4.1; RFC 7465 §2; RFC 8429",
    remediation="Disable RC4, DES, 3DES, export, NULL and anonymous cipher suites.",
    reproduce=OPENSSL + " | grep Cipher",
)
def cipher_weak(tls: Tls) -> Iterator[Result]:
    """The agreed cipher suite is weak.

    It is broken, or will be within the time that the mail should stay secret.
    """
    if _WEAK.search(tls.handshake.cipher):
        yield Evidence(f"{tls.handshake.version} {tls.handshake.cipher}")
