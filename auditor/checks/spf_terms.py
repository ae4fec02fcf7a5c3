"""SPF: terms of a record that do nothing, should not be there, or are missing."""

from collections.abc import Iterator

from auditor.checks.core import Evidence, NotApplicable, Result, Unknown, check
from auditor.checks.published_facts import SpfTree
from auditor.checks.spf import DIG_SPF, DIG_TREE
from auditor.model.finding import Severity
from auditor.model.spf import SpfResult, SpfStatus

_OUTSIDE = (SpfResult.FAIL, SpfResult.SOFTFAIL, SpfResult.NEUTRAL)


@check(
    id="SPF011",
    name="spf-ignored-terms",
    severity=Severity.LOW,
    reference="RFC 7208 §5.1, §6, §6.1",
    remediation="Move the terms before all, or remove them; write a mechanism with a colon, such as `ip4:192.0.2.1`.",
    reproduce=DIG_TREE,
)
def spf_ignored_terms(tree: SpfTree) -> Iterator[Result]:
    """Terms of the SPF record have no effect.

    What stands after all, a redirect= beside it, and a mechanism with an equals sign such as ip4= are ignored: whoever wrote them expected something else.
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
    reproduce=DIG_SPF + "\ndig +short {domain} MX\n# note: no term of the record covers the addresses of these",
)
def spf_exchange_not_authorised(tree: SpfTree) -> Iterator[Result]:
    """The SPF record does not authorise the domain's own exchanges.

    Bounces and replies that an exchange sends in the domain's name then fail; exchanges that only take mail need not be listed.
    """
    audit = tree.audit
    by_result = {result: [address for address, found in audit.exchanges if found is result] for result in SpfResult}
    if not audit.exchanges or not audit.authorises:
        yield NotApplicable("no exchange has an address, or nobody may send")
    elif outside := [address for result in _OUTSIDE for address in by_result[result]]:
        yield Evidence(f"not authorised: {', '.join(outside)}")
    elif unknown := by_result[SpfResult.TEMPERROR]:
        yield Unknown(f"not known for {', '.join(unknown)}")
    elif by_result[SpfResult.PERMERROR]:
        yield NotApplicable(f"the record is in error: {audit.reason}")
