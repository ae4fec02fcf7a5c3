"""ACT: what servers do when they are asked for more than a sender asks (``--active``)."""

from collections.abc import Iterator

from auditor.checks.core import Evidence, NotApplicable, Result, Unknown, check
from auditor.checks.facts import Active, MailboxesAsked
from auditor.checks.signs import seen
from auditor.model.active import ActiveResult, ActiveTest
from auditor.model.endpoint import Service
from auditor.model.finding import Severity

ASK = "telnet {address} {port}\n# type: EHLO your.host.name"
LEAVE = "\n# type: RSET\n# type: QUIT"


def _typed(command: str, expect: str = "# expect: {sign}") -> str:
    return f"{ASK}\n# type: {command}\n{expect}{LEAVE}"


@check(
    id="ACT001",
    name="open-relay",
    severity=Severity.HIGH,
    reference="RFC 5321 §7.9; RFC 2505 §2.1",
    remediation="Let the server take mail for its own domains alone (Postfix: smtpd_relay_restrictions), and for others from users who logged in.",
    reproduce=_typed("MAIL FROM:<>\n# type: {command}"),
)
def open_relay(active: Active) -> Iterator[Result]:
    """The server accepts a recipient elsewhere from anybody.

    Spammers send through it, and the world blocks its address. The recipient alone was named, and no message was sent; a few servers accept every recipient and refuse the message.
    """
    results = active.of(ActiveTest.RELAY)
    relayed = [one for one in results if one.accepted]
    if relayed:
        yield Evidence(_words(relayed[0]), fill=_fill(relayed[0]))
    else:
        yield from _open_questions(results)


@check(
    id="ACT002",
    name="postmaster-refused",
    severity=Severity.MEDIUM,
    reference="RFC 5321 §4.5.1, §4.1.1.3",
    remediation="Let mail for postmaster, without any domain, reach a person.",
    reproduce=_typed("MAIL FROM:<>\n# type: {command}"),
)
def postmaster_refused(active: Active) -> Iterator[Result]:
    """The server refuses mail for its postmaster.

    Nobody can be told of what goes wrong there; every server that takes mail must have this mailbox.
    """
    yield from _refused(active.of(ActiveTest.POSTMASTER))


@check(
    id="ACT003",
    name="role-mailbox-refused",
    severity=Severity.LOW,
    reference="RFC 2142 §4, §5; RFC 5321 §4.5.1",
    remediation="Create postmaster and abuse at the domain, as aliases of whoever looks after its mail.",
    reproduce=_typed("MAIL FROM:<>\n# type: {command}"),
)
def role_mailbox_refused(asked: MailboxesAsked) -> Iterator[Result]:
    """The domain has no mailbox for its postmaster, or for complaints of abuse.

    Whoever is hurt by its mail can tell nobody, and blocks it instead.
    """
    refused = {one.asked: (endpoint, one) for endpoint, one in asked.results if one.accepted is False}
    for endpoint, one in refused.values():
        fill = {"address": endpoint.address, "port": str(endpoint.port), **_fill(one)}
        yield Evidence(_words(one), fill=fill)
    if not refused:
        yield from _open_questions(tuple(one for _, one in asked.results))


@check(
    id="ACT004",
    name="vrfy-tells",
    severity=Severity.LOW,
    reference="RFC 5321 §3.5.3, §7.3",
    remediation="Switch VRFY off, or answer 252 to all of it (Postfix: disable_vrfy_command = yes).",
    reproduce=_typed("VRFY postmaster", "# expect: {sign}\n# type: VRFY x-nobody\n# expect: 55"),
)
def vrfy_tells(active: Active) -> Iterator[Result]:
    """VRFY tells which addresses exist.

    Who collects addresses has only to try names.
    """
    yield from _done(active.of(ActiveTest.VRFY))


@check(
    id="ACT005",
    name="expn-tells",
    severity=Severity.MEDIUM,
    reference="RFC 5321 §3.5.2, §7.3",
    remediation="Switch EXPN off.",
    reproduce=_typed("EXPN postmaster"),
)
def expn_tells(active: Active) -> Iterator[Result]:
    """EXPN tells who is behind an address.

    The members of lists, and the accounts of people, are told to whoever asks.
    """
    yield from _done(active.of(ActiveTest.EXPN))


@check(
    id="ACT006",
    name="starttls-injection",
    severity=Severity.HIGH,
    reference="RFC 3207 §6; RFC 9051 §11.1 (of IMAP, the same)",
    remediation="Update the server: it must forget what came in clear text when TLS begins (CVE-2011-0411 and its relatives).",
    reproduce=ASK
    + "\n# type: STARTTLS\n# expect: 220\n# note: who sends RSET along with STARTTLS, in one piece, gets it answered"
    " inside TLS; telnet cannot go on there, auditor probe --active can",
)
def starttls_injection(active: Active) -> Iterator[Result]:
    """A command that was sent in clear text is obeyed inside TLS.

    Who stands between can put commands into the session of somebody who believes that TLS protects it.
    """
    yield from _done(active.of(ActiveTest.INJECTION))


@check(
    id="ACT007",
    name="tls-insisted-on",
    severity=Severity.INFO,
    reference="RFC 3207 §4",
    remediation="Leave it, if all who write to you are known to use TLS; else let the server take mail in clear text too.",
    reproduce=_typed("MAIL FROM:<>", "# expect: 530"),
)
def tls_insisted_on(active: Active) -> Iterator[Result]:
    """The exchange takes no mail in clear text.

    A server that the MX records name must not insist on TLS: senders without it cannot deliver. Some owners want just that.
    """
    if active.session.endpoint.service is not Service.SMTP:
        yield NotApplicable("on a port of submission that is right")
        return
    results = active.of(ActiveTest.MAIL_IN_CLEAR)
    if any(one.accepted is False for one in results):
        yield Evidence(_words(results[0]))
    else:
        yield from _open_questions(results)


def _refused(results: tuple[ActiveResult, ...]) -> Iterator[Result]:
    refused = [one for one in results if one.accepted is False]
    yield from (Evidence(_words(one), fill=_fill(one)) for one in refused)
    if not refused:
        yield from _open_questions(results)


def _done(results: tuple[ActiveResult, ...]) -> Iterator[Result]:
    done = [one for one in results if one.accepted]
    yield from (Evidence(_words(one), fill=_fill(one)) for one in done)
    if not done:
        yield from _open_questions(results)


def _open_questions(results: tuple[ActiveResult, ...]) -> Iterator[Result]:
    """What was answered neither yes nor no."""
    if not results:
        yield NotApplicable("that is not tried at this port, or without STARTTLS")
    unknown = [one for one in results if one.accepted is None]
    if unknown:
        yield Unknown(_words(unknown[0]))


def _words(one: ActiveResult) -> str:
    return f"{one.asked}: {one.words}" if one.asked else one.words


def _fill(one: ActiveResult) -> dict[str, str]:
    return {"command": one.asked, **seen(one.words.partition("; of ")[0])}
