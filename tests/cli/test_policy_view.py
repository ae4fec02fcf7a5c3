"""What of a domain's policy ``auditor probe`` shows."""

from dataclasses import replace

from auditor.cli.policy_view import policy_lines
from auditor.model.dns import DnsStatus
from tests.checks.builders import good
from tests.policy.nameservers import FIRST, GOOD, SECOND, SECOND6, seen, serving


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
