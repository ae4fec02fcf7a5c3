"""SPF: which servers may send mail in a domain's name."""

from collections.abc import Iterator

from auditor.checks.core import Evidence, NotApplicable, Result, Unknown, check
from auditor.checks.inheritance import ENFORCED, protected_from_above
from auditor.checks.published_facts import Sender, Spf, SpfTree
from auditor.model.finding import Severity
from auditor.model.spf import SpfAll, SpfAudit, SpfResult, SpfStatus
from auditor.policy.spf.lookups import MOST_LOOKUPS, MOST_VOIDS

DIG_SPF = "dig +short {domain} TXT\n# expect: v=spf1"
DIG_TREE = DIG_SPF + "\n# note: then the same for each name after include: and redirect= in it"
MANY_ADDRESSES = 2**21  # as many as a /11 has
REDIRECT_HIDDEN = "where its redirect leads depends on the sender"


@check(
    id="SPF001",
    name="spf-missing",
    severity=Severity.MEDIUM,
    reference="RFC 7208 §3, §4.5",
    remediation="Publish one TXT record at the domain that lists what sends its mail, such as `v=spf1 mx include:PROVIDER -all`.",
    reproduce="dig +short {domain} TXT\n# expect no: v=spf1",
)
def spf_missing(sender: Sender) -> Iterator[Result]:
    """No SPF record says who sends the domain's mail.

    Receivers cannot tell its mail from mail that others send in its name; the large ones refuse or mark what has no SPF.
    """
    spf = sender.published.spf
    if spf.status is SpfStatus.TEMPERROR and spf.root is None:
        yield Unknown(f"the SPF record: {spf.reason}")
    elif spf.status is SpfStatus.NONE:
        if protection := protected_from_above(sender.published):
            yield NotApplicable(f"no SPF record, and mail that nothing else vouches for is dealt with by {protection}")
        else:
            meant = f"; meant as one, but none to receivers: {', '.join(spf.look_alikes)}" if spf.look_alikes else ""
            yield Evidence(f"no TXT record begins with v=spf1{meant}")


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
    return audit.status is SpfStatus.PERMERROR and not audit.has_record


@check(
    id="SPF003",
    name="spf-error",
    severity=Severity.HIGH,
    reference="RFC 7208 §4.6, §5.2, §6.1",
    remediation="Correct the term that is named, in the record that is named; if it is a provider's, tell the provider or drop the include.",
    reproduce="dig +short {domain} TXT\n# expect: v=spf1\ndig +short {name} TXT\n# expect: {sign}\n# expect no: {without}",
)
def spf_error(tree: SpfTree) -> Iterator[Result]:
    """The SPF record ends in an error.

    A receiver that meets a permanent error takes the record for broken: mail counts as not authenticated, and some refuse it.
    """
    if tree.audit.status is SpfStatus.TEMPERROR:
        yield Unknown(tree.audit.reason)
    elif tree.audit.status is SpfStatus.PERMERROR:
        told = {one.text: one for one in _errors(tree)}
        yield from told.values()
        if not told and not is_over_a_limit(tree.audit):
            yield Evidence(tree.audit.reason)


def _errors(tree: SpfTree) -> Iterator[Evidence]:
    for node in tree.audit.nodes:
        at_fault = {"name": node.domain, "sign": "v=spf1"}
        yield from (Evidence(f"{node.domain}: {error}", fill=at_fault) for error in node.errors)
        if words := _BROKEN.get(node.result):
            lacking = {"without": "v=spf1"} if node.result is SpfResult.NONE else {}
            yield Evidence(f"{node.via}: {node.domain} {words}", fill={"name": node.domain, **lacking})


_BROKEN: dict[SpfResult | None, str] = {SpfResult.NONE: "has no SPF record", SpfResult.PERMERROR: "is in error"}


def is_over_a_limit(audit: SpfAudit) -> bool:
    """Whether evaluating the record takes more lookups than are allowed, found or void (RFC 7208 §4.6.4)."""
    return audit.lookups > MOST_LOOKUPS or audit.voids > MOST_VOIDS


def has_voids_alone(spf: Spf) -> bool:
    """Whether nothing makes the record an error but void lookups, which not every receiver counts."""
    sound = all(node.result not in _BROKEN and not node.errors for node in spf.audit.nodes)
    return sound and spf.audit.lookups <= MOST_LOOKUPS and spf.audit.voids > MOST_VOIDS


@check(
    id="SPF008",
    name="spf-passes-everybody",
    severity=Severity.CRITICAL,
    reference="RFC 7208 §5.1, §8.3",
    remediation="Replace +all by -all, after listing what really sends.",
    reproduce=DIG_TREE,
)
def spf_passes_everybody(tree: SpfTree) -> Iterator[Result]:
    """The SPF record authorises the whole Internet.

    Whoever sends in the domain's name passes SPF, and with it DMARC.
    """
    if tree.audit.all is SpfAll.PASS:
        yield Evidence(f"{tree.audit.record} lets every sender pass")
    elif whole := [network for network in tree.audit.networks if network.endswith("/0")]:
        family = " and ".join("IPv6" if ":" in network else "IPv4" for network in whole)
        yield Evidence(f"{', '.join(whole)} lets every sender with {family} pass")
    elif tree.audit.status is SpfStatus.TEMPERROR or tree.audit.all is SpfAll.UNKNOWN:
        yield Unknown(tree.audit.reason or REDIRECT_HIDDEN)


@check(
    id="SPF017",
    name="spf-authorises-many",
    severity=Severity.INFO,
    reference="RFC 7208 §11.4",
    remediation="List the servers that send; drop includes of whole clouds, where whoever rents a machine may send.",
    reproduce=DIG_TREE,
)
def spf_authorises_many(tree: SpfTree) -> Iterator[Result]:
    """The SPF record lets very many addresses send.

    The more addresses may send, the likelier it is that one of them belongs to somebody who should not; the largest providers of mail take less than a million together.
    """
    audit = tree.audit
    if audit.status is SpfStatus.TEMPERROR:
        yield Unknown(audit.reason)
    elif "0.0.0.0/0" in audit.networks:
        yield NotApplicable("it lets everybody send")
    elif audit.addresses_ipv4 > MANY_ADDRESSES:
        widest = min((one for one in audit.networks if ":" not in one), key=lambda one: int(one.partition("/")[2]))
        yield Evidence(f"{audit.addresses_ipv4} IPv4 addresses; the widest network is {widest}")


@check(
    id="SPF009",
    name="spf-neutral",
    severity=Severity.MEDIUM,
    reference="RFC 7208 §4.7, §5.1, §8.2",
    remediation="End the record with -all, or with ~all where DMARC enforces.",
    reproduce=DIG_TREE,
)
def spf_neutral(tree: SpfTree) -> Iterator[Result]:
    """The SPF record says nothing of senders that it does not list.

    Mail that others send in the domain's name is treated as if there were no record.
    """
    audit = tree.audit
    if audit.all is SpfAll.NEUTRAL:
        yield Evidence("it ends in ?all")
    elif audit.all is SpfAll.UNKNOWN:
        yield Unknown(audit.reason or REDIRECT_HIDDEN)
    elif audit.all is SpfAll.NONE and audit.status is SpfStatus.PERMERROR:
        yield NotApplicable(f"the record is in error: {audit.reason}")
    elif audit.all is SpfAll.NONE:
        yield Evidence("it has neither all nor redirect=, which means ?all")


@check(
    id="SPF010",
    name="spf-softfail-unenforced",
    severity=Severity.LOW,
    reference="RFC 7208 §8.5; RFC 9989 §5",
    remediation="Enforce DMARC (p=quarantine or reject), which makes ~all as good as -all; or end the record with -all.",
    reproduce=DIG_SPF + "\ndig +short _dmarc.{domain} TXT\n# expect no: p=reject",
)
def spf_softfail_unenforced(tree: SpfTree) -> Iterator[Result]:
    """Senders that are not listed softfail, and no DMARC policy does anything about it.

    Mail that others send in the domain's name is delivered, at most into the spam folder.
    """
    dmarc = tree.published.dmarc
    if tree.audit.all is SpfAll.UNKNOWN:
        yield Unknown(tree.audit.reason or REDIRECT_HIDDEN)
    elif tree.audit.all is not SpfAll.SOFTFAIL:
        return
    elif dmarc.tree is None:
        yield Unknown(f"DMARC: {dmarc.reason}")
    elif dmarc.tree.policy not in ENFORCED:
        yield Evidence(f"~all, and the DMARC policy in effect is {dmarc.tree.policy or 'none: no record applies'}")
