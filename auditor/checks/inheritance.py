"""What a name has from the names above it, where it has nothing of its own."""

from auditor.model.dmarc import Disposition
from auditor.model.published import Published

ENFORCED = frozenset({Disposition.QUARANTINE, Disposition.REJECT})


def protected_from_above(published: Published) -> str:
    """The enforced DMARC policy further up that covers the name, in words; empty where there is none.

    Mail in such a name that neither SPF nor DKIM vouches for is quarantined or refused
    without a record of its own (RFC 9989 §4.10.1).
    """
    dmarc = published.dmarc
    if dmarc.tree is None or dmarc.record is None or dmarc.has_own:
        return ""
    return f"{dmarc.tree.policy} of {dmarc.record.location}" if dmarc.tree.policy in ENFORCED else ""


def signed_from_above(published: Published) -> str:
    """The organizational domain whose DKIM keys serve the name too; empty where its own alone do (RFC 9989 §4.4.1)."""
    tree = published.dmarc.tree
    if tree is None or tree.organizational_domain in {"", published.domain}:
        return ""
    strict = tree.record is not None and tree.record.adkim == "s"
    return "" if strict else tree.organizational_domain
