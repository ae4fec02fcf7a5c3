"""The columns of ``domains`` that say what a domain publishes, those that have their fixed places."""

from auditor.model.dkim import DkimStatus
from auditor.model.dmarc import Disposition, DmarcStatus
from auditor.model.mta_sts import StsMode
from auditor.model.published import RecordStatus
from auditor.model.spf import SpfAll, SpfStatus
from auditor.report.columns import Column, Kind
from auditor.report.rows import DomainRow
from auditor.report.tables.drawing import of_published, of_spf, of_sts, of_tree, or_unknown

POLICIES: tuple[Column[DomainRow], ...] = (
    Column(
        name="spf_record",
        meaning="The SPF record (RFC 7208); several joined with a vertical bar",
        value=of_published(lambda one: one.spf.record or None),
    ),
    Column(
        name="spf",
        meaning="What the record is worth, whoever the sender: `permerror` also for more than ten lookups or two void "
        "ones (RFC 7208 §4.6.4); `temperror` where a lookup gave no fact",
        values=tuple(SpfStatus),
        value=or_unknown(lambda one: one.spf.status, SpfStatus.TEMPERROR),
    ),
    Column(
        name="spf_all",
        meaning="What becomes of a sender that matches nothing, also through a redirect",
        values=tuple(one for one in SpfAll if one is not SpfAll.UNKNOWN),
        value=of_spf(lambda spf: None if spf.all is SpfAll.UNKNOWN else spf.all),
    ),
    Column(
        name="spf_lookups",
        meaning="Terms that cost a DNS lookup, through all includes, however many (RFC 7208 §4.6.4); an upper bound, "
        "for evaluation ends at a match",
        kind=Kind.INTEGER,
        value=of_spf(lambda spf: spf.lookups),
    ),
    Column(
        name="spf_void_lookups",
        meaning="Terms whose lookups find nothing (RFC 7208 §4.6.4), for a sender with IPv4 or IPv6, whichever has "
        "more; a family is left out where only senders of the other are known to pass",
        kind=Kind.INTEGER,
        value=of_spf(lambda spf: spf.voids),
    ),
    Column(
        name="dmarc_record",
        meaning="The DMARC record that applies, by the tree walk of RFC 9989",
        value=of_published(lambda one: None if one.dmarc.record is None else one.dmarc.record.text),
    ),
    Column(
        name="dmarc_location",
        meaning="The name at which it stands",
        value=of_published(lambda one: None if one.dmarc.record is None else one.dmarc.record.location),
    ),
    Column(
        name="dmarc",
        meaning="What was found",
        values=tuple(DmarcStatus),
        value=or_unknown(lambda one: one.dmarc.status),
    ),
    Column(
        name="dmarc_policy",
        meaning="The policy in effect for mail from the name itself, lowered by `t=y`; empty where none applies",
        values=tuple(Disposition),
        value=of_tree(lambda tree: tree.policy),
    ),
    Column(
        name="dmarc_subdomain_policy",
        meaning="The policy in effect for its subdomains that exist and have no record of their own",
        values=tuple(Disposition),
        value=of_tree(lambda tree: tree.subdomain_policy),
    ),
    Column(
        name="dkim",
        meaning="Whether a key is published (RFC 6376); `unknown` where none is known, for selectors cannot be listed",
        values=tuple(DkimStatus),
        value=or_unknown(lambda one: one.dkim.status),
    ),
    Column(
        name="mta_sts",
        meaning="The MTA-STS policy (RFC 8461): record, fetching and format together",
        values=tuple(RecordStatus),
        value=of_sts(lambda effect: effect.status),
    ),
    Column(
        name="mta_sts_mode",
        meaning="Its mode",
        values=tuple(StsMode),
        value=of_sts(lambda effect: effect.mode),
    ),
    Column(
        name="tls_rpt",
        meaning="The TLS-RPT record (RFC 8460)",
        values=tuple(RecordStatus),
        value=or_unknown(lambda one: one.tls_rpt.status),
    ),
)
