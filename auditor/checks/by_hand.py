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
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from string import Formatter

from auditor.checks.subjects import Subject
from auditor.model.endpoint import Protocol, Service
from auditor.policy.exchange import is_address

_KEPT_TEMPLATES = 4_000  # a few for each check: by port, by what is known, by whether TLS was reached
_KEPT_WORDS = 10_000  # names of exchanges and addresses, which are said in many findings
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


class ByHand:
    """The lines that show things of one subject, for mail of one domain."""

    def __init__(self, subject: Subject, domain: str, *, inside: bool = False) -> None:
        """``inside`` says that a client got inside TLS, which is where it then asks (``{talk}``) in the end."""
        endpoint = subject.endpoint
        words = {
            "domain": domain,
            "exchange": subject.exchange,
            "address": subject.address,
            "port": str(subject.port),
            "socket": endpoint.socket if endpoint is not None else "",
        }
        self._ready = _known(_ready(words, _kept_word))
        self._lookup = _lookup_of(subject) if subject.unknown else ""
        self._names = tuple(self._ready)
        self._service = None if endpoint is None else endpoint.service
        self._bare = endpoint is not None and is_address(endpoint.exchange)
        self._inside = inside

    def lines(self, template: str, fill: Mapping[str, str], *, seen: bool = True) -> str:
        """The lines of a template, the subject's names and those of ``fill`` filled in.

        What could not be observed (not ``seen``) is not expected either.

        Names come from the network: each becomes one word that the shell leaves alone
        and that no program takes for an option.
        """
        ready, names = self._ready, self._names
        if fill:
            ready = _known(ready | _ready(fill))
            names = tuple(ready)
        return _joined(_blocks(self._lookup or template, names, self._service, self._inside, self._bare), ready, seen)


def _lookup_of(subject: Subject) -> str:
    return "dig {exchange} A\ndig {exchange} AAAA" if subject.exchange else "dig {domain} MX"


def _joined(blocks: Sequence[tuple[str, str]], words: Mapping[str, str], seen: bool) -> str:
    """Each command with the lines about it; one that comes twice is said once."""
    if len(blocks) == 1:
        return blocks[0][not seen].format_map(words)
    said = [each[not seen].format_map(words) for each in blocks]
    if len({*said}) < len(said):
        wholes = said if seen else [whole.format_map(words) for whole, _ in blocks]
        said = list(dict(zip(wholes, said, strict=True)).values())
    return "\n".join(filter(None, said))


@lru_cache(maxsize=_KEPT_TEMPLATES)
def _blocks(
    template: str, known: tuple[str, ...], service: Service | None, inside: bool, bare: bool
) -> tuple[tuple[str, str], ...]:
    """Each command of a template with the lines about it, and without those that say what to expect, to be filled in.

    What is expected is left only where every name in it is known.
    """
    template = template.replace("{talk}", INSIDE if inside else ASK)
    if service is not None:
        template = typed(template, service)
    if bare:
        template = template.replace(" -servername {exchange}", "")  # SNI knows names alone (RFC 6066 §3)
    lines = [line for line in template.splitlines() if not line.startswith(EXPECT) or _names(line) <= {*known}]
    return tuple(
        (
            "\n".join(_pattern(line, known) for line in block),
            "\n".join(_pattern(line, known) for line in block if not line.startswith(EXPECT)),
        )
        for block in _by_command(lines)
    )


def _names(line: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(line) if name}


def _by_command(lines: Sequence[str]) -> Iterator[list[str]]:
    block: list[str] = []
    for line in lines:
        if block and not line.startswith("#"):
            yield block
            block = []
        block.append(line)
    yield block


def filled(line: str, words: Mapping[str, str]) -> str:
    """A line with its names filled in; one for which there is no word stands in capitals, for the reader to do.

    What a shell reads is quoted; what people read, or type elsewhere, is not.
    """
    return _pattern(line, tuple(words)).format_map(_ready(words))


def _pattern(line: str, known: Sequence[str]) -> str:
    """The line with names as they are among words made ready."""
    mark = "#" if line.startswith("#") else ""
    for name in _names(line):
        line = line.replace(f"{{{name}}}", f"{{{mark}{name}}}" if name in known else name.upper())
    return line


def _printable(text: str) -> str:
    return text if text.isprintable() else "".join(one if one.isprintable() else "?" for one in text)


def _word(text: str) -> tuple[str, str]:
    """A text as one word of a shell, and as it is printed; nothing for nothing."""
    if not text:
        return "", ""
    word = printable = _printable(text)
    if word[:1] in {"-", "+", "@"}:
        # dig reads \DDD in a name as that octet (RFC 1035 §5.1), so it is no option, and the name is the same.
        word = f"\\{ord(word[0]):03d}{word[1:]}"
    return shlex.quote(word), printable


_kept_word = lru_cache(maxsize=_KEPT_WORDS)(_word)


def _ready(words: Mapping[str, str], word: Callable[[str], tuple[str, str]] = _word) -> dict[str, str]:
    """Words as they may stand in a command, and under ``#`` and the name as people read them."""
    ready: dict[str, str] = {}
    for name, text in words.items():
        ready[name], ready[f"#{name}"] = word(text)
    return ready


def _known(ready: Mapping[str, str]) -> dict[str, str]:
    return {name: word for name, word in ready.items() if word}


def typed(template: str, service: Service) -> str:
    """The lines with the commands of the protocol that is spoken at such a port, inside TLS where that comes first."""
    for name, words in _TYPED[service.protocol].items():
        template = template.replace(f"{{{name}}}", words)
    if service.implicit_tls:
        inside = "openssl s_client -quiet -crlf -connect {socket} -servername {exchange}"
        template = template.replace("telnet {address} {port}", inside)
        template = template.replace(f" -starttls {service.protocol}", "")
    return template
