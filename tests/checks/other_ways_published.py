"""Further ways in which checks of published policy pass, do not apply, or cannot be judged."""

from auditor.model.certificate import VerifyError
from auditor.model.dkim import DkimStatus
from auditor.model.dmarc import Disposition, DmarcStatus
from auditor.model.dns import Dnssec
from auditor.model.finding import Verdict
from auditor.model.mta_sts import FetchOutcome
from auditor.model.published import RecordStatus
from auditor.model.route import ExchangeStatus, MxStatus
from auditor.model.spf import SpfAll, SpfResult
from tests.checks.builders import (
    DAY,
    NOW,
    ROUTE_FAILED,
    Spoil,
    all_of,
    exchange,
    exchanges,
    first_exchange,
    route,
    tls,
)
from tests.checks.cases_senders import (
    ABOVE_UNKNOWN,
    DMARC_UNKNOWN,
    KEYS_UNANSWERED,
    NO_DMARC,
    NO_KEY_KNOWN,
    permerror,
)
from tests.checks.cases_together import NO_DKIM, OWN_ADDRESS
from tests.checks.cases_transport import FETCH_TIMED_OUT, NO_STS, NO_TLSA, NO_TLSA_FACT, UNCERTAIN, policy_host
from tests.checks.published import KEY_IN_USE
from tests.checks.spoilt import (
    NO_SPF,
    NOBODY_SENDS,
    NULL_MX,
    PARKED,
    SPF_UNKNOWN,
    bimi,
    caa,
    declared,
    discovery,
    dkim,
    dmarc,
    dmarc_record,
    fetch,
    first_tlsa,
    key,
    policy,
    published,
    rpt,
    spf,
    tlsa,
)

NA, OK, UNKNOWN = Verdict.NOT_APPLICABLE, Verdict.PASS, Verdict.UNKNOWN

FROM_ABOVE = all_of(
    dmarc_record(location="_dmarc.org.example"),
    discovery(organizational_domain="org.example"),
)
"""The domain is a subdomain, and the record further up applies."""
WEB_SITE = all_of(NO_SPF, exchanges(exchange(0, "example.com", "198.51.100.1")), route(status=MxStatus.IMPLICIT))
"""An address, but neither MX nor SPF: perhaps no mail domain at all."""
NOT_FETCHED = fetch(outcome=FetchOutcome.STATUS, status=404, body="")
REVOKED = all_of(dkim(status=DkimStatus.REVOKED), key(revoked=True))
REVOKED_BY_WILDCARD = dkim(status=DkimStatus.REVOKED, keys=(), wildcard="v=DKIM1; p=", wildcard_revoked=True)
ONE = exchanges(exchange(10, "mx1.example.net", "198.51.100.1"))
NO_ADDRESS = exchanges(exchange(10, "mx1.example.net"))
MODE_NONE = policy(mode="none")
OF_SENDERS = ("SPF001", "DKIM001", "DKIM002", "DKIM008", "CROSS003")
OF_RECEIVERS = ("STS001", "STS002", "STS003", "STS006", "RPT001", "RPT002", "DANE001", "DANE007", "CROSS008")
OF_ALL = ("SPF002", "DMARC001", "DMARC003", "DKIM003", "BIMI001", "CAA001", "PARK001", "CROSS005")

SENDERS: tuple[tuple[str, Spoil, Verdict], ...] = (
    *((check, NOBODY_SENDS, NA) for check in OF_SENDERS),
    *((check, PARKED, NA) for check in OF_SENDERS),
    *((check, WEB_SITE, UNKNOWN) for check in ("DKIM001", "DKIM002", "CROSS003")),
    ("SPF001", all_of(NO_SPF, FROM_ABOVE), NA),
    ("SPF001", all_of(SPF_UNKNOWN, declared("receives")), NA),
    ("SPF002", NO_SPF, NA),
    ("SPF003", NO_SPF, NA),
    ("SPF003", permerror("several", root=None), NA),
    ("SPF003", permerror("11 lookups", lookups=11), OK),
    ("SPF003", permerror("3 voids", voids_ipv6=3), OK),
    ("SPF005", spf(lookups=8), OK),
    ("SPF007", spf(empty_ipv4=3, empty_ipv6=3), OK),
    ("SPF008", spf(all=SpfAll.UNKNOWN), UNKNOWN),
    ("SPF009", spf(all=SpfAll.SOFTFAIL), OK),
    ("SPF009", permerror("term 2", all=SpfAll.NONE), NA),
    ("SPF010", spf(all=SpfAll.SOFTFAIL), OK),
    ("SPF010", spf(all=SpfAll.UNKNOWN), UNKNOWN),
    ("SPF015", NOBODY_SENDS, NA),
    ("SPF015", spf(exchanges=()), NA),
    ("SPF015", permerror("term 2", exchanges=(("198.51.100.1", SpfResult.PERMERROR),)), NA),
    ("DMARC001", dmarc(status=DmarcStatus.INVALID, reason="p=x"), NA),
    ("DMARC002", NO_DMARC, NA),
    ("DMARC002", dmarc(several=("_dmarc.com",)), OK),
    ("DMARC003", discovery(policy=Disposition.QUARANTINE), OK),
    ("DMARC003", NO_DMARC, NA),
    ("DMARC007", dmarc_record(pct=100), OK),
    *((f"DMARC{number:03}", FROM_ABOVE, NA) for number in (4, 5, 7, 8, 9, 10, 12, 13)),
    *((f"DMARC{number:03}", FROM_ABOVE, OK) for number in (3, 6, 11, 14)),
    ("DMARC010", dmarc(reports=()), NA),
    ("DMARC011", dmarc(suffix=None), UNKNOWN),
    ("DMARC011", ABOVE_UNKNOWN, UNKNOWN),
    ("DKIM001", NO_DKIM, Verdict.FAIL),
    ("DKIM001", all_of(NO_DKIM, FROM_ABOVE), NA),
    ("DKIM001", all_of(NO_DKIM, FROM_ABOVE, dmarc_record(adkim="s")), Verdict.FAIL),
    ("DKIM001", all_of(NO_DKIM, DMARC_UNKNOWN), Verdict.FAIL),
    ("DKIM002", NO_DKIM, NA),
    ("DKIM002", REVOKED_BY_WILDCARD, Verdict.FAIL),
    ("DKIM003", NO_DKIM, NA),
    ("DKIM003", key(key_type="ed25519", key_bits=256), OK),
    ("DKIM003", key(key_bits=1024, revoked=True), OK),
    ("DKIM005", key(testing=True, faults=("cut off",)), OK),
    ("DKIM007", key(hashes=("sha1", "sha256")), OK),
    ("DKIM008", REVOKED_BY_WILDCARD, OK),
    *((f"DKIM00{number}", NO_KEY_KNOWN, NA) for number in (2, 3, 4, 5, 6, 7)),
    ("DKIM009", NO_KEY_KNOWN, OK),
    ("DKIM009", KEYS_UNANSWERED, UNKNOWN),
    ("DKIM009", all_of(NO_KEY_KNOWN, dkim(dead=("s9: gone.example",))), Verdict.FAIL),
    ("BIMI001", bimi(status=RecordStatus.NONE), NA),
    ("BIMI002", bimi(location=""), NA),
    ("BIMI002", discovery(policy=Disposition.QUARANTINE), OK),
    ("BIMI002", all_of(discovery(policy=Disposition.QUARANTINE), dmarc_record(pct=100)), OK),
    ("BIMI002", all_of(discovery(policy=Disposition.QUARANTINE), dmarc_record(pct=99)), Verdict.FAIL),
    ("CROSS006", published(wildcard_mx=("0 .",)), OK),
    ("BIMI002", dmarc_record(pct=50), OK),
    ("BIMI001", bimi(status=RecordStatus.INVALID, faults=("l=",), found_at="org.example"), NA),
    ("CAA001", caa(found_at="example"), OK),
    ("CAA002", caa(found_at="", issue=()), NA),
    ("CAA002", caa(found_at="example", faults=("tbs",)), NA),
)

TRANSPORT: tuple[tuple[str, Spoil, Verdict], ...] = (
    *((check, NULL_MX, NA) for check in OF_RECEIVERS),
    *((check, declared("sends"), NA) for check in OF_RECEIVERS),
    ("STS001", all_of(NO_STS, UNCERTAIN), UNKNOWN),
    ("STS001", NO_STS, OK),
    ("STS001", NO_TLSA, OK),
    ("STS002", NO_STS, NA),
    ("STS003", NO_STS, NA),
    ("STS003", route(), OK),
    ("STS003", fetch(body="nothing"), OK),
    *((check, NOT_FETCHED, NA) for check in ("STS004", "STS005", "STS006", "STS007", "STS010")),
    *((check, MODE_NONE, NA) for check in ("STS005", "STS006", "STS009")),
    ("STS005", fetch(body="nothing"), NA),
    ("STS007", ROUTE_FAILED, UNKNOWN),
    ("SPF017", spf(networks=("0.0.0.0/0",)), NA),
    ("SPF017", spf(networks=("10.0.0.0/11", "2001::/16")), OK),
    ("STS013", policy("mx: *.example.net", "reporting: yes"), Verdict.FAIL),
    ("STS012", FETCH_TIMED_OUT, NA),
    ("STS012", policy_host(not_after=NOW - DAY), NA),
    ("STS012", policy_host(not_before=NOW - DAY, not_after=NOW + 5 * DAY), OK),
    ("RPT002", rpt(status=RecordStatus.NONE), NA),
    ("DANE001", NO_ADDRESS, NA),
    ("DANE001", all_of(declared("receives"), NULL_MX), NA),
    ("DANE001", ROUTE_FAILED, UNKNOWN),
    ("DANE001", all_of(NO_ADDRESS, first_exchange(status=ExchangeStatus.TIMEOUT, errors=("A: timeout",))), UNKNOWN),
    ("DANE003", first_exchange(status=ExchangeStatus.TIMEOUT, errors=("A: timeout",)), UNKNOWN),
    ("DANE003", NO_TLSA, NA),
    ("DANE002", tlsa(dnssec=Dnssec.INSECURE), NA),
    ("DANE002", UNCERTAIN, UNKNOWN),
    ("DANE005", tlsa(records=(), failed=True, unknown="TLSA: bogus", dnssec=Dnssec.BOGUS), OK),
    ("DANE006", NO_TLSA, NA),
    ("DANE006", UNCERTAIN, UNKNOWN),
    ("DANE006", first_tlsa(records=(), unknown="TLSA: timeout"), OK),
    ("DANE007", NO_TLSA, NA),
    ("DANE007", UNCERTAIN, UNKNOWN),
    ("DANE009", tlsa(records=(KEY_IN_USE, KEY_IN_USE)), Verdict.FAIL),
)

TOGETHER: tuple[tuple[str, Spoil, Verdict], ...] = (
    *((f"PARK{number:03}", PARKED, OK) for number in (1, 2, 3)),
    ("PARK004", all_of(PARKED, REVOKED_BY_WILDCARD), OK),
    ("PARK004", all_of(PARKED, REVOKED), OK),
    ("PARK004", all_of(PARKED, NO_DKIM), NA),
    ("PARK001", all_of(PARKED, NO_SPF, FROM_ABOVE), NA),
    *((f"PARK{number:03}", WEB_SITE, NA) for number in (1, 2, 3, 4)),
    ("CROSS001", PARKED, OK),
    ("CROSS001", lambda facts: facts, NA),
    ("CROSS001", ROUTE_FAILED, UNKNOWN),
    ("CROSS002", discovery(policy=Disposition.NONE), NA),
    ("CROSS002", NO_SPF, NA),
    ("CROSS002", permerror("several", root=None), Verdict.FAIL),
    ("CROSS003", discovery(policy=Disposition.NONE), NA),
    ("CROSS003", all_of(NO_SPF, NO_DKIM, FROM_ABOVE), NA),
    ("CROSS003", all_of(SPF_UNKNOWN, NO_DKIM, declared("sends")), UNKNOWN),
    ("CROSS003", NO_DKIM, OK),
    ("CROSS004", policy("mx: *.example.net", mode="testing"), NA),
    ("CROSS004", NO_TLSA, NA),
    ("CROSS004", NO_TLSA_FACT, UNKNOWN),
    ("CROSS004", tls(verify_errors=(VerifyError(20, 0, "unknown issuer"),)), Verdict.FAIL),
    ("CROSS004", policy("mx: mx1.example.net"), Verdict.FAIL),
    ("CROSS005", published(wildcard_txt=("v=spf1 -all", "a verification")), OK),
    ("CROSS007", declared("sends-receives"), OK),
    ("CROSS007", all_of(SPF_UNKNOWN, declared("receives")), UNKNOWN),
    ("CROSS007", all_of(declared("receives"), NULL_MX), Verdict.FAIL),
    ("CROSS007", lambda facts: facts, NA),
    ("CROSS008", all_of(NO_STS, NO_TLSA), NA),
    ("CROSS008", UNCERTAIN, UNKNOWN),
    ("CROSS008", NO_STS, Verdict.FAIL),
    ("CROSS009", ROUTE_FAILED, UNKNOWN),
    ("CROSS009", OWN_ADDRESS, NA),
    ("CROSS009", all_of(NULL_MX, dmarc(reports=()), rpt(rua=("https://example.com/tls",))), OK),
    ("CROSS009", all_of(NULL_MX, dmarc(reports=()), rpt(rua=("mailto:tls@example.com",))), Verdict.FAIL),
    (
        "CROSS009",
        all_of(NULL_MX, dmarc(reports=()), rpt(status=RecordStatus.UNKNOWN, unknown="TXT: timeout", rua=())),
        UNKNOWN,
    ),
    ("CROSS010", ROUTE_FAILED, UNKNOWN),
    ("CROSS010", lambda facts: facts, NA),
    ("CROSS010", all_of(NULL_MX, NO_STS), OK),
)

EVERYWHERE: tuple[tuple[str, Spoil, Verdict], ...] = tuple(
    (check, route(status=status), NA) for check in OF_ALL for status in (MxStatus.DIRECT, MxStatus.NXDOMAIN)
)

PUBLISHED_OTHER_WAYS = (*SENDERS, *TRANSPORT, *TOGETHER, *EVERYWHERE)
