"""Domains at which nothing is wrong, whose rows must be the same whoever else is in the list."""

from tests.hostile.policies import VALID, WHOLE
from tests.hostile.scenario import Scenario
from tests.hostile.transport import OK

PUBLISHED = """{name} MX 10 mx.{name}
mx.{name} A {address}
{name} TXT "v=spf1 mx -all"
_dmarc.{name} TXT "v=DMARC1; p=reject; rua=mailto:dmarc@{name}.example"
_smtp._tls.{name} TXT "v=TLSRPTv1; rua=mailto:tls@{name}.example"
"""
DANE = """{name} MX 10 mx.{name}
mx.{name} A {address}
_25._tcp.mx.{name} TLSA {{tlsa 3 1 1 mx.healthy-dane.example}}
"""
SIGNED = """healthy-dane.example MX secure
mx.healthy-dane.example * secure
_25._tcp.mx.healthy-dane.example TLSA secure"""
PLAIN = {"outcome": "completed", "stage": "done", "starttls": "not-offered"}


def _healthy(name: str, **more: object) -> Scenario:
    return Scenario(name=f"healthy-{name}", fault="healthy", **more)  # type: ignore[arg-type]


HEALTHY = [
    _healthy("usual", endpoint=OK | {"cert_trust": "trusted", "cert_name": "match"}),
    _healthy("plain", certificate="", endpoint=PLAIN),
    _healthy("published", records=PUBLISHED, endpoint=OK, domain={"spf": "valid", "dmarc": "valid"}),
    _healthy("policy", policy=WHOLE.replace("{name}", "healthy-policy"), endpoint=OK, domain=VALID),
    _healthy("dane", records=DANE, faults=SIGNED, endpoint=OK, domain={"dane": "valid"}),
    _healthy("slow", script="WAIT: 1\nSERVE", endpoint=OK),
]
