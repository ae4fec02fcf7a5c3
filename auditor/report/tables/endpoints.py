"""``endpoints``: a row per exchange, address and port."""

from collections.abc import Callable

from auditor.model.certificate import CertName, CertTrust, TlsHandshake
from auditor.model.dane import DaneStatus
from auditor.model.endpoint import Service
from auditor.model.session import Blame, Outcome, SmtpSession, Stage, Starttls, Timings
from auditor.policy.identity import certificate_name
from auditor.policy.trust import certificate_trust
from auditor.protocol.keywords import Keyword, parse_keywords
from auditor.protocol.replies import Reply
from auditor.protocol.text import greeting_host
from auditor.report.columns import Column, Kind, Table, Value, not_observed
from auditor.report.rows import EndpointRow

_MOST_SIZE_DIGITS = 20  # RFC 1870 §4


def _of_session(value: Callable[[SmtpSession], Value]) -> Callable[[EndpointRow], Value]:
    return lambda row: None if row.session is None else value(row.session)


def _of_greeting(value: Callable[[Reply], Value]) -> Callable[[EndpointRow], Value]:
    return _of_session(lambda session: None if session.greeting is None else value(session.greeting))


def _of_tls(value: Callable[[TlsHandshake], Value]) -> Callable[[EndpointRow], Value]:
    return _of_session(lambda session: None if session.tls is None else value(session.tls))


def _duration(name: str, meaning: str, value: Callable[[Timings], float | None]) -> Column[EndpointRow]:
    def rounded(session: SmtpSession) -> Value:
        taken = value(session.timings)
        return None if taken is None else round(taken, 1)

    return Column(name=name, meaning=f"Milliseconds {meaning}", kind=Kind.NUMBER, value=_of_session(rounded))


def _hello(session: SmtpSession) -> Value:
    if session.ehlo is None:
        return None
    if session.ehlo.positive:
        return "ehlo"
    return "helo" if session.helo is not None and session.helo.positive else "none"


def _keywords(reply: Reply | None) -> tuple[Keyword, ...] | None:
    return None if reply is None or not reply.positive else parse_keywords(reply)


def _keyword_texts(reply: Reply | None) -> Value:
    keywords = _keywords(reply)
    return None if keywords is None else [str(keyword) for keyword in keywords]


def _size_limit(session: SmtpSession) -> Value:
    for keyword in _keywords(session.ehlo_tls) or _keywords(session.ehlo) or ():
        if keyword.name == "SIZE" and keyword.parameters:
            digits = keyword.parameters[0]
            usable = digits.isascii() and digits.isdecimal() and len(digits) <= _MOST_SIZE_DIGITS
            return int(digits) if usable else None
    return None


def _cert_name(row: EndpointRow) -> Value:
    return None if row.session is None else certificate_name(row.certificate, row.endpoint.exchange)


def _cert_not_after(row: EndpointRow) -> Value:
    return None if row.certificate is None else row.certificate.not_after


def _cert_days_left(row: EndpointRow) -> Value:
    if row.certificate is None or row.certificate.not_after is None:
        return None
    return (row.certificate.not_after - row.judged_at).days


_WHERE: tuple[Column[EndpointRow], ...] = (
    Column(
        name="exchange",
        meaning="The host as the MX record names it; of a direct target, its host or address",
        value=lambda row: row.endpoint.exchange,
    ),
    Column(name="address", meaning="IPv4 or IPv6 address", value=lambda row: row.endpoint.address),
    Column(name="port", meaning="TCP port", kind=Kind.INTEGER, value=lambda row: row.endpoint.port),
    Column(
        name="service",
        meaning="What the port is for",
        values=tuple(Service),
        value=lambda row: row.endpoint.service,
    ),
)

_HOW_IT_WENT: tuple[Column[EndpointRow], ...] = (
    Column(
        name="outcome",
        meaning="How the conversation ended; empty where none was held",
        values=tuple(Outcome),
        value=_of_session(lambda session: session.outcome),
    ),
    Column(
        name="stage",
        meaning="The furthest point it reached",
        values=tuple(Stage),
        value=_of_session(lambda session: session.stage),
    ),
    Column(
        name="blame",
        meaning="On whose side a failure lies, as far as can be told; empty when fine",
        values=tuple(one for one in Blame if one),
        value=_of_session(lambda session: session.blame or None),
    ),
    Column(
        name="domains",
        meaning="How many of the list's domains share the endpoint",
        kind=Kind.INTEGER,
        value=lambda row: row.domains,
    ),
    Column(
        name="shared_from",
        meaning="The endpoint whose conversation this is; empty if its own",
        value=_of_session(lambda session: None if session.shared_from is None else str(session.shared_from)),
    ),
)

_SMTP: tuple[Column[EndpointRow], ...] = (
    Column(
        name="greeting",
        meaning="Text of the greeting; lines of a multiline one are parted by `\\x0a`",
        value=_of_greeting(lambda reply: reply.text),
    ),
    Column(
        name="greeting_code",
        meaning="Its reply code",
        kind=Kind.INTEGER,
        value=_of_greeting(lambda reply: reply.code),
    ),
    Column(
        name="greeting_host",
        meaning="The name the server gives itself in it",
        value=_of_greeting(lambda reply: greeting_host(reply) or None),
    ),
    Column(
        name="hello",
        meaning="Which was accepted; empty where EHLO was not answered",
        values=("ehlo", "helo", "none"),
        value=_of_session(_hello),
    ),
    Column(
        name="keywords",
        meaning="EHLO keywords with their parameters, before STARTTLS (or inside TLS where that comes first)",
        kind=Kind.LIST,
        value=_of_session(lambda session: _keyword_texts(session.ehlo)),
    ),
    Column(
        name="keywords_tls",
        meaning="EHLO keywords after STARTTLS, inside TLS",
        kind=Kind.LIST,
        value=_of_session(lambda session: _keyword_texts(session.ehlo_tls)),
    ),
    Column(
        name="size_limit_octets",
        meaning="Parameter of SIZE (RFC 1870), inside TLS where there is one; 0 for no fixed limit",
        kind=Kind.INTEGER,
        value=_of_session(_size_limit),
    ),
    Column(
        name="starttls",
        meaning="What became of STARTTLS (RFC 3207)",
        values=tuple(Starttls),
        value=_of_session(lambda session: session.starttls),
    ),
    Column(
        name="plaintext_after_starttls",
        meaning="True if octets came between the reply to STARTTLS and the handshake",
        kind=Kind.BOOLEAN,
        value=_of_session(lambda session: session.plaintext_after_starttls),
    ),
)

_TLS: tuple[Column[EndpointRow], ...] = (
    Column(name="tls_version", meaning="TLS version agreed", value=_of_tls(lambda tls: tls.version or None)),
    Column(name="tls_cipher", meaning="Cipher suite agreed", value=_of_tls(lambda tls: tls.cipher or None)),
    Column(
        name="cert_sha256",
        meaning="SHA-256 of the leaf certificate, see `certificates`",
        value=_of_tls(lambda tls: tls.leaf or None),
    ),
    Column(
        name="cert_trust",
        meaning="Verdict on the chain, names apart",
        values=tuple(CertTrust),
        value=_of_session(lambda session: certificate_trust(session.tls)),
    ),
    Column(
        name="cert_name",
        meaning="Whether the certificate names this endpoint's own exchange (RFC 9525)",
        values=tuple(CertName),
        value=_cert_name,
    ),
    Column(name="cert_not_after", meaning="The certificate is valid until", kind=Kind.TIME, value=_cert_not_after),
    Column(
        name="cert_days_left",
        meaning="Whole days from the start of the run until then; negative once expired",
        kind=Kind.INTEGER,
        value=_cert_days_left,
    ),
    Column(
        name="dane",
        meaning="DANE of the exchange at this address (RFC 7672): what it presents against its TLSA records; `absent` "
        "also where they are not signed. That the MX records are signed too is the domain's matter",
        values=tuple(one for one in DaneStatus if one not in {DaneStatus.PARTIAL, DaneStatus.NOT_APPLICABLE}),
        value=lambda row: row.dane,
    ),
    not_observed("ptr", "Names the address points back to"),
    not_observed("ptr_confirmed", "Whether one of them leads to the address again", kind=Kind.BOOLEAN),
)

_REST: tuple[Column[EndpointRow], ...] = (
    _duration("connect_ms", "to connect", lambda timings: timings.connect_ms),
    _duration("greeting_ms", "to the greeting", lambda timings: timings.greeting_ms),
    _duration("ehlo_ms", "to the reply to EHLO", lambda timings: timings.ehlo_ms),
    _duration("tls_ms", "of the TLS handshake", lambda timings: timings.tls_ms),
    _duration("total_ms", "of the whole conversation", lambda timings: timings.total_ms),
    Column(
        name="attempts",
        meaning="How often it was tried",
        kind=Kind.INTEGER,
        value=_of_session(lambda session: session.attempts),
    ),
    Column(
        name="deviations",
        meaning="Departures from the RFC that were tolerated",
        kind=Kind.LIST,
        value=_of_session(lambda session: session.deviations),
    ),
    Column(name="error", meaning="What failed, in words", value=_of_session(lambda session: session.error or None)),
)

ENDPOINTS: Table[EndpointRow] = Table(
    name="endpoints",
    meaning="A row per exchange, address and port that mail of a domain may go to. Where no conversation was held "
    "(the run ended before, or asked the DNS only), all that it would have shown is empty.",
    order=("exchange", "address", "port"),
    columns=(*_WHERE, *_HOW_IT_WENT, *_SMTP, *_TLS, *_REST),
)
