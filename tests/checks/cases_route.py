"""What makes checks of where mail goes fail, and what makes them unknown."""

from auditor.model.dns import Dnssec
from auditor.model.route import ExchangeStatus, MxStatus
from tests.checks.builders import (
    ADDRESSES_FAILED,
    LOOKUP_FAILED,
    Spoil,
    all_of,
    exchange,
    exchanges,
    first_exchange,
    route,
)
from tests.checks.case import Case

HOST = "mx1.example.net"
ONE = exchange(10, HOST, "198.51.100.1")
UNCERTAIN_DNSSEC = first_exchange(dnssec=Dnssec.INDETERMINATE)


def exchange_is(status: ExchangeStatus, **changes: object) -> Spoil:
    return first_exchange(status=status, **{"addresses": (), "usable": (), **changes})


MX_CASES = (
    Case("MX001", route(status=MxStatus.NONE, exchanges=(), endpoints=()), "no MX record", LOOKUP_FAILED),
    Case("MX002", route(status=MxStatus.NXDOMAIN, exchanges=(), endpoints=()), "NXDOMAIN", LOOKUP_FAILED),
    Case("MX003", first_exchange(aliases=("real.example.net",)), "mx1.example.net → real", ADDRESSES_FAILED),
    Case("MX004", exchange_is(ExchangeStatus.ADDRESS_LITERAL, exchange="192.0.2.1"), "192.0.2.1", LOOKUP_FAILED),
    Case("MX005", exchange_is(ExchangeStatus.SINGLE_LABEL, exchange="mail"), "'mail'", LOOKUP_FAILED),
    Case("MX006", exchange_is(ExchangeStatus.NO_ADDRESS), "neither A nor AAAA", ADDRESSES_FAILED),
    Case("MX007", exchange_is(ExchangeStatus.NXDOMAIN), "NXDOMAIN", ADDRESSES_FAILED),
    Case("MX008", exchange_is(ExchangeStatus.NON_PUBLIC, addresses=("10.0.0.1",)), "10.0.0.1 is", ADDRESSES_FAILED),
    Case(
        "MX009",
        all_of(exchanges(ONE), route(status=MxStatus.NULL_WITH_OTHERS)),
        "MX . beside mx1.example.net",
        LOOKUP_FAILED,
    ),
    Case(
        "MX010",
        route(status=MxStatus.NULL, endpoints=(), exchanges=(exchange(10, "."),)),
        "MX 10 .",
        LOOKUP_FAILED,
    ),
    Case("MX011", all_of(exchanges(ONE), route(status=MxStatus.IMPLICIT)), "mail goes to 198.51.100.1", LOOKUP_FAILED),
    Case("MX012", route(status=MxStatus.UNUSABLE), "mx1.example.net: ok", LOOKUP_FAILED),
    Case(
        "MX013",
        exchanges(ONE),
        "the only address is 198.51.100.1",
        all_of(exchanges(ONE), first_exchange(errors=("AAAA: timeout",))),
    ),
    Case(
        "MX014",
        exchanges(ONE, exchange(20, HOST, "198.51.100.1")),
        "mx1.example.net at preferences 10, 20",
        LOOKUP_FAILED,
    ),
    Case(
        "MX015",
        exchanges(exchange(10, HOST, "198.51.100.1", "198.51.100.2")),
        "all 2 addresses are in 198.51.100.0/24",
        all_of(exchanges(ONE), first_exchange(errors=("AAAA: timeout",))),
    ),
    Case("MX016", exchanges(*(exchange(n, f"mx{n}.example.net") for n in range(11))), "11 MX records", LOOKUP_FAILED),
    Case("MX017", route(ttl_seconds=60), "TTL 60 s", LOOKUP_FAILED),
    Case("MX018", route(ttl_seconds=604_801), "TTL 604801 s", LOOKUP_FAILED),
    Case("MX019", exchanges(ONE), "no AAAA record", all_of(exchanges(ONE), first_exchange(errors=("AAAA: timeout",)))),
    Case(
        "MX020",
        exchanges(exchange(10, HOST, "2001:db8::1")),
        "no A record",
        all_of(exchanges(exchange(10, HOST, "2001:db8::1")), first_exchange(errors=("A: servfail",))),
    ),
    Case("MX021", route(aliases=("other.example",)), "example.com → other.example", LOOKUP_FAILED),
)

DNS_CASES = (
    Case("DNS001", route(status=MxStatus.BOGUS, error="signature expired"), "signature expired", LOOKUP_FAILED),
    Case("DNS002", exchange_is(ExchangeStatus.BOGUS), "the addresses of mx1.example.net", ADDRESSES_FAILED),
    Case("DNS003", route(dnssec=Dnssec.INSECURE), "not authenticated", route(dnssec=Dnssec.INDETERMINATE)),
    Case("DNS004", first_exchange(dnssec=Dnssec.INSECURE), "not authenticated", UNCERTAIN_DNSSEC),
    Case("DNS005", first_exchange(aliases=("a", "b", "c")), "mx1.example.net → a → b → c", ADDRESSES_FAILED),
)
