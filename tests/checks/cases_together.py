"""What makes checks of parked domains, and of records beside one another, fail; and what makes them unknown."""

from auditor.model.dkim import DkimStatus
from auditor.model.dmarc import Disposition, ReportAddress
from auditor.model.spf import SpfStatus
from tests.checks.builders import ROUTE_FAILED, TIMED_OUT, all_of
from tests.checks.case import Case
from tests.checks.cases_senders import DMARC_UNKNOWN, NO_KEY_KNOWN
from tests.checks.cases_transport import NO_STS_FACT, NO_TLSA
from tests.checks.published import NEXT_KEY
from tests.checks.spoilt import (
    NO_SPF,
    NOBODY_SENDS,
    NULL_MX,
    PARKED,
    SPF_IN_PART,
    SPF_UNKNOWN,
    declared,
    discovery,
    dkim,
    dmarc,
    published,
    spf,
    tlsa,
)

NO_WILDCARD_FACT = published(wildcard_unknown="x-1.example.com TXT: timeout")
NO_DKIM = dkim(status=DkimStatus.ABSENT, keys=(), reason="NXDOMAIN")
OWN_ADDRESS = dmarc(reports=(ReportAddress(uri="mailto:dmarc@example.com", tag="rua"),))
DECLARED = declared("parked")

TOGETHER_CASES = (
    Case("PARK001", all_of(PARKED, NO_SPF), "no SPF record", all_of(PARKED, SPF_UNKNOWN, DECLARED)),
    Case(
        "PARK002",
        all_of(PARKED, discovery(policy=Disposition.QUARANTINE)),
        "in effect is quarantine",
        all_of(PARKED, DMARC_UNKNOWN),
    ),
    Case("PARK003", DECLARED, "MX records that name exchanges", all_of(DECLARED, ROUTE_FAILED)),
    Case(
        "PARK004",
        all_of(PARKED, dkim(wildcard="")),
        "keys in use: s1",
        all_of(PARKED, NO_KEY_KNOWN),
    ),
    Case("CROSS001", NULL_MX, "a null MX beside v=spf1 mx", all_of(NULL_MX, SPF_UNKNOWN)),
    Case(
        "CROSS002",
        spf(status=SpfStatus.PERMERROR, reason="11 lookups", lookups=11),
        "reject by _dmarc.example.com, and SPF: 11 lookups",
        SPF_IN_PART,
    ),
    Case("CROSS003", all_of(NO_SPF, NO_DKIM), "reject by _dmarc.example.com, no SPF", all_of(NO_SPF, NO_KEY_KNOWN)),
    Case(
        "CROSS004",
        tlsa(records=(NEXT_KEY,)),
        "mx1.example.net port 25: allowed by MTA-STS, not by its TLSA records",
        TIMED_OUT,
    ),
    Case("CROSS005", published(wildcard_txt=("v=spf1 mx -all",)), "a made-up name has: v=spf1 mx", NO_WILDCARD_FACT),
    Case("CROSS006", published(wildcard_mx=("10 mx.example.net",)), "has MX 10 mx.example.net", NO_WILDCARD_FACT),
    Case("CROSS007", DECLARED, "declared parked, and it has MX records", all_of(DECLARED, NOBODY_SENDS, ROUTE_FAILED)),
    Case("CROSS008", NO_TLSA, "MTA-STS without DANE", NO_STS_FACT),
    Case("CROSS009", all_of(NULL_MX, OWN_ADDRESS), "mailto:dmarc@example.com", all_of(NULL_MX, DMARC_UNKNOWN)),
    Case("CROSS010", NULL_MX, "v=STSv1; id=20261124 (MX status null)", all_of(NULL_MX, NO_STS_FACT)),
)
