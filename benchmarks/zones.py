"""What the DNS says of a world, as files: zones for Knot, and the lists of domains.

Streams both ways: a world of a million domains takes no more memory than one of
ten thousand, but for the names of the few hosts that several domains share.
"""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from benchmarks.world import (
    FIVE,
    ONE,
    ORDINARY,
    POOLED,
    TWO,
    WIDE,
    Domain,
    Drawing,
    Host,
    Kind,
    shared_host,
    shared_hosts,
)

ZONES = {".": "root.zone", "test.": "test.zone", "127.in-addr.arpa.": "reverse.zone"}
LISTS = ("domains", "clean", "silent")
"""All domains; those whose hosts speak; and the latter with the silent ones between them."""
VERSION = 1
"""Raised with any change to what is drawn or written."""
_SOA = "@ SOA ns.test. hostmaster.test. 1 3600 900 86400 300\n@ NS ns.test.\n"
_UNIQUE = {Kind.TENANT, Kind.OWN, Kind.NO_MX, Kind.RESET, Kind.SILENT}
"""Kinds whose hosts no other domain uses."""
_PORTS = (25, 2525)


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """A world that was written to a folder."""

    folder: Path
    size: int
    wide: bool
    domains: dict[str, int] = field(default_factory=dict)
    """How many domains each list has."""
    endpoints: dict[str, int] = field(default_factory=dict)
    """How many distinct (exchange, address, port) each list leads to, at one port."""

    def file(self, name: str) -> Path:
        """A list, by its name."""
        return self.folder / f"{name}.txt"

    def head(self, name: str, count: int) -> Path:
        """The first ``count`` domains of a list, as a file of their own."""
        path = self.folder / f"{name}-{count}.txt"
        path.write_text("".join(f"{line}\n" for line in self.first(name, count)), encoding="ascii")
        return path

    def first(self, name: str, count: int) -> list[str]:
        """The first ``count`` entries of a list."""
        with self.file(name).open(encoding="ascii") as lines:
            return [line.strip() for line, _ in zip(lines, range(count), strict=False)]


def write_world(folder: Path, size: int, *, wide: bool = False) -> World:
    """The world of that size in ``folder``; one that was written there before is taken as it is."""
    record = folder / "world.json"
    wanted = {"version": VERSION, "size": size, "wide": wide}
    if record.is_file() and (known := json.loads(record.read_text()))["made"] == wanted:
        return World(folder=folder, size=size, wide=wide, domains=known["domains"], endpoints=known["endpoints"])
    folder.mkdir(parents=True, exist_ok=True)
    world = _written(folder, Drawing(size, WIDE if wide else ORDINARY), wide=wide)
    text = json.dumps({"made": wanted, "domains": world.domains, "endpoints": world.endpoints})
    record.write_text(text, encoding="ascii")
    return world


def _written(folder: Path, drawing: Drawing, *, wide: bool) -> World:
    with ExitStack() as stack:
        opened = {name: stack.enter_context((folder / name).open("w", encoding="ascii")) for name in ZONES.values()}
        files = {name: stack.enter_context((folder / f"{name}.txt").open("w", encoding="ascii")) for name in LISTS}
        addresses = stack.enter_context((folder / "addresses.txt").open("w", encoding="ascii"))
        zones = _Zones(opened["root.zone"], opened["test.zone"], opened["reverse.zone"])
        zones.begin(drawing)
        counts = {name: _Count() for name in LISTS}
        for domain in drawing.domains():
            zones.add(domain, drawing)
            for name in _lists_of(domain):
                files[name].write(f"{domain.name}.test\n")
                new = counts[name].add(domain)
                if name == "clean":
                    addresses.writelines(f"{one}\n" for host in new for one in host.addresses)
        addresses.writelines(f"{one}\n" for host in POOLED for one in host.addresses)
    return World(
        folder=folder,
        size=drawing.size,
        wide=wide,
        domains={name: count.domains for name, count in counts.items()},
        endpoints={name: count.endpoints for name, count in counts.items()},
    )


def _lists_of(domain: Domain) -> Iterator[str]:
    yield "domains"
    if domain.clean:
        yield "clean"
    if domain.clean or domain.kind is Kind.SILENT:
        yield "silent"


@dataclass(slots=True)
class _Count:
    """How many domains and distinct endpoints a list has."""

    domains: int = 0
    endpoints: int = 0
    _seen: set[str] = field(default_factory=set)

    def add(self, domain: Domain) -> list[Host]:
        """Count a domain; the hosts that are new by it and whose addresses are no other's."""
        self.domains += 1
        unique = domain.kind in _UNIQUE
        new = [host for host in domain.hosts if unique or host.name not in self._seen]
        if not unique:
            self._seen.update(host.name for host in new)
        self.endpoints += sum(host.endpoints for host in new)
        return [] if domain.kind is Kind.TENANT else new


@dataclass(frozen=True, slots=True)
class _Zones:
    """The zone files, as they are written."""

    root: TextIO
    test: TextIO
    reverse: TextIO

    def begin(self, drawing: Drawing) -> None:
        """Write what is there whatever domains come: the apexes, the providers, and the hosts many share."""
        for zone, origin in ((self.root, "."), (self.test, "test."), (self.reverse, "127.in-addr.arpa.")):
            zone.write(f"$ORIGIN {origin}\n$TTL 3600\n{_SOA}")
        self.root.write("test. NS ns.test.\nns.test. A 127.0.0.1\n127.in-addr.arpa. NS ns.test.\n")
        self.test.write('ns A 127.0.0.1\n_spf.net.alpha TXT "v=spf1 ip4:198.51.100.0/24 -all"\n')
        for name in ("alpha", "tenant", "beta", "gamma"):
            more = "include:_spf.net.alpha.test " if name == "alpha" else ""
            self.test.write(f'_spf.{name} TXT "v=spf1 {more}ip4:192.0.2.0/24 -all"\n')
        for host in (*(host for _, host in (*FIVE, *TWO, *ONE)), *POOLED):
            self.host(host)
        for number in range(shared_hosts(drawing.size, drawing.mix)):
            for _, host in shared_host(number):
                self.host(host)

    def add(self, domain: Domain, drawing: Drawing) -> None:
        """Write a domain, and the hosts that are its own."""
        published = list(_published(domain, drawing))
        if domain.kind is Kind.NXDOMAIN:
            return
        self.host(domain.own_host, back=domain.kind is Kind.NO_MX)
        if domain.kind is Kind.NULL_MX:
            self.test.write(f"{domain.name} MX 0 .\n")
        for preference, host in domain.exchanges:
            self.test.write(f"{domain.name} MX {preference} {host.name}\n")
            if domain.kind in _UNIQUE:
                self.host(host, back=domain.kind is not Kind.TENANT)
        self.test.writelines(published)

    def host(self, host: Host, *, back: bool = True) -> None:
        """Write a host: no AAAA, and a PTR record for each address unless several names share it."""
        for one in host.addresses:
            self.test.write(f"{host.name} A {one}\n")
            if back:
                _, b, c, d = one.split(".")
                self.reverse.write(f"{d}.{c}.{b} PTR {host.name}.test.\n")
        if host.pinned:
            digest = f"{host.name:0>32}".encode().hex()[-64:]
            self.test.writelines(f"_{port}._tcp.{host.name} TLSA 3 1 1 {digest}\n" for port in _PORTS)


def _published(domain: Domain, drawing: Drawing) -> Iterator[str]:
    """What a domain says of itself; each is drawn whether it applies or not, so that kinds do not shift draws."""
    name, number = domain.name, domain.number
    include = f"include:_spf.{domain.kind}.test " if domain.kind in tuple(Kind)[:4] else ""
    policy = ("none", "quarantine", "reject")[drawing.below(3)]
    if drawing.chance(0.8):
        yield f'{name} TXT "v=spf1 mx {include}ip4:203.0.113.{number % 256} ~all"\n'
    if drawing.chance(0.3):
        yield f'{name} TXT "site-verification={number:032x}"\n'
    if drawing.chance(0.5):
        yield f'_dmarc.{name} TXT "v=DMARC1; p={policy}; rua=mailto:reports@{name}.test"\n'
    if drawing.chance(0.1):
        yield f'_mta-sts.{name} TXT "v=STSv1; id=20260101T{number:07d}"\n'
    if drawing.chance(0.05):
        yield f'_smtp._tls.{name} TXT "v=TLSRPTv1; rua=mailto:tls@{name}.test"\n'
