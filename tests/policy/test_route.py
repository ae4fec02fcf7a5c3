"""Mail routes from a dictionary of answers: one test for every status of a domain."""

from collections.abc import Mapping
from typing import Any

import pytest

from auditor.config import Config
from auditor.model.dns import Answer, Dnssec, DnsStatus, Question
from auditor.model.endpoint import Endpoint
from auditor.model.route import ExchangeStatus, MailRoute, MxStatus
from auditor.model.target import Target
from auditor.policy.drive import replay
from auditor.policy.route import RoutePolicy, mail_route

Zone = Mapping[str, Any]
"""Records by "name TYPE"; a status instead of records says how that lookup ends; nothing there is NXDOMAIN."""

DOMAIN = "example.com"
V4, V6 = "8.8.8.8", "2606:4700::1111"
FAILURES = [DnsStatus.SERVFAIL, DnsStatus.REFUSED, DnsStatus.TIMEOUT, DnsStatus.BOGUS, DnsStatus.MALFORMED]


def answer_from(zone: Zone, question: Question) -> Answer:
    value = zone.get(f"{question.name} {question.type}")
    if isinstance(value, Answer):
        return value
    if isinstance(value, DnsStatus):
        return Answer(question=question, status=value, error="" if value.known else "in words")
    if value is None:
        exists = any(key.split()[0] == question.name for key in zone)
        return Answer(question=question, status=DnsStatus.NODATA if exists else DnsStatus.NXDOMAIN)
    return answered(question.name, question.type, *value)


def answered(name: str, rdtype: str, *records: str, **fields: Any) -> Answer:
    values = {"canonical_name": name, "ttl_seconds": 300, "resolver": "9.9.9.9#53", **fields}
    return Answer(question=Question(name, rdtype), status=DnsStatus.ANSWERED, records=records, **values)


def route_of(zone: Zone, policy: RoutePolicy | None = None, **target: Any) -> MailRoute:
    named = {"domain": DOMAIN, "domain_unicode": DOMAIN, "input": DOMAIN, "input_line": 1, "source": "-", **target}
    route = replay(mail_route(Target(**named), policy or RoutePolicy()), lambda asked: answer_from(zone, asked))
    assert route is not None
    return route


def statuses(route: MailRoute) -> list[ExchangeStatus]:
    return [exchange.status for exchange in route.exchanges]


def test_mx_is_sorted_by_preference_then_name_and_keeps_equal_preferences() -> None:
    zone = {"example.com MX": ["20 c.example.com", "10 b.example.com", "10 a.example.com"]}
    zone |= {f"{host}.example.com A": [V4] for host in "abc"}
    route = route_of(zone)
    assert route.status is MxStatus.MX
    assert [(e.preference, e.exchange) for e in route.exchanges] == [
        (10, "a.example.com"),
        (10, "b.example.com"),
        (20, "c.example.com"),
    ]
    assert route.ttl_seconds == route.exchanges[0].ttl_seconds == 300
    assert route.endpoints[0] == Endpoint("a.example.com", V4, 25)
    assert (route.error, route.left_out) == ("", ())


@pytest.mark.parametrize("preference", [0, 10])
def test_null_is_one_root_exchange_of_any_preference(preference: int) -> None:
    route = route_of({"example.com MX": [f"{preference} ."]})
    assert (route.status, statuses(route)) == (MxStatus.NULL, [ExchangeStatus.NULL])
    assert (route.exchanges[0].preference, route.exchanges[0].exchange) == (preference, ".")
    assert route.endpoints == ()


def test_null_with_others_judges_the_real_ones() -> None:
    route = route_of({"example.com MX": ["0 .", "10 a.example.com"], "a.example.com A": [V4]})
    assert route.status is MxStatus.NULL_WITH_OTHERS
    assert statuses(route) == [ExchangeStatus.NULL, ExchangeStatus.OK]
    assert [endpoint.exchange for endpoint in route.endpoints] == ["a.example.com"]


def test_two_root_exchanges_contradict_a_null_mx_as_well() -> None:
    assert route_of({"example.com MX": ["0 .", "10 ."]}).status is MxStatus.NULL_WITH_OTHERS


def test_implicit_is_the_domain_itself_at_preference_0() -> None:
    route = route_of({"example.com A": [V4], "example.com AAAA": [V6]})
    assert route.status is MxStatus.IMPLICIT
    (exchange,) = route.exchanges
    assert (exchange.preference, exchange.exchange, exchange.status) == (0, DOMAIN, ExchangeStatus.OK)
    assert exchange.usable == (V4, V6)
    assert route.endpoints == (Endpoint(DOMAIN, V4, 25), Endpoint(DOMAIN, V6, 25))


def test_implicit_needs_one_family_only_and_tells_of_the_other() -> None:
    route = route_of({"example.com A": [V4], "example.com AAAA": DnsStatus.TIMEOUT})
    assert (route.status, route.exchanges[0].errors) == (MxStatus.IMPLICIT, ("AAAA: timeout",))


def test_an_alias_may_be_an_implicit_exchange() -> None:
    alias = {"aliases": ("www.example.net",), "canonical_name": "www.example.net"}
    zone = {"example.com MX": DnsStatus.NODATA, "example.com A": answered(DOMAIN, "A", V4, **alias)}
    (exchange,) = route_of(zone).exchanges
    assert (exchange.status, exchange.aliases) == (ExchangeStatus.OK, ("www.example.net",))


def test_none_is_neither_mx_nor_address() -> None:
    route = route_of({"example.com TXT": ["there is something at the name"]})
    assert (route.status, route.exchanges, route.error) == (MxStatus.NONE, (), "")


def test_a_single_label_domain_is_asked_for_its_address_before_it_has_none() -> None:
    assert route_of({"ai A": [V4]}, domain="ai").status is MxStatus.IMPLICIT
    assert route_of({"ai A": DnsStatus.TIMEOUT}, domain="ai").status is MxStatus.TIMEOUT


def test_nxdomain() -> None:
    route = route_of({})
    assert (route.status, route.exchanges, route.endpoints) == (MxStatus.NXDOMAIN, (), ())


@pytest.mark.parametrize("failure", FAILURES)
def test_a_failed_mx_lookup_keeps_its_kind_and_falls_back_to_nothing(failure: DnsStatus) -> None:
    route = route_of({"example.com MX": failure, "example.com A": [V4]})
    assert route.status is MxStatus(failure.value)
    assert not route.status.known
    assert (route.error, route.exchanges, route.endpoints) == ("in words", (), ())


@pytest.mark.parametrize("failure", FAILURES)
def test_a_failed_address_lookup_leaves_an_implicit_mx_unknown(failure: DnsStatus) -> None:
    route = route_of({"example.com A": failure, "example.com AAAA": DnsStatus.NODATA})
    assert route.status is MxStatus(failure.value)
    assert route.error.startswith(f"A: {failure}")


def test_unusable_is_mx_of_which_none_has_an_address_and_falls_back_to_nothing() -> None:
    zone = {"example.com MX": ["10 a.example.com", "20 gone.example.com", "30 mail", "40 192.0.2.1"]}
    zone |= {"a.example.com TXT": [""], "example.com A": [V4]}
    route = route_of(zone)
    assert route.status is MxStatus.UNUSABLE
    assert statuses(route) == [
        ExchangeStatus.NO_ADDRESS,
        ExchangeStatus.NXDOMAIN,
        ExchangeStatus.SINGLE_LABEL,
        ExchangeStatus.ADDRESS_LITERAL,
    ]
    assert route.endpoints == ()
    assert route.left_out == ("mail: single label", "192.0.2.1: address literal")


def test_non_public_addresses_alone_are_unusable() -> None:
    route = route_of({"example.com MX": ["10 a.example.com"], "a.example.com A": ["10.0.0.1"]})
    assert (route.status, statuses(route)) == (MxStatus.UNUSABLE, [ExchangeStatus.NON_PUBLIC])


@pytest.mark.parametrize("failure", FAILURES)
def test_one_unknown_exchange_keeps_mx_from_being_unusable(failure: DnsStatus) -> None:
    zone = {"example.com MX": ["10 gone.example.com", "20 b.example.com"], "b.example.com A": failure}
    route = route_of(zone)
    assert route.status is MxStatus.MX
    assert statuses(route) == [ExchangeStatus.NXDOMAIN, ExchangeStatus(failure.value)]


def test_limits_and_families_do_not_make_mx_unusable() -> None:
    zone = {"example.com MX": ["10 a.example.com"], "a.example.com AAAA": [V6]}
    route = route_of(zone, RoutePolicy(families=("A",)))
    assert (route.status, route.exchanges[0].addresses, route.exchanges[0].usable) == (MxStatus.MX, (V6,), ())
    assert (route.endpoints, route.left_out) == ((), (f"a.example.com {V6}: IPv6 is not contacted",))


def test_mx_at_an_alias_records_the_aliases_of_the_domain() -> None:
    aliases = {"aliases": ("example.net",), "canonical_name": "example.net"}
    mx = answered(DOMAIN, "MX", "10 a.example.net", **aliases)
    route = route_of({"example.com MX": mx, "a.example.net A": [V4]})
    assert (route.status, route.aliases, route.canonical_name) == (MxStatus.MX, ("example.net",), "example.net")


def test_direct_host_is_looked_up_without_mx() -> None:
    zone = {"mail A": [V4], "mail MX": DnsStatus.SERVFAIL}
    route = route_of(zone, RoutePolicy(ports=(25, 587)), domain="mail", direct=True)
    assert (route.status, statuses(route)) == (MxStatus.DIRECT, [ExchangeStatus.OK])
    assert route.endpoints == (Endpoint("mail", V4, 25), Endpoint("mail", V4, 587))


def test_direct_port_of_the_target_counts_alone() -> None:
    route = route_of({"mx.test A": [V4]}, RoutePolicy(ports=(25, 587)), domain="mx.test", direct=True, port=465)
    assert route.endpoints == (Endpoint("mx.test", V4, 465),)


@pytest.mark.parametrize("address", [V4, V6])
def test_direct_address_asks_nothing(address: str) -> None:
    target = Target(domain=address, domain_unicode=address, input=address, input_line=1, source="-", direct=True)
    route = replay(mail_route(target, RoutePolicy()), lambda _: None)
    assert route is not None
    assert (route.status, route.endpoints) == (MxStatus.DIRECT, (Endpoint(address, address, 25),))
    assert route.exchanges[0].usable == (address,)


def test_an_address_of_a_range_is_sought_on_every_port_and_promised_on_none() -> None:
    route = route_of(
        {}, Config(port=(25, 2525), services=True).route_policy(), domain="9.9.9.9", direct=True, sought=True
    )
    assert len(route.endpoints) == 8
    assert all(endpoint.sought for endpoint in route.endpoints)


def test_direct_address_that_is_not_public_needs_leave() -> None:
    refused = route_of({}, domain="127.0.0.1", direct=True)
    assert (statuses(refused), refused.exchanges[0].usable) == ([ExchangeStatus.NON_PUBLIC], ())
    assert refused.endpoints == (Endpoint("127.0.0.1", "127.0.0.1", 25),)
    assert refused.left_out == ("127.0.0.1 127.0.0.1: loopback (RFC 1122)",)
    allowed = route_of({}, Config(allow_net=("127.0.0.0/8",)).route_policy(), domain="127.0.0.1", direct=True)
    assert (statuses(allowed), allowed.exchanges[0].usable) == ([ExchangeStatus.OK], ("127.0.0.1",))


def test_dns_only_contacts_nothing_and_says_all_the_same() -> None:
    zone = {"example.com MX": ["10 a.example.com"], "a.example.com A": [V4]}
    route = route_of(zone, RoutePolicy(dns_only=True))
    assert (route.endpoints, route.exchanges[0].usable) == ((), (V4,))


@pytest.mark.parametrize(
    ("fields", "trust_ad", "expected"),
    [
        ({"authenticated": True}, True, Dnssec.SECURE),
        ({"authenticated": False}, True, Dnssec.INSECURE),
        ({"authenticated": True}, False, Dnssec.INDETERMINATE),
        ({"authenticated": True, "resolver": "127.0.0.53#53"}, False, Dnssec.INDETERMINATE),
    ],
)
def test_dnssec_of_a_route_is_what_a_trusted_resolver_says(
    fields: dict[str, Any], trust_ad: bool, expected: Dnssec
) -> None:
    route = route_of({"example.com MX": answered(DOMAIN, "MX", "0 .", **fields)}, RoutePolicy(trust_ad=trust_ad))
    assert route.dnssec is expected


def test_dnssec_of_a_failed_lookup_is_bogus_or_indeterminate() -> None:
    policy = RoutePolicy(trust_ad=True)
    assert route_of({"example.com MX": DnsStatus.BOGUS}, policy).dnssec is Dnssec.BOGUS
    assert route_of({"example.com MX": DnsStatus.TIMEOUT}, policy).dnssec is Dnssec.INDETERMINATE


def test_the_settings_make_the_policy() -> None:
    config = Config(port=(25, 465), ipv6_only=True, max_exchanges=3, max_addresses=2, trust_ad=True, dns_only=True)
    assert config.route_policy() == RoutePolicy(
        ports=(25, 465), families=("AAAA",), max_exchanges=3, max_addresses=2, trust_ad=True, dns_only=True
    )
    assert Config(ipv4_only=True).route_policy().families == ("A",)
    assert Config().route_policy() == RoutePolicy()


def test_questions_come_in_two_batches_and_each_exchange_once() -> None:
    target = Target(domain=DOMAIN, domain_unicode=DOMAIN, input=DOMAIN, input_line=1, source="-")
    evaluation = mail_route(target, RoutePolicy())
    assert next(evaluation) == (Question(DOMAIN, "MX"),)
    mx = answered(DOMAIN, "MX", "10 a.test", "20 a.test", "10 b.test", "30 [192.0.2.1]", "40 mail")
    asked = evaluation.send((mx,))
    assert asked == tuple(Question(name, family) for name in ("a.test", "b.test") for family in ("A", "AAAA"))
