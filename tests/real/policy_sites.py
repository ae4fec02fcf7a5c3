"""Domains with an MTA-STS policy: for each, how nginx serves it, and what is to be made of that."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from tests.real.mail_servers import Tls
from tests.real.web_server import Site

ZONE = "plain.test"
USUAL, MODERN, CLEAR, DEAF = "127.0.0.51", "127.0.0.52", "127.0.0.53", "127.0.0.54"
"""TLS 1.2 and 1.3; TLS 1.3 and HTTP/2; no TLS; nobody at home."""
SLOW = "127.0.0.55"
MOVED = "https://www.elsewhere.test/policy.txt"


def policy(*mx: str, mode: str = "enforce", max_age: str = "2592000", ends: str = "\r\n") -> bytes:
    lines = ("version: STSv1", f"mode: {mode}", *(f"mx: {one}" for one in mx), f"max_age: {max_age}")
    return "".join(line + ends for line in lines).encode("ascii")


GOOD = policy("mx0.plain.test")


@dataclass(frozen=True, kw_only=True)
class Served:
    """A policy, how it is served, and the verdict."""

    body: bytes = GOOD
    status: str = "valid"
    mode: str = "enforce"
    reason: str = ""
    """Words of ``mta_sts_reason``."""
    failed: tuple[str, ...] = ()
    """Checks of MTA-STS that fail."""
    exchanges: tuple[str, ...] = ("mx0.plain.test",)
    certificate: str = "good"
    """Of which kind the policy host shows one."""
    address: str = USUAL
    directives: str = ""
    protocols: str = "TLSv1.2 TLSv1.3"
    listens: str = " ssl"
    record: str = "v=STSv1; id=20261125"
    host: str = ""
    """Records of the policy host in place of its address."""
    asked: bool = True
    """Whether the policy host gets a request that it understands."""


def invalid(reason: str, check: str, how: Served) -> Served:
    return replace(how, status="invalid", mode="", reason=reason, failed=(check,))


SERVED: Mapping[str, Served] = {
    "good": Served(),
    "lf": Served(body=policy("mx0.plain.test", ends="\n")),
    "cr": invalid("CR without LF", "STS004", Served(body=policy("mx0.plain.test", ends="\r"))),
    "no-mode": invalid("no mode", "STS004", Served(body=GOOD.replace(b"mode: enforce\r\n", b""))),
    "no-age": invalid("no max_age", "STS004", Served(body=GOOD.replace(b"max_age: 2592000\r\n", b""))),
    "no-mx": invalid("no mx", "STS004", Served(body=policy())),
    "testing": Served(body=policy("mx0.plain.test", mode="testing"), mode="testing", failed=("STS007",)),
    "none": Served(body=policy(mode="none"), mode="none", failed=("STS008",)),
    "short": Served(body=policy("mx0.plain.test", max_age="86400"), failed=("STS009",)),
    "moved": invalid(MOVED, "STS003", Served(directives=f"return 301 {MOVED};")),
    "gone": invalid("404", "STS003", Served(directives="return 404;")),
    "big": invalid("65536 octets", "STS003", Served(body=GOOD + b"#" * 70 * 1024)),
    "brim": Served(body=GOOD + b"padding: " + b"x" * (64 * 1024 - len(GOOD) - 11) + b"\r\n", failed=("STS013",)),
    "html": Served(directives="default_type text/html;", failed=("STS010",)),
    "gzip": Served(directives="gzip on; gzip_types text/plain; gzip_min_length 1; gzip_http_version 1.0;"),
    "gzipped": invalid("gzip", "STS003", Served(directives="gzip_static always;")),
    "chunked": Served(directives="ssi on; ssi_types text/plain;"),
    "stranger": invalid("unknown-issuer", "STS003", Served(certificate="unknown-issuer")),
    "wrong-name": invalid("does not name", "STS003", Served(certificate="wrong-name")),
    "expired": invalid("expired", "STS003", Served(certificate="expired")),
    "cn-only": invalid("cn-only", "STS003", Served(certificate="cn-only")),
    "incomplete": invalid("incomplete", "STS003", Served(certificate="incomplete")),
    "alone": invalid("self-signed", "STS003", Served(certificate="self-signed")),
    "modern": Served(address=MODERN, protocols="TLSv1.3", listens=" ssl http2"),
    "clear": invalid("tls-failed", "STS003", Served(address=CLEAR, listens="", asked=False)),
    "deaf": invalid("refused", "STS003", Served(address=DEAF, asked=False)),
    "no-host": invalid("no address", "STS003", Served(host="mta-sts.{name} 300 TXT none", asked=False)),
    "alias": Served(host="mta-sts.{name} 300 CNAME mta-sts.sts-good"),
    "two-families": Served(host="mta-sts.{name} 300 AAAA ::1\nmta-sts.{name} 300 A {address}"),
    "bad-record": invalid("id", "STS002", Served(record="v=STSv1; id=2026-11-25", asked=False)),
    "slow": Served(status="unknown", mode="", reason="timeout", address=SLOW, directives="limit_rate 1;"),
    "label": Served(body=policy("*.plain.test"), exchanges=("a.deep.plain.test",), failed=("STS005", "STS011")),
    "label-beside": Served(
        body=policy("*.plain.test"), exchanges=("mx0.plain.test", "a.deep.plain.test"), failed=("STS005",)
    ),
    "wildcard": Served(body=policy("*.plain.test")),
    "unnamed": Served(body=policy("mx-wrong.plain.test"), exchanges=("mx-wrong.plain.test",), failed=("STS006",)),
    "unnamed-beside": Served(
        body=policy("*.plain.test"), exchanges=("mx0.plain.test", "mx-wrong.plain.test"), failed=("STS006",)
    ),
    "bare": Served(body=policy("mx-bare.plain.test"), exchanges=("mx-bare.plain.test",), failed=("STS006",)),
}
"""By the name of the domain, below :data:`ZONE`."""


def zone_lines() -> Iterator[str]:
    """The records of every such domain, for :data:`ZONE`."""
    for label, one in SERVED.items():
        name = f"sts-{label}"
        yield from (f"{name} 300 MX 10 {exchange}." for exchange in one.exchanges)
        yield f'_mta-sts.{name} 300 TXT "{one.record}"'
        yield (one.host or "mta-sts.{name} 300 A {address}").format(name=name, address=one.address)


def policy_domain(label: str) -> str:
    return f"sts-{label}.{ZONE}"


def policy_host(label: str) -> str:
    return f"mta-sts.{policy_domain(label)}"


def sites(certificates: Mapping[str, Tls]) -> Iterator[Site]:
    """What nginx serves."""
    for label, one in SERVED.items():
        if one.address != DEAF:
            yield Site(
                host=policy_host(label),
                body=one.body,
                tls=certificates[one.certificate],
                address=one.address,
                directives=one.directives,
                protocols=one.protocols,
                listens=one.listens,
            )
