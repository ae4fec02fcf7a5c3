"""``domains``: a row per accepted input domain."""

from collections.abc import Callable, Sequence

from auditor.model.dane import DaneStatus
from auditor.model.dns import Dnssec
from auditor.model.facts import DomainFacts
from auditor.model.finding import Severity
from auditor.model.published import Role
from auditor.model.route import MxStatus
from auditor.model.session import Session
from auditor.report.columns import Column, Kind, Table, not_observed
from auditor.report.rollup import (
    Holds,
    Share,
    add_up,
    counted_sessions,
    is_trusted,
    sessions_of,
    speaks_smtp,
    speaks_tls,
    was_judged,
)
from auditor.report.rows import DomainRow
from auditor.report.tables.drawing import Draw, of_dane, of_effects, of_facts, of_judgement
from auditor.report.tables.more_policies import MORE
from auditor.report.tables.nameservers import NAMESERVERS
from auditor.report.tables.policies import POLICIES

_SHARES = tuple(Share)
_COUNTED = (
    "`all`: every one, none unknown; `some`: at least one, while another does not or is unknown; "
    "`none`: not one, none unknown; `unknown`: none is known to, and one at least could not be judged; "
    "`not-applicable`: there is none to ask. Endpoints skipped on our side count only where all were; "
    "a host whose addresses could not be looked up counts as unknown"
)


def _share(holds: Callable[[Session | None], Holds]) -> Draw:
    return of_facts(lambda facts: add_up(holds(session) for session in counted_sessions(facts)))


def _mx_hosts(facts: DomainFacts) -> Sequence[str] | None:
    return tuple(one.exchange for one in facts.route.exchanges) if facts.route.status.known else None


_INPUT: tuple[Column[DomainRow], ...] = (
    Column(
        name="domain",
        meaning="The domain as an A-label, in lower case, without trailing dot; of a direct target, its host",
        value=lambda row: row.target.domain,
    ),
    Column(
        name="domain_unicode",
        meaning="The domain in U-labels, as people write it",
        value=lambda row: row.target.domain_unicode,
    ),
    Column(name="input", meaning="The text as it stood in the list", value=lambda row: row.target.input),
    Column(
        name="input_line",
        meaning="Line or row of the list, from 1; for a name given as an argument, its position",
        kind=Kind.INTEGER,
        value=lambda row: row.target.input_line,
    ),
)

_DNS: tuple[Column[DomainRow], ...] = (
    Column(
        name="role",
        meaning="What the domain does with mail, as the list says or as its records let one suppose; see `role_reason`",
        values=tuple(Role),
        value=of_effects(lambda effects: effects.role.role),
    ),
    Column(
        name="mx_status",
        meaning="What the MX lookup says (RFC 5321 §5.1, RFC 7505)",
        values=tuple(MxStatus),
        value=of_facts(lambda facts: facts.route.status),
    ),
    Column(
        name="mx_hosts",
        meaning="The exchanges by preference; the domain itself where the MX is implicit, `.` for a null MX",
        kind=Kind.LIST,
        value=of_facts(_mx_hosts),
    ),
    Column(
        name="dnssec",
        meaning="DNSSEC status of the MX answer (RFC 4033 §5), as far as the resolver is trusted",
        values=tuple(Dnssec),
        value=of_facts(lambda facts: facts.route.dnssec),
    ),
    not_observed("provider", "Who runs the exchanges"),
    not_observed("provider_confidence", "How sure that is, 0 to 1", kind=Kind.NUMBER),
    not_observed("gateway", "The filtering service in front of the provider"),
)

_TRANSPORT: tuple[Column[DomainRow], ...] = (
    Column(
        name="endpoints_total",
        meaning="Endpoints (exchange, address and port) the domain's mail may go to, within the limits of the run; "
        "those that `--services` looks for do not count",
        kind=Kind.INTEGER,
        value=of_facts(lambda facts: len(facts.promised)),
    ),
    Column(
        name="endpoints_judged",
        meaning="Those of them that showed for certain whether they speak SMTP",
        kind=Kind.INTEGER,
        value=of_facts(lambda facts: sum(was_judged(session) for session in sessions_of(facts))),
    ),
    Column(
        name="smtp",
        meaning=f"How many of the domain's endpoints take EHLO or HELO. {_COUNTED}",
        values=_SHARES,
        value=_share(speaks_smtp),
    ),
    Column(
        name="starttls",
        meaning="How many complete a TLS handshake, by STARTTLS or at once; one that speaks no SMTP is not asked, "
        "and a 4yz reply to STARTTLS is unknown. Values as `smtp`",
        values=_SHARES,
        value=_share(speaks_tls),
    ),
    Column(
        name="cert_trust",
        meaning="How many present a chain to a trust anchor, names apart; one without TLS is not asked. "
        "Values as `smtp`",
        values=_SHARES,
        value=_share(is_trusted),
    ),
    Column(
        name="dane",
        meaning="DANE of the exchanges for senders that follow RFC 7672: `partial` where some have it and others not, "
        "`absent` also where the records are not signed",
        values=tuple(DaneStatus),
        value=of_dane(lambda dane: dane.status),
    ),
)

_JUDGEMENT: tuple[Column[DomainRow], ...] = (
    Column(
        name="score",
        meaning="0 to 100, over the checks that could be judged; see `coverage` for how many those are",
        kind=Kind.INTEGER,
        value=of_judgement(lambda judged: judged.score),
    ),
    Column(
        name="coverage",
        meaning="Judged checks / applicable checks, 0 to 1",
        kind=Kind.NUMBER,
        value=of_judgement(lambda judged: None if judged.coverage is None else round(judged.coverage, 4)),
    ),
    Column(
        name="worst_severity",
        meaning="The severest of the failed checks; empty where none failed",
        values=tuple(Severity),
        value=of_judgement(lambda judged: judged.worst_severity),
    ),
    Column(
        name="failed",
        meaning="Checks that failed",
        kind=Kind.INTEGER,
        value=of_judgement(lambda judged: judged.failed),
    ),
    Column(
        name="unknown",
        meaning="Checks that could not be judged; unknown is not failed",
        kind=Kind.INTEGER,
        value=of_judgement(lambda judged: judged.unknown),
    ),
)

DOMAINS: Table[DomainRow] = Table(
    name="domains",
    meaning="A row per accepted input domain, in the order of the list. A target that the run did not come to "
    "has its input columns only. The list's own further columns follow as `input_<name>`.",
    columns=(*_INPUT, *_DNS, *_TRANSPORT, *POLICIES, *_JUDGEMENT, *MORE, *NAMESERVERS),
)
