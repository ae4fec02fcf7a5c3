"""What the DNS says of the host of one MX record."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain, zip_longest

from auditor.model.dns import Answer, DnsStatus, Question
from auditor.model.route import Exchange, ExchangeStatus
from auditor.policy.addresses import address_of
from auditor.policy.answers import complaint, dnssec_of, most_telling
from auditor.policy.contact import RoutePolicy
from auditor.policy.drive import Evaluation

ROOT = "."


@dataclass(frozen=True)
class Host:
    """A host name and the answers to its A and AAAA questions; none where it was not to be asked."""

    name: str
    answers: tuple[Answer, ...] = ()

    @cached_property
    def addresses(self) -> tuple[str, ...]:
        """Every address in canonical form, sorted in each family, the families in turn."""
        return _in_turn(tuple(answer.records for answer in self._answered))

    @property
    def aliases(self) -> tuple[str, ...]:
        """The CNAME targets passed through."""
        return max((answer.aliases for answer in self.answers), key=len, default=())

    @property
    def canonical_name(self) -> str:
        """The name at the end of the aliases; empty when not known."""
        return next((answer.canonical_name for answer in self.answers if answer.canonical_name), "")

    @property
    def errors(self) -> tuple[str, ...]:
        """The lookups that gave no fact."""
        return tuple(complaint(answer) for answer in self.answers if not answer.status.known)

    @property
    def _answered(self) -> list[Answer]:
        return [answer for answer in self.answers if answer.status is DnsStatus.ANSWERED]


@lru_cache(maxsize=10_000)  # an exchange that many domains share
def _in_turn(families: tuple[tuple[str, ...], ...]) -> tuple[str, ...]:
    parsed = (sorted(map(address_of, records)) for records in families)
    return tuple(str(address) for address in chain.from_iterable(zip_longest(*parsed)) if address is not None)


def server_name_of(exchange: str) -> str:
    """What is sent as SNI to an exchange: its name; nothing where it is an address (RFC 6066 §3)."""
    return "" if is_address(exchange) else exchange


def look_up_hosts(names: Sequence[str]) -> Evaluation[dict[str, Host]]:
    """The hosts of these exchanges, each once, in their order, after one batch of questions."""
    asked = tuple(dict.fromkeys(name for name in names if not why_not_asked(name)))
    answers: tuple[Answer, ...] = ()
    if asked:
        answers = yield tuple(question for name in asked for question in host_questions(name))
    found = {name: Host(name, answers[2 * i : 2 * i + 2]) for i, name in enumerate(asked)}
    return {name: found.get(name, Host(name)) for name in names}


def look_up_host(name: str) -> Evaluation[Host]:
    """The host of a name that no MX record gave, whatever it looks like."""
    return Host(name, (yield host_questions(name)))


def host_questions(name: str) -> tuple[Question, Question]:
    """What is asked of a host: its addresses in either family."""
    return Question(name, "A"), Question(name, "AAAA")


def describe(
    preference: int,
    host: Host,
    policy: RoutePolicy,
    usable: tuple[str, ...],
    *,
    ttl_seconds: int | None = None,
    named_by_mx: bool = True,
) -> Exchange:
    """The facts of an exchange.

    Args:
        preference: that of the MX record.
        host: its exchange, looked up.
        policy: what may be contacted and believed.
        usable: its addresses that are contacted.
        ttl_seconds: that of the MX record.
        named_by_mx: False for a host that no MX record names, and that may be an alias therefore.

    """
    return Exchange(
        preference=preference,
        exchange=host.name,
        status=_status(host, policy, named_by_mx=named_by_mx),
        canonical_name=host.canonical_name,
        aliases=host.aliases,
        addresses=host.addresses,
        usable=usable,
        ttl_seconds=ttl_seconds,
        dnssec=dnssec_of(host.answers, policy.trust_ad),
        errors=host.errors,
    )


def why_not_asked(name: str) -> ExchangeStatus | None:
    """Why no address of an exchange with such a name is looked up; ``None`` when it is (RFC 5321 §2.3.5, §5.1)."""
    if name == ROOT:
        return ExchangeStatus.NULL
    if is_address(name.removeprefix("[").removesuffix("]").removeprefix("ipv6:")):
        return ExchangeStatus.ADDRESS_LITERAL
    return None if "." in name else ExchangeStatus.SINGLE_LABEL


@lru_cache(maxsize=10_000)
def is_address(text: str) -> bool:
    """Whether this is an IP address in text form."""
    try:
        address_of(text)
    except ValueError:
        return False
    return True


def names_not_asked(hosts: Mapping[str, Host]) -> Iterator[str]:
    """The exchanges that are left alone for their name, in words."""
    for name in hosts:
        reason = why_not_asked(name)
        if reason in {ExchangeStatus.ADDRESS_LITERAL, ExchangeStatus.SINGLE_LABEL}:
            yield f"{name}: {reason.replace('-', ' ')}"


def _status(host: Host, policy: RoutePolicy, *, named_by_mx: bool) -> ExchangeStatus:
    """A lookup that failed leaves it open whether there is a (public) address, unless one was found."""
    if not host.answers and (reason := why_not_asked(host.name)) is not None:
        return reason
    if any(policy.permits(address) for address in host.addresses):
        return ExchangeStatus.ALIAS if host.aliases and named_by_mx else ExchangeStatus.OK
    if (failure := most_telling(host.answers)) is not None:
        return ExchangeStatus(failure.status.value)
    if host.addresses:
        return ExchangeStatus.NON_PUBLIC
    if all(answer.status is DnsStatus.NXDOMAIN for answer in host.answers):
        return ExchangeStatus.NXDOMAIN
    return ExchangeStatus.NO_ADDRESS
