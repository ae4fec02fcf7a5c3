"""A conversation as telnet would show it, and what it says of the server."""

import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, timedelta
from typing import TextIO

from pydantic_core import to_json
from rich.text import Text

from auditor.checks import Judge, Selection
from auditor.checks.judging import Judgement
from auditor.cli.boxes import boxed
from auditor.cli.console import SPEAKER_STYLES, out, print_wrapped, safe, speaks_utf8
from auditor.cli.policy_view import policy_lines
from auditor.config import Config
from auditor.model.certificate import Certificate
from auditor.model.facts import DomainFacts
from auditor.model.finding import Verdict
from auditor.model.session import Session, SmtpSession
from auditor.policy.identity import certificate_name
from auditor.policy.rejection import blame_of, understand
from auditor.policy.trust import certificate_trust

_MARKS = {Verdict.FAIL: ("✗", "FAIL"), Verdict.UNKNOWN: ("?", "UNKNOWN"), Verdict.PASS: ("✓", "ok")}
_COLOURS = {Verdict.FAIL: "red", Verdict.UNKNOWN: "yellow", Verdict.PASS: "green"}


def show(facts: DomainFacts, config: Config) -> None:
    """Print every conversation, its TLS, and the verdicts."""
    for line in _shown(facts, config):
        print_wrapped(line)


def write_transcript(facts: DomainFacts, config: Config, stream: TextIO) -> None:
    """Write the same as plain lines."""
    stream.writelines(f"{line.plain}\n" for line in _shown(facts, config))


def _shown(facts: DomainFacts, config: Config) -> Iterator[Text]:
    judgement = Judge(Selection(config.include, config.exclude)).judge(facts)
    for text in (*route_lines(facts), *policy_lines(facts)):
        yield Text(safe(text))
    for endpoint in facts.route.endpoints:
        session = facts.sessions[endpoint]
        yield Text(f"\n{safe(str(endpoint))}", style="bold")
        for line in session.transcript:
            yield Text(f"{line.at_ms:>9.1f} ms  {line.who}: {safe(line.text)}", style=SPEAKER_STYLES[line.who])
        yield from (Text(f"   {safe(text)}") for text in facts_lines(session))
        yield from _boxes(session, facts)
    yield Text()
    yield from verdict_lines(judgement)


def as_data(facts: DomainFacts, config: Config) -> None:
    """Print everything that was observed, and the findings, as JSON."""
    judgement = Judge(Selection(config.include, config.exclude)).judge(facts)
    content = {
        "target": facts.target,
        "route": facts.route,
        "published": facts.published,
        "policy_fetch": facts.policy_fetch,
        "sessions": list(facts.sessions.values()),
        "certificates": list(facts.certificates.values()),
        "findings": judgement.findings,
    }
    out(json.dumps(json.loads(to_json(content, bytes_mode="base64")), indent=2))


def route_lines(facts: DomainFacts) -> Iterator[str]:
    """Where the mail goes, or why nothing was contacted."""
    route = facts.route
    if not facts.target.direct:
        yield f"{route.domain}: {route.status}" + (f" ({route.error})" if route.error else "")
        for one in route.exchanges:
            yield f"   MX {one.preference} {one.exchange}  {one.status}  {' '.join(one.addresses)}"
    elif not route.endpoints:
        reasons = [reason for one in route.exchanges for reason in (*one.errors, str(one.status))]
        yield f"{route.domain}: nothing to contact: {'; '.join(reasons)}"
    yield from (f"   left out: {reason}" for reason in route.left_out)


def _boxes(session: Session, facts: DomainFacts) -> Iterator[Text]:
    """What is inside TLS, and the certificate, each in a frame."""
    if session.tls is None:
        return
    yield from boxed("TLS", tls_lines(session))
    leaf = facts.leaf(session.tls)
    if leaf is not None:
        yield from boxed("Certificate", _certificate_lines(session, leaf, facts))
    if isinstance(session, SmtpSession) and session.active:
        yield from boxed("Asked for more", _active_lines(session))


def facts_lines(session: Session) -> Iterator[str]:
    """What came of the conversation."""
    whose = blame_of(session)
    blame = f", blame: {whose}" if whose else ""
    yield f"Outcome      {session.outcome} at {session.stage}{blame}"
    rejection = understand(session)
    if rejection is not None:
        yield f"Refusal      {rejection.words}"
    yield f"STARTTLS     {session.starttls}"
    if session.deviations:
        yield f"Deviations   {', '.join(session.deviations)}"


def tls_lines(session: Session) -> Iterator[str]:
    """What was agreed to, and what came of trying more."""
    if session.tls is not None:
        yield f"version  {session.tls.version}"
        yield f"cipher   {session.tls.cipher}"
        yield f"group    {session.tls.group or 'not known'}"
        yield from _trial_lines(session)


def _active_lines(session: SmtpSession) -> Iterator[str]:
    """What was asked, and answered."""
    for one in session.active:
        yield f"{one.asked or one.test}: {one.words}"


def _trial_lines(session: Session) -> Iterator[str]:
    """What came of each offer, where any was tried."""
    for trial in session.tls_trials:
        verdict = {True: "accepted", False: "not accepted", None: "not known"}[trial.accepted]
        field = f"DH {trial.dh_bits} bits" if trial.dh_bits else ""
        details = " ".join(filter(None, (trial.version, trial.cipher, field)))
        yield f"{trial.offer:<20} {verdict:<13} {details or trial.words}"


def _certificate_lines(session: Session, leaf: Certificate, facts: DomainFacts) -> Iterator[str]:
    yield f"subject  {leaf.subject or '(empty subject)'}"
    yield f"names    {', '.join(leaf.names) or 'none'}"
    yield f"issuer   {leaf.issuer}"
    if leaf.not_before is not None and leaf.not_after is not None:
        dates = [moment.astimezone(UTC).strftime("%Y-%m-%d") for moment in (leaf.not_before, leaf.not_after)]
        yield f"valid    {dates[0]} to {dates[1]} ({_left(leaf.not_after - facts.judged_at)})"
    yield f"key      {leaf.key_type} {leaf.key_bits or ''} {leaf.curve}, {leaf.signature_algorithm}"
    name = certificate_name(leaf, session.endpoint.exchange)
    webpki = session.tls.webpki if session.tls is not None else None
    strict = "" if webpki is None else f"; by the web's strict rules: {webpki or 'trusted'}"
    yield f"trust    {certificate_trust(session.tls)}{strict}; name: {name}"
    yield f"sha256   {leaf.sha256}"


def _left(remaining: timedelta) -> str:
    return f"{remaining.days} days left" if remaining >= timedelta() else f"expired {(-remaining).days} days ago"


def verdict_lines(judgement: Judgement) -> Iterator[Text]:
    """What failed, the worst first; what is unknown, by reason; and how much passed."""
    failed = [one for one in judgement.judged if one.verdict is Verdict.FAIL]
    for one in sorted(failed, key=lambda one: one.severity.rank):
        yield _marked(Verdict.FAIL, f"{one.check.id} {one.severity}  {one.check.title}")
        yield Text(safe(f"     {one.evidence}  [{one.subject.name}]"))
    reasons: dict[str, list[str]] = defaultdict(list)
    for one in judgement.judged:
        if one.verdict is Verdict.UNKNOWN:
            reasons[one.evidence].append(one.check.id)
    for reason, checks in reasons.items():
        yield _marked(Verdict.UNKNOWN, f"{_counted(len(set(checks)))} not judged: {reason}")
    fallen = {one.check.id for one in judgement.judged if one.verdict in {Verdict.FAIL, Verdict.UNKNOWN}}
    passed = len({one.check.id for one in judgement.judged if one.verdict is Verdict.PASS} - fallen)
    if passed:
        yield _marked(Verdict.PASS, f"{_counted(passed)} passed")


def _marked(verdict: Verdict, words: str) -> Text:
    mark = _MARKS[verdict][0 if speaks_utf8() else 1]
    return Text(safe(f"{mark} {words}"), style=_COLOURS[verdict])


def _counted(checks: int) -> str:
    return f"{checks} check{'' if checks == 1 else 's'}"
