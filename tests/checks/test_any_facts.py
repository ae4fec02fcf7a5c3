"""Whatever facts come: judging never raises, and what may pass never fails."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.checks import Judgement, judge
from auditor.model.certificate import TlsHandshake, VerifyError
from auditor.model.dns import Dnssec
from auditor.model.facts import DomainFacts
from auditor.model.finding import Verdict
from auditor.model.mta_sts import PolicyFetch
from auditor.model.published import Published
from auditor.model.route import ExchangeStatus, MxStatus
from auditor.model.session import Blame, Outcome, SmtpSession, Stage, Starttls, Timings
from auditor.protocol.replies import Reply
from tests.checks.builders import good
from tests.checks.cases import CASES
from tests.checks.published import DOMAIN

TEXT = st.text(max_size=12) | st.sampled_from(("STARTTLS", "SIZE 10", "SIZE ²", "SIZE", "AUTH=PLAIN", "XXXXXXXA", ""))
REPLIES = st.none() | st.builds(Reply, st.integers(200, 599), st.lists(TEXT, max_size=3).map(tuple))
CHAINS = st.sampled_from(((), ("of mx1.example.net",), ("of nobody", "of issuer")))
HANDSHAKES = st.none() | st.builds(
    TlsHandshake,
    version=st.sampled_from(("TLSv1", "TLSv1.2", "TLSv1.3", "")),
    cipher=TEXT,
    chain=CHAINS,
    verify_errors=st.lists(st.builds(VerifyError, st.integers(1, 30), st.integers(0, 2), TEXT), max_size=2).map(tuple),
)
THOROUGH = settings(max_examples=80, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
# All that the cases make of what is published, record by record.
SPOILT = [spoil(good()) for case in CASES for spoil in (case.fail, case.unknown)]
RECORDS = {
    record: st.sampled_from([getattr(one.published, record) for one in SPOILT if one.published is not None])
    for record in ("spf", "dmarc", "dkim", "mta_sts", "tls_rpt", "bimi", "caa", "tlsa", "wildcard_txt", "wildcard_mx")
}
PUBLISHED = st.none() | st.builds(Published, domain=st.just(DOMAIN), wildcard_unknown=TEXT, **RECORDS)
FETCHES = st.sampled_from([one.policy_fetch for one in SPOILT])
ROLES = st.sampled_from((*((("role", role),) for role in ("parked", "sends", "receives", "sends-receives")), ()))
# What is said of a domain's exchanges, or that it has none.
ON_ROUTE = {
    *("STS005", "STS006", "STS007", "STS009", "STS011", "DANE001", "DANE002", "DANE006", "DANE007", "PARK003"),
    *("CROSS001", "CROSS004", "CROSS009", "CROSS010"),
}
MAY_PASS = {Outcome.DEFERRED, Outcome.CONNECT_TIMEOUT, Outcome.UNREACHABLE, Outcome.SKIPPED, Outcome.INTERNAL_ERROR}


@st.composite
def conversations(draw: st.DrawFn) -> SmtpSession:
    like = next(one for one in good().sessions.values() if isinstance(one, SmtpSession))
    replies = {name: draw(REPLIES) for name in ("greeting", "ehlo", "helo", "starttls_reply", "ehlo_tls")}
    return replace(
        like,
        outcome=draw(st.sampled_from(Outcome)),
        stage=draw(st.sampled_from(Stage)),
        blame=draw(st.sampled_from(Blame)),
        error=draw(TEXT),
        starttls=draw(st.sampled_from(Starttls)),
        plaintext_after_starttls=draw(st.none() | st.booleans()),
        tls=draw(HANDSHAKES),
        timings=Timings(greeting_ms=draw(st.none() | st.floats(0, 60_000))),
        **replies,  # type: ignore[arg-type]
    )


@st.composite
def any_facts(draw: st.DrawFn) -> DomainFacts:
    facts = good()
    kept = draw(st.lists(st.sampled_from(facts.route.endpoints), unique=True))
    statuses = st.sampled_from(ExchangeStatus)
    hosts = tuple(
        replace(
            one,
            exchange=draw(st.sampled_from((one.exchange, ".", "mail", "-x.example"))),
            status=draw(statuses),
            addresses=draw(st.sampled_from((one.addresses, (), ("10.0.0.1", "8.8.8.8")))),
            usable=draw(st.sampled_from((one.usable, ()))),
            aliases=draw(st.sampled_from(((), ("a.example",), ("a", "b", "c")))),
            dnssec=draw(st.sampled_from(Dnssec)),
            errors=draw(st.sampled_from(((), ("A: timeout",), ("AAAA: servfail",)))),
        )
        for one in facts.route.exchanges[: draw(st.integers(0, 2))]
    )
    route = replace(
        facts.route,
        status=draw(st.sampled_from(MxStatus)),
        exchanges=hosts,
        dnssec=draw(st.sampled_from(Dnssec)),
        ttl_seconds=draw(st.none() | st.integers(0, 2**31)),
        endpoints=tuple(replace(one, port=draw(st.sampled_from((25, 465, 587)))) for one in kept),
    )
    spoken = {one: replace(draw(conversations()), endpoint=one) for one in route.endpoints if draw(st.booleans())}
    published: Published | None = draw(PUBLISHED)
    fetched: PolicyFetch | None = draw(FETCHES)
    return replace(
        facts,
        target=replace(facts.target, extra=draw(ROLES)),
        route=route,
        sessions=spoken,
        published=published,
        policy_fetch=fetched,
        dns_only=draw(st.booleans()),
    )


def failed(judgement: Judgement) -> list[tuple[str, str]]:
    return [(one.check.id, one.subject.name) for one in judgement.judged if one.verdict is Verdict.FAIL]


@pytest.mark.slow
@THOROUGH
@given(any_facts())
def test_judging_never_raises_and_counts_add_up(facts: DomainFacts) -> None:
    judgement = judge(facts)
    assert judgement.passed + judgement.failed + judgement.unknown == judgement.applicable
    assert judgement.score is None or 0 <= judgement.score <= 100
    assert judgement.coverage is None or 0 <= judgement.coverage <= 1
    assert all(one.evidence and one.reproduce for one in judgement.findings)
    assert {(one.check, one.subject) for one in judgement.findings if one.verdict is Verdict.FAIL} == set(
        failed(judgement)
    )


@pytest.mark.slow
@THOROUGH
@given(any_facts())
def test_an_unknown_route_fails_only_as_bogus(facts: DomainFacts) -> None:
    if not facts.route.status.known:
        told = {check for check, _ in failed(judge(facts))}
        assert {one for one in told if one.startswith(("MX", "DNS", "SMTP", "TLS"))} <= {"DNS001"}
        assert told & ON_ROUTE == set()


@pytest.mark.slow
@THOROUGH
@given(any_facts())
def test_what_was_not_looked_up_fails_nothing(facts: DomainFacts) -> None:
    told = {check for check, _ in failed(judge(replace(facts, published=None)))}
    assert {one for one in told if not one.startswith(("MX", "DNS", "SMTP", "TLS"))} == set()


@pytest.mark.slow
@THOROUGH
@given(any_facts())
def test_endpoints_of_which_nothing_was_seen_fail_nothing(facts: DomainFacts) -> None:
    silent = {
        one: SmtpSession(endpoint=one, outcome=kept.outcome, stage=Stage.CONNECT, error="x")
        for one, kept in facts.sessions.items()
        if kept.outcome in MAY_PASS
    }
    judgement = judge(replace(facts, sessions=silent))
    told = {check for check, _ in failed(judgement)}
    assert {one for one in told if one.startswith(("SMTP", "TLS")) or one == "STS006"} == set()
