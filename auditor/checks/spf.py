"""SPF: which servers may send mail in a domain's name."""

from collections.abc import Iterator

from auditor.checks.core import Evidence, NotApplicable, Result, Unknown, check
from auditor.checks.published_facts import Sender, Spf, SpfTree
from auditor.model.dmarc import Disposition
from auditor.model.finding import Severity
from auditor.model.published import Published
from auditor.model.spf import SpfAll, SpfAudit, SpfResult, SpfStatus

DIG_SPF = "dig +short {domain} TXT   # the string that begins with v=spf1"
DIG_TREE = DIG_SPF + "\n# then for each include: and redirect= in it: dig +short NAME TXT"
MOST_LOOKUPS = 10
MOST_VOIDS = 2
MANY_LOOKUPS = 9
LONG_RECORD_OCTETS = 450


@check(
    id="SPF001",
    name="spf-missing",
    severity=Severity.MEDIUM,
    reference="RFC 7208 §3, §4.5",
    remediation="Publish one TXT record at the domain that lists what sends its mail, such as: v=spf1 mx include:PROVIDER -all",
    reproduce=DIG_SPF,
)
def spf_missing(sender: Sender) -> Iterator[Result]:
    """No SPF record says who sends the domain's mail.

    Receivers cannot tell its mail from mail that others send in its name; the large ones refuse or mark what has no SPF.
    """
    spf = sender.published.spf
    if spf.status is SpfStatus.TEMPERROR and spf.root is None:
        yield Unknown(f"the SPF record: {spf.reason}")
    elif spf.status is SpfStatus.NONE:
        if protection := inherited_protection(sender.published):
            yield NotApplicable(f"no SPF record, and mail that nothing else vouches for is dealt with by {protection}")
        else:
            yield Evidence("no TXT record begins with v=spf1")


def inherited_protection(published: Published) -> str:
    """The policy further up that covers a name which has none of its own; empty where there is none."""
    dmarc = published.dmarc
    if dmarc.tree is None or dmarc.record is None or dmarc.record.location == f"_dmarc.{published.domain}":
        return ""
    enforced = dmarc.tree.policy in {Disposition.QUARANTINE, Disposition.REJECT}
    return f"{dmarc.tree.policy} of {dmarc.record.location}" if enforced else ""


@check(
    id="SPF002",
    name="spf-several-records",
    severity=Severity.HIGH,
    reference="RFC 7208 §3.2, §4.5",
    remediation="Keep one record, with the terms of all of them.",
    reproduce=DIG_SPF,
)
def spf_several_records(spf: Spf) -> Iterator[Result]:
    """There is more than one SPF record.

    That is an error for every receiver: none of the records counts.
    """
    if _has_several(spf.audit):
        yield Evidence(f"several records: {spf.audit.record}")


def _has_several(audit: SpfAudit) -> bool:
    return audit.status is SpfStatus.PERMERROR and (audit.root is None or not audit.root.record)


@check(
    id="SPF003",
    name="spf-error",
    severity=Severity.HIGH,
    reference="RFC 7208 §4.6, §5.2, §6.1",
    remediation="Correct the term that is named, in the record that is named; if it is a provider's, tell the provider or drop the include.",
    reproduce=DIG_TREE,
)
def spf_error(tree: SpfTree) -> Iterator[Result]:
    """The SPF record ends in an error.

    A receiver that meets a permanent error takes the record for broken: mail counts as not authenticated, and some refuse it.
    """
    counted = tree.audit.lookups > MOST_LOOKUPS or tree.audit.voids > MOST_VOIDS
    errors = [f"{node.domain}: {error}" for node in tree.nodes for error in node.errors]
    errors += [_broken(node.via, node.domain, node.result) for node in tree.nodes if node.result in _BROKEN]
    if errors and tree.audit.status is SpfStatus.PERMERROR:
        yield from (Evidence(error) for error in dict.fromkeys(errors))
    elif tree.audit.status is SpfStatus.PERMERROR and not counted:
        yield Evidence(tree.audit.reason)
    elif tree.audit.status is SpfStatus.TEMPERROR:
        yield Unknown(tree.audit.reason)


_BROKEN = {SpfResult.NONE, SpfResult.PERMERROR}


def _broken(via: str, domain: str, result: SpfResult | None) -> str:
    return f"{via}: {domain} has no SPF record" if result is SpfResult.NONE else f"{via}: {domain} is in error"


@check(
    id="SPF004",
    name="spf-too-many-lookups",
    severity=Severity.HIGH,
    reference="RFC 7208 §4.6.4",
    remediation="Drop includes of services that no longer send, replace a and mx by ip4 and ip6, or give each service a subdomain of its own.",
    reproduce=DIG_TREE,
)
def spf_too_many_lookups(tree: SpfTree) -> Iterator[Result]:
    """Evaluating the SPF record takes more than ten lookups.

    Receivers stop there with an error: mail of senders that are listed late, or not at all, counts as not authenticated.
    """
    audit = tree.audit
    if audit.lookups > MOST_LOOKUPS:
        late = [node for node in tree.nodes if node.via and node.reached_at > MOST_LOOKUPS]
        beyond = f"; not reached: {', '.join(node.domain for node in late)}" if late else ""
        yield Evidence(f"{_at_least(audit)}{audit.lookups} lookups, 10 are allowed{beyond}")
    elif audit.status is SpfStatus.TEMPERROR:
        yield Unknown(f"{audit.lookups} lookups were counted; {audit.reason}")


def _at_least(audit: SpfAudit) -> str:
    return "at least " if audit.lower_bound else ""


@check(
    id="SPF005",
    name="spf-lookups-nearly-spent",
    severity=Severity.INFO,
    reference="RFC 7208 §4.6.4",
    remediation="Make room before the next service is added, or a provider adds an include of its own.",
    reproduce=DIG_TREE,
)
def spf_lookups_nearly_spent(tree: SpfTree) -> Iterator[Result]:
    """Nine or ten of the ten lookups for SPF are used.

    One more include, also in a provider's own record, breaks it.
    """
    if MANY_LOOKUPS <= tree.audit.lookups <= MOST_LOOKUPS:
        yield Evidence(f"{_at_least(tree.audit)}{tree.audit.lookups} lookups of 10")
    elif tree.audit.status is SpfStatus.TEMPERROR:
        yield Unknown(tree.audit.reason)


@check(
    id="SPF006",
    name="spf-too-many-voids",
    severity=Severity.MEDIUM,
    reference="RFC 7208 §4.6.4 (a SHOULD: most receivers stop at the third, some never)",
    remediation="Remove the terms whose names do not exist or have no address.",
    reproduce=DIG_TREE,
)
def spf_too_many_voids(tree: SpfTree) -> Iterator[Result]:
    """Evaluating the SPF record meets more than two names that do not exist.

    Many receivers stop at the third with an error. Senders with IPv4 and with IPv6 are counted apart, for each looks up its own addresses.
    """
    audit = tree.audit
    if audit.voids > MOST_VOIDS:
        named = f": {'; '.join(audit.dead)}" if audit.dead else ""
        yield Evidence(f"{audit.voids_ipv4} void lookups for a sender with IPv4, {audit.voids_ipv6} with IPv6{named}")
    elif audit.status is SpfStatus.TEMPERROR:
        yield Unknown(audit.reason)


@check(
    id="SPF007",
    name="spf-families-differ",
    severity=Severity.LOW,
    reference="RFC 7208 §4.6.4, §5.3, §5.4",
    remediation="Give the hosts that are named by a and mx addresses of both families, or list networks instead.",
    reproduce=DIG_TREE,
)
def spf_families_differ(tree: SpfTree) -> Iterator[Result]:
    """The SPF record is in error for senders of one address family alone.

    Mail passes or fails by whether it happens to leave over IPv4 or IPv6; tools that give one number do not show this.
    """
    broken = {family: voids > MOST_VOIDS for family, voids in _voids(tree.audit)}
    if tree.audit.status is SpfStatus.TEMPERROR:
        yield Unknown(tree.audit.reason)
    elif broken["IPv4"] != broken["IPv6"]:
        family = next(name for name, is_broken in broken.items() if is_broken)
        yield Evidence(f"too many void lookups for a sender with {family}, not for the other")


def _voids(audit: SpfAudit) -> tuple[tuple[str, int], tuple[str, int]]:
    return ("IPv4", audit.voids_ipv4), ("IPv6", audit.voids_ipv6)


@check(
    id="SPF008",
    name="spf-passes-everybody",
    severity=Severity.CRITICAL,
    reference="RFC 7208 §5.1, §8.3",
    remediation="Replace +all by -all, after listing what really sends.",
    reproduce=DIG_SPF,
)
def spf_passes_everybody(tree: SpfTree) -> Iterator[Result]:
    """The SPF record authorises the whole Internet.

    Whoever sends in the domain's name passes SPF, and with it DMARC.
    """
    if tree.audit.all is SpfAll.PASS:
        yield Evidence(f"{tree.audit.record} lets every sender pass")
    elif whole := [network for network in tree.audit.networks if network.endswith("/0")]:
        yield Evidence(f"{', '.join(whole)} lets every sender pass")
    elif tree.audit.status is SpfStatus.TEMPERROR:
        yield Unknown(tree.audit.reason)


@check(
    id="SPF009",
    name="spf-neutral",
    severity=Severity.MEDIUM,
    reference="RFC 7208 §4.7, §5.1, §8.2",
    remediation="End the record with -all, or with ~all where DMARC enforces.",
    reproduce=DIG_SPF,
)
def spf_neutral(tree: SpfTree) -> Iterator[Result]:
    """The SPF record says nothing of senders that it does not list.

    Mail that others send in the domain's name is treated as if there were no record.
    """
    audit = tree.audit
    if audit.all is SpfAll.NEUTRAL:
        yield Evidence("it ends in ?all")
    elif audit.status is SpfStatus.TEMPERROR:
        yield Unknown(audit.reason)
    elif audit.all is SpfAll.NONE and audit.status is SpfStatus.VALID:
        yield Evidence("it has neither all nor redirect=, which means ?all")


@check(
    id="SPF010",
    name="spf-softfail-unenforced",
    severity=Severity.LOW,
    reference="RFC 7208 §8.5; RFC 9989 §5",
    remediation="Enforce DMARC (p=quarantine or reject), which makes ~all as good as -all; or end the record with -all.",
    reproduce=DIG_SPF + "\ndig +short _dmarc.{domain} TXT",
)
def spf_softfail_unenforced(tree: SpfTree) -> Iterator[Result]:
    """Senders that are not listed softfail, and no DMARC policy does anything about it.

    Mail that others send in the domain's name is delivered, at most into the spam folder.
    """
    if tree.audit.all is not SpfAll.SOFTFAIL:
        return
    dmarc = tree.published.dmarc
    if dmarc.tree is None:
        yield Unknown(f"DMARC: {dmarc.reason}")
    elif dmarc.tree.policy not in {Disposition.QUARANTINE, Disposition.REJECT}:
        yield Evidence("~all, and no DMARC policy that enforces")


@check(
    id="SPF011",
    name="spf-ignored-terms",
    severity=Severity.LOW,
    reference="RFC 7208 §5.1, §6.1",
    remediation="Move the terms before all, or remove them.",
    reproduce=DIG_SPF,
)
def spf_ignored_terms(tree: SpfTree) -> Iterator[Result]:
    """Terms of the SPF record have no effect.

    What stands after all, and a redirect= beside it, is ignored: whoever wrote it expected something else.
    """
    if tree.audit.ignored:
        yield Evidence(", ".join(tree.audit.ignored))


@check(
    id="SPF012",
    name="spf-ptr",
    severity=Severity.LOW,
    reference="RFC 7208 §5.5",
    remediation="Replace ptr by ip4, ip6, a or mx.",
    reproduce=DIG_TREE,
)
def spf_ptr(tree: SpfTree) -> Iterator[Result]:
    """The SPF record uses the ptr mechanism.

    It is slow and unreliable, loads the servers of .arpa, and should not be published; some receivers skip it.
    """
    if tree.audit.discouraged:
        yield Evidence(", ".join(tree.audit.discouraged))


@check(
    id="SPF013",
    name="spf-redundant-terms",
    severity=Severity.INFO,
    reference="RFC 7208 §4.6.2",
    remediation="Remove the terms that others include already.",
    reproduce=DIG_TREE,
)
def spf_redundant_terms(tree: SpfTree) -> Iterator[Result]:
    """Terms of the SPF record add nothing to others.

    They make the record longer, and hide which of them matters.
    """
    if tree.audit.overlaps:
        yield Evidence("; ".join(tree.audit.overlaps))


@check(
    id="SPF014",
    name="spf-dead-terms",
    severity=Severity.LOW,
    reference="RFC 7208 §4.6.4, §5.2",
    remediation="Remove the terms; if such a name could be registered by anybody, at once.",
    reproduce=DIG_TREE,
)
def spf_dead_terms(tree: SpfTree) -> Iterator[Result]:
    """The SPF record refers to names that do not exist.

    Each costs a void lookup; and whoever registers a lapsed name may send mail as the domain.
    """
    if tree.audit.dead:
        yield Evidence("; ".join(tree.audit.dead))
    elif tree.audit.status is SpfStatus.TEMPERROR:
        yield Unknown(tree.audit.reason)


@check(
    id="SPF015",
    name="spf-exchange-not-authorised",
    severity=Severity.INFO,
    reference="RFC 7208 §5.4",
    remediation="Add mx, or the addresses, if mail of the domain leaves through its exchanges; else there is nothing to do.",
    reproduce=DIG_SPF + "\ndig +short {domain} MX",
)
def spf_exchange_not_authorised(tree: SpfTree) -> Iterator[Result]:
    """The SPF record does not authorise the domain's own exchanges.

    Bounces and replies that an exchange sends in the domain's name then fail; exchanges that only take mail need not be listed.
    """
    if not tree.audit.exchanges or not tree.audit.authorises:
        yield NotApplicable("no exchange with an address, or nobody may send")
        return
    by_result = {result: [at for at, found in tree.audit.exchanges if found is result] for result in SpfResult}
    if outside := by_result[SpfResult.FAIL] + by_result[SpfResult.SOFTFAIL] + by_result[SpfResult.NEUTRAL]:
        yield Evidence(f"not authorised: {', '.join(outside)}")
    elif by_result[SpfResult.TEMPERROR]:
        yield Unknown(f"not known for {', '.join(by_result[SpfResult.TEMPERROR])}")


@check(
    id="SPF016",
    name="spf-record-long",
    severity=Severity.INFO,
    reference="RFC 7208 §3.4",
    remediation="Keep all TXT records of the name within 512 octets together, so that they fit any DNS reply.",
    reproduce="dig {domain} TXT   # MSG SIZE",
)
def spf_record_long(tree: SpfTree) -> Iterator[Result]:
    """The SPF record is so long that some receivers cannot obtain it.

    Replies over 512 octets need EDNS or TCP, which a few old firewalls still drop.
    """
    long = [node for node in tree.nodes if len(node.record) > LONG_RECORD_OCTETS]
    if long:
        yield Evidence("; ".join(f"{node.domain}: {len(node.record)} octets" for node in long))
