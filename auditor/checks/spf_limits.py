"""SPF: what evaluating a record costs, and what comes of it for senders of either address family."""

import re
from collections.abc import Iterator

from auditor.checks.core import Evidence, Result, Unknown, check
from auditor.checks.published_facts import SpfTree
from auditor.checks.spf import DIG_TREE
from auditor.model.finding import Severity
from auditor.model.spf import SpfAudit, SpfStatus
from auditor.policy.spf.lookups import MOST_LOOKUPS, MOST_VOIDS
from auditor.policy.words import bounded

MANY_LOOKUPS = 9
LONG_RECORD_OCTETS = 450  # of name and text together, with which replies fit in 512 octets (RFC 7208 §3.4)


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
        late = [node.domain for node in tree.audit.nodes if node.via and node.reached_at > MOST_LOOKUPS]
        beyond = f"; not reached: {', '.join(late)}" if late else ""
        yield Evidence(f"{_count(audit)} lookups, {MOST_LOOKUPS} are allowed{beyond}")
    elif audit.status is SpfStatus.TEMPERROR:
        yield Unknown(f"{audit.lookups} lookups were counted; {audit.reason}")
    elif hidden := [term for term in _unresolved(tree) if _LEADS_ON.match(term)]:
        yield Unknown(f"{_count(audit)} lookups, without what is behind {'; '.join(bounded(hidden))}")


def _count(audit: SpfAudit) -> str:
    return f"at least {audit.lookups}" if audit.lower_bound else str(audit.lookups)


_LEADS_ON = re.compile(r"[+?~-]?include:|redirect=", re.IGNORECASE)


def _unresolved(tree: SpfTree) -> list[str]:
    """The terms behind which nothing is counted, each with the reason."""
    return list(dict.fromkeys(term for node in tree.audit.nodes for term in node.unresolved))


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

    One or two more, also in a provider's own record, break it.
    """
    if MANY_LOOKUPS <= tree.audit.lookups <= MOST_LOOKUPS:
        yield Evidence(f"{_count(tree.audit)} lookups of {MOST_LOOKUPS}")
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
    """Evaluating the SPF record meets more than two names that do not exist, or have no such address.

    Many receivers stop at the third with an error. Senders with IPv4 and with IPv6 are counted apart, for each looks up its own addresses.
    """
    audit = tree.audit
    if audit.voids > MOST_VOIDS:
        named = f": {'; '.join(audit.dead)}" if audit.dead else ""
        counted = f"{audit.voids_ipv4} void lookups for a sender with IPv4, {audit.voids_ipv6} with IPv6"
        yield Evidence(f"{counted}, {MOST_VOIDS} are allowed{named}")
    elif audit.status is SpfStatus.TEMPERROR:
        yield Unknown(audit.reason)
    elif audit.voids + len(unresolved := _unresolved(tree)) > MOST_VOIDS:
        yield Unknown(f"{audit.voids} void lookups were counted, without {'; '.join(bounded(unresolved))}")


@check(
    id="SPF007",
    name="spf-families-differ",
    severity=Severity.LOW,
    reference="RFC 7208 §4.6.4, §5.3, §5.4",
    remediation="Give the hosts that are named by a and mx addresses of both families, or list networks instead.",
    reproduce=DIG_TREE,
)
def spf_families_differ(tree: SpfTree) -> Iterator[Result]:
    """For senders of one address family alone, the SPF record meets more than two names without an address.

    Mail passes or fails by whether it happens to leave over IPv4 or IPv6; tools that give one number do not show this. Each exchange of an mx is counted, for pyspf and Mail::SPF do, though the standard counts terms.
    """
    audit = tree.audit
    voids = {4: audit.empty_ipv4, 6: audit.empty_ipv6}
    broken = [family for family, count in voids.items() if count > MOST_VOIDS]
    if audit.status is SpfStatus.TEMPERROR:
        yield Unknown(audit.reason)
    elif len(broken) == 1:
        most, least = max(voids.values()), min(voids.values())
        words = f"{most} void lookups for a sender with IPv{broken[0]}, {least} for the other"
        yield Evidence(words, None if _may_send(broken[0], tree) else Severity.INFO)


def _may_send(family: int, tree: SpfTree) -> bool:
    """Whether some sender with this version of IP passes, or may pass by a term that names no networks."""
    return family in tree.audit.families or bool(tree.audit.discouraged or _unresolved(tree))


@check(
    id="SPF016",
    name="spf-record-long",
    severity=Severity.INFO,
    reference="RFC 7208 §3.4",
    remediation="Keep all TXT records of the name within 512 octets together, so that they fit any DNS reply.",
    reproduce="dig {name} TXT\n# expect: MSG SIZE",
)
def spf_record_long(tree: SpfTree) -> Iterator[Result]:
    """The SPF record is so long that some receivers may not obtain it.

    Replies over 512 octets need EDNS or TCP, which a few old firewalls still drop.
    """
    for node in {node.domain: node for node in tree.audit.nodes}.values():
        octets = len(node.domain) + len(node.record)
        if octets >= LONG_RECORD_OCTETS:
            yield Evidence(f"{node.domain}: {octets} octets with its name", fill={"name": node.domain})
