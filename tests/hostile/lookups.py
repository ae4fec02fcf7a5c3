"""Each way in which a lookup may fail, at each place where one is made: five outcomes, and none taken for another."""

from tests.hostile.scenario import Expected, Scenario
from tests.hostile.zones import USUAL

OF_MX = {
    "echo": "timeout",
    "foreign-answer": "malformed",
    "missing-records": "malformed",
    "short-record": "malformed",
    "format-error": "servfail",
}
OF_ADDRESS = {
    "refused": "refused",
    "bogus": "bogus",
    "garbage": "malformed",
    "wrong-id": "timeout",
    "wrong-question": "timeout",
    "five-octets": "malformed",
    "pointer-loop": "malformed",
    "short-record": "malformed",
    "foreign-answer": "malformed",
    "tcp-dead": "timeout",
    "truncate-all": "malformed",
    "first-lost": "ok",
    "first-servfail": "ok",
    "truncate": "ok",
    "no-edns": "ok",
}
NO_FACT = ("refused", "garbage", "bogus", "wrong-id", "foreign-answer", "missing-records")
PLACES: dict[str, tuple[str, Expected]] = {
    "dmarc-record": ("_dmarc.@ TXT", {"dmarc": "unknown"}),
    "spf": ("@ TXT", {"spf": "temperror"}),
    "sts-record": ("_mta-sts.@ TXT", {"mta_sts": "unknown"}),
    "tls-rpt": ("_smtp._tls.@ TXT", {"tls_rpt": "unknown"}),
}
TLSA = {
    "timeout": "unknown",
    "refused": "unknown",
    "garbage": "unknown",
    "wrong-id": "unknown",
    "bogus": "invalid",
}
SECURE = "@ MX secure\nmx.@ * secure\n"
UNTRIED: dict[str, str] = {"endpoints_total": "0"}
INCLUDING = f'{USUAL}\n{{name}} TXT "v=spf1 include:inc.{{name}}.example -all"'
BIG = "\n".join(f'{{name}} TXT "{number:03} {"x" * 236}"' for number in range(245))


def _scenario(kind: str, name: str, at: str, records: str = "", **expected: Expected) -> Scenario:
    faults = at.replace("@", f"{name}.example")
    records = records.replace("{name}", name)
    return Scenario(name=name, fault=kind, faults=faults, records=records, **expected)  # type: ignore[arg-type]


def _published(name: str, records: str, **domain: str) -> Scenario:
    return _scenario("policy-lookup", name, "", f"{USUAL}\n{records}", domain=domain)


MX = [_scenario("lookup", f"mx-{one}", f"@ MX {one}", domain={"mx_status": told}) for one, told in OF_MX.items()]
ADDRESSES = [
    _scenario("lookup", f"address-{one}", f"mx.@ A {one}\nmx.@ AAAA {one}", mx={"status": told})
    for one, told in OF_ADDRESS.items()
]
FAMILIES = [
    _scenario("lookup", "one-family-servfail", "mx.@ AAAA servfail", mx={"status": "ok"}),
    _scenario("lookup", "one-family-timeout", "mx.@ AAAA timeout", mx={"status": "ok"}),
    _scenario("lookup", "elsewhere-refused", "", "{name} MX 5 mx.elsewhere.test.", mx={"status": "refused"}),
    _scenario(
        "lookup", "alias-to-servfail", "h.@ * servfail", "{name} MX 5 a.{name}\na.{name} CNAME h.{name}\nh.{name} TXT x"
    ),
]
POLICIES = [
    _scenario("policy-lookup", f"{place}-{fault}", f"{at} {fault}", domain=told)
    for place, (at, told) in PLACES.items()
    for fault in NO_FACT
]
MORE = [
    _scenario("policy-lookup", "sts-timeout", "_mta-sts.@ TXT timeout", domain={"mta_sts": "unknown"}),
    _scenario("policy-lookup", "tls-rpt-timeout", "_smtp._tls.@ TXT timeout", domain={"tls_rpt": "unknown"}),
    *(
        _scenario("policy-lookup", f"tlsa-{fault}", f"{SECURE}_25._tcp.mx.@ TLSA {fault}", domain={"dane": told})
        for fault, told in TLSA.items()
    ),
    _scenario("policy-lookup", "tlsa-absent", f"{SECURE}_25._tcp.mx.@ TLSA secure", domain={"dane": "absent"}),
    *(
        _scenario(
            "policy-lookup",
            f"spf-include-{fault}",
            f"inc.@ TXT {fault}",
            f"{INCLUDING}\ninc.{{name}} TXT x",
            domain={"spf": "temperror"},
        )
        for fault in ("timeout", "refused", "garbage", "foreign-answer")
    ),
    _scenario("policy-lookup", "spf-include-nxdomain", "", INCLUDING, domain={"spf": "permerror"}),
    _scenario(
        "policy-lookup", "spf-include-nodata", "", f"{INCLUDING}\ninc.{{name}} A 192.0.2.1", domain={"spf": "permerror"}
    ),
    _published("nothing-published", "; nothing", spf="none", dmarc="none", mta_sts="none", tls_rpt="none"),
    _published("answer-of-64-kb", f'{BIG}\n{{name}} TXT "v=spf1 -all"', spf="valid"),
    _published("spf-twice", '{name} TXT "v=spf1 -all"\n{name} TXT "v=spf1 ~all"', spf="permerror"),
    _published("spf-of-octets", '{name} TXT "v=spf1 \\255\\000\\027 -all"', spf="permerror"),
    _published(
        "dmarc-twice", '_dmarc.{name} TXT "v=DMARC1; p=none"\n_dmarc.{name} TXT "v=DMARC1; p=reject"', dmarc_policy=""
    ),
    _published("dmarc-of-octets", '_dmarc.{name} TXT "v=DMARC1; p=\\255\\000reject"', dmarc_policy=""),
    _published(
        "sts-twice", '_mta-sts.{name} TXT "v=STSv1; id=1"\n_mta-sts.{name} TXT "v=STSv1; id=2"', mta_sts="invalid"
    ),
    _published("sts-small-letters", '_mta-sts.{name} TXT "v=stsv1; id=1"', mta_sts="invalid"),
    _published("sts-no-id", '_mta-sts.{name} TXT "v=STSv1;"', mta_sts="invalid"),
    _published("sts-id-of-33", f'_mta-sts.{{name}} TXT "v=STSv1; id={"1" * 33}"', mta_sts="invalid"),
    _published("sts-id-with-a-dash", '_mta-sts.{name} TXT "v=STSv1; id=1-2"', mta_sts="invalid"),
    _published("sts-nobody-there", '_mta-sts.{name} TXT "v=STSv1; id=1"', mta_sts="invalid"),
    _published("sts-leads-home", '_mta-sts.{name} TXT "v=STSv1; id=1"\nmta-sts.{name} A 127.0.0.1', mta_sts="unknown"),
    _published("sts-leads-to-10", '_mta-sts.{name} TXT "v=STSv1; id=1"\nmta-sts.{name} A 10.1.2.3', mta_sts="unknown"),
    _scenario(
        "policy-lookup",
        "sts-host-servfail",
        "mta-sts.@ * servfail",
        f'{USUAL}\n_mta-sts.{{name}} TXT "v=STSv1; id=1"\nmta-sts.{{name}} TXT x',
        domain={"mta_sts": "unknown"},
    ),
]
NAMES = [
    _scenario(
        "route",
        "alias-of-the-domain",
        "",
        "{name} CNAME t.{name}\nt.{name} MX 5 mx.{name}\nmx.{name} A {address}",
        domain={"mx_status": "mx"},
    ),
    _scenario(
        "route",
        "alias-loop-of-the-domain",
        "",
        "{name} CNAME t.{name}\nt.{name} CNAME {name}",
        domain={"mx_status": "servfail"},
    ),
    _scenario(
        "route",
        "dead-alias-of-the-domain",
        "",
        "{name} CNAME gone.{name}\nx.{name} A 192.0.2.1",
        domain={"mx_status": "nxdomain"},
    ),
    _scenario("route", "null-of-high-preference", "", "{name} MX 77 .", domain={"mx_status": "null"}),
    _scenario(
        "route",
        "same-exchange-twice",
        "",
        "{name} MX 5 mx.{name}\n{name} MX 9 mx.{name}\nmx.{name} A {address}",
        domain={"mx_status": "mx"},
    ),
    _scenario("route", "literal-in-brackets", "", "{name} MX 5 [192.0.2.9].", domain={"mx_status": "unusable"}),
    _scenario("route", "number-of-an-address", "", "{name} MX 5 2130706433.", domain={"mx_status": "unusable"}),
    _scenario("route", "octal-address", "", "{name} MX 5 0177.0.0.1.", domain=UNTRIED),
    _scenario("route", "hexadecimal-address", "", "{name} MX 5 0x7f.0.0.1.", domain=UNTRIED),
    _scenario(
        "route",
        "alias-to-localhost",
        "",
        "{name} MX 5 a.{name}\na.{name} CNAME localhost.",
        domain=UNTRIED | {"mx_status": "unusable"},
    ),
    _scenario(
        "route",
        "public-and-private",
        "",
        "{name} MX 5 mx.{name}\nmx.{name} A {address}\nmx.{name} A 10.1.2.3",
        domain={"mx_status": "mx"},
    ),
    _scenario(
        "route",
        "seventeen-addresses",
        "",
        "{name} MX 5 mx.{name}\nmx.{name} A {address}\n"
        + "\n".join(f"mx.{{name}} A 10.1.2.{number}" for number in range(1, 17)),
        domain={"mx_status": "mx"},
    ),
]
LOOKUPS = [*MX, *ADDRESSES, *FAMILIES, *POLICIES, *MORE, *NAMES]
