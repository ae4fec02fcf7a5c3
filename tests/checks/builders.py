"""Literal facts of a domain on which every check passes, and short ways to spoil them."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import reduce

from auditor.checks import Judge, Selection
from auditor.checks.judging import Judged
from auditor.model.certificate import Certificate, TlsHandshake
from auditor.model.dns import Dnssec
from auditor.model.endpoint import Endpoint
from auditor.model.facts import DomainFacts
from auditor.model.finding import Severity, Verdict
from auditor.model.reverse import ReverseNames
from auditor.model.route import Exchange, ExchangeStatus, MailRoute, MxStatus
from auditor.model.session import Outcome, SmtpSession, Stage, Starttls, Timings
from auditor.model.target import Target
from auditor.protocol.replies import Reply
from tests.checks.published import DER, POLICY_HOST, good_fetch, good_published

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
KEYWORDS = ("PIPELINING", "SIZE 52428800", "8BITMIME", "ENHANCEDSTATUSCODES", "SMTPUTF8")
TARGET = Target(domain="example.com", domain_unicode="example.com", input="example.com", input_line=1, source="list")

Spoil = Callable[[DomainFacts], DomainFacts]


def certificate(host: str) -> Certificate:
    return Certificate(
        sha256=f"of {host}",
        der=DER,
        subject=f"CN={host}",
        issuer="CN=Issuing CA",
        common_name=host,
        names=(host,),
        not_before=NOW - 30 * DAY,
        not_after=NOW + 60 * DAY,
        key_type="EC",
        key_bits=256,
        signature_algorithm="ecdsa-with-SHA256",
    )


HANDSHAKE = TlsHandshake(version="TLSv1.3", cipher="TLS_AES_256_GCM_SHA384", webpki="")
ISSUER = replace(certificate("issuer"), subject="CN=Issuing CA", issuer="CN=Root", not_after=NOW + 900 * DAY)


def hello(host: str, *keywords: str) -> Reply:
    return Reply(250, (host, *keywords))


def session(endpoint: Endpoint) -> SmtpSession:
    host = endpoint.exchange
    return SmtpSession(
        endpoint=endpoint,
        outcome=Outcome.COMPLETED,
        stage=Stage.DONE,
        greeting=Reply(220, (f"{host} ESMTP",)),
        ehlo=hello(host, *KEYWORDS, "STARTTLS"),
        starttls=Starttls.OK,
        starttls_reply=Reply(220, ("go",)),
        plaintext_after_starttls=False,
        tls=replace(HANDSHAKE, chain=(f"of {host}", "of issuer")),
        ehlo_tls=hello(host, *KEYWORDS),
        quit=Reply(221, ("bye",)),
        timings=Timings(greeting_ms=12.0),
    )


def exchange(preference: int, host: str, *addresses: str) -> Exchange:
    return Exchange(
        preference=preference,
        exchange=host,
        status=ExchangeStatus.NULL if host == "." else ExchangeStatus.OK,
        addresses=addresses,
        usable=addresses,
        ttl_seconds=3600,
        dnssec=Dnssec.SECURE,
    )


def good() -> DomainFacts:
    """Two exchanges in different networks, both families, modern TLS, everything signed."""
    exchanges = (
        exchange(10, "mx1.example.net", "198.51.100.1", "2001:db8:1::1"),
        exchange(20, "mx2.example.net", "203.0.113.1", "2001:db8:2::1"),
    )
    return with_exchanges(
        DomainFacts(
            target=TARGET,
            route=MailRoute(domain="example.com", status=MxStatus.MX, ttl_seconds=3600, dnssec=Dnssec.SECURE),
            sessions={},
            certificates={f"of {POLICY_HOST}": certificate(POLICY_HOST), ISSUER.sha256: ISSUER},
            published=good_published((one.exchange, one.usable) for one in exchanges),
            policy_fetch=good_fetch(),
            judged_at=NOW,
        ),
        *exchanges,
    )


def with_exchanges(facts: DomainFacts, *exchanges: Exchange) -> DomainFacts:
    """The facts with other exchanges, each spoken to with success, and the TLSA and SPF records that fit them."""
    endpoints = tuple(Endpoint(one.exchange, address, 25) for one in exchanges for address in one.usable)
    fitting = good_published((one.exchange, one.usable) for one in exchanges)
    published = facts.published and replace(
        facts.published, tlsa=fitting.tlsa, spf=replace(facts.published.spf, exchanges=fitting.spf.exchanges)
    )
    return replace(
        facts,
        route=replace(facts.route, exchanges=exchanges, endpoints=endpoints),
        sessions={endpoint: session(endpoint) for endpoint in endpoints},
        certificates={**facts.certificates, **{f"of {one.exchange}": certificate(one.exchange) for one in exchanges}},
        published=published,
        reverse=reverse_names(exchanges),
    )


def reverse_names(exchanges: Iterable[Exchange], **changes: object) -> dict[str, ReverseNames]:
    """Each address called by its exchange, and found there again."""
    return {
        address: replace(ReverseNames(address=address, names=(one.exchange,), confirmed=(one.exchange,)), **changes)  # type: ignore[arg-type]
        for one in exchanges
        for address in one.usable
    }


def reverse(**changes: object) -> Spoil:
    """Change the names of every address."""
    return lambda facts: replace(facts, reverse=reverse_names(facts.route.exchanges, **changes))


def route(**changes: object) -> Spoil:
    """Change the route; a status that takes no mail has no exchanges unless they are given."""

    def spoil(facts: DomainFacts) -> DomainFacts:
        return replace(facts, route=replace(facts.route, **changes))  # type: ignore[arg-type]

    return spoil


def exchanges(*all_of_them: Exchange) -> Spoil:
    return lambda facts: with_exchanges(facts, *all_of_them)


def first_exchange(**changes: object) -> Spoil:
    """Change the first exchange alone; what was spoken stays."""

    def spoil(facts: DomainFacts) -> DomainFacts:
        first, *rest = facts.route.exchanges
        return replace(facts, route=replace(facts.route, exchanges=(replace(first, **changes), *rest)))  # type: ignore[arg-type]

    return spoil


def sessions(**changes: object) -> Spoil:
    """Change every conversation."""

    def spoil(facts: DomainFacts) -> DomainFacts:
        changed = {one: replace(kept, **changes) for one, kept in facts.sessions.items()}  # type: ignore[arg-type]
        return replace(facts, sessions=changed)

    return spoil


def first_session(**changes: object) -> Spoil:
    """Change the conversation with the first endpoint alone."""
    return lambda facts: _with_session(facts, facts.route.endpoints[0], changes)


def last_session(**changes: object) -> Spoil:
    """Change the conversation with the last endpoint alone."""
    return lambda facts: _with_session(facts, facts.route.endpoints[-1], changes)


def _with_session(facts: DomainFacts, one: Endpoint, changes: dict[str, object]) -> DomainFacts:
    return replace(facts, sessions={**facts.sessions, one: replace(facts.sessions[one], **changes)})  # type: ignore[arg-type]


def tls(**changes: object) -> Spoil:
    """Change every handshake."""

    def spoil(facts: DomainFacts) -> DomainFacts:
        changed = {
            one: replace(kept, tls=replace(kept.tls, **changes)) if kept.tls is not None else kept  # type: ignore[arg-type]
            for one, kept in facts.sessions.items()
        }
        return replace(facts, sessions=changed)

    return spoil


def leaves(**changes: object) -> Spoil:
    """Change every exchange's certificate, for which no TLSA record vouches."""

    def spoil(facts: DomainFacts) -> DomainFacts:
        named = {f"of {one.exchange}" for one in facts.route.exchanges}
        changed = {name: replace(facts.certificates[name], **changes) for name in named}  # type: ignore[arg-type]
        published = facts.published and replace(facts.published, tlsa={})
        return replace(facts, certificates={**facts.certificates, **changed}, published=published)

    return spoil


def on_port(port: int) -> Spoil:
    """Move everything to another port."""

    def spoil(facts: DomainFacts) -> DomainFacts:
        moved = {one: replace(one, port=port) for one in facts.route.endpoints}
        return replace(
            facts,
            route=replace(facts.route, endpoints=tuple(moved.values())),
            sessions={moved[one]: replace(kept, endpoint=moved[one]) for one, kept in facts.sessions.items()},
        )

    return spoil


def all_of(*spoils: Spoil) -> Spoil:
    return lambda facts: reduce(lambda spoilt, spoil: spoil(spoilt), spoils, facts)


def judged(check: str, facts: DomainFacts) -> list[Judged]:
    """What one check says of the facts, subject by subject."""
    return list(Judge(Selection(include=(check,))).judge(facts).judged)


def verdicts(check: str, facts: DomainFacts) -> set[Verdict]:
    return {one.verdict for one in judged(check, facts)}


def severities(check: str, facts: DomainFacts) -> set[Severity]:
    return {one.severity for one in judged(check, facts) if one.verdict is Verdict.FAIL}


def evidence(check: str, facts: DomainFacts) -> str:
    return "; ".join(one.evidence for one in judged(check, facts))


ROUTE_FAILED = route(
    status=MxStatus.SERVFAIL, exchanges=(), endpoints=(), error="servfail", dnssec=Dnssec.INDETERMINATE
)
"""Where mail goes is not known, though all else that the domain publishes is."""
LOOKUP_FAILED = all_of(ROUTE_FAILED, lambda facts: replace(facts, published=None, policy_fetch=None))
"""The domain's servers gave no answer at all."""
ADDRESSES_FAILED = first_exchange(status=ExchangeStatus.TIMEOUT, addresses=(), usable=(), errors=("A: timeout",))
NOTHING = {"greeting": None, "ehlo": None, "starttls_reply": None, "tls": None, "ehlo_tls": None, "quit": None}
TIMED_OUT = sessions(
    outcome=Outcome.CONNECT_TIMEOUT,
    stage=Stage.CONNECT,
    starttls=Starttls.NOT_TESTED,
    plaintext_after_starttls=None,
    deviations=(),
    timings=Timings(),
    error="nothing within 10 s",
    **NOTHING,
)


def ended(outcome: Outcome, stage: Stage, error: str) -> Spoil:
    """Every conversation ended early, before EHLO was answered."""
    return all_of(TIMED_OUT, sessions(outcome=outcome, stage=stage, error=error))


REFUSED = ended(Outcome.REFUSED, Stage.CONNECT, "ECONNREFUSED")
NO_TLS = {"tls": None, "ehlo_tls": None, "plaintext_after_starttls": None}
