"""Asking a server what it could take amiss (``--active``): a session a test, ended by RSET and QUIT, never DATA."""

import hashlib
import logging
from collections.abc import Awaitable, Callable, Iterator, Sequence
from functools import partial

import trio

from auditor.config import Config
from auditor.model.active import ActiveResult, ActiveTest
from auditor.model.endpoint import Service
from auditor.model.session import Blame, Outcome, SmtpSession, Stage, Starttls
from auditor.net.connection import SmtpConnection
from auditor.net.failure import ContactFailure
from auditor.net.network import Network
from auditor.policy.exchange import is_address
from auditor.policy.rejection import of_reply
from auditor.probes.smtp import SmtpTalk
from auditor.protocol.replies import Reply
from auditor.protocol.smtp import READY_FOR_TLS, Verb

logger = logging.getLogger(__name__)

INJECTED = b"RSET\r\n"
"""Sent along with STARTTLS; it changes nothing wherever it is obeyed."""
INJECTION_SECONDS = 1.5
"""That an answer to it is waited for inside TLS."""
NOBODY = "FROM:<>"
NO_SUCH_USER = {550, 551, 553}
MUST_START_TLS = 530  # RFC 3207 §4

Results = tuple[ActiveResult, ...]
Do = Callable[["_Asking"], Awaitable[Results]]


async def test_actively(session: SmtpSession, domains: Sequence[str], network: Network, config: Config) -> Results:
    """What came of each test that makes sense after that conversation; never raises for what a server does."""
    if session.outcome is not Outcome.COMPLETED:
        return ()
    results: list[ActiveResult] = []
    for test, inside, do in _tests(session, domains, config):
        talk = SmtpTalk(session.endpoint, network, config)
        try:
            results += await talk.at_ready(lambda one, talk=talk, do=do: do(_Asking(talk, one)), inside=inside)  # type: ignore[misc]
        except ContactFailure as failure:
            results.append(ActiveResult(test=test, accepted=None, words=f"{failure.outcome}: {failure.words}"))
        except Exception as error:
            logger.exception("internal error while testing %s at %s", test, session.endpoint)
            results.append(ActiveResult(test=test, accepted=None, words=f"{type(error).__name__}: {error}"))
    return tuple(results)


def _tests(session: SmtpSession, domains: Sequence[str], config: Config) -> Iterator[tuple[ActiveTest, bool, Do]]:
    """(what it is, whether inside TLS, how)."""
    yield ActiveTest.RELAY, True, partial(_relay, recipients=_recipients(session.endpoint.exchange, config.relay_to))
    yield ActiveTest.VRFY, True, partial(_lists, nobody=_nobody(session.endpoint.exchange))
    if session.endpoint.service is Service.SMTP:
        yield ActiveTest.POSTMASTER, True, partial(_mailboxes, domains=domains)
    if session.starttls is Starttls.OK:
        yield ActiveTest.INJECTION, False, _injection
        yield ActiveTest.MAIL_IN_CLEAR, False, _mail_in_clear


def _recipients(exchange: str, foreign: str) -> tuple[str, ...]:
    """The address, plainly and by a source route; forms that a local mailbox may have too would prove nothing."""
    host = f"[{exchange}]" if is_address(exchange) else exchange
    return f"TO:<{foreign}>", f"TO:<@{host}:{foreign}>"


def _nobody(exchange: str) -> str:
    """A local part that no mailbox has."""
    return "x-" + hashlib.sha256(exchange.encode()).hexdigest()[:16]


class _Asking:
    """A session in which commands are asked one by one."""

    def __init__(self, talk: SmtpTalk, connection: SmtpConnection) -> None:
        self.talk = talk
        self.connection = connection

    async def ask(self, verb: Verb, argument: str = "") -> Reply:
        with self.talk.step(Stage.DONE, self.talk.config.command_timeout):
            return await self.connection.command(verb, argument)

    async def recipient(self, test: ActiveTest, argument: str, domain: str = "") -> ActiveResult:
        """Whether a recipient would be taken for a message, which never follows."""
        mail = await self.ask(Verb.MAIL, NOBODY)
        if not mail.positive:
            asked = f"MAIL {NOBODY}"
            return _result(test, asked, mail, accepted=None, domain=domain)
        reply = await self.ask(Verb.RCPT, argument)
        if self.connection.client.may(Verb.RSET):
            await self.ask(Verb.RSET)
        return _result(test, f"RCPT {argument}", reply, accepted=said(reply), domain=domain)


def said(reply: Reply) -> bool | None:
    """Yes, no, or neither: not now, or not to this client, whoever the recipient is.

    Many servers keep what they hold against a client until the first recipient (Postfix: smtpd_delay_reject).
    """
    if reply.positive:
        return True
    return False if reply.permanent and of_reply(reply, Stage.DONE).blame is not Blame.OURS else None


def _result(test: ActiveTest, asked: str, reply: Reply, *, accepted: bool | None, domain: str = "") -> ActiveResult:
    return ActiveResult(
        test=test, accepted=accepted, asked=asked, code=reply.code, words=f"{reply.code} {reply.text}", domain=domain
    )


async def _relay(asking: _Asking, recipients: Sequence[str]) -> Results:
    results = []
    for recipient in recipients:
        results.append(await asking.recipient(ActiveTest.RELAY, recipient))
        if results[-1].accepted is not False:
            break
    return tuple(results)


async def _mailboxes(asking: _Asking, domains: Sequence[str]) -> Results:
    results = [await asking.recipient(ActiveTest.POSTMASTER, "TO:<postmaster>")]
    named = [(local, domain) for domain in domains for local in ("postmaster", "abuse")]
    for local, domain in named:
        results += [await asking.recipient(ActiveTest.MAILBOX, f"TO:<{local}@{domain}>", domain)]
    return tuple(results)


async def _lists(asking: _Asking, nobody: str) -> Results:
    """VRFY tells who exists if it says yes of somebody, and no of nobody (RFC 5321 §3.5.3)."""
    somebody = await asking.ask(Verb.VRFY, "postmaster")
    other = await asking.ask(Verb.VRFY, nobody)
    expanded = await asking.ask(Verb.EXPN, "postmaster")
    tells = somebody.positive and other.code in NO_SUCH_USER
    unsure = somebody.transient or (somebody.positive and other.transient)
    told = f"{somebody.code} {somebody.text}; of {nobody}: {other.code} {other.text}"
    vrfy = ActiveResult(
        test=ActiveTest.VRFY,
        accepted=None if unsure else tells,
        asked="VRFY postmaster",
        code=somebody.code,
        words=told,
    )
    return vrfy, _result(ActiveTest.EXPN, "EXPN postmaster", expanded, accepted=said(expanded))


async def _injection(asking: _Asking) -> Results:
    """Send STARTTLS and one command more in one piece, and see whether that is answered inside TLS."""
    talk, connection = asking.talk, asking.connection
    with talk.step(Stage.STARTTLS, talk.config.command_timeout):
        reply = await connection.ask(connection.client.send(Verb.STARTTLS) + INJECTED)
    asked = "STARTTLS and RSET in one piece"
    if reply.code != READY_FOR_TLS:
        return (_result(ActiveTest.INJECTION, asked, reply, accepted=said(reply)),)
    if connection.early_octets():
        words = "the command was answered in clear text, before TLS"
        return (ActiveResult(test=ActiveTest.INJECTION, accepted=False, asked=asked, code=reply.code, words=words),)
    await talk.handshake(connection)
    with trio.move_on_after(INJECTION_SECONDS):
        answer = (await connection.channel.receive()).decode("ascii", "replace").strip()
        words = f"inside TLS it was answered {answer[:200]}" if answer else "the server closed the connection"
        return (
            ActiveResult(test=ActiveTest.INJECTION, accepted=bool(answer), asked=asked, code=reply.code, words=words),
        )
    return (ActiveResult(test=ActiveTest.INJECTION, accepted=False, asked=asked, code=reply.code, words="no answer"),)


async def _mail_in_clear(asking: _Asking) -> Results:
    reply = await asking.ask(Verb.MAIL, NOBODY)
    if asking.connection.client.may(Verb.RSET):
        await asking.ask(Verb.RSET)
    accepted = True if reply.positive else False if reply.code == MUST_START_TLS else None
    return (_result(ActiveTest.MAIL_IN_CLEAR, f"MAIL {NOBODY}", reply, accepted=accepted),)
