"""What is right and wrong: small pure functions of recorded facts."""

from auditor.checks import (
    certificate,
    certificate_shape,
    cross,
    dane,
    delegation,
    dialogue,
    dkim,
    dmarc,
    dns,
    keywords,
    mta_sts,
    mx,
    mx_exchange,
    mx_shape,
    parked,
    records,
    smtp,
    spf,
    tls,
)
from auditor.checks.catalogue import FAMILY_TITLES
from auditor.checks.core import CATALOGUE, RULES_VERSION, Check
from auditor.checks.judging import Judge, Judgement, judge
from auditor.checks.selection import Selection

CATALOGUE.sort(key=lambda check: (list(FAMILY_TITLES).index(check.family), check.id))

FAMILIES = (
    *(mx, mx_exchange, mx_shape, dns, delegation, smtp, dialogue, keywords, tls, certificate, certificate_shape),
    *(spf, dmarc, dkim, mta_sts, dane, records, parked, cross),
)
"""The modules whose import fills the catalogue."""

__all__ = ["CATALOGUE", "FAMILIES", "RULES_VERSION", "Check", "Judge", "Judgement", "Selection", "judge"]
