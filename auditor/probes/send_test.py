"""Sending one message to one recipient, step by step: what the walk through a Telnet session is for."""

from collections.abc import Iterator
from dataclasses import replace

from auditor.config import Config
from auditor.model.endpoint import Endpoint
from auditor.model.send_test import SendTest, Sent
from auditor.model.session import Stage
from auditor.net.connection import SmtpConnection
from auditor.net.failure import ContactFailure
from auditor.net.network import Network
from auditor.probes.smtp import SmtpTalk
from auditor.protocol.replies import Reply
from auditor.protocol.smtp import START_MAIL_INPUT, Verb

DATA_SECONDS = 120.0  # for the server to say 354 (RFC 5321 §4.5.3.2.4)
END_SECONDS = 600.0  # for it to take the message over (RFC 5321 §4.5.3.2.6)


async def send(test: SendTest, endpoint: Endpoint, network: Network, config: Config) -> Sent:
    """Send the message, inside TLS where that is offered; never raises for what a server does."""
    # The server may take its time over the message; nobody else is waited for meanwhile.
    config = config.model_copy(update={"session_timeout": config.session_timeout + DATA_SECONDS + END_SECONDS})
    talk = SmtpTalk(endpoint, network, config)
    sending = _Sending(talk, test)
    try:
        await talk.at_ready(sending.hold, inside=True)
        talk.reached(Stage.DONE)
    except ContactFailure as failure:
        talk.fail(failure)
    session = replace(talk.seen, transcript=talk.transcript.lines)
    return Sent(session=session, accepted=sending.accepted, asked=sending.asked, reply=sending.reply)


class _Sending:
    def __init__(self, talk: SmtpTalk, test: SendTest) -> None:
        self._talk = talk
        self._test = test
        self.asked = ""
        self.reply: Reply | None = None
        self.accepted = False

    async def hold(self, connection: SmtpConnection) -> None:
        """MAIL, RCPT, DATA and the message; ends at the first no."""
        for verb, argument in self._envelope():
            if not (await self._ask(connection, verb, argument)).positive:
                return
        if (await self._ask(connection, Verb.DATA, seconds=DATA_SECONDS)).code != START_MAIL_INPUT:
            return
        self.asked, self.reply = "the message", None
        for line in (*self._test.message.splitlines(), b"."):
            self._talk.transcript.command(line)
        with self._talk.step(Stage.DONE, END_SECONDS):
            self.reply = await connection.message(self._test.message)
        self.accepted = self.reply.positive

    def _envelope(self) -> Iterator[tuple[Verb, str]]:
        yield Verb.MAIL, f"FROM:<{self._test.sender}>"
        yield Verb.RCPT, f"TO:<{self._test.recipient}>"

    async def _ask(
        self, connection: SmtpConnection, verb: Verb, argument: str = "", seconds: float | None = None
    ) -> Reply:
        self.asked, self.reply = f"{verb} {argument}".rstrip(), None
        with self._talk.step(Stage.DONE, seconds or self._talk.config.command_timeout):
            self.reply = await connection.command(verb, argument)
        return self.reply
