"""What of a domain's policy ``auditor probe`` shows."""

from dataclasses import replace

from auditor.cli.policy_view import policy_lines
from auditor.model.dkim import DkimAudit, DkimKey, DkimStatus
from auditor.model.dmarc import Disposition, DmarcAudit, DmarcStatus
from auditor.model.dns import DnsStatus
from auditor.model.mta_sts import StsRecord
from auditor.model.published import CaaSet
from auditor.model.spf import SpfAudit, SpfStatus
from tests.checks.builders import good
from tests.policy.nameservers import FIRST, GOOD, SECOND, SECOND6, seen, serving


def lines_of(**changes: object) -> dict[str, str]:
    """By mechanism, the lines of the SPF tree joined."""
    facts = good()
    assert facts.published is not None
    shown: dict[str, str] = {}
    for line in policy_lines(replace(facts, published=replace(facts.published, **changes))):  # type: ignore[arg-type]
        name = line[:9].strip() or "tree"
        shown[name] = "\n".join(filter(None, (shown.get(name), line[9:])))
    return shown


def test_every_mechanism_has_its_line() -> None:
    shown = lines_of()
    assert shown["Role"].startswith("sends-receives: ")
    assert shown["SPF"] == "valid; 2 lookups, 0 void; v=spf1 mx include:_spf.example.net -all"
    assert shown["tree"] == "  include:_spf.example.net: 0 lookups: v=spf1 ip4:192.0.2.0/24 -all"
    assert shown["DMARC"].startswith("valid; reject, subdomains reject; _dmarc.example.com: v=DMARC1")
    assert shown["DKIM"].startswith("present; s1 (")
    assert shown["MTA-STS"] == "valid; enforce; mx1.example.net allowed; mx2.example.net allowed"
    assert (shown["TLS-RPT"], shown["DANE"]) == ("valid", "valid")
    assert shown["CAA"] == "example.com: ca.example"


def test_what_is_missing_or_not_known_is_said() -> None:
    shown = lines_of(
        spf=SpfAudit(domain="example.com", status=SpfStatus.NONE),
        dmarc=DmarcAudit(domain="example.com", status=DmarcStatus.UNKNOWN, reason="_dmarc.com TXT: timeout"),
        dkim=DkimAudit(
            domain="example.com",
            status=DkimStatus.REVOKED,
            keys=(DkimKey(selector="s1", name="s1._domainkey.example.com", record="p=", revoked=True),),
        ),
        caa=CaaSet(name="example.com", unknown="com CAA: servfail"),
        mta_sts=StsRecord(),
    )
    assert shown["SPF"] == "none"
    assert shown["DMARC"] == "unknown; _dmarc.com TXT: timeout"
    assert shown["DKIM"] == "revoked; s1 (revoked)"
    assert shown["CAA"] == "unknown; com CAA: servfail"
    assert shown["MTA-STS"] == "none"
    assert lines_of(caa=CaaSet(name="example.com"))["CAA"] == "none"


def test_dmarc_names_what_differs_below_the_domain_and_at_older_receivers() -> None:
    facts = good()
    assert facts.published is not None
    dmarc = facts.published.dmarc
    assert dmarc.tree is not None
    assert dmarc.suffix is not None
    loose = replace(dmarc.tree, nonexistent_policy=Disposition.NONE)
    older = replace(dmarc.suffix, policy=None, subdomain_policy=None, nonexistent_policy=None, record=None)
    shown = lines_of(dmarc=replace(dmarc, tree=loose, suffix=older))["DMARC"]
    assert shown.startswith(
        "valid; reject, subdomains reject, those that do not exist none; "
        "receivers of RFC 7489: no policy, subdomains no policy; _dmarc.example.com: "
    )


def test_one_lookup_is_one() -> None:
    facts = good()
    assert facts.published is not None
    assert "; 1 lookup, 0 void; " in lines_of(spf=replace(facts.published.spf, lookups=1))["SPF"]


def test_a_server_by_itself_publishes_nothing() -> None:
    assert list(policy_lines(replace(good(), published=None))) == []


def test_nameservers_are_shown_where_they_were_asked() -> None:
    facts = good()
    assert facts.published is not None
    zone = seen(GOOD, serving(FIRST, mx=DnsStatus.SERVFAIL))
    *_, last = policy_lines(replace(facts, published=replace(facts.published, delegation=zone)))
    assert last == (
        f"NS       unknown; ns1.example.com ({FIRST}): ok; ns2.example.net ({SECOND}): ok; "
        f"ns2.example.net ({SECOND6}): ok; ns1.example.com ({FIRST}) example.com MX: servfail"
    )
    *_, last = policy_lines(replace(facts, published=replace(facts.published, delegation=None)))
    assert last.startswith("CAA ")
