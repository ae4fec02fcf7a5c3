"""Servers that show certificates as no authority issues them: the row is kept whole, and each complaint is told."""

from tests.hostile.odd_der import CHANGES
from tests.hostile.scenario import Scenario
from tests.hostile.transport import FAILED, OK

_TOLD = {
    "serial-zero": {"cert_name": "match"},
    "serial-negative": {"cert_name": "match"},
    "serial-of-40-octets": {"cert_name": "match"},
    "month-13": {"cert_trust": "invalid"},
    "times-of-letters": FAILED | {"error": "utctime is too short"},  # which OpenSSL does not read
    "ends-before-it-begins": {"cert_name": "match"},
    "no-names-in-the-extension": {"cert_name": "cn-only"},
    "name-of-octets": {"cert_trust": "trusted"},
    "name-in-utf8": {"cert_name": "mismatch"},
    "name-of-an-address": {"cert_name": "mismatch"},
    "address-of-three-octets": {"cert_trust": "trusted"},
    "name-of-a-mailbox": {"cert_name": "cn-only"},
    "critical-and-unheard-of": {"cert_trust": "invalid", "cert_name": "match"},
    "extension-of-30-kb": {"cert_trust": "trusted", "cert_name": "match"},
    "version-1": {"cert_name": "cn-only"},
}
_CHECKS = {
    "serial-zero": "",
    "serial-negative": "TLS035",
    "serial-of-40-octets": "TLS035",
    "month-13": "TLS020 TLS031",
    "times-of-letters": "TLS003",
    "ends-before-it-begins": "TLS023 TLS024",
    "name-of-octets": "TLS031",
    "address-of-three-octets": "TLS031",
    "critical-and-unheard-of": "TLS020",
    "extension-of-30-kb": "",
}
"""Those that fail; of kinds that are not here, one at least does."""


def _odd(kind: str) -> Scenario:
    check = _CHECKS.get(kind, "TLS")
    return Scenario(name=kind, fault="certificate", certificate=kind, check=check, endpoint=OK | _TOLD[kind])


def _named(name: str, *names: str, **more: str) -> Scenario:
    check = "" if more["cert_name"] == "match" else "TLS"
    return Scenario(name=name, fault="certificate", names=names, check=check, endpoint=OK | more)


ODD_CERTIFICATES = [
    *map(_odd, CHANGES),
    _named("trailing-dot", "mx.trailing-dot.example.", cert_name="match"),
    _named("xn--mller-kva", "mx.xn--mller-kva.example", cert_name="match"),
    _named("xn--upper-kva", "mx.XN--UPPER-KVA.example", cert_name="match"),
    _named("name-of-the-domain", "name-of-the-domain.example", cert_name="mismatch"),
    _named("name-with-a-space", "mx.name-with-a-space.example ", cert_name="mismatch"),
    _named(
        "name-of-255-octets", "mx.name-of-255-octets.example", ".".join(["x" * 61] * 4) + ".example", cert_name="match"
    ),
    _named("wildcard-of-the-host", "*.mx.wildcard-of-the-host.example", cert_name="mismatch"),
    _named("wildcard-of-one-letter", "m?.wildcard-of-one-letter.example", cert_name="mismatch"),
    _named("escapes-in-a-name", "\x1b[31m.escapes-in-a-name.example", cert_name="mismatch"),
    Scenario(
        name="expired-self-signed-wrong-name",
        fault="certificate",
        certificate="expired-self-signed",
        names=("www.elsewhere.example",),
        check="TLS020 TLS021 TLS023",
        endpoint=OK | {"cert_name": "mismatch"},
    ),
    Scenario(
        name="not-yet-and-wrong-name",
        fault="certificate",
        certificate="future",
        names=("www.elsewhere.example",),
        check="TLS021 TLS024",
        endpoint=OK | {"cert_trust": "not-yet-valid", "cert_name": "mismatch"},
    ),
    Scenario(name="until-the-year-9900", fault="certificate", certificate="until-the-year-9900", endpoint=OK),
    Scenario(name="leaf-twice", fault="certificate", certificate="leaf-twice", endpoint=OK | {"cert_trust": "trusted"}),
    Scenario(
        name="other-chain",
        fault="certificate",
        certificate="other-chain",
        check="TLS",
        endpoint=OK | {"cert_trust": "unknown-issuer"},
    ),
]
