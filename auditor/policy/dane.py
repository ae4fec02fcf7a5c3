"""TLSA records: looked up, and matched to a chain (RFC 6698, 7671, 7672)."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from auditor.model.certificate import Certificate
from auditor.model.dane import DaneStatus, TlsaMatch, TlsaRecord, TlsaSet
from auditor.policy.drive import Evaluation


def look_up_tlsa(host: str, port: int, trust_ad: bool) -> Evaluation[TlsaSet]:
    """The TLSA records of an exchange and port."""
    raise NotImplementedError
    yield ()


def judge_host(
    tlsa: TlsaSet, chain: Sequence[Certificate], at: datetime, names: Sequence[str]
) -> tuple[DaneStatus, tuple[TlsaMatch, ...], str]:
    """The status, how each usable record fares against the chain, and why."""
    raise NotImplementedError


def add_up(statuses: Iterable[DaneStatus]) -> DaneStatus:
    """What several exchanges or addresses come to."""
    raise NotImplementedError


def renewal_risk(tlsa: TlsaSet) -> tuple[TlsaRecord, ...]:
    """Usable records that pin a whole certificate."""
    raise NotImplementedError


def rollover(tlsa: TlsaSet, chain: Sequence[Certificate]) -> str:
    """What keeps the set from surviving a change of key; empty where nothing does."""
    raise NotImplementedError
