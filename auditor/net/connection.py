"""Moving octets between a protocol's client and a channel, with a transcript of what passed."""

from typing import Generic, Protocol, TypeVar

from OpenSSL import SSL

from auditor.model.certificate import TlsHandshake
from auditor.model.session import Blame, Outcome
from auditor.net.channel import Channel
from auditor.net.failure import ContactFailure, translated
from auditor.net.transcript import Transcript
from auditor.protocol.access import AccessClient, AccessReply
from auditor.protocol.replies import Reply
from auditor.protocol.smtp import SmtpClient, Verb
from auditor.protocol.waiting import Waiting


class Heard(Protocol):
    """Something whole that a server said."""

    @property
    def as_sent(self) -> tuple[str, ...]:
        """Its lines, without their ends."""


Answer = TypeVar("Answer", bound=Heard, covariant=True)  # noqa: PLC0105 - a name for people


class Client(Protocol[Answer]):
    """The client's side of a protocol, without I/O."""

    @property
    def partial(self) -> bytes:
        """The octets of a line whose end has not come."""

    def receive_data(self, octets: bytes) -> None:
        """Take octets as they came from the network."""

    def receive_eof(self) -> None:
        """Take note that nothing more will come."""

    def next_event(self) -> Answer | Waiting:
        """The answer that is due, or why it is not there; raises ``RemoteProtocolError``."""

    def early_octets(self) -> bytes:
        """What stands in the buffer although no answer is due."""

    def tls_started(self) -> None:
        """Begin anew inside TLS."""

    unsolicited: bytes
    """Octets that came when none were due."""


class Connection(Generic[Answer]):
    """A session in progress with one server.

    Every method raises :class:`ContactFailure` when the session cannot go on.
    """

    def __init__(self, channel: Channel, client: Client[Answer]) -> None:
        self.channel = channel
        self._client = client

    @property
    def transcript(self) -> Transcript:
        """What passed so far."""
        return self.channel.transcript

    @property
    def partial(self) -> bytes:
        """The octets of a line whose end has not come."""
        return self._client.partial

    @property
    def unsolicited(self) -> bytes:
        """Octets that came when none were due."""
        return self._client.unsolicited

    async def reply(self) -> Answer:
        """The next answer, whole."""
        with translated():
            try:
                while isinstance(event := self._client.next_event(), Waiting):
                    await self._more(event)
            except BaseException:
                self.transcript.garbage(self.partial)
                raise
        self.transcript.heard(event.as_sent)
        return event

    async def ask(self, octets: bytes) -> Answer:
        """The answer to a command, given as the client made it."""
        self.transcript.command(octets)
        await self.channel.send(octets)
        return await self.reply()

    def early_octets(self) -> bool:
        """Whether octets stand there that nobody asked for, before the handshake (RFC 3207 §4.2, CVE-2011-0411)."""
        return bool(self._client.early_octets()) or self.channel.has_octets()

    async def start_tls(self, context: SSL.Context, server_name: str, *, implicit: bool = False) -> TlsHandshake:
        """Shake hands, after STARTTLS or before any greeting, and begin anew inside."""
        handshake = await self.channel.start_tls(context, server_name)
        if not implicit:
            self._client.tls_started()
        return handshake

    async def _more(self, event: Waiting) -> None:
        if event is Waiting.EOF:
            raise ContactFailure(Outcome.CLOSED, Blame.THEIRS, "the server closed the connection before its reply")
        octets = await self.channel.receive()
        if octets:
            self._client.receive_data(octets)
        else:
            self._client.receive_eof()


class AccessConnection(Connection[AccessReply]):
    """A session in progress with a server that speaks IMAP or POP3."""

    def __init__(self, channel: Channel, client: AccessClient) -> None:
        self.client = client
        super().__init__(channel, client)

    async def command(self, verb: str) -> AccessReply:
        """The answer to a command."""
        return await self.ask(self.client.send(verb))


class SmtpConnection(Connection[Reply]):
    """A session in progress with a server that speaks SMTP."""

    def __init__(self, channel: Channel) -> None:
        self.client = SmtpClient(channel.bounds)
        super().__init__(channel, self.client)

    async def command(self, verb: Verb, argument: str = "") -> Reply:
        """The reply to a command."""
        return await self.ask(self.client.send(verb, argument))

    async def message(self, message: bytes) -> Reply:
        """The reply to a whole message; it does not stand in the transcript."""
        await self.channel.send(self.client.send_message(message))
        return await self.reply()
