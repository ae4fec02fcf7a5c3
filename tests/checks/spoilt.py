"""Short ways to spoil what a domain publishes."""

from dataclasses import replace
from typing import Any

from auditor.model.dane import TlsaSet
from auditor.model.facts import DomainFacts
from auditor.model.mta_sts import PolicyFetch
from auditor.model.published import Published
from auditor.model.route import MxStatus
from auditor.model.spf import SpfAll, SpfNode, SpfStatus
from tests.checks.builders import Spoil, all_of, exchange, exchanges, route
from tests.checks.published import DOMAIN


def published(**changes: object) -> Spoil:
    """Change what is published, record by record."""

    def spoil(facts: DomainFacts) -> DomainFacts:
        return replace(facts, published=replace(publication(facts), **changes))  # type: ignore[arg-type]

    return spoil


def publication(facts: DomainFacts) -> Published:
    assert facts.published is not None
    return facts.published


def _of(record: str, changes: dict[str, object]) -> Spoil:
    """Change fields of one of the records."""

    def spoil(facts: DomainFacts) -> DomainFacts:
        kept: Any = getattr(publication(facts), record)
        return published(**{record: replace(kept, **changes)})(facts)

    return spoil


def spf(**changes: object) -> Spoil:
    return _of("spf", changes)


def spf_root(**changes: object) -> Spoil:
    """Change the record at the root of the tree."""

    def spoil(facts: DomainFacts) -> DomainFacts:
        root = publication(facts).spf.root
        assert root is not None
        return spf(root=replace(root, **changes))(facts)  # type: ignore[arg-type]

    return spoil


def dmarc(**changes: object) -> Spoil:
    return _of("dmarc", changes)


def discovery(**changes: object) -> Spoil:
    """Change what both ways of discovery come to."""

    def spoil(facts: DomainFacts) -> DomainFacts:
        tree = publication(facts).dmarc.tree
        assert tree is not None
        changed = replace(tree, **changes)  # type: ignore[arg-type]
        return dmarc(tree=changed, suffix=changed)(facts)

    return spoil


def dmarc_record(**changes: object) -> Spoil:
    """Change the record that both ways find."""

    def spoil(facts: DomainFacts) -> DomainFacts:
        record = publication(facts).dmarc.record
        assert record is not None
        return discovery(record=replace(record, **changes))(facts)  # type: ignore[arg-type]

    return spoil


def dkim(**changes: object) -> Spoil:
    return _of("dkim", changes)


def key(**changes: object) -> Spoil:
    """Change the one DKIM key."""

    def spoil(facts: DomainFacts) -> DomainFacts:
        (kept,) = publication(facts).dkim.keys
        return dkim(keys=(replace(kept, **changes),))(facts)  # type: ignore[arg-type]

    return spoil


def sts(**changes: object) -> Spoil:
    return _of("mta_sts", changes)


def rpt(**changes: object) -> Spoil:
    return _of("tls_rpt", changes)


def bimi(**changes: object) -> Spoil:
    return _of("bimi", changes)


def caa(**changes: object) -> Spoil:
    return _of("caa", changes)


def fetch(**changes: object) -> Spoil:
    """Change how fetching the MTA-STS policy went."""

    def spoil(facts: DomainFacts) -> DomainFacts:
        assert isinstance(facts.policy_fetch, PolicyFetch)
        return replace(facts, policy_fetch=replace(facts.policy_fetch, **changes))  # type: ignore[arg-type]

    return spoil


def policy(*lines: str, mode: str = "enforce", max_age: int = 2_592_000) -> Spoil:
    """Another policy that counts."""
    return fetch(body="\n".join(("version: STSv1", f"mode: {mode}", f"max_age: {max_age}", *lines, "")))


def tlsa(**changes: object) -> Spoil:
    """Change the TLSA records of every exchange."""
    return lambda facts: _with_tlsa(facts, len(publication(facts).tlsa), changes)


def first_tlsa(**changes: object) -> Spoil:
    """Change the TLSA records of the first exchange alone."""
    return lambda facts: _with_tlsa(facts, 1, changes)


def _with_tlsa(facts: DomainFacts, how_many: int, changes: dict[str, object]) -> DomainFacts:
    kept = publication(facts).tlsa
    changed: dict[tuple[str, int], TlsaSet] = {
        name: replace(kept[name], **changes)  # type: ignore[arg-type]
        for name in list(kept)[:how_many]
    }
    return published(tlsa={**kept, **changed})(facts)


def declared(role: str) -> Spoil:
    """Have the list say what the domain's role is."""
    return lambda facts: replace(facts, target=replace(facts.target, extra=(("role", role),)))


NULL_MX = all_of(exchanges(exchange(0, ".")), route(status=MxStatus.NULL, endpoints=()))
NOBODY_SENDS = spf(
    record="v=spf1 -all",
    root=SpfNode(domain=DOMAIN, record="v=spf1 -all"),
    all=SpfAll.FAIL,
    lookups=0,
    networks=(),
    authorises=False,
    exchanges=(),
)
NO_SPF = spf(
    status=SpfStatus.NONE,
    record="",
    root=None,
    all=SpfAll.NONE,
    lookups=0,
    networks=(),
    authorises=False,
    exchanges=(),
)
SPF_UNKNOWN = all_of(NO_SPF, spf(status=SpfStatus.TEMPERROR, reason="TXT: servfail"))
SPF_IN_PART = spf(status=SpfStatus.TEMPERROR, reason="include:_spf.example.net: TXT: timeout")
PARKED = all_of(NULL_MX, NOBODY_SENDS)
