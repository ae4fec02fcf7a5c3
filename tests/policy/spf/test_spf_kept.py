"""What is kept of records is small: whoever publishes much does not fill us up."""

from itertools import count

from auditor.model.dns import Answer, DnsStatus, Question
from auditor.policy.drive import replay
from auditor.policy.spf import audit_spf
from auditor.policy.spf import networks as networks_module
from auditor.policy.spf.record import LONGEST_KEPT, parse_record
from auditor.policy.spf.terms import parse_term

MADE_LONG = "v=spf1 " + " ".join(f"ip4:198.18.{number // 250}.{number % 250}" for number in range(3000)) + " -all"
NUMBERS = count()


def audited(record: str) -> int:
    """How many trees are kept after the audit of a domain that publishes this and no other does."""
    domain = f"d{next(NUMBERS)}.test"

    def answer(question: Question) -> Answer:
        found = (f"{record} exp={domain}",) if question.type == "TXT" else ()
        return Answer(question=question, status=DnsStatus.ANSWERED if found else DnsStatus.NODATA, records=found)

    assert replay(audit_spf(domain, ()), answer) is not None
    return networks_module._listed.cache_info().currsize


def test_a_record_is_kept_that_many_may_refer_to_and_none_that_was_made_long() -> None:
    usual = "v=spf1 include:spf.example.test -all"
    assert parse_record(usual) is parse_record(usual)
    assert len(MADE_LONG) > LONGEST_KEPT
    assert parse_record(MADE_LONG) is not parse_record(MADE_LONG)
    assert parse_record(MADE_LONG) == parse_record(MADE_LONG)


def test_a_term_that_was_made_long_is_not_kept() -> None:
    assert parse_term(1, "a:example.test") is parse_term(1, "a:example.test")
    assert parse_term(1, "a:" + "b" * 300) is not parse_term(1, "a:" + "b" * 300)


def test_the_networks_of_a_tree_that_was_made_large_are_not_kept() -> None:
    networks_module._listed.cache_clear()
    assert [audited("v=spf1 ip4:192.0.2.1 -all"), audited(MADE_LONG), audited(MADE_LONG)] == [1, 1, 1]
