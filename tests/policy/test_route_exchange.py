"""One test for every status of an exchange, and what of it is contacted."""

from typing import Any

import pytest

from auditor.model.dns import Answer, Dnssec, DnsStatus, Question
from auditor.model.endpoint import Endpoint
from auditor.model.route import Exchange, ExchangeStatus, MailRoute
from auditor.model.target import Target
from auditor.policy.drive import replay
from auditor.policy.exchange import why_not_asked
from auditor.policy.route import RoutePolicy, mail_route

V4, V6 = "8.8.8.8", "2606:4700::1111"
MX = "mx.example.com"
FAILURES = [DnsStatus.SERVFAIL, DnsStatus.REFUSED, DnsStatus.TIMEOUT, DnsStatus.BOGUS, DnsStatus.MALFORMED]


def answer(family: str, *records: str, status: DnsStatus | None = None, **fields: Any) -> Answer:
    status = status or (DnsStatus.ANSWERED if records else DnsStatus.NODATA)
    return Answer(question=Question("", family), status=status, records=records, **fields)


def route_with(answers: dict[str, Answer], mx: tuple[str, ...] = (f"10 {MX}",), **policy: Any) -> MailRoute:
    """The route of a domain with these MX records, every exchange of which gets the same answers."""
    target = Target(domain="example.com", domain_unicode="", input="", input_line=1, source="-")
    answers = {"MX": answer("MX", *mx), "A": answer("A"), "AAAA": answer("AAAA"), **answers}
    route = replay(mail_route(target, RoutePolicy(**policy)), lambda question: answers[question.type])
    assert route is not None
    return route


def exchange_with(*answers: Answer, **policy: Any) -> Exchange:
    (exchange,) = route_with({found.question.type: found for found in answers}, **policy).exchanges
    return exchange


def test_ok_with_both_families_in_turn_and_in_canonical_form() -> None:
    exchange = exchange_with(answer("A", "9.9.9.9", "8.8.8.8", "8.8.4.4"), answer("AAAA", "2606:4700:0:0::1111"))
    assert exchange.status is ExchangeStatus.OK
    assert exchange.addresses == exchange.usable == ("8.8.4.4", V6, "8.8.8.8", "9.9.9.9")


def test_ok_with_one_family_tells_of_the_lookup_that_failed() -> None:
    failure = answer("AAAA", status=DnsStatus.SERVFAIL, error="SERVFAIL; EDE 22")
    exchange = exchange_with(answer("A", V4), failure)
    assert (exchange.status, exchange.errors) == (ExchangeStatus.OK, ("AAAA: servfail (SERVFAIL; EDE 22)",))


def test_alias_is_followed_and_contacted() -> None:
    fields: dict[str, Any] = {"aliases": ("a.example.net", "b.example.net"), "canonical_name": "b.example.net"}
    exchange = exchange_with(answer("A", V4, **fields), answer("AAAA", **fields))
    assert (exchange.status, exchange.usable) == (ExchangeStatus.ALIAS, (V4,))
    assert (exchange.aliases, exchange.canonical_name) == (("a.example.net", "b.example.net"), "b.example.net")


def test_alias_loop_is_a_failure_with_its_reason() -> None:
    loop: dict[str, Any] = {"status": DnsStatus.SERVFAIL, "error": "alias loop", "aliases": ("a.test", MX)}
    exchange = exchange_with(answer("A", **loop), answer("AAAA", **loop))
    assert (exchange.status, exchange.canonical_name) == (ExchangeStatus.SERVFAIL, "")
    assert exchange.errors == ("A: servfail (alias loop)", "AAAA: servfail (alias loop)")
    assert exchange.aliases == ("a.test", MX)


def test_alias_to_nowhere_is_nxdomain_and_keeps_the_alias() -> None:
    gone: dict[str, Any] = {"status": DnsStatus.NXDOMAIN, "aliases": ("gone.test",), "canonical_name": "gone.test"}
    exchange = exchange_with(answer("A", **gone), answer("AAAA", **gone))
    assert (exchange.status, exchange.aliases) == (ExchangeStatus.NXDOMAIN, ("gone.test",))


def test_no_address() -> None:
    assert exchange_with().status is ExchangeStatus.NO_ADDRESS


def test_nxdomain_of_one_family_alone_is_no_address() -> None:
    """Some servers answer NXDOMAIN for AAAA where there is an A (RFC 4074 §4.2)."""
    assert exchange_with(answer("AAAA", status=DnsStatus.NXDOMAIN)).status is ExchangeStatus.NO_ADDRESS
    assert exchange_with(answer("A", V4), answer("AAAA", status=DnsStatus.NXDOMAIN)).status is ExchangeStatus.OK


@pytest.mark.parametrize("failure", FAILURES)
def test_a_failed_family_beside_an_empty_one_is_unknown(failure: DnsStatus) -> None:
    for other in (DnsStatus.NODATA, DnsStatus.NXDOMAIN):
        exchange = exchange_with(answer("A", status=other), answer("AAAA", status=failure))
        assert exchange.status is ExchangeStatus(failure.value)
        assert not exchange.status.known


def test_of_two_failures_the_one_that_tells_more_stands() -> None:
    exchange = exchange_with(answer("A", status=DnsStatus.TIMEOUT), answer("AAAA", status=DnsStatus.BOGUS))
    assert (exchange.status, exchange.errors) == (ExchangeStatus.BOGUS, ("A: timeout", "AAAA: bogus"))


def test_non_public_is_listed_for_its_row_but_not_usable() -> None:
    route = route_with({"A": answer("A", "10.0.0.1"), "AAAA": answer("AAAA", "fe80::1")})
    (exchange,) = route.exchanges
    assert (exchange.status, exchange.usable) == (ExchangeStatus.NON_PUBLIC, ())
    assert route.endpoints == (Endpoint(MX, "10.0.0.1", 25), Endpoint(MX, "fe80::1", 25))
    assert route.left_out == (
        f"{MX} 10.0.0.1: private use (RFC 1918)",
        f"{MX} fe80::1: link-local (RFC 4291)",
    )


def test_non_public_beside_public_is_ok_with_the_public_one() -> None:
    exchange = exchange_with(answer("A", "10.0.0.1", V4))
    assert (exchange.status, exchange.usable) == (ExchangeStatus.OK, (V4,))


def test_non_public_beside_a_failed_lookup_is_unknown() -> None:
    exchange = exchange_with(answer("A", "10.0.0.1"), answer("AAAA", status=DnsStatus.TIMEOUT))
    assert (exchange.status, exchange.addresses) == (ExchangeStatus.TIMEOUT, ("10.0.0.1",))


def test_non_public_may_be_allowed() -> None:
    assert exchange_with(answer("A", "10.0.0.1"), allow_private=True).usable == ("10.0.0.1",)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        (".", ExchangeStatus.NULL),
        ("192.0.2.1", ExchangeStatus.ADDRESS_LITERAL),
        ("[192.0.2.1]", ExchangeStatus.ADDRESS_LITERAL),
        ("2001:db8::1", ExchangeStatus.ADDRESS_LITERAL),
        ("[2001:db8::1]", ExchangeStatus.ADDRESS_LITERAL),
        ("[ipv6:2001:db8::1]", ExchangeStatus.ADDRESS_LITERAL),
        ("localhost", ExchangeStatus.SINGLE_LABEL),
        ("mail", ExchangeStatus.SINGLE_LABEL),
        ("192.0.2", None),
        ("mx.example.com", None),
    ],
)
def test_names_that_are_not_looked_up(name: str, reason: ExchangeStatus | None) -> None:
    assert why_not_asked(name) is reason


def test_dnssec_of_an_exchange_is_that_of_both_families() -> None:
    secure: dict[str, Any] = {"authenticated": True}
    both = exchange_with(answer("A", V4, **secure), answer("AAAA", **secure), trust_ad=True)
    one = exchange_with(answer("A", V4, **secure), answer("AAAA"), trust_ad=True)
    failed = exchange_with(answer("A", V4, **secure), answer("AAAA", status=DnsStatus.TIMEOUT), trust_ad=True)
    bogus = exchange_with(answer("A", V4, **secure), answer("AAAA", status=DnsStatus.BOGUS), trust_ad=True)
    found = [exchange.dnssec for exchange in (both, one, failed, bogus)]
    assert found == [Dnssec.SECURE, Dnssec.INSECURE, Dnssec.INDETERMINATE, Dnssec.BOGUS]


def test_dnssec_of_a_name_that_was_not_looked_up_is_indeterminate() -> None:
    (exchange,) = route_with({}, mx=("10 mail",), trust_ad=True).exchanges
    assert exchange.dnssec is Dnssec.INDETERMINATE


def test_one_exchange_at_two_preferences_is_two_rows_and_contacted_once() -> None:
    route = route_with({"A": answer("A", V4)}, mx=(f"10 {MX}", f"20 {MX}", f"20 {MX}"))
    assert [(e.preference, e.usable) for e in route.exchanges] == [(10, (V4,)), (20, (V4,))]
    assert route.endpoints == (Endpoint(MX, V4, 25),)


def test_exchanges_beyond_the_limit_are_known_but_left_out() -> None:
    mx = tuple(f"{number} mx{number:03}.test" for number in range(1, 501))
    route = route_with({"A": answer("A", V4)}, mx=mx)
    assert (len(route.exchanges), len(route.endpoints), len(route.left_out)) == (500, 10, 490)
    assert {exchange.status for exchange in route.exchanges} == {ExchangeStatus.OK}
    assert [bool(exchange.usable) for exchange in route.exchanges] == [True] * 10 + [False] * 490
    assert route.left_out[0] == "mx011.test: beyond 10 exchanges"


def test_exchanges_without_an_address_take_no_place() -> None:
    route = route_with({"A": answer("A", V4)}, mx=("1 mail", "2 [192.0.2.1]", "3 a.test", "4 b.test"), max_exchanges=2)
    assert [endpoint.exchange for endpoint in route.endpoints] == ["a.test", "b.test"]


def test_addresses_beyond_the_limit_are_left_out_in_both_families() -> None:
    v4 = [f"8.8.8.{number}" for number in range(1, 6)]
    v6 = [f"2606:4700::{number}" for number in range(1, 6)]
    route = route_with({"A": answer("A", *v4), "AAAA": answer("AAAA", *v6)}, max_addresses=3)
    (exchange,) = route.exchanges
    assert len(exchange.addresses) == 10
    assert exchange.usable == ("8.8.8.1", "2606:4700::1", "8.8.8.2")
    assert route.left_out[0] == f"{MX} 2606:4700::2: beyond 3 addresses"
    assert len(route.left_out) == 7


def test_a_refused_address_never_takes_the_place_of_a_public_one() -> None:
    private = [f"10.0.0.{number}" for number in range(1, 20)]
    route = route_with({"A": answer("A", *private, "203.0.114.1")}, max_addresses=2)
    assert route.exchanges[0].usable == ("203.0.114.1",)
    assert [endpoint.address for endpoint in route.endpoints] == ["203.0.114.1", "10.0.0.1"]


@pytest.mark.parametrize(("families", "usable"), [(("A",), (V4,)), (("AAAA",), (V6,)), ((), ())])
def test_families_limit_what_is_contacted_not_what_is_known(families: tuple[str, ...], usable: tuple[str, ...]) -> None:
    exchange = exchange_with(answer("A", V4), answer("AAAA", V6), families=families)
    assert (exchange.status, exchange.addresses, exchange.usable) == (ExchangeStatus.OK, (V4, V6), usable)


def test_every_port_is_listed() -> None:
    route = route_with({"A": answer("A", V4)}, ports=(25, 465))
    assert route.endpoints == (Endpoint(MX, V4, 25), Endpoint(MX, V4, 465))
