"""What checks are applied to: a domain, its exchanges, its endpoints; and the lines that show them by hand."""

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from auditor.checks.core import Scope
from auditor.checks.routing import why_exchange_unknown, why_route_unknown
from auditor.model.endpoint import Endpoint, Protocol, Service
from auditor.model.facts import DomainFacts
from auditor.model.route import Exchange
from auditor.policy.exchange import is_address

_TYPED = {
    Protocol.SMTP: {"ask": "EHLO your.host.name", "leave": "QUIT", "starttls": "STARTTLS", "protocol": "smtp"},
    Protocol.IMAP: {"ask": "a CAPABILITY", "leave": "b LOGOUT", "starttls": "a STARTTLS", "protocol": "imap"},
    Protocol.POP3: {"ask": "CAPA", "leave": "QUIT", "starttls": "STLS", "protocol": "pop3"},
}
"""What is typed into telnet, by what is spoken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What a check is applied to: the domain, one of its exchanges, or one of its endpoints."""

    scope: Scope
    name: str
    exchange: str = ""
    address: str = ""
    port: int = 25
    record: Exchange | None = None
    endpoint: Endpoint | None = None
    unknown: str = ""
    """Why it is not known what stands here; a domain, or an exchange, then stands for all that may be behind it."""


def subjects(scope: Scope, facts: DomainFacts) -> Iterator[Subject]:
    """The subjects of that scope in their order; where a lookup failed, one for what it would have shown."""
    if scope is Scope.DOMAIN:
        yield Subject(scope=scope, name=facts.route.domain)
    elif scope is Scope.ENDPOINT and facts.dns_only:
        return
    elif reason := why_route_unknown(facts.route):
        yield Subject(scope=scope, name=facts.route.domain, unknown=reason)
    else:
        yield from _exchanges(facts) if scope is Scope.EXCHANGE else _endpoints(facts)


def _exchanges(facts: DomainFacts) -> Iterator[Subject]:
    for one in facts.route.exchanges:
        yield Subject(scope=Scope.EXCHANGE, name=one.exchange, exchange=one.exchange, record=one)


def _endpoints(facts: DomainFacts) -> Iterator[Subject]:
    for one in facts.route.endpoints:
        yield Subject(
            scope=Scope.ENDPOINT,
            name=str(one),
            exchange=one.exchange,
            address=one.address,
            port=one.port,
            endpoint=one,
        )
    contacted = {one.exchange for one in facts.route.endpoints}
    for record in {one.exchange: one for one in facts.route.exchanges}.values():
        if record.exchange not in contacted and (reason := why_exchange_unknown(record)):
            yield Subject(scope=Scope.ENDPOINT, name=record.exchange, exchange=record.exchange, unknown=reason)


def by_hand(template: str, subject: Subject, domain: str, fill: Mapping[str, str] | None = None) -> str:
    """The shell lines that show something of a subject, its names and those of ``fill`` filled in.

    Names come from the network: each becomes one word that the shell leaves alone
    and that no program takes for an option.
    """
    if subject.unknown:
        template = "dig {exchange} A\ndig {exchange} AAAA" if subject.exchange else "dig {domain} MX"
    if subject.endpoint is not None:
        template = _fitting(template, subject.endpoint)
    socket = f"[{subject.address}]:{subject.port}" if ":" in subject.address else f"{subject.address}:{subject.port}"
    words = {
        "domain": domain,
        "exchange": subject.exchange,
        "address": subject.address,
        "port": str(subject.port),
        "socket": socket if subject.address else "",
        **(fill or {}),
    }
    lines = filled(template, {name: _word(value) for name, value in words.items() if value}).splitlines()
    return "\n".join(dict.fromkeys(lines))


def filled(template: str, words: Mapping[str, str]) -> str:
    """The lines with their names filled in; one for which there is no word stands in capitals, for the reader to do."""
    return template.format_map(_Capitals(words))


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
    template = template.replace("-starttls smtp", f"-starttls {service.protocol}")
    if service.implicit_tls:
        inside = "openssl s_client -quiet -crlf -connect {socket} -servername {exchange}"
        template = template.replace("telnet {address} {port}", inside).replace(f" -starttls {service.protocol}", "")
    return template


def _word(text: str) -> str:
    printable = "".join(one if one.isprintable() else "?" for one in text)
    if printable[:1] in {"-", "+", "@"}:
        # dig reads \DDD in a name as that octet (RFC 1035 §5.1), so it is no option, and the name is the same.
        printable = f"\\{ord(printable[0]):03d}{printable[1:]}"
    return shlex.quote(printable)
