"""Where a server is spoken to."""

from dataclasses import dataclass, field
from enum import StrEnum


class Protocol(StrEnum):
    """What is spoken at a port."""

    SMTP = "smtp"
    IMAP = "imap"
    POP3 = "pop3"


class Service(StrEnum):
    """What a port is for (RFC 5321, 6409, 8314)."""

    SMTP = "smtp"
    SUBMISSION = "submission"
    SUBMISSIONS = "submissions"
    IMAP = "imap"
    IMAPS = "imaps"
    POP3 = "pop3"
    POP3S = "pop3s"

    @property
    def protocol(self) -> Protocol:
        """What is spoken there."""
        return _PROTOCOLS.get(self, Protocol.SMTP)

    @property
    def implicit_tls(self) -> bool:
        """Whether TLS comes first, before any greeting (RFC 8314 §3)."""
        return self in {Service.SUBMISSIONS, Service.IMAPS, Service.POP3S}

    @property
    def for_clients(self) -> bool:
        """Whether it is there for the users of a server, who log in, and not for other servers."""
        return self is not Service.SMTP


_PROTOCOLS = {
    Service.IMAP: Protocol.IMAP,
    Service.IMAPS: Protocol.IMAP,
    Service.POP3: Protocol.POP3,
    Service.POP3S: Protocol.POP3,
}

SERVICES_BY_PORT = {
    25: Service.SMTP,
    587: Service.SUBMISSION,
    465: Service.SUBMISSIONS,
    143: Service.IMAP,
    993: Service.IMAPS,
    110: Service.POP3,
    995: Service.POP3S,
}
CLIENT_PORTS = tuple(port for port, service in SERVICES_BY_PORT.items() if service.for_clients)


@dataclass(frozen=True, slots=True, order=True)
class Endpoint:
    """An exchange at one of its addresses and ports.

    The exchange is part of the key, since SNI and so the certificate depend on it.
    """

    exchange: str
    address: str
    port: int
    known_as: Service | None = field(default=None, compare=False)
    """What the user says that the port is for, where it is not the port's own service."""
    sought: bool = field(default=False, compare=False)
    """Nobody promised that something listens here; silence says no more than that nothing does."""

    @property
    def service(self) -> Service:
        """What the port is for; an unassigned port is taken for SMTP relay."""
        return self.known_as or SERVICES_BY_PORT.get(self.port, Service.SMTP)

    @property
    def socket(self) -> str:
        """Address and port as programs take them, an IPv6 address in brackets."""
        return f"[{self.address}]:{self.port}" if ":" in self.address else f"{self.address}:{self.port}"

    def __str__(self) -> str:
        return f"{self.exchange}/{self.socket}"
