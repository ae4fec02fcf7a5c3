"""The columns of ``domains`` that say what a domain publishes."""

from collections.abc import Callable, Sequence

from auditor.model.dkim import DkimStatus
from auditor.model.dmarc import Discovery, Disposition, DmarcStatus
from auditor.model.facts import DomainFacts
from auditor.model.mta_sts import StsMode
from auditor.model.published import Published, RecordStatus, RoleReason
from auditor.model.route import MxStatus
from auditor.model.spf import SpfAll, SpfStatus
from auditor.policy.dane_effect import DomainDane, domain_dane
from auditor.policy.role import role_of
from auditor.policy.sts_effect import StsEffect, sts_effect
from auditor.report.columns import Column, Kind, Value
from auditor.report.rows import DomainRow


def of_role(value: Callable[[RoleReason], Value]) -> Callable[[DomainRow], Value]:
    """Drawn from the domain's role."""
    return _of_facts(lambda facts: value(role_of(facts.target, facts.route, facts.published)))


def of_dane(value: Callable[[DomainDane], Value]) -> Callable[[DomainRow], Value]:
    """Drawn from DANE of the domain's exchanges; a server named by itself has no domain to judge."""
    return _of_facts(lambda facts: None if facts.route.status is MxStatus.DIRECT else value(domain_dane(facts)))


def _of_facts(value: Callable[[DomainFacts], Value]) -> Callable[[DomainRow], Value]:
    return lambda row: None if row.facts is None else value(row.facts)


def _of_published(value: Callable[[Published], Value]) -> Callable[[DomainRow], Value]:
    return _of_facts(lambda facts: None if facts.published is None else value(facts.published))


def _of_sts(value: Callable[[StsEffect], Value]) -> Callable[[DomainRow], Value]:
    return _of_facts(lambda facts: None if facts.published is None else value(sts_effect(facts)))


def _or_unknown(value: Callable[[Published], Value], unknown: str = "unknown") -> Callable[[DomainRow], Value]:
    """A status, unknown where the domain's servers gave no answer at all; empty for a server named by itself."""

    def draw(facts: DomainFacts) -> Value:
        if facts.published is not None:
            return value(facts.published)
        return None if facts.route.status is MxStatus.DIRECT else unknown

    return _of_facts(draw)


def _tree(value: Callable[[Discovery], Value]) -> Callable[[DomainRow], Value]:
    return _of_published(lambda one: None if one.dmarc.tree is None else value(one.dmarc.tree))


def _looked_at(published: Published) -> bool:
    """Whether there is an SPF record whose terms could be counted."""
    return published.spf.root is not None and bool(published.spf.root.record)


def _selectors(published: Published) -> Sequence[str] | None:
    return tuple(key.selector for key in published.dkim.keys) or None


_DISPOSITIONS = tuple(Disposition)

POLICIES: tuple[Column[DomainRow], ...] = (
    Column(
        name="spf_record",
        meaning="The SPF record (RFC 7208); several joined with ` | `",
        value=_of_published(lambda one: one.spf.record or None),
    ),
    Column(
        name="spf",
        meaning="What the record is worth, whoever the sender: `permerror` also for more than ten lookups or two void "
        "ones (RFC 7208 §4.6.4); `temperror` where a lookup gave no fact",
        values=tuple(SpfStatus),
        value=_or_unknown(lambda one: one.spf.status, SpfStatus.TEMPERROR),
    ),
    Column(
        name="spf_all",
        meaning="What becomes of a sender that matches nothing, also through a redirect",
        values=tuple(SpfAll),
        value=_of_published(lambda one: one.spf.all if _looked_at(one) else None),
    ),
    Column(
        name="spf_lookups",
        meaning="Terms that cost a DNS lookup, through all includes, however many (RFC 7208 §4.6.4); an upper bound, "
        "for evaluation ends at a match",
        kind=Kind.INTEGER,
        value=_of_published(lambda one: one.spf.lookups if _looked_at(one) else None),
    ),
    Column(
        name="spf_void_lookups",
        meaning="Lookups that find nothing (RFC 7208 §4.6.4), for a sender with IPv4 or IPv6, whichever has more",
        kind=Kind.INTEGER,
        value=_of_published(lambda one: one.spf.voids if _looked_at(one) else None),
    ),
    Column(
        name="dmarc_record",
        meaning="The DMARC record that applies, by the tree walk of RFC 9989",
        value=_of_published(lambda one: None if one.dmarc.record is None else one.dmarc.record.text),
    ),
    Column(
        name="dmarc_location",
        meaning="The name at which it stands",
        value=_of_published(lambda one: None if one.dmarc.record is None else one.dmarc.record.location),
    ),
    Column(
        name="dmarc",
        meaning="What was found",
        values=tuple(DmarcStatus),
        value=_or_unknown(lambda one: one.dmarc.status),
    ),
    Column(
        name="dmarc_policy",
        meaning="The policy in effect for mail from the name itself, lowered by `t=y`; empty where none applies",
        values=_DISPOSITIONS,
        value=_tree(lambda tree: tree.policy),
    ),
    Column(
        name="dmarc_subdomain_policy",
        meaning="The policy in effect for its subdomains that exist and have no record of their own",
        values=_DISPOSITIONS,
        value=_tree(lambda tree: tree.subdomain_policy),
    ),
    Column(
        name="dkim",
        meaning="Whether a key is published (RFC 6376); `unknown` where none is known, for selectors cannot be listed",
        values=tuple(DkimStatus),
        value=_or_unknown(lambda one: one.dkim.status),
    ),
    Column(
        name="mta_sts",
        meaning="The MTA-STS policy (RFC 8461): record, fetching and format together",
        values=tuple(RecordStatus),
        value=_of_facts(lambda facts: None if facts.route.status is MxStatus.DIRECT else sts_effect(facts).status),
    ),
    Column(
        name="mta_sts_mode",
        meaning="Its mode",
        values=tuple(StsMode),
        value=_of_sts(lambda effect: effect.mode),
    ),
    Column(
        name="tls_rpt",
        meaning="The TLS-RPT record (RFC 8460)",
        values=tuple(RecordStatus),
        value=_or_unknown(lambda one: one.tls_rpt.status),
    ),
)

MORE: tuple[Column[DomainRow], ...] = (
    Column(
        name="role_reason",
        meaning="Why the domain was taken for what `role` says",
        value=of_role(lambda role: role.reason),
    ),
    Column(
        name="spf_reason",
        meaning="Why SPF is in error, or not known",
        value=_of_published(lambda one: one.spf.reason or None),
    ),
    Column(
        name="spf_networks",
        meaning="Every network whose addresses pass SPF, through all includes",
        kind=Kind.LIST,
        value=_of_published(lambda one: one.spf.networks if _looked_at(one) else None),
    ),
    Column(
        name="dmarc_organizational_domain",
        meaning="The organizational domain by the tree walk (RFC 9989 §4.10.2)",
        value=_tree(lambda tree: tree.organizational_domain),
    ),
    Column(
        name="dmarc_policy_rfc7489",
        meaning="The policy in effect for the name at receivers that ask the public suffix list (RFC 7489 §6.6.3)",
        values=_DISPOSITIONS,
        value=_of_published(lambda one: None if one.dmarc.suffix is None else one.dmarc.suffix.policy),
    ),
    Column(
        name="dkim_selectors",
        meaning="Selectors at which a key was found",
        kind=Kind.LIST,
        value=_of_published(_selectors),
    ),
    Column(
        name="mta_sts_reason",
        meaning="Why the MTA-STS policy is invalid, or not known",
        value=_of_sts(lambda effect: effect.reason or None),
    ),
    Column(
        name="dane_reason",
        meaning="Why DANE is what it is",
        value=of_dane(lambda dane: dane.why or None),
    ),
    Column(
        name="bimi",
        meaning="The BIMI record at the selector `default`",
        values=tuple(RecordStatus),
        value=_or_unknown(lambda one: one.bimi.status),
    ),
    Column(
        name="caa",
        meaning="The authorities that may issue certificates (RFC 8659); `;` for none; empty where any may",
        kind=Kind.LIST,
        value=_of_published(lambda one: one.caa.issue or None),
    ),
)
"""What follows the columns that have their fixed places."""
