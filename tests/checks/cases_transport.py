"""What makes checks of MTA-STS, TLS-RPT, DANE and CAA fail, and what makes them unknown."""

from dataclasses import replace

from auditor.model.certificate import Certificate
from auditor.model.dane import TlsaRecord
from auditor.model.dns import Dnssec
from auditor.model.facts import DomainFacts
from auditor.model.mta_sts import FetchOutcome
from auditor.model.published import RecordStatus
from auditor.model.session import Starttls
from tests.checks.builders import DAY, NO_TLS, NOW, ROUTE_FAILED, TIMED_OUT, Spoil, all_of, last_session, route
from tests.checks.case import Case
from tests.checks.published import KEY_IN_USE, NEXT_KEY, POLICY_HOST, WHOLE_CERTIFICATE
from tests.checks.spoilt import caa, fetch, first_tlsa, policy, rpt, sts, tlsa


def policy_host(**changes: object) -> Spoil:
    """Change the certificate of the policy host."""

    def spoil(facts: DomainFacts) -> DomainFacts:
        changed: Certificate = replace(facts.certificates[f"of {POLICY_HOST}"], **changes)  # type: ignore[arg-type]
        return replace(facts, certificates={**facts.certificates, f"of {POLICY_HOST}": changed})

    return spoil


NO_STS = sts(text="", id="")
NO_STS_FACT = sts(text="", id="", unknown="TXT: servfail")
FETCH_TIMED_OUT = fetch(outcome=FetchOutcome.TIMEOUT, status=None, body="", tls=None, error="nothing within 30 s")
NO_TLSA = tlsa(records=())
NO_TLSA_FACT = tlsa(records=(), dnssec=Dnssec.INDETERMINATE, unknown="TLSA: timeout")
STS_CASES = (
    Case("STS001", all_of(NO_STS, NO_TLSA), "no MTA-STS record, and no signed TLSA record", NO_STS_FACT),
    Case("STS002", sts(id="", faults=("2 records, of which none counts",)), "2 records", NO_STS_FACT),
    Case(
        "STS003",
        fetch(outcome=FetchOutcome.STATUS, status=404, body=""),
        "https://mta-sts.example.com/.well-known/mta-sts.txt: HTTP status 404",
        FETCH_TIMED_OUT,
    ),
    Case("STS004", fetch(body="version: STSv1\nmax_age: 1\n"), "mode", FETCH_TIMED_OUT),
    Case(
        "STS005",
        policy("mx: mx2.example.net"),
        "mx1.example.net is not matched by mx2.example.net (mode enforce)",
        ROUTE_FAILED,
    ),
    Case(
        "STS006",
        last_session(starttls=Starttls.NOT_OFFERED, **NO_TLS),
        "mx2.example.net/[2001:db8:2::1]:25: STARTTLS is not offered (or taken out on the way from here)",
        TIMED_OUT,
    ),
    Case("STS007", policy("mx: *.example.net", mode="testing"), "mode: testing", FETCH_TIMED_OUT),
    Case("STS008", policy(mode="none"), "mode: none", FETCH_TIMED_OUT),
    Case("STS009", policy("mx: *.example.net", max_age=604_800), "max_age: 604800 s", FETCH_TIMED_OUT),
    Case("STS010", fetch(content_type="text/html; charset=utf-8"), "text/html", FETCH_TIMED_OUT),
    Case("STS011", policy("mx: *.example.net", "mx: mx.old.example"), "no exchange matches mx.old", ROUTE_FAILED),
    Case("STS013", fetch(notes=("the body may be cut off",)), "the body may be cut off", FETCH_TIMED_OUT),
    Case("STS012", policy_host(not_after=NOW + 5 * DAY), "expires 2026-11-29, in 5 days", policy_host(not_after=None)),
)

RPT_CASES = (
    Case(
        "RPT001",
        all_of(NO_STS, NO_TLSA, rpt(status=RecordStatus.NONE, rua=())),
        "no TLS-RPT record",
        rpt(status=RecordStatus.UNKNOWN, unknown="TXT: servfail"),
    ),
    Case(
        "RPT002",
        rpt(status=RecordStatus.INVALID, faults=("rua is missing",)),
        "rua is missing",
        rpt(status=RecordStatus.UNKNOWN, unknown="TXT: servfail"),
    ),
)

NOT_USED = TlsaRecord(usage=1, selector=1, matching=1, data="5a" * 32, fault="usage 1 is not used between mail servers")
UNCERTAIN = tlsa(dnssec=Dnssec.INDETERMINATE)
DANE_CASES = (
    Case("DANE001", NO_TLSA, "no TLSA record", NO_TLSA_FACT),
    Case("DANE002", tlsa(records=(NEXT_KEY,)), "mx1.example.net/198.51.100.1:25: 3 1 1 5a5a", TIMED_OUT),
    Case("DANE003", tlsa(records=(NOT_USED,)), "usage 1 is not used between mail servers", NO_TLSA_FACT),
    Case(
        "DANE004",
        tlsa(records=(), dnssec=Dnssec.BOGUS, unknown="TLSA: servfail", failed=True),
        "_25._tcp.mx1.example.net: TLSA: servfail",
        NO_TLSA_FACT,
    ),
    Case("DANE005", tlsa(dnssec=Dnssec.INSECURE), "the TLSA answer is not authenticated", UNCERTAIN),
    Case("DANE006", route(dnssec=Dnssec.INSECURE), "the MX answer is not", route(dnssec=Dnssec.INDETERMINATE)),
    Case(
        "DANE007",
        first_tlsa(records=()),
        "_25._tcp.mx1.example.net: no signed record",
        first_tlsa(records=(), dnssec=Dnssec.INDETERMINATE, unknown="TLSA: timeout"),
    ),
    Case("DANE008", tlsa(records=(WHOLE_CERTIFICATE,)), "3 0 1 ", NO_TLSA_FACT),
    Case("DANE009", tlsa(records=(KEY_IN_USE,)), "is of the key in use", TIMED_OUT),
    Case("DANE010", tlsa(client_dependent="some ask below the alias"), "some ask below the alias", NO_TLSA_FACT),
)

NO_CAA_FACT = caa(unknown="CAA: timeout")
CAA_CASES = (
    Case("CAA001", caa(found_at="", issue=()), "no CAA record at the domain or above it", NO_CAA_FACT),
    Case("CAA002", caa(faults=("tbs: critical, and not known",)), "example.com: tbs: critical", NO_CAA_FACT),
)

TRANSPORT_CASES = (*STS_CASES, *RPT_CASES, *DANE_CASES, *CAA_CASES)
