"""The zones of the world of published policy: a signed parent, and children that are signed, or not, or badly."""

import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from auditor.net.dns_servers import Server
from tests.real.dns_servers import Knot, knot, stub, unbound
from tests.real.long_records import long_records
from tests.real.policy_sites import zone_lines
from tests.real.processes import free_port
from tests.real.zone_signing import signed

RESOLVERS = {
    "validating": ("127.0.0.12", 'module-config: "validator iterator"', "ede: yes"),
    "iterating": ("127.0.0.13", 'module-config: "iterator"'),
    "permissive": ("127.0.0.14", 'module-config: "validator iterator"', "val-permissive-mode: yes"),
}
"""Three Unbounds: the second cannot validate, the last one does, and hands out what is bogus all the same."""
_SOUND = ("secure.test", "hashed.test", "records.test")
"""Signed by Knot, with the right DS record in the parent."""
_FAILING = "_tcp.mx-lame.secure.test"
"""Delegated to a server that has no such zone to serve."""
_EXCHANGE = re.compile(r"^(\S+) 300 A (127\.0\.0\.4\d)$", re.MULTILINE)
_DOMAIN = re.compile(r"^(\S+) 300 MX ", re.MULTILINE)
_PARENT = """@ 300 SOA ns root {serial} 3600 600 86400 60
@ 300 NS ns
ns 300 A 127.0.0.11
"""


def zone_texts() -> dict[str, str]:
    """By the zone's name; with ``{tlsa …}`` where records of certificates are to be filled in."""
    folder = Path(__file__).with_name("zones")
    texts = {f"{path.stem}.test": path.read_text(encoding="utf-8") for path in folder.glob("*.zone")}
    further = {"plain.test": zone_lines(), "records.test": long_records()}
    return {zone: "\n".join((text, *further.get(zone, ()), "")) for zone, text in texts.items()}


def exchanges_of(texts: Mapping[str, str]) -> dict[str, str]:
    """The address of each exchange."""
    return {f"{name}.{zone}": address for zone, text in texts.items() for name, address in _EXCHANGE.findall(text)}


def domains_of(texts: Mapping[str, str]) -> tuple[str, ...]:
    """Those that have an MX record."""
    found = ((name, zone) for zone, text in texts.items() for name in _DOMAIN.findall(text))
    return tuple(dict.fromkeys(zone if name == "@" else f"{name}.{zone}" for name, zone in found))


@contextmanager
def resolvers(folder: Path, zones: Mapping[str, str], port: int | None) -> Iterator[dict[str, Server]]:
    """Each of :data:`RESOLVERS`, over a Knot with these zones; a free port if none is given."""
    spoilt, its_ds = signed(
        "forged.test", zones["forged.test"], forged={"_25._tcp.mx", "_spf"}, late={"_25._tcp.mx-late"}
    )
    all_zones = {**zones, "forged.test": spoilt, _FAILING: "", "test": _PARENT.format(serial=1)}
    port = port or free_port(*(address for address, *_ in RESOLVERS.values()))
    with ExitStack() as up:
        served = up.enter_context(knot(folder, all_zones, {"test", "broken.test", *_SOUND}, nsec3={"hashed.test"}))
        served.serve("test", _parent(served, zones, its_ds), until=("secure.test", "DS"))
        common = [
            'local-zone: "." static',
            'local-zone: "test." transparent',
            f'trust-anchor: "test. DNSKEY {served.key_signing_key("test")}"',
            *(stub(zone, served.server) for zone in all_zones),
        ]
        yield {
            name: up.enter_context(unbound(folder, Server(address, port), [*own, *common], ("plain.test", "SOA")))
            for name, (address, *own) in RESOLVERS.items()
        }


def _parent(served: Knot, zones: Mapping[str, str], ds_of_forged: str) -> str:
    """The zone ``test``, with a DS record for each of its children but ``plain.test``."""
    ds = {
        **{zone: served.ds(zone) for zone in _SOUND},
        "broken.test": served.ds("secure.test"),  # another zone's key
        "forged.test": ds_of_forged,
        "odd.test": f"1 200 2 {'00' * 32}",  # an algorithm that nobody knows
    }
    lines = (f"{zone}. 300 NS ns.{zone}.\nns.{zone}. 300 A 127.0.0.11\n" for zone in zones)
    return _PARENT.format(serial=2) + "".join(lines) + "".join(f"{zone}. 300 DS {data}\n" for zone, data in ds.items())
