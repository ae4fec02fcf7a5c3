"""All families of checks: importing this module fills the catalogue."""

from auditor.checks import (
    access,
    access_tls,
    active,
    certificate,
    certificate_shape,
    chain,
    cross,
    cross_transport,
    dane,
    delegation,
    dialogue,
    dkim,
    dmarc,
    dmarc_record,
    dns,
    keywords,
    login,
    mta_sts,
    mta_sts_exchanges,
    mx,
    mx_exchange,
    mx_shape,
    names,
    parked,
    records,
    smtp,
    spf,
    spf_limits,
    spf_terms,
    tls,
    tls_rpt,
    tls_trials,
)
from auditor.checks.catalogue import FAMILY_TITLES
from auditor.checks.core import CATALOGUE

CATALOGUE.sort(key=lambda check: (list(FAMILY_TITLES).index(check.family), check.id))

FAMILIES = (
    *(
        mx,
        mx_exchange,
        mx_shape,
        dns,
        delegation,
        names,
        smtp,
        dialogue,
        keywords,
        login,
        active,
        tls,
        certificate,
        certificate_shape,
    ),
    *(tls_trials, chain, access, access_tls),
    *(spf, spf_limits, spf_terms, dmarc, dmarc_record, dkim),
    *(mta_sts, mta_sts_exchanges, tls_rpt, dane, records, parked, cross, cross_transport),
)
"""The modules whose functions are in the catalogue."""

__all__ = ["CATALOGUE", "FAMILIES"]
