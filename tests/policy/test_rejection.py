"""What refusals mean: texts of many kinds of servers, in our own wording, with their reasons."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.model.endpoint import Endpoint
from auditor.model.rejection import Reason
from auditor.model.session import Blame, Outcome, SmtpSession, Stage, Timings
from auditor.policy.rejection import SURE, blame_of, of_reply, understand
from auditor.protocol.replies import Reply

R = Reason
# reply, reason
LABELLED: tuple[tuple[str, Reason], ...] = (
    ("450 4.2.0 Recipient address rejected: Greylisted, see the help page", R.GREYLISTING),
    ("451 4.7.1 Greylisting in action, please come back later", R.GREYLISTING),
    ("450 4.7.1 Greylisted for 300 seconds", R.GREYLISTING),
    ("451 DT:SPM your IP is gray listed", R.GREYLISTING),
    ("421 4.7.0 Graylisting active, try again later", R.GREYLISTING),
    ("554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org", R.BLOCK_LIST),
    ("550 5.7.1 Your IP is listed by our RBL, see the lookup page", R.BLOCK_LIST),
    ("554 192.0.2.1 is blacklisted", R.BLOCK_LIST),
    ("550 5.7.606 Access denied, banned sending IP; your address is on our block list", R.BLOCK_LIST),
    ("554 Your access to this mail system has been rejected due to poor reputation of a domain used", R.BLOCK_LIST),
    ("554-mx.example\n554 Poor SenderBase score", R.BLOCK_LIST),
    ("550 Blocked, listed at b.barracudacentral.org", R.BLOCK_LIST),
    ("521 5.7.1 Service unavailable; client [192.0.2.1] blocked using bl.spamcop.net", R.BLOCK_LIST),
    ("550 5.7.1 rejected because 192.0.2.1 is in the uceprotect list", R.BLOCK_LIST),
    ("550 JunkMail rejected - host is in an RBL", R.BLOCK_LIST),
    ("550 5.7.25 Client host rejected: cannot find your reverse hostname", R.PTR_POLICY),
    ("450 4.7.1 Client host rejected: cannot find your hostname, [192.0.2.1]", R.PTR_POLICY),
    ("550 Reverse DNS lookup failed for 192.0.2.1", R.PTR_POLICY),
    ("554 5.7.1 No PTR record found", R.PTR_POLICY),
    ("421 4.7.0 The IP address sending this message does not have a PTR record", R.PTR_POLICY),
    ("550 Invalid rDNS for your host", R.PTR_POLICY),
    ("550 Dynamic IP addresses are not served here", R.PTR_POLICY),
    ("550 5.7.1 HELO rejected: host not found", R.HELO_POLICY),
    ("504 5.5.2 Helo command rejected: need fully-qualified hostname", R.HELO_POLICY),
    ("550 Bad HELO - no such name", R.HELO_POLICY),
    ("550 Invalid EHLO name", R.HELO_POLICY),
    ("421 4.7.0 mx.example Error: too many connections from 192.0.2.1", R.TOO_MANY_CONNECTIONS),
    ("421 Too many concurrent SMTP connections; please try again later", R.TOO_MANY_CONNECTIONS),
    ("421 4.3.2 The maximum number of concurrent connections has been reached", R.TOO_MANY_CONNECTIONS),
    ("421 Connection limit exceeded", R.TOO_MANY_CONNECTIONS),
    ("450 4.7.1 Error: too many messages in a short time: throttled", R.RATE_LIMIT),
    ("421 4.7.28 Our system has detected an unusual rate of mail from your address", R.RATE_LIMIT),
    ("421 Rate limit exceeded", R.RATE_LIMIT),
    ("451 4.7.1 You are connecting too frequently", R.RATE_LIMIT),
    ("450 4.7.1 Connection rate limit exceeded", R.RATE_LIMIT),
    ("550 Connections from your country are not accepted", R.GEO_BLOCK),
    ("554 5.7.1 blocked by GeoIP policy", R.GEO_BLOCK),
    ("530 5.7.0 Must issue a STARTTLS command first", R.TLS_REQUIRED),
    ("550 5.7.10 Encryption needed", R.TLS_REQUIRED),
    ("530 5.7.0 Authentication required", R.AUTH_REQUIRED),
    ("550 You must authenticate first", R.AUTH_REQUIRED),
    ("521 mx.example does not accept mail", R.NO_MAIL_HERE),
    ("554 No SMTP service here", R.NO_MAIL_HERE),
    ("521 5.3.2 nothing here", R.NO_MAIL_HERE),
    ("554 This host does not receive mail", R.NO_MAIL_HERE),
    ("421 4.3.2 System is too busy, try later", R.OVERLOAD),
    ("452 4.3.1 Insufficient system storage", R.OVERLOAD),
    ("421 Service down for maintenance", R.OVERLOAD),
    ("451 Temporary failure, please try again", R.OVERLOAD),
    ("554 5.7.1 Access denied", R.ACCESS_DENIED),
    ("550 Connection refused by security policy", R.ACCESS_DENIED),
    ("554 Go away", R.ACCESS_DENIED),
    # Texts that give no reason, and words that only look like one.
    ("554 Transaction failed", R.UNKNOWN),
    ("550 no", R.UNKNOWN),
    ("421 mx.example closing", R.UNKNOWN),
    ("450 4.7.0 try again", R.UNKNOWN),
    ("554 mx.greenlist.example ESMTP", R.UNKNOWN),
    ("550 5.7.1 (ABC-123)", R.UNKNOWN),
    ("550 your address is not blacklisted, but we do not know you", R.UNKNOWN),
    ("554 5.5.1 Error: no valid recipients", R.UNKNOWN),
)


def reply(text: str) -> Reply:
    lines = text.splitlines()
    return Reply(int(lines[0][:3]), tuple(line[4:] for line in lines))


@pytest.mark.parametrize(("text", "reason"), LABELLED, ids=[text[:40] for text, _ in LABELLED])
def test_the_reason(text: str, reason: Reason) -> None:
    found = of_reply(reply(text), Stage.GREETING)
    assert found.reason is reason, found
    assert (found.confidence > 0) is bool(found.signals) is (reason is not R.UNKNOWN)
    assert found.code == int(text[:3])


def session(text: str, outcome: Outcome = Outcome.REJECTED, **more: object) -> SmtpSession:
    plain = SmtpSession(
        endpoint=Endpoint("mx.example", "192.0.2.1", 25),
        outcome=outcome,
        stage=Stage.GREETING,
        blame=Blame.UNKNOWN,
        greeting=reply(text),
    )
    return replace(plain, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "blame"),
    [
        ("554 5.7.1 blocked using zen.spamhaus.org", Blame.OURS),
        ("550 5.7.25 cannot find your reverse hostname", Blame.OURS),
        ("421 too many connections", Blame.OURS),
        ("521 this host does not accept mail", Blame.THEIRS),
        ("554 Access denied", Blame.UNKNOWN),
        ("554 no", Blame.UNKNOWN),
        ("450 4.7.1 Greylisted", Blame.UNKNOWN),
    ],
)
def test_whose_matter_it_is(text: str, blame: Blame) -> None:
    refused = session(text)
    assert blame_of(refused) is blame
    assert blame_of(replace(refused, blame=Blame.PATH)) is Blame.PATH
    assert blame_of(replace(refused, outcome=Outcome.COMPLETED, blame=Blame.NOBODY)) is Blame.NOBODY


def test_the_last_refusing_reply_counts() -> None:
    found = understand(session("220 mx", ehlo=Reply(550, ("5.7.1 HELO rejected",)), stage=Stage.EHLO))
    assert found is not None
    assert (found.stage, found.code, found.enhanced, found.reason) == (Stage.EHLO, 550, "5.7.1", R.HELO_POLICY)


def test_what_ended_in_another_way_is_no_refusal() -> None:
    assert understand(session("220 mx", Outcome.COMPLETED)) is None
    assert understand(session("220 mx", Outcome.REFUSED, greeting=None)) is None


def test_a_tarpit_is_slow_at_every_step() -> None:
    slow = session("220 mx", Outcome.REPLY_TIMEOUT, timings=Timings(greeting_ms=21_000.0))
    found = understand(slow)
    assert found is not None
    assert (found.reason, found.signals) == (R.TARPIT, ("greeting took 21 s",))
    assert understand(session("220 mx", Outcome.REPLY_TIMEOUT, timings=Timings(greeting_ms=20.0))) is None


@given(st.integers(400, 599), st.text(max_size=300))
def test_any_text_is_understood_or_not(code: int, text: str) -> None:
    found = of_reply(Reply(code, (text,)), Stage.EHLO)
    assert 0 <= found.confidence < 1
    assert found.blame is Blame.UNKNOWN or found.confidence >= SURE
