"""The lines that show a finding by hand: commands, what to type into them, and what to expect; see docs/by-hand.md.

A line is a shell command, or says something of the command above it:

``# type: WORDS``
    is typed into it, once it has answered what was typed before.
``# expect: WORDS``
    stand in what it shows; ``…`` for anything between, `` or `` between ways to put it.
``# expect no: WORDS``
    do not.
``# expect nothing``
    is shown at all.
``# note: WORDS``
    for the reader alone.
"""

import shlex
from collections.abc import Iterator, Mapping, Sequence
from string import Formatter

from auditor.checks.subjects import Subject
from auditor.model.endpoint import Endpoint, Protocol, Service
from auditor.policy.exchange import is_address

EXPECT = "# expect"
TELNET = "telnet {address} {port}"
ASK = TELNET + "\n# type: {ask}\n# type: {leave}"
"""What a server of any protocol says of itself and of what it can do."""
INSIDE = (
    "openssl s_client -quiet -crlf -connect {socket} -starttls {protocol} -servername {exchange}"
    "\n# type: {ask}\n# type: {leave}"
)
"""The same inside TLS."""
RAW = "curl -s telnet://{socket} | cat -A\n# type: {ask}\n# type: {leave}"
"""What it says, octet by octet."""
SHAKE_HANDS = "openssl s_client -connect {socket} -starttls {protocol} -servername {exchange} </dev/null"
DATES = " | openssl x509 -noout -dates"
SHA256 = " | openssl x509 -noout -fingerprint -sha256"
SHOW_ALL = SHAKE_HANDS.replace(" </dev/null", " -showcerts </dev/null")

_TYPED = {
    Protocol.SMTP: {"ask": "EHLO your.host.name", "leave": "QUIT", "starttls": "STARTTLS", "protocol": "smtp"},
    Protocol.IMAP: {"ask": "a CAPABILITY", "leave": "b LOGOUT", "starttls": "a STARTTLS", "protocol": "imap"},
    Protocol.POP3: {"ask": "CAPA", "leave": "QUIT", "starttls": "STLS", "protocol": "pop3"},
}
"""What is typed, by what is spoken."""


def with_options(options: str) -> str:
    """A handshake in which OpenSSL is told to offer less, or more, than it usually does."""
    return SHAKE_HANDS.replace(" </dev/null", f" {options} </dev/null")


def by_hand(
    template: str, subject: Subject, domain: str, fill: Mapping[str, str] | None = None, *, inside: bool = False
) -> str:
    """The lines that show something of a subject, its names and those of ``fill`` filled in.

    ``{talk}`` is what a client asks in the end: inside TLS, where ``inside`` says that it got there.

    Names come from the network: each becomes one word that the shell leaves alone
    and that no program takes for an option.
    """
    if subject.unknown:
        template = "dig {exchange} A\ndig {exchange} AAAA" if subject.exchange else "dig {domain} MX"
    template = template.replace("{talk}", INSIDE if inside else ASK)
    if subject.endpoint is not None:
        template = _fitting(template, subject.endpoint)
    words = {
        "domain": domain,
        "exchange": subject.exchange,
        "address": subject.address,
        "port": str(subject.port),
        "socket": subject.endpoint.socket if subject.endpoint is not None else "",
        **(fill or {}),
    }
    known = {name: value for name, value in words.items() if value}
    lines = [filled(line, known) for line in template.splitlines() if _can_be_said(line, known)]
    return "\n".join(dict.fromkeys(_by_command(lines)))


def _can_be_said(line: str, known: Mapping[str, str]) -> bool:
    """Whether a line is left: what is expected stands there only where all of it is known."""
    return not line.startswith(EXPECT) or all(name in known for _, name, _, _ in Formatter().parse(line) if name)


def _by_command(lines: Sequence[str]) -> Iterator[str]:
    """Each command with the lines about it; one that comes twice is said once."""
    block: list[str] = []
    for line in lines:
        if block and not line.startswith("#"):
            yield "\n".join(block)
            block = []
        block.append(line)
    yield "\n".join(block)


def not_expected(lines: str) -> str:
    """The same lines without what they should show, for what could not be observed either."""
    return "\n".join(line for line in lines.splitlines() if not line.startswith(EXPECT))


def filled(line: str, words: Mapping[str, str]) -> str:
    """A line with its names filled in; one for which there is no word stands in capitals, for the reader to do.

    What a shell reads is quoted; what people read, or type elsewhere, is not.
    """
    prepare = _printable if line.startswith("#") else _word
    return line.format_map(_Capitals({name: prepare(value) for name, value in words.items()}))


class _Capitals(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return name.upper()


def _fitting(template: str, endpoint: Endpoint) -> str:
    """The lines as they are typed for this port and this kind of name."""
    template = typed(template, endpoint.service)
    if is_address(endpoint.exchange):
        template = template.replace(" -servername {exchange}", "")  # SNI knows names alone (RFC 6066 §3)
    return template


def typed(template: str, service: Service) -> str:
    """The lines with the commands of the protocol that is spoken at such a port, inside TLS where that comes first."""
    for name, words in _TYPED[service.protocol].items():
        template = template.replace(f"{{{name}}}", words)
    if service.implicit_tls:
        inside = "openssl s_client -quiet -crlf -connect {socket} -servername {exchange}"
        template = template.replace("telnet {address} {port}", inside)
        template = template.replace(f" -starttls {service.protocol}", "")
    return template


def _printable(text: str) -> str:
    return "".join(one if one.isprintable() else "?" for one in text)


def _word(text: str) -> str:
    printable = _printable(text)
    if printable[:1] in {"-", "+", "@"}:
        # dig reads \DDD in a name as that octet (RFC 1035 §5.1), so it is no option, and the name is the same.
        printable = f"\\{ord(printable[0]):03d}{printable[1:]}"
    return shlex.quote(printable)
