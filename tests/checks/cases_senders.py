"""What makes checks of SPF, DMARC, DKIM and BIMI fail, and what makes them unknown."""

from auditor.model.dkim import DkimStatus
from auditor.model.dmarc import Discovery, Disposition, DmarcStatus, ReportAddress
from auditor.model.published import RecordStatus
from auditor.model.spf import SpfAll, SpfResult, SpfStatus
from tests.checks.builders import Spoil, all_of
from tests.checks.case import Case
from tests.checks.published import DOMAIN
from tests.checks.spoilt import (
    NO_SPF,
    SPF_IN_PART,
    SPF_UNKNOWN,
    bimi,
    discovery,
    dkim,
    dmarc,
    dmarc_record,
    key,
    spf,
    spf_root,
)


def permerror(reason: str, **changes: object) -> Spoil:
    return spf(status=SpfStatus.PERMERROR, reason=reason, **changes)


LONG = "v=spf1 " + " ".join(f"ip4:192.0.2.{number}" for number in range(30)) + " -all"
SPF_CASES = (
    Case("SPF001", NO_SPF, "no TXT record begins with v=spf1", SPF_UNKNOWN),
    Case(
        "SPF002",
        permerror("two records", root=None, record="v=spf1 mx -all|v=spf1 a -all"),
        "several records: v=spf1 mx -all|v=spf1 a -all",
        SPF_UNKNOWN,
    ),
    Case(
        "SPF003",
        all_of(permerror("term 2"), spf_root(errors=("term 2: ip4:192.0.2.300 is no network",))),
        "example.com: term 2: ip4:192.0.2.300 is no network",
        SPF_IN_PART,
    ),
    Case("SPF004", permerror("11 lookups", lookups=11), "11 lookups, 10 are allowed", SPF_IN_PART),
    Case("SPF005", spf(lookups=9), "9 lookups of 10", SPF_IN_PART),
    Case(
        "SPF006",
        permerror("3 voids", voids_ipv4=3, voids_ipv6=3, dead=("a:gone.example: NXDOMAIN",)),
        "3 void lookups for a sender with IPv4, 3 with IPv6, 2 are allowed: a:gone.example: NXDOMAIN",
        SPF_IN_PART,
    ),
    Case("SPF007", spf(empty_ipv6=3), "3 void lookups for a sender with IPv6, 0 for", SPF_IN_PART),
    Case("SPF008", spf(all=SpfAll.PASS, record="v=spf1 +all"), "v=spf1 +all lets every sender pass", SPF_IN_PART),
    Case("SPF009", spf(all=SpfAll.NEUTRAL), "it ends in ?all", spf(all=SpfAll.UNKNOWN)),
    Case(
        "SPF010",
        all_of(spf(all=SpfAll.SOFTFAIL), discovery(policy=Disposition.NONE)),
        "~all, and the DMARC policy in effect is none",
        all_of(spf(all=SpfAll.SOFTFAIL), dmarc(tree=None, reason="_dmarc.example.com TXT: timeout")),
    ),
    Case("SPF011", spf(ignored=("term 3: a stands after all",)), "term 3: a stands after all", SPF_UNKNOWN),
    Case("SPF012", spf(discouraged=("ptr",)), "ptr", SPF_UNKNOWN),
    Case("SPF013", spf(overlaps=("ip4:192.0.2.1 is within ip4:192.0.2.0/24",)), "is within", SPF_UNKNOWN),
    Case("SPF014", spf(dead=("a:gone.example: NXDOMAIN",)), "a:gone.example: NXDOMAIN", SPF_IN_PART),
    Case(
        "SPF015",
        spf(exchanges=(("198.51.100.1", SpfResult.FAIL), ("203.0.113.1", SpfResult.PASS))),
        "not authorised: 198.51.100.1",
        spf(exchanges=(("198.51.100.1", SpfResult.TEMPERROR),)),
    ),
    Case(
        "SPF017",
        spf(networks=("10.0.0.0/10", "192.0.2.0/24")),
        "4194560 IPv4 addresses; the widest network is 10.0.0.0/10",
        SPF_IN_PART,
    ),
    Case("SPF016", spf_root(record=LONG), f"example.com: {len(DOMAIN) + len(LONG)} octets with its name", SPF_UNKNOWN),
)

DMARC_UNKNOWN = dmarc(
    status=DmarcStatus.UNKNOWN, reason="_dmarc.example.com TXT: servfail", tree=None, suffix=None, reports=()
)
"""The record could not be looked up."""
ABOVE_UNKNOWN = all_of(
    dmarc(reason="_dmarc.com TXT: timeout"),
    discovery(complete=False, organizational_domain="", subdomain_policy=None, nonexistent_policy=None),
)
"""There is a record; what is in effect below the domain could not be looked up."""
NO_DMARC = all_of(
    discovery(record=None, policy=None, subdomain_policy=None, nonexistent_policy=None),
    dmarc(status=DmarcStatus.NONE, reports=()),
)


def elsewhere(*, authorised: bool | None, reason: str, tag: str = "rua") -> Spoil:
    name = f"{DOMAIN}._report._dmarc.other.example"
    uri = "mailto:reports@other.example"
    one = ReportAddress(uri=uri, tag=tag, external=True, authorised=authorised, reason=reason, question=name)
    return dmarc(reports=(one,))


OTHER_WAY = Discovery(
    organizational_domain="com", record=None, policy=None, subdomain_policy=None, nonexistent_policy=None
)
DMARC_CASES = (
    Case("DMARC001", NO_DMARC, "no record at _dmarc.example.com, _dmarc.com", DMARC_UNKNOWN),
    Case("DMARC002", dmarc(status=DmarcStatus.INVALID, reason="2 records, none counts"), "2 records", DMARC_UNKNOWN),
    Case("DMARC003", discovery(policy=Disposition.NONE), "in effect is none, by _dmarc.example.com", DMARC_UNKNOWN),
    Case("DMARC004", discovery(subdomain_policy=Disposition.NONE), "none for subdomains, reject for", ABOVE_UNKNOWN),
    Case("DMARC005", discovery(nonexistent_policy=Disposition.NONE), "none for names that do not", ABOVE_UNKNOWN),
    Case("DMARC006", dmarc_record(testing=True), "t=y in _dmarc.example.com", DMARC_UNKNOWN),
    Case("DMARC007", dmarc_record(pct=50), "pct=50", DMARC_UNKNOWN),
    Case("DMARC008", dmarc_record(retired=("pct", "ri"), notes=("fo has no effect",)), "pct; ri; fo", DMARC_UNKNOWN),
    Case("DMARC009", dmarc_record(rua=()), "no rua= that can be used in _dmarc.example.com", DMARC_UNKNOWN),
    Case(
        "DMARC010",
        elsewhere(authorised=False, reason="no v=DMARC1 record at x"),
        "rua=mailto:reports@other.example: no v=DMARC1 record at x",
        elsewhere(authorised=None, reason="TXT: timeout"),
    ),
    Case(
        "DMARC011",
        dmarc(suffix=OTHER_WAY),
        "by the tree walk reject, subdomains reject (_dmarc.example.com, organizational domain example.com); "
        "by the public suffix list no policy",
        ABOVE_UNKNOWN,
    ),
    Case("DMARC012", dmarc_record(faults=("sp: 'x' is no policy",)), "sp: 'x' is no policy", DMARC_UNKNOWN),
    Case("DMARC013", dmarc(wildcard=True), "a made-up name below example.com has the same", dmarc(wildcard=None)),
    Case("DMARC014", discovery(policy=Disposition.QUARANTINE), "quarantine, by _dmarc.example.com", DMARC_UNKNOWN),
    Case(
        "DMARC015",
        all_of(NO_DMARC, dmarc(look_alikes=("v=dmarc1; p=reject",))),
        "_dmarc.example.com: v=dmarc1; p=reject",
        DMARC_UNKNOWN,
    ),
)

NO_KEY_KNOWN = dkim(status=DkimStatus.UNKNOWN, keys=(), reason="2 selectors were asked for, and none exists")
KEYS_UNANSWERED = all_of(NO_KEY_KNOWN, dkim(unanswered=("TXT: timeout for s1",), wildcard_unknown=True))
"""Selectors could not be looked up."""
DKIM_CASES = (
    Case("DKIM001", dkim(status=DkimStatus.ABSENT, keys=(), reason="NXDOMAIN"), "NXDOMAIN", NO_KEY_KNOWN),
    Case("DKIM002", all_of(dkim(status=DkimStatus.REVOKED), key(revoked=True)), "p= is empty: s1", KEYS_UNANSWERED),
    Case("DKIM003", key(key_bits=1024), "s1: RSA with 1024 bits", KEYS_UNANSWERED),
    Case("DKIM004", key(faults=("p= is cut off",)), "s1: p= is cut off", KEYS_UNANSWERED),
    Case("DKIM005", key(testing=True), "s1: t=y", KEYS_UNANSWERED),
    Case("DKIM006", key(several=True, record="one|other"), "s1: one|other", KEYS_UNANSWERED),
    Case("DKIM007", key(hashes=("sha1",)), "s1: h=sha1", KEYS_UNANSWERED),
    Case("DKIM008", dkim(wildcard="v=spf1 -all"), "a made-up selector has: v=spf1 -all", KEYS_UNANSWERED),
    Case("DKIM009", dkim(dead=("s9: s9.gone.example",)), "s9: s9.gone.example", KEYS_UNANSWERED),
)

NO_BIMI_FACT = bimi(status=RecordStatus.UNKNOWN, unknown="TXT: timeout")
BIMI_CASES = (
    Case("BIMI001", bimi(status=RecordStatus.INVALID, faults=("l= is no https URL",)), "l= is no", NO_BIMI_FACT),
    Case("BIMI002", discovery(policy=Disposition.NONE), "the DMARC policy in effect is none", DMARC_UNKNOWN),
)

SENDER_CASES = (*SPF_CASES, *DMARC_CASES, *DKIM_CASES, *BIMI_CASES)
