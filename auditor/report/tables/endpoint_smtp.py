"""``endpoints``: what was said."""

from auditor.model.session import AccessSession, SmtpSession, Starttls
from auditor.policy.login import capabilities_of
from auditor.protocol.access import AccessReply
from auditor.protocol.keywords import Keyword, parse_keywords
from auditor.protocol.replies import Reply
from auditor.protocol.text import greeting_host
from auditor.report.columns import Column, Kind, Value
from auditor.report.rows import EndpointRow
from auditor.report.tables.endpoint_cells import of_either, of_greeting, of_session, of_smtp

_MOST_SIZE_DIGITS = 20  # RFC 1870 §4


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


def _capabilities(reply: AccessReply | None, session: AccessSession) -> Value:
    known = reply is not None and reply.positive
    return list(capabilities_of(reply, session.endpoint.service.protocol)) if known else None


def _size_limit(session: SmtpSession) -> Value:
    for keyword in _keywords(session.ehlo_tls) or _keywords(session.ehlo) or ():
        if keyword.name == "SIZE" and keyword.parameters:
            digits = keyword.parameters[0]
            usable = digits.isascii() and digits.isdecimal() and len(digits) <= _MOST_SIZE_DIGITS
            return int(digits) if usable else None
    return None


SMTP: tuple[Column[EndpointRow], ...] = (
    Column(
        name="greeting",
        meaning="Text of the greeting; lines of a multiline one are parted by `\\x0a`",
        value=of_either(
            lambda session: None if session.greeting is None else session.greeting.text,
            lambda session: None if session.greeting is None else session.greeting.text,
        ),
    ),
    Column(
        name="greeting_code",
        meaning="Its reply code, in SMTP",
        kind=Kind.INTEGER,
        value=of_greeting(lambda reply: reply.code),
    ),
    Column(
        name="greeting_host",
        meaning="The name the server gives itself in it",
        value=of_greeting(lambda reply: greeting_host(reply) or None),
    ),
    Column(
        name="hello",
        meaning="Which was accepted; empty where EHLO was not answered",
        values=("ehlo", "helo", "none"),
        value=of_smtp(_hello),
    ),
    Column(
        name="keywords",
        meaning="EHLO keywords with their parameters, or capabilities of IMAP and POP3, before STARTTLS (or inside TLS "
        "where that comes first)",
        kind=Kind.LIST,
        value=of_either(
            lambda session: _keyword_texts(session.ehlo),
            lambda session: _capabilities(session.capability, session),
        ),
    ),
    Column(
        name="keywords_tls",
        meaning="The same after STARTTLS, inside TLS",
        kind=Kind.LIST,
        value=of_either(
            lambda session: _keyword_texts(session.ehlo_tls),
            lambda session: _capabilities(session.capability_tls, session),
        ),
    ),
    Column(
        name="size_limit_octets",
        meaning="Parameter of SIZE (RFC 1870), inside TLS where there is one; 0 for no fixed limit",
        kind=Kind.INTEGER,
        value=of_smtp(_size_limit),
    ),
    Column(
        name="starttls",
        meaning="What became of STARTTLS (RFC 3207; RFC 9051 §6.2.1), or of STLS in POP3 (RFC 2595)",
        values=tuple(Starttls),
        value=of_session(lambda session: session.starttls),
    ),
    Column(
        name="plaintext_after_starttls",
        meaning="True if octets came between the reply to STARTTLS and the handshake",
        kind=Kind.BOOLEAN,
        value=of_session(lambda session: session.plaintext_after_starttls),
    ),
)
