"""Where a server is spoken to."""

from dataclasses import dataclass
from enum import StrEnum


class Service(StrEnum):
    """What a port is for (RFC 5321, 6409, 8314)."""

    SMTP = "smtp"
    SUBMISSION = "submission"
    SUBMISSIONS = "submissions"
    IMAP = "imap"
    IMAPS = "imaps"
    POP3 = "pop3"
    POP3S = "pop3s"


SERVICES_BY_PORT = {
    25: Service.SMTP,
    587: Service.SUBMISSION,
    465: Service.SUBMISSIONS,
    143: Service.IMAP,
    993: Service.IMAPS,
    110: Service.POP3,
    995: Service.POP3S,
}


@dataclass(frozen=True, slots=True, order=True)
class Endpoint:
    """An exchange at one of its addresses and ports.

    The exchange is part of the key, since SNI and so the certificate depend on it.
    """

    exchange: str
    address: str
    port: int

    @property
    def service(self) -> Service:
        """What the port is for; an unassigned port is taken for SMTP relay."""
        return SERVICES_BY_PORT.get(self.port, Service.SMTP)

    def __str__(self) -> str:
        address = f"[{self.address}]" if ":" in self.address else self.address
        return f"{self.exchange}/{address}:{self.port}"
