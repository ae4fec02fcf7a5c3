"""TLS: whether mail is encrypted on its way in, and how well."""

import re
from collections.abc import Iterator

from auditor.checks.by_hand import ASK, INSIDE, SHAKE_HANDS, TELNET, with_options
from auditor.checks.core import Evidence, NotApplicable, Result, Unknown, check
from auditor.checks.facts import HandshakeTried, Hello, Relays, StarttlsOffered, Tls, inconclusive
from auditor.checks.keywords import masked_keywords
from auditor.checks.signs import sign_of
from auditor.model.endpoint import Endpoint
from auditor.model.finding import Severity
from auditor.model.session import Session, SmtpSession, Stage, Starttls
from auditor.protocol.keywords import parse_keywords

OLD_VERSIONS = {"SSLv3", "TLSv1", "TLSv1.1"}
OLD_ALONE = (
    with_options("-max_protocol TLSv1.1 -cipher DEFAULT@SECLEVEL=0")
    + "\n# expect no: Cipher is (NONE)\n# expect: Protocol…: {sign}"
)
_FORWARD_SECRET = re.compile(r"^(TLS_|ECDHE|DHE|EDH)")
_WEAK = re.compile(r"RC4|3DES|DES-CBC|NULL|EXP|MD5|IDEA|SEED|ADH|AECDH")


def strict(endpoint: Endpoint) -> bool:
    """Whether clients must refuse what an exchange may get away with: every port but that of exchanges (RFC 8314)."""
    return endpoint.service.for_clients


def raised(endpoint: Endpoint) -> Severity | None:
    """High on the ports where clients must check; elsewhere what the check says."""
    return Severity.HIGH if strict(endpoint) else None


@check(
    id="TLS001",
    name="starttls-not-offered",
    severity=Severity.HIGH,
    reference="RFC 3207 §4; RFC 7435 §3",
    remediation="Install a certificate and enable STARTTLS for incoming mail.",
    reproduce=ASK + "\n# expect no: STARTTLS",
)
def starttls_not_offered(hello: Hello) -> Iterator[Result]:
    """STARTTLS is not offered.

    All mail to this server crosses the Internet in clear text.
    """
    starttls = hello.session.starttls
    if starttls is Starttls.IMPLICIT:
        yield NotApplicable("TLS is implicit on this port")
    elif starttls is Starttls.NOT_TESTED:
        yield Unknown("the conversation ended before STARTTLS")
    elif starttls is Starttls.NOT_OFFERED and (masked := masked_keywords(hello.keywords)):
        yield Unknown(f"masked, suspected on the path: {', '.join(masked)}; one of them may be STARTTLS")
    elif starttls is Starttls.NOT_OFFERED and hello.pinned:
        yield Unknown("not offered, though signed TLSA records promise TLS: suspected on the path; look from elsewhere")
    elif starttls is Starttls.NOT_OFFERED:
        yield Evidence("the reply to EHLO has no STARTTLS keyword")


@check(
    id="TLS002",
    name="starttls-refused",
    severity=Severity.HIGH,
    reference="RFC 3207 §4",
    remediation="See in the server's log why TLS is not available: most often the certificate or its key cannot be read.",
    reproduce=TELNET + "\n# type: {ask}\n# type: STARTTLS\n# expect: {sign}\n# type: QUIT",
)
def starttls_refused(offered: StarttlsOffered) -> Iterator[Result]:
    """STARTTLS is offered, and then refused.

    Mail goes in clear text, or not at all where the sender insists on TLS.
    """
    reply = offered.session.starttls_reply
    if offered.session.starttls is not Starttls.REFUSED or reply is None:
        return
    words = f"STARTTLS was answered {reply.code} {reply.text}"
    yield Unknown(f"{words}, which may pass") if reply.transient else Evidence(words, fill={"sign": str(reply.code)})


@check(
    id="TLS003",
    name="tls-handshake-failed",
    severity=Severity.HIGH,
    reference="RFC 3207 §4; RFC 8446 §4.1",
    remediation="Correct the server's TLS configuration: certificate, key, versions and cipher suites.",
    reproduce=SHAKE_HANDS + "\n# expect: no peer certificate available or error:",
)
def tls_handshake_failed(tried: HandshakeTried) -> Iterator[Result]:
    """The TLS handshake fails.

    After STARTTLS, many senders then fall back to clear text; those that insist on TLS cannot deliver.
    """
    if tried.session.tls is None:
        yield Evidence(tried.session.error or str(tried.session.outcome))


@check(
    id="TLS004",
    name="plaintext-after-starttls",
    severity=Severity.HIGH,
    reference="RFC 3207 §4.2; CVE-2011-0411",
    remediation="Update the server, and look for a device on the path that inserts text into SMTP sessions.",
    reproduce=TELNET
    + "\n# type: {ask}\n# type: {starttls}\n# expect: 220\n# note: nothing may follow it before the handshake",
)
def plaintext_after_starttls(offered: StarttlsOffered) -> Iterator[Result]:
    """Clear text follows the reply to STARTTLS.

    A client that takes it for part of the encrypted session can be made to obey whoever inserted it.
    """
    if offered.session.plaintext_after_starttls:
        yield Evidence("octets came between the 220 to STARTTLS and the handshake")
    elif offered.session.plaintext_after_starttls is None:
        reply = offered.session.starttls_reply
        refused = reply is not None and reply.permanent
        yield NotApplicable("STARTTLS was refused") if refused else Unknown("that point was not reached")


@check(
    id="TLS005",
    name="ehlo-in-tls-failed",
    severity=Severity.HIGH,
    reference="RFC 3207 §4.2",
    remediation="See in the server's log what happens after the handshake; a proxy that ends TLS may lose the session.",
    reproduce=INSIDE + "\n# expect: {sign}",
)
def ehlo_in_tls_failed(tls: Tls, offered: StarttlsOffered) -> Iterator[Result]:
    """The handshake succeeds, but the session does not go on inside TLS.

    Senders that use STARTTLS, which are nearly all, cannot deliver here.
    """
    session = offered.session
    if session.stage is not Stage.EHLO_TLS:
        return
    if inconclusive(session):
        yield Unknown(f"{session.outcome} after {tls.handshake.version}: {session.error}")
    else:
        yield Evidence(f"{session.outcome}: {session.error}", fill=sign_of(session))


@check(
    id="TLS006",
    name="tls-mixed",
    severity=Severity.MEDIUM,
    reference="RFC 7435 §3; RFC 3207 §6",
    remediation="Enable STARTTLS on every exchange and every address, the backup ones included.",
    reproduce="dig +short {domain} MX\nopenssl s_client -connect {socket} -starttls smtp </dev/null\n# expect: no peer certificate available\n# note: and so on for each exchange; others have TLS",
)
def tls_mixed(relays: Relays) -> Iterator[Result]:
    """Some of the domain's servers have TLS, others do not.

    Who wants to read the mail has only to make the sender use the others.
    """
    secure = [one for one, session in relays.contacts if session is not None and session.tls is not None]
    plain = [one for one, session in relays.contacts if session is not None and _without_tls(session)]
    rest = len(relays.contacts) - len(secure) - len(plain)
    if secure and plain:
        yield Evidence(f"without TLS: {', '.join(map(str, plain))}", fill={"socket": plain[0].socket})
    elif len(relays.contacts) == 1:
        yield NotApplicable("there is one endpoint only")
    elif rest:
        yield Unknown(f"it is not known of {rest} of {len(relays.contacts)} endpoints")


@check(
    id="TLS007",
    name="tls-version-old",
    severity=Severity.MEDIUM,
    reference="RFC 8996 §4, §5; RFC 9325 §3.1.1; RFC 8997 §3",
    remediation="Enable TLS 1.2 and 1.3.",
    reproduce=OLD_ALONE,
)
def tls_version_old(tls: Tls) -> Iterator[Result]:
    """The best the server agrees to is older than TLS 1.2.

    TLS 1.0 and 1.1 are deprecated; more and more senders refuse them.
    """
    if tls.handshake.version in OLD_VERSIONS:
        version = tls.handshake.version
        yield Evidence(f"{version} {tls.handshake.cipher}", raised(tls.endpoint), {"sign": version})


@check(
    id="TLS008",
    name="no-forward-secrecy",
    severity=Severity.LOW,
    reference="RFC 9325 §4.1, §7.3",
    remediation="Prefer ECDHE cipher suites.",
    reproduce=with_options("-tls1_2 -cipher ALL:COMPLEMENTOFALL@SECLEVEL=0") + "\n# expect: Cipher…: {sign}",
)
def no_forward_secrecy(tls: Tls) -> Iterator[Result]:
    """The agreed cipher suite has no forward secrecy.

    Who records the mail today and obtains the server's key later can read it all.
    """
    if not _FORWARD_SECRET.match(tls.handshake.cipher):
        yield Evidence(f"{tls.handshake.version} {tls.handshake.cipher}", fill={"sign": tls.handshake.cipher})


@check(
    id="TLS009",
    name="cipher-weak",
    severity=Severity.MEDIUM,
    reference="RFC 9325 §4.1; RFC 7465 §2",
    remediation="Disable RC4, DES, 3DES, export, NULL and anonymous cipher suites.",
    reproduce=with_options("-tls1_2 -cipher ALL:COMPLEMENTOFALL@SECLEVEL=0") + "\n# expect: Cipher…: {sign}",
)
def cipher_weak(tls: Tls) -> Iterator[Result]:
    """The agreed cipher suite is weak.

    It is broken, or will be within the time that the mail should stay secret.
    """
    if _WEAK.search(tls.handshake.cipher):
        yield Evidence(f"{tls.handshake.version} {tls.handshake.cipher}", fill={"sign": tls.handshake.cipher})


def _without_tls(session: Session) -> bool:
    """Whether it is certain that mail goes in clear text here."""
    if session.starttls is not Starttls.NOT_OFFERED:
        return session.starttls is Starttls.REFUSED and not session.starttls_deferred
    return not (isinstance(session, SmtpSession) and masked_keywords(parse_keywords(session.ehlo)))
