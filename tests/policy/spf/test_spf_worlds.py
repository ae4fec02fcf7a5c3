"""What holds of every audit, over worlds made up from numbers, and beside evaluations of the same records."""

from collections.abc import Iterator
from ipaddress import IPv6Address, ip_address, ip_network

import pytest

from auditor.model.dns import Answer, Question
from auditor.model.spf import SpfAudit, SpfNode, SpfOutcome, SpfResult, SpfStatus
from auditor.policy.drive import replay
from auditor.policy.spf import audit_spf, check_host
from auditor.policy.spf.known import Known
from auditor.policy.spf.lookups import sender_address
from auditor.policy.spf.networks import _listed, listed, overlaps, passing
from auditor.policy.spf.plain import is_plain, result_for
from auditor.policy.spf.record import parse_record
from auditor.policy.spf.tree import Branch, grow
from tests.policy.spf.worlds import CLIENTS, DOMAINS, World, world

DOMAIN = DOMAINS[0]
ERRORS = {SpfResult.PERMERROR, SpfResult.TEMPERROR}

pytestmark = pytest.mark.slow


def audited(made: World, asked: list[Question] | None = None) -> SpfAudit:
    def answer(question: Question) -> Answer:
        if asked is not None:
            asked.append(question)
        return made.answer(question)

    audit = replay(audit_spf(DOMAIN, CLIENTS), answer)
    assert audit is not None
    return audit


def outcomes(made: World) -> Iterator[tuple[str, SpfOutcome]]:
    for ip in CLIENTS:
        outcome = replay(check_host(ip, DOMAIN, f"postmaster@{DOMAIN}", helo=DOMAIN), made.answer)
        assert outcome is not None
        yield ip, outcome


def nodes(node: SpfNode | None) -> Iterator[SpfNode]:
    if node is not None:
        yield node
        for child in node.children:
            yield from nodes(child)


def is_within(ip: str, audit: SpfAudit) -> bool:
    address = ip_address(ip)
    address = (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address
    return any(address in ip_network(network) for network in audit.networks)


@pytest.fixture(scope="module")
def audits() -> list[tuple[World, SpfAudit]]:
    return [(made, audited(made)) for made in map(world, range(800))]


def test_a_record_that_is_valid_and_open_lets_pass_exactly_its_networks(audits: list[tuple[World, SpfAudit]]) -> None:
    open_ones = [
        (made, one)
        for made, one in audits
        if one.status is SpfStatus.VALID and not (one.lower_bound or one.discouraged)
    ]
    for made, audit in open_ones:
        for ip, outcome in outcomes(made):
            family = 6 if ip.startswith("2001:") else 4
            assert outcome.result not in ERRORS or (family not in audit.families and "found nothing" in outcome.problem)
            assert is_within(ip, audit) is (outcome.result is SpfResult.PASS), (ip, audit.record)
    assert len(open_ones) > 200


def test_no_evaluation_spends_more_than_the_audit_counts(audits: list[tuple[World, SpfAudit]]) -> None:
    for made, audit in audits:
        for ip, outcome in outcomes(made):
            if audit.root is not None and not audit.lower_bound:
                assert outcome.lookups <= audit.lookups
                assert (
                    outcome.voids <= (audit.voids_ipv6 if ip.startswith("2001:") else audit.voids_ipv4)
                    or audit.discouraged
                )


def test_an_error_of_syntax_in_the_domains_own_record_is_one_for_every_sender(
    audits: list[tuple[World, SpfAudit]],
) -> None:
    broken = [made for made, audit in audits if audit.root is not None and parse_record(audit.record).errors]
    for made in broken:
        assert {outcome.result for _, outcome in outcomes(made)} == {SpfResult.PERMERROR}
    assert len(broken) > 20


def test_exchanges_get_what_an_evaluation_of_their_own_gives(audits: list[tuple[World, SpfAudit]]) -> None:
    for made, audit in audits:
        if audit.root is not None:
            assert audit.exchanges == tuple((ip, outcome.result) for ip, outcome in outcomes(made))


def tree_of(made: World) -> Branch:
    known = Known(DOMAIN)
    replay(known.gather(), made.answer)
    return grow(known, DOMAIN)


def test_a_plain_tree_says_what_an_evaluation_does(audits: list[tuple[World, SpfAudit]]) -> None:
    plain = [(made, tree_of(made)) for made, audit in audits if is_plain(audit)]
    for made, tree in plain:
        for ip, outcome in outcomes(made):
            assert result_for(sender_address(ip), tree) is outcome.result, (ip, tree.record)
    assert len(plain) > 200


def test_what_is_kept_of_a_tree_is_what_it_lists() -> None:
    before = _listed.cache_info().hits
    for made in [*map(world, range(400)), *map(world, range(400))]:
        tree = tree_of(made)
        assert listed(tree) == (passing(tree), overlaps(tree))
    assert _listed.cache_info().hits - before > 100


def test_counts_of_a_record_are_at_least_those_of_all_below_it(audits: list[tuple[World, SpfAudit]]) -> None:
    for _, audit in audits:
        for node in nodes(audit.root):
            assert node.lookups >= sum(child.lookups + 1 for child in node.children)
            assert node.voids_ipv4 >= sum(child.voids_ipv4 for child in node.children)
            assert node.voids_ipv6 >= sum(child.voids_ipv6 for child in node.children)
            assert [child.reached_at for child in node.children] == sorted(child.reached_at for child in node.children)


def test_each_question_is_put_once_and_sixty_at_most() -> None:
    for made in map(world, range(300)):
        asked: list[Question] = []
        audited(made, asked)
        assert len(set(asked)) == len(asked) <= 60


def test_the_same_answers_give_the_same_audit() -> None:
    for made in map(world, range(300)):
        recorded: dict[Question, Answer] = {}
        asked: list[Question] = []
        audit = audited(made, asked)
        recorded = {question: made.answer(question) for question in asked}
        assert replay(audit_spf(DOMAIN, CLIENTS), recorded.get) == audit
