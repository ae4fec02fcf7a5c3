"""What becomes of TLSA records when certificates and keys change (RFC 7671 §8)."""

from collections.abc import Sequence

from auditor.model.certificate import Certificate
from auditor.model.dane import TlsaRecord, TlsaSet
from auditor.policy.dane.match import outranked, selects


def renewal_risk(tlsa: TlsaSet) -> tuple[TlsaRecord, ...]:
    """Usable records that pin a whole certificate, where none beside them pins a key that outlasts it.

    An authority's certificate counts as well, though RFC 7671 §5.2.1 would have it
    pinned whole: it is replaced without word to those who pinned it.
    """
    return tlsa.usable if all(record.selector == 0 for record in tlsa.usable) else ()


def rollover(tlsa: TlsaSet, chain: Sequence[Certificate]) -> str:
    """What keeps the set from surviving a change of key; empty where nothing does.

    It survives with a record of the issuing authority, or with one that matches
    nothing that is presented, which is taken for the next key's (RFC 7671 §8.1, §8.4).
    However many records are of the key in use, they are no rollover.
    """
    heeded = [record for record in tlsa.usable if not outranked(record, tlsa.usable)]
    if not heeded or not chain:
        return ""
    of_leaf = [record for record in heeded if selects(record, chain[0].der)]
    if len(of_leaf) < len(heeded):
        return ""
    which = "the one record is" if len(tlsa.usable) == 1 else "all records that senders go by are"
    return f"{which} of the key in use"
