"""The facts a check may ask for: each type is one, and says of what."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from auditor.checks.core import Scope
from auditor.model.active import ActiveResult, ActiveTest
from auditor.model.certificate import Certificate, TlsHandshake
from auditor.model.endpoint import Endpoint, Service
from auditor.model.rejection import Reason
from auditor.model.route import Exchange, MailRoute
from auditor.model.session import Blame, Outcome, Session, SmtpSession
from auditor.model.tls_trial import TlsOffer
from auditor.policy.rejection import blame_of, understand
from auditor.protocol.keywords import Keyword
from auditor.protocol.replies import Reply

NO_LOOKUP = "no MX lookup was asked for"
NOT_VALIDATED = "the resolver was not seen to validate (see --trust-ad)"

# Of these endpoints nothing can be said: it may be our side, the path, or the moment.
_INCONCLUSIVE = {
    Outcome.DEFERRED,
    Outcome.CONNECT_TIMEOUT,
    Outcome.REPLY_TIMEOUT,
    Outcome.UNREACHABLE,
    Outcome.SKIPPED,
    Outcome.INTERNAL_ERROR,
}


def inconclusive(session: Session) -> bool:
    """Whether the way a conversation ended says nothing of the server."""
    return session.outcome in _INCONCLUSIVE or blame_of(session) in {Blame.OURS, Blame.PATH}


def ended(session: Session) -> str:
    """How a conversation ended, in words, and what a refusal is likely to be about."""
    rejection = understand(session)
    reason = f" ({rejection.words})" if rejection is not None and rejection.reason is not Reason.UNKNOWN else ""
    return f"{session.outcome} at {session.stage}" + (f": {session.error}" if session.error else "") + reason


@dataclass(frozen=True, slots=True)
class Route:
    """The mail route of a domain, where its MX lookup said something."""

    scope: ClassVar[Scope] = Scope.DOMAIN
    route: MailRoute


@dataclass(frozen=True, slots=True)
class Records:
    """The MX records of a domain that name a host, by preference: those of a null MX are left aside."""

    scope: ClassVar[Scope] = Scope.DOMAIN
    route: MailRoute
    exchanges: tuple[Exchange, ...]

    @property
    def addresses(self) -> tuple[str, ...]:
        """Every address of every exchange, each once."""
        return tuple(dict.fromkeys(address for one in self.exchanges for address in one.addresses))

    @property
    def errors(self) -> tuple[str, ...]:
        """The address lookups that gave no fact, such as ``mx.example.com AAAA: timeout``."""
        return tuple(f"{one.exchange} {error}" for one in self.exchanges for error in one.errors)


Contact = tuple[Endpoint, Session | None]
"""An endpoint, with its conversation where one was held."""


@dataclass(frozen=True, slots=True)
class Contacts:
    """Every endpoint of a domain that takes mail."""

    scope: ClassVar[Scope] = Scope.DOMAIN
    route: MailRoute
    contacts: tuple[Contact, ...]


@dataclass(frozen=True, slots=True)
class Relays(Contacts):
    """Of a domain's endpoints, those on the port where exchanges take mail from one another."""

    @classmethod
    def among(cls, contacts: Contacts) -> "Relays":
        """Those among ``contacts``; submission has ports of its own, which no sender uses."""
        return cls(contacts.route, tuple(one for one in contacts.contacts if one[0].service is Service.SMTP))


@dataclass(frozen=True, slots=True)
class Named:
    """One MX record that names something, whatever became of looking that up."""

    scope: ClassVar[Scope] = Scope.EXCHANGE
    exchange: Exchange


@dataclass(frozen=True, slots=True)
class Asked:
    """One exchange whose addresses were asked for, whatever came of it."""

    scope: ClassVar[Scope] = Scope.EXCHANGE
    exchange: Exchange
    route: MailRoute


@dataclass(frozen=True, slots=True)
class Listed(Asked):
    """One exchange whose addresses were asked for, and are known."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A conversation in SMTP that says something about the server, however it ended."""

    scope: ClassVar[Scope] = Scope.ENDPOINT
    session: SmtpSession


@dataclass(frozen=True, slots=True)
class Greeting:
    """The greeting a server gave."""

    scope: ClassVar[Scope] = Scope.ENDPOINT
    reply: Reply


@dataclass(frozen=True, slots=True)
class Hello:
    """What was answered to EHLO, or HELO, before any STARTTLS; and its keywords."""

    scope: ClassVar[Scope] = Scope.ENDPOINT
    session: SmtpSession
    keywords: tuple[Keyword, ...]
    pinned: bool = False
    """Whether senders hold the server to signed TLSA records, so that it must offer TLS."""


@dataclass(frozen=True, slots=True)
class Offer:
    """The keywords a client may use in the end: those inside TLS where it got there, or those in clear text."""

    scope: ClassVar[Scope] = Scope.ENDPOINT
    keywords: tuple[Keyword, ...]


@dataclass(frozen=True, slots=True)
class StarttlsOffered:
    """A conversation in SMTP in which STARTTLS was offered."""

    scope: ClassVar[Scope] = Scope.ENDPOINT
    session: SmtpSession


@dataclass(frozen=True, slots=True)
class HandshakeTried:
    """A conversation in which a TLS handshake was begun, after STARTTLS or at once."""

    scope: ClassVar[Scope] = Scope.ENDPOINT
    session: Session


@dataclass(frozen=True, slots=True)
class Tls:
    """A completed handshake."""

    scope: ClassVar[Scope] = Scope.ENDPOINT
    endpoint: Endpoint
    handshake: TlsHandshake


@dataclass(frozen=True, slots=True)
class Trials:
    """What a server accepted of a client that offers little, beside what it agreed to in its own conversation."""

    scope: ClassVar[Scope] = Scope.ENDPOINT
    asked_by: ClassVar[str] = "tls-versions"
    session: Session
    agreed: TlsHandshake

    def accepts(self, offer: TlsOffer) -> bool:
        """Whether that offer was seen to be accepted, in the conversation or in its own trial."""
        trial = self.session.trial(offer)
        return self.agreed.version == offer or (trial is not None and trial.accepted is True)

    @property
    def leaf(self) -> str:
        """SHA-256 of the certificate that was shown to a client that names the server."""
        return self.agreed.leaf

    @property
    def endpoint(self) -> Endpoint:
        """Where that was."""
        return self.session.endpoint


@dataclass(frozen=True, slots=True)
class Active:
    """What a server did when it was asked for more."""

    scope: ClassVar[Scope] = Scope.ENDPOINT
    asked_by: ClassVar[str] = "active"
    session: SmtpSession

    def of(self, test: ActiveTest) -> tuple[ActiveResult, ...]:
        """What came of that test; empty where it was not made."""
        return tuple(one for one in self.session.active if one.test is test)


@dataclass(frozen=True, slots=True)
class MailboxesAsked:
    """Of a domain's exchanges, what was said to mail for its postmaster and abuse."""

    scope: ClassVar[Scope] = Scope.DOMAIN
    asked_by: ClassVar[str] = "active"
    results: tuple[tuple[Endpoint, ActiveResult], ...]


@dataclass(frozen=True, slots=True)
class Leaf:
    """The server's own certificate, the handshake it came in, and the moment of judging."""

    scope: ClassVar[Scope] = Scope.ENDPOINT
    endpoint: Endpoint
    handshake: TlsHandshake
    certificate: Certificate
    at: datetime


@dataclass(frozen=True, slots=True)
class Chain:
    """The certificates that a server sent, all of them known."""

    scope: ClassVar[Scope] = Scope.ENDPOINT
    endpoint: Endpoint
    sent: tuple[Certificate, ...]
    at: datetime

    @property
    def path(self) -> tuple[Certificate, ...]:
        """From the server's own certificate, issuer by issuer, as far as they were sent."""
        path = [self.sent[0]]
        while not path[-1].self_issued:
            issuer = next((one for one in self.sent if one.subject == path[-1].issuer and one not in path), None)
            if issuer is None:
                break
            path.append(issuer)
        return tuple(path)


@dataclass(frozen=True, slots=True)
class Unpinned(Leaf):
    """The same, where its issuer, names and dates matter: no signed TLSA record of usage 3 vouches for it."""
