"""SMTP: what the greeting gives away, and what EHLO announces."""

import re
from collections.abc import Iterable, Iterator

from auditor.checks.by_hand import ASK, TELNET
from auditor.checks.core import Evidence, NotApplicable, Result, check
from auditor.checks.facts import Greeting, Hello, Offer
from auditor.checks.signs import seen
from auditor.model.finding import Severity
from auditor.protocol.keywords import Keyword, find
from auditor.protocol.text import greeting_host

SMALL_SIZE_OCTETS = 10_000_000
_VERSION = re.compile(
    r"\b(Exim|Postfix|Sendmail|Exchange|MDaemon|MailEnable|hMailServer|Haraka|OpenSMTPD|Version:?|v\.?)[ /(]*\d+\.\d[\w.]*",
    re.IGNORECASE,
)
_MASKED = re.compile(r"X{4,}[A-Z]?|\*{4,}")


def masked_keywords(keywords: Iterable[Keyword]) -> list[str]:
    """Those that a firewall has overwritten, as it seems, such as ``XXXXXXXA`` for STARTTLS."""
    return [str(keyword) for keyword in keywords if _MASKED.fullmatch(keyword.name)]


@check(
    id="SMTP020",
    name="greeting-without-host",
    severity=Severity.LOW,
    reference="RFC 5321 §4.2, §4.3.1",
    remediation="Set the server's own full host name (Postfix: myhostname; Exim: primary_hostname).",
    reproduce=TELNET + "\n# expect: {sign}\n# type: QUIT",
)
def greeting_without_host(greeting: Greeting) -> Iterator[Result]:
    """The greeting does not begin with the server's full host name.

    The standard asks for it, and senders use it to detect that they talk to themselves.
    """
    if not greeting.reply.positive:
        yield NotApplicable(f"the greeting is {greeting.reply.code}")
        return
    host = greeting_host(greeting.reply)
    if "." not in host and ":" not in host:
        told = f"the greeting begins with {host!r}" if host else "the greeting names no host"
        yield Evidence(told, fill=seen(greeting.reply.text.partition("\n")[0]))


@check(
    id="SMTP021",
    name="greeting-reveals-version",
    severity=Severity.INFO,
    reference="RFC 5321 §4.3.1, §7.5",
    remediation="Shorten the greeting to the host name and ESMTP.",
    reproduce=TELNET + "\n# expect: {sign}\n# type: QUIT",
)
def greeting_reveals_version(greeting: Greeting) -> Iterator[Result]:
    """The greeting tells the software's version.

    Who looks for servers with a known weakness finds this one without effort.
    """
    host, text = greeting_host(greeting.reply), greeting.reply.text.lstrip()
    # A host's own name may look like a version: exchange01.3cx.example.
    if match := _VERSION.search(text[len(host) :] if "." in host else text):
        yield Evidence(match[0], fill={"sign": match[0]})


@check(
    id="SMTP022",
    name="keywords-masked",
    severity=Severity.LOW,
    reference="RFC 3207 §6; RFC 5321 §4.1.1.1",
    remediation="Turn off the SMTP inspection of the firewall (Cisco: no fixup protocol smtp / no inspect esmtp), on your own side first.",
    reproduce=ASK + "\n# expect: {sign}",
)
def keywords_masked(hello: Hello) -> Iterator[Result]:
    """Something on the path masks what the server announces.

    A firewall overwrites keywords such as STARTTLS with X, or the greeting with asterisks, so that TLS is not used. It may stand before the server or on this side.
    """
    masked = masked_keywords(hello.keywords)
    greeting = hello.session.greeting.text if hello.session.greeting is not None else ""
    if masked or _MASKED.search(greeting):
        told = f"masked: {', '.join(masked) or 'the greeting'}; suspected on the path, not the server's choice"
        yield Evidence(told, fill={"sign": masked[0] if masked else "****"})


@check(
    id="SMTP025",
    name="size-not-announced",
    severity=Severity.INFO,
    reference="RFC 1870 §3",
    remediation="Enable the SIZE extension, so that too large messages are refused before they are sent.",
    reproduce="{talk}\n# expect no: SIZE",
)
def size_not_announced(offer: Offer) -> Iterator[Result]:
    """The server does not announce its size limit.

    Senders transmit large messages whole before they learn that these are refused.
    """
    if find(offer.keywords, "SIZE") is None:
        yield Evidence("no SIZE keyword")


@check(
    id="SMTP026",
    name="size-small",
    severity=Severity.LOW,
    reference="RFC 1870 §4",
    remediation="Raise the message size limit to 10 MB or more, unless small messages are all that is wanted.",
    reproduce="{talk}\n# expect: {sign}",
)
def size_small(offer: Offer) -> Iterator[Result]:
    """The size limit is under 10 MB.

    Ordinary messages with attachments are refused.
    """
    size = find(offer.keywords, "SIZE")
    limit = size.parameters[0] if size is not None and size.parameters else ""
    if not limit.isdecimal():
        yield NotApplicable("no size limit is announced")
    elif 0 < int(limit) < SMALL_SIZE_OCTETS:
        yield Evidence(f"the limit is {int(limit)} octets", fill={"sign": f"SIZE {limit}"})


@check(
    id="SMTP027",
    name="no-8bitmime",
    severity=Severity.LOW,
    reference="RFC 6152 §3",
    remediation="Enable 8BITMIME, or replace software that does not have it.",
    reproduce="{talk}\n# expect no: 8BITMIME",
)
def no_8bitmime(offer: Offer) -> Iterator[Result]:
    """The server takes no 8-bit text.

    Senders must convert messages, which breaks their DKIM signatures.
    """
    if find(offer.keywords, "8BITMIME") is None:
        yield Evidence("no 8BITMIME keyword")


@check(
    id="SMTP028",
    name="no-pipelining",
    severity=Severity.INFO,
    reference="RFC 2920 §3",
    remediation="Enable PIPELINING, unless the server refuses it to clients it does not know yet.",
    reproduce="{talk}\n# expect no: PIPELINING",
)
def no_pipelining(offer: Offer) -> Iterator[Result]:
    """The server does not announce pipelining.

    Every command costs a round trip, so mail takes longer over distant lines.
    """
    if find(offer.keywords, "PIPELINING") is None:
        yield Evidence("no PIPELINING keyword")


@check(
    id="SMTP029",
    name="no-enhanced-status-codes",
    severity=Severity.INFO,
    reference="RFC 2034 §3; RFC 3463",
    remediation="Enable ENHANCEDSTATUSCODES, so that bounces say exactly why.",
    reproduce="{talk}\n# expect no: ENHANCEDSTATUSCODES",
)
def no_enhanced_status_codes(offer: Offer) -> Iterator[Result]:
    """The server does not announce enhanced status codes.

    Its refusals are harder to understand, for programs and for people.
    """
    if find(offer.keywords, "ENHANCEDSTATUSCODES") is None:
        yield Evidence("no ENHANCEDSTATUSCODES keyword")


@check(
    id="SMTP030",
    name="no-smtputf8",
    severity=Severity.INFO,
    reference="RFC 6531 §3.1",
    remediation="Enable SMTPUTF8 if mail from internationalised addresses is to be taken.",
    reproduce="{talk}\n# expect no: SMTPUTF8",
)
def no_smtputf8(offer: Offer) -> Iterator[Result]:
    """The server takes no mail from internationalised addresses.

    Senders whose address is not ASCII cannot write to this domain.
    """
    if find(offer.keywords, "SMTPUTF8") is None:
        yield Evidence("no SMTPUTF8 keyword")


@check(
    id="SMTP031",
    name="risky-commands-announced",
    severity=Severity.LOW,
    reference="RFC 5321 §7.3, §3.5.3, Appendix F.1",
    remediation="Disable VRFY, EXPN, TURN and ETRN unless a known partner needs them.",
    reproduce="{talk}\n# expect: {sign}",
)
def risky_commands_announced(offer: Offer) -> Iterator[Result]:
    """The server announces commands that help an attacker more than a sender.

    VRFY and EXPN tell which addresses exist; TURN and ETRN start deliveries on somebody's word.
    """
    announced = [name for name in ("VRFY", "EXPN", "TURN", "ETRN") if find(offer.keywords, name)]
    if announced:
        yield Evidence(", ".join(announced), fill={"sign": announced[0]})
