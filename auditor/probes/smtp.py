"""One conversation with a mail server, top to bottom as RFC 5321 appendix D has it."""

from auditor.config import Config
from auditor.model.endpoint import Endpoint
from auditor.model.session import Blame, Outcome, SmtpSession, Stage, Starttls
from auditor.net.channel import Channel
from auditor.net.connection import SmtpConnection
from auditor.net.failure import ContactFailure
from auditor.net.network import Network
from auditor.probes.talk import Talk
from auditor.protocol.keywords import find, parse_keywords
from auditor.protocol.replies import Reply
from auditor.protocol.smtp import READY_FOR_TLS, SERVICE_NOT_AVAILABLE, Verb

# A server that does not know EHLO answers it with 500 or 502, some with 501, 503 or 504
# (RFC 5321 §3.2, §4.2.4); any other 5yz refuses us, and HELO would be refused too.
_EHLO_UNKNOWN = range(500, 505)


class SmtpTalk(Talk[SmtpSession, SmtpConnection]):
    """A conversation in SMTP."""

    def __init__(self, endpoint: Endpoint, network: Network, config: Config) -> None:
        super().__init__(SmtpSession, endpoint, network, config)

    @property
    def asked_for_less(self) -> bool:
        """Whether it closed with 421, which is what a server says that is asked too much (RFC 5321 §4.2.3)."""
        heard = (reply for reply in self.replies() if reply is not None)
        return any(reply.code == SERVICE_NOT_AVAILABLE for reply in heard)

    def replies(self) -> tuple[Reply | None, ...]:
        """Those to the questions of every conversation."""
        seen = self.seen
        return (seen.greeting, seen.ehlo, seen.helo, seen.starttls_reply, seen.ehlo_tls, seen.quit)

    def open(self, channel: Channel) -> SmtpConnection:
        """The session on a channel that was just opened."""
        return SmtpConnection(channel)

    async def greet(self, connection: SmtpConnection) -> None:
        """Wait for the greeting, and introduce ourselves."""
        with self.step(Stage.GREETING, self.config.greeting_timeout, "greeting_ms"):
            greeting = await connection.reply()
        self.saw(greeting=greeting)
        self.accepted(greeting)
        with self.step(Stage.EHLO, self.config.command_timeout, "ehlo_ms"):
            await self._hello(connection)

    def offers_tls(self) -> bool:
        """Whether STARTTLS is among the keywords."""
        return find(parse_keywords(self.seen.ehlo), Verb.STARTTLS) is not None

    async def ask_again(self, connection: SmtpConnection) -> None:
        """EHLO inside TLS."""
        with self.step(Stage.EHLO_TLS, self.config.command_timeout):
            self.saw(ehlo_tls=await connection.command(Verb.EHLO, self.own_name(connection.channel)))
        self.accepted(self.seen.ehlo_tls)

    async def leave(self) -> None:
        """QUIT, where it may be said."""
        if self.connection is None or not self.connection.client.may(Verb.QUIT):
            return
        try:
            self.saw(quit=await self.connection.command(Verb.QUIT))
        except ContactFailure as failure:
            self.transcript.note(f"after QUIT: {failure.words}")

    def accepted(self, reply: Reply | None) -> None:
        """End here if the reply does not let us go on; decided by its code alone."""
        if reply is None or reply.positive:
            return
        words = f"{reply.code} {reply.text}"
        if reply.transient:
            raise ContactFailure(Outcome.DEFERRED, Blame.UNKNOWN, words)
        if reply.permanent:
            raise ContactFailure(Outcome.REJECTED, Blame.UNKNOWN, words)
        raise ContactFailure(Outcome.NOT_SMTP, Blame.THEIRS, words)

    async def _hello(self, connection: SmtpConnection) -> None:
        own_name = self.own_name(connection.channel)
        reply = await connection.command(Verb.EHLO, own_name)
        self.saw(ehlo=reply)
        if reply.code in _EHLO_UNKNOWN:
            reply = await connection.command(Verb.HELO, own_name)
            self.saw(helo=reply)
        self.accepted(reply)

    async def starttls_accepted(self, connection: SmtpConnection) -> bool:
        """STARTTLS; whether the server is ready, and nothing stands before the handshake."""
        with self.step(Stage.STARTTLS, self.config.command_timeout):
            reply = await connection.command(Verb.STARTTLS)
        self.saw(starttls_reply=reply)
        if reply.code != READY_FOR_TLS:
            self.saw(starttls=Starttls.REFUSED)
            if not connection.client.may(Verb.NOOP):
                self.accepted(reply)  # 421: the server is about to close
            return False
        await self.nothing_early(connection)
        return True
