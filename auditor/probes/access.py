"""One conversation with a server from which users read mail, in IMAP or POP3, as far as it goes without logging in."""

from typing import Final

from auditor.config import Config
from auditor.model.endpoint import Endpoint, Protocol
from auditor.model.session import AccessSession, Blame, Outcome, Stage, Starttls
from auditor.net.channel import Channel
from auditor.net.connection import AccessConnection
from auditor.net.failure import ContactFailure
from auditor.net.network import Network
from auditor.policy.login import capabilities_of
from auditor.probes.talk import Talk
from auditor.protocol import imap, pop3
from auditor.protocol.access import AccessClient, AccessReply

_CLIENTS: Final[dict[Protocol, type[AccessClient]]] = {Protocol.IMAP: imap.ImapClient, Protocol.POP3: pop3.Pop3Client}
_QUESTIONS: Final = {Protocol.IMAP: imap.CAPABILITY, Protocol.POP3: pop3.CAPA}
_NOT_SPOKEN: Final = {Protocol.IMAP: Outcome.NOT_IMAP, Protocol.POP3: Outcome.NOT_POP3}


class AccessTalk(Talk[AccessSession, AccessConnection]):
    """A conversation in IMAP or POP3, by the endpoint's service."""

    def __init__(self, endpoint: Endpoint, network: Network, config: Config) -> None:
        super().__init__(AccessSession, endpoint, network, config)
        self._protocol = endpoint.service.protocol

    @property
    def not_spoken(self) -> Outcome:
        """What it is called when the server does not speak it."""
        return _NOT_SPOKEN[self._protocol]

    @property
    def unsolicited(self) -> bytes:
        """Octets that came when none were due; IMAP servers may speak at any time (RFC 9051 §7)."""
        return b"" if self._protocol is Protocol.IMAP else super().unsolicited

    def replies(self) -> tuple[AccessReply | None, ...]:
        """Those to the questions of every conversation."""
        seen = self.seen
        return (seen.greeting, seen.capability, seen.starttls_reply, seen.capability_tls, seen.logout)

    def open(self, channel: Channel) -> AccessConnection:
        """The session on a channel that was just opened."""
        return AccessConnection(channel, _CLIENTS[self._protocol](channel.bounds))

    async def greet(self, connection: AccessConnection) -> None:
        """Wait for the greeting, and ask for the capabilities."""
        with self.step(Stage.GREETING, self.config.greeting_timeout, "greeting_ms"):
            greeting = await connection.reply()
        self.saw(greeting=greeting)
        _welcomed(greeting)
        with self.step(Stage.CAPABILITY, self.config.command_timeout, "ehlo_ms"):
            self.saw(capability=await connection.command(_QUESTIONS[self._protocol]))
        if self.seen.capability is not None and self.seen.capability.status == "BYE":
            _welcomed(self.seen.capability)

    def offers_tls(self) -> bool:
        """Whether the command that begins TLS is among the capabilities (RFC 9051 §6.2.1, RFC 2595 §4)."""
        return _CLIENTS[self._protocol].START_TLS in capabilities_of(self.seen.capability, self._protocol)

    async def ask_again(self, connection: AccessConnection) -> None:
        """Ask for the capabilities inside TLS."""
        with self.step(Stage.CAPABILITY_TLS, self.config.command_timeout):
            self.saw(capability_tls=await connection.command(_QUESTIONS[self._protocol]))

    async def leave(self) -> None:
        """LOGOUT or QUIT, where it may be said."""
        if self.connection is None or not self.connection.client.may(self.connection.client.LEAVE):
            return
        try:
            self.saw(logout=await self.connection.command(self.connection.client.LEAVE))
        except ContactFailure as failure:
            self.transcript.note(f"after {self.connection.client.LEAVE}: {failure.words}")

    async def starttls_accepted(self, connection: AccessConnection) -> bool:
        """STARTTLS or STLS; whether the server agrees, and nothing stands before the handshake."""
        with self.step(Stage.STARTTLS, self.config.command_timeout):
            reply = await connection.command(connection.client.START_TLS)
        self.saw(starttls_reply=reply)
        if not reply.positive:
            self.saw(starttls=Starttls.REFUSED)
            return False
        await self.nothing_early(connection)
        return True


def _welcomed(greeting: AccessReply) -> None:
    """End here if the server does not let us in."""
    if not greeting.positive:
        outcome = Outcome.DEFERRED if greeting.transient else Outcome.REJECTED
        raise ContactFailure(outcome, Blame.UNKNOWN, f"{greeting.status} {greeting.text}".rstrip())
