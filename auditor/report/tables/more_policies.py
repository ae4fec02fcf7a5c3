"""The columns of ``domains`` that follow those of fixed places: reasons, and the details of what is published."""

from collections.abc import Sequence

from auditor.model.dmarc import Disposition, DmarcAudit
from auditor.model.published import CaaSet, RecordStatus, TlsRptRecord
from auditor.report.columns import Column, Kind, Value
from auditor.report.rows import DomainRow
from auditor.report.tables.drawing import (
    of_dane,
    of_effects,
    of_published,
    of_spf,
    of_sts,
    of_tree,
    or_unknown,
)


def _differs(dmarc: DmarcAudit) -> bool | None:
    """Whether the two ways of discovery part; unknown is not "no"."""
    ways = (dmarc.tree, dmarc.suffix)
    known = all(one is not None and one.complete for one in ways)
    return dmarc.differs if known else None


def _why_tls_rpt(record: TlsRptRecord) -> Value:
    return record.unknown or "; ".join(record.faults) or None


def _issuers(caa: CaaSet) -> Sequence[str] | None:
    return None if caa.unknown else caa.issue


_SPF: tuple[Column[DomainRow], ...] = (
    Column(
        name="spf_reason",
        meaning="Why SPF is in error, or not known",
        value=of_published(lambda one: one.spf.reason or None),
    ),
    Column(
        name="spf_networks",
        meaning="Every network whose addresses pass SPF, through all includes",
        kind=Kind.LIST,
        value=of_spf(lambda spf: spf.networks),
    ),
    Column(
        name="spf_addresses",
        meaning="How many IPv4 addresses those are",
        kind=Kind.INTEGER,
        value=of_spf(lambda spf: spf.addresses_ipv4),
    ),
    Column(
        name="spf_lower_bound",
        meaning="True if macros hide part of the tree, so that the counts are at least what they say",
        kind=Kind.BOOLEAN,
        value=of_spf(lambda spf: spf.lower_bound),
    ),
)

_DMARC: tuple[Column[DomainRow], ...] = (
    Column(
        name="dmarc_reason",
        meaning="Why DMARC is invalid, or what of it is not known",
        value=of_published(lambda one: one.dmarc.reason or None),
    ),
    Column(
        name="dmarc_organizational_domain",
        meaning="The organizational domain by the tree walk (RFC 9989 §4.10.2)",
        value=of_tree(lambda tree: tree.organizational_domain or None),
    ),
    Column(
        name="dmarc_nonexistent_policy",
        meaning="The policy in effect for names below it that do not exist (`np`)",
        values=tuple(Disposition),
        value=of_tree(lambda tree: tree.nonexistent_policy),
    ),
    Column(
        name="dmarc_testing",
        meaning="Whether the record says `t=y`, which lowers its policies by a step (RFC 9989 §4.7)",
        kind=Kind.BOOLEAN,
        value=of_published(lambda one: None if one.dmarc.record is None else one.dmarc.record.testing),
    ),
    Column(
        name="dmarc_pct",
        meaning="Its `pct`, which RFC 9989 retired and receivers of RFC 7489 still apply",
        kind=Kind.INTEGER,
        value=of_published(lambda one: None if one.dmarc.record is None else one.dmarc.record.pct),
    ),
    Column(
        name="dmarc_rua",
        meaning="Where aggregate reports go, in order",
        kind=Kind.LIST,
        value=of_published(lambda one: None if one.dmarc.record is None else one.dmarc.record.rua),
    ),
    Column(
        name="dmarc_policy_rfc7489",
        meaning="The policy in effect for the name at receivers that ask the public suffix list (RFC 7489 §6.6.3)",
        values=tuple(Disposition),
        value=of_published(lambda one: None if one.dmarc.suffix is None else one.dmarc.suffix.policy),
    ),
    Column(
        name="dmarc_subdomain_policy_rfc7489",
        meaning="The policy in effect for its subdomains at those receivers",
        values=tuple(Disposition),
        value=of_published(lambda one: None if one.dmarc.suffix is None else one.dmarc.suffix.subdomain_policy),
    ),
    Column(
        name="dmarc_differs",
        meaning="Whether receivers of RFC 7489 and of RFC 9989 apply different policies, find another record, "
        "or take another organizational domain",
        kind=Kind.BOOLEAN,
        value=of_published(lambda one: _differs(one.dmarc)),
    ),
)

_TRANSPORT: tuple[Column[DomainRow], ...] = (
    Column(
        name="mta_sts_reason",
        meaning="Why the MTA-STS policy is invalid, or not known",
        value=of_sts(lambda effect: effect.reason or None),
    ),
    Column(
        name="mta_sts_id",
        meaning="The `id` of its TXT record",
        value=of_published(lambda one: one.mta_sts.id or None),
    ),
    Column(
        name="mta_sts_max_age_seconds",
        meaning="For how long senders may keep the policy that was fetched",
        kind=Kind.INTEGER,
        value=of_sts(lambda effect: None if effect.policy is None else effect.policy.max_age_seconds),
    ),
    Column(
        name="mta_sts_mx",
        meaning="Its patterns of exchanges, in order",
        kind=Kind.LIST,
        value=of_sts(lambda effect: None if effect.policy is None else effect.policy.mx),
    ),
    Column(
        name="tls_rpt_reason",
        meaning="Why the TLS-RPT record is invalid, or not known",
        value=of_published(lambda one: _why_tls_rpt(one.tls_rpt)),
    ),
    Column(
        name="tls_rpt_rua",
        meaning="Where reports on TLS go, in order",
        kind=Kind.LIST,
        value=of_published(lambda one: one.tls_rpt.rua if one.tls_rpt.text else None),
    ),
    Column(
        name="dane_reason",
        meaning="Why DANE is what it is",
        value=of_dane(lambda dane: dane.why or None),
    ),
)

MORE: tuple[Column[DomainRow], ...] = (
    Column(
        name="role_reason",
        meaning="Why the domain was taken for what `role` says",
        value=of_effects(lambda effects: effects.role.reason),
    ),
    *_SPF,
    *_DMARC,
    Column(
        name="dkim_selectors",
        meaning="Selectors at which a key was found, of those that were asked for",
        kind=Kind.LIST,
        value=of_published(lambda one: [key.selector for key in one.dkim.keys]),
    ),
    Column(
        name="dkim_reason",
        meaning="Why DKIM is `absent` or `unknown`",
        value=of_published(lambda one: one.dkim.reason or None),
    ),
    Column(
        name="dkim_wildcard",
        meaning="The record that stands at whatever selector, by a wildcard; its `p=` is empty where it revokes all",
        value=of_published(lambda one: one.dkim.wildcard or None),
    ),
    *_TRANSPORT,
    Column(
        name="bimi",
        meaning="The BIMI record at the selector `default`, the domain's own or that of its organizational domain",
        values=tuple(RecordStatus),
        value=or_unknown(lambda one: one.bimi.status),
    ),
    Column(
        name="bimi_location",
        meaning="Where its picture is to be had (`l=`)",
        value=of_published(lambda one: one.bimi.location or None),
    ),
    Column(
        name="caa_issue",
        meaning="The authorities that may issue certificates (RFC 8659); `;` for none; an empty list where any may",
        kind=Kind.LIST,
        value=of_published(lambda one: _issuers(one.caa)),
    ),
    Column(
        name="caa_found_at",
        meaning="The name whose CAA records apply: the domain's own, or that of its closest parent that has some",
        value=of_published(lambda one: one.caa.found_at or None),
    ),
)
"""In their order."""
