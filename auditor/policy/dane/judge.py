"""What senders that follow RFC 7672 make of an exchange's TLSA records, and of several exchanges."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from auditor.model.certificate import Certificate
from auditor.model.dane import DaneStatus, TlsaMatch, TlsaSet
from auditor.model.dns import Dnssec
from auditor.policy.dane.certificates import is_certificate
from auditor.policy.dane.match import Presented, match_all

_TOLD = 5
"""Records that are told of one by one."""


def judge_host(
    tlsa: TlsaSet, chain: Sequence[Certificate], at: datetime, names: Sequence[str]
) -> tuple[DaneStatus, tuple[TlsaMatch, ...], str]:
    """The status, how each usable record fares against the chain, and why.

    Args:
        tlsa: the records, and how safe the way to them is.
        chain: as it was presented, the leaf first; empty where none was seen.
        at: the moment at which certificates must be valid.
        names: the TLSA base domain, and the next hop or hops (RFC 7672 §3.2.2).

    """
    status, why = _without_chain(tlsa)
    if status is not None:
        return status, (), why
    if not chain:
        return DaneStatus.UNKNOWN, (), "no certificate was seen"
    matches = match_all(tlsa.usable, Presented(tuple(chain), at, tuple(names)))
    if any(one.matches for one in matches):
        return DaneStatus.VALID, matches, ""
    if not is_certificate(chain[0].der):
        return DaneStatus.UNKNOWN, matches, "the server's certificate cannot be read"
    return DaneStatus.INVALID, matches, _listed(f"{one.record}: {one.why_not}" for one in matches)


def _without_chain(tlsa: TlsaSet) -> tuple[DaneStatus | None, str]:
    """What is settled whatever is presented, and why; nothing where a chain decides.

    The first of these holds: nothing to apply comes before a lookup that failed,
    for where the addresses are not signed no sender looks (RFC 7672 §2.2.2).
    """
    rules = (
        (not tlsa.records and not tlsa.unknown, DaneStatus.ABSENT, "no TLSA record"),
        (
            tlsa.host_dnssec is Dnssec.INSECURE,
            DaneStatus.ABSENT,
            "its addresses are not signed, so senders look for no TLSA record",
        ),
        (tlsa.failed, DaneStatus.INVALID, f"senders must pass over this exchange: {tlsa.unknown}"),
        (bool(tlsa.unknown), DaneStatus.UNKNOWN, tlsa.unknown),
        (
            tlsa.dnssec is Dnssec.INSECURE,
            DaneStatus.ABSENT,
            "the TLSA records are not signed, so senders do not apply them",
        ),
        (tlsa.host_dnssec is Dnssec.BOGUS, DaneStatus.UNKNOWN, "its addresses fail DNSSEC validation"),
        (not tlsa.signed, DaneStatus.UNKNOWN, "whether the TLSA records and its addresses are signed is not known"),
        (not tlsa.usable, DaneStatus.UNUSABLE, _listed(f"{one}: {one.fault}" for one in tlsa.records)),
    )
    return next(((status, why) for holds, status, why in rules if holds), (None, ""))


def _listed(told: Iterable[str]) -> str:
    each = list(told)
    more = (f"{len(each) - _TOLD} more",) if len(each) > _TOLD else ()
    return "; ".join((*each[:_TOLD], *more))


def add_up(statuses: Iterable[DaneStatus]) -> DaneStatus:
    """What several exchanges or addresses come to.

    One that is invalid decides, then one that is unknown.  Valid with anything
    less beside it is partial; of records that cannot be used and none at all, the
    former tells, for there is something to repair.  What is not applicable does
    not count, unless all is.
    """
    seen = set(statuses) - {DaneStatus.NOT_APPLICABLE}
    for decisive in (DaneStatus.INVALID, DaneStatus.UNKNOWN):
        if decisive in seen:
            return decisive
    if seen & {DaneStatus.VALID, DaneStatus.PARTIAL}:
        return DaneStatus.VALID if seen == {DaneStatus.VALID} else DaneStatus.PARTIAL
    by_weight = (DaneStatus.UNUSABLE, DaneStatus.ABSENT)
    return next((status for status in by_weight if status in seen), DaneStatus.NOT_APPLICABLE)
