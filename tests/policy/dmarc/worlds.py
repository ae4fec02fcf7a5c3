"""DMARC records at a few names, and what is made of them."""

from collections.abc import Mapping, Sequence

from auditor.model.dmarc import Discovery, DmarcAudit
from auditor.model.dns import DnsStatus
from auditor.policy.dmarc import audit_dmarc
from tests.policy.answering import Records, Zone

CONTROL = "x-made-up"
Published = Mapping[str, str | Sequence[str] | DnsStatus]
"""Texts, or how the lookup ends, by the domain whose record it is."""


def zone_of(published: Published, others: Records | None = None) -> Zone:
    plain = {name: [found] if type(found) is str else found for name, found in published.items()}
    texts = {f"_dmarc.{name} TXT": found for name, found in plain.items()}
    return Zone({**texts, **(others or {})})


def audited(domain: str, published: Published, *, exists: bool = True, others: Records | None = None) -> DmarcAudit:
    return zone_of(published, others).evaluate(audit_dmarc(domain, exists=exists, control=CONTROL))


def tree_of(domain: str, published: Published, *, exists: bool = True) -> Discovery:
    tree = audited(domain, published, exists=exists).tree
    assert tree is not None
    return tree


def suffix_of(domain: str, published: Published) -> Discovery:
    suffix = audited(domain, published).suffix
    assert suffix is not None
    return suffix


def walked_by(domain: str, published: Published) -> list[str]:
    """The domains of the tree walk, in order."""
    return [name.removeprefix("_dmarc.") for name in audited(domain, published).walked]
