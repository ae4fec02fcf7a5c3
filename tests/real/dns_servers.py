"""Knot, which serves and signs zones, and Unbound, which resolves and validates, as processes on loopback."""

import os
import signal
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import dns.dnssec
import dns.exception
import dns.message
import dns.name
import dns.query
import dns.rcode
import dns.rrset
from dns.rdata import Rdata

from auditor.net.dns_servers import Server
from tests.real.processes import Process, free_port, program, running, wait_until

_KNOT = """
server:
    rundir: "{folder}"
    listen: {server.address}@{server.port}
    background-workers: 1
    udp-workers: 1
    tcp-workers: 1
log:
  - target: stderr
    any: info
database:
    storage: "{folder}/knot"
policy:
  - id: nsec3
    nsec3: on
template:
  - id: default
    storage: "{folder}"
    file: "%s.zone"
    zonefile-sync: -1
    zonefile-load: whole
    journal-content: none
zone:{zones}
"""
_UNBOUND = """
server:
    interface: {server.address}
    port: {server.port}
    do-ip6: no
    do-not-query-localhost: no
    chroot: ""
    username: ""
    directory: "{folder}"
    pidfile: ""
    use-syslog: no
    num-threads: 1
    {settings}
remote-control:
    control-enable: no
"""


@dataclass(frozen=True)
class Knot:
    """A running Knot, and how to have it take up a zone again."""

    server: Server
    folder: Path
    process: Process

    def key_signing_key(self, zone: str) -> str:
        """In presentation format, as a trust anchor has it."""
        return str(self._signing_key(zone))

    def ds(self, zone: str) -> str:
        """The DS record data that the parent of a zone needs."""
        return str(dns.dnssec.make_ds(dns.name.from_text(zone), self._signing_key(zone), "SHA256"))

    def _signing_key(self, zone: str) -> Rdata:
        keys = wait_for(self.server, zone, "DNSKEY", self.process, self.folder / "knot.log")
        signing: Rdata = next(key for key in keys if key.flags & 1)
        return signing

    def serve(self, zone: str, text: str, until: tuple[str, str]) -> None:
        """Serve another text as a zone; returns when this name and type can be had."""
        (self.folder / f"{zone}.zone").write_text(text, encoding="utf-8")
        os.kill(self.process.pid, signal.SIGHUP)
        wait_for(self.server, *until, self.process, self.folder / "knot.log")


@contextmanager
def knot(
    folder: Path, zones: Mapping[str, str], signed: Collection[str], nsec3: Collection[str] = ()
) -> Iterator[Knot]:
    """Knot with these zones, those ``signed`` signed by itself, of them ``nsec3`` with NSEC3 in place of NSEC.

    Of a zone without text it has no file, so that it answers SERVFAIL.
    """
    path = program("knotd")
    server = free_server("127.0.0.11")
    loaded = {zone: text for zone, text in zones.items() if text}
    for zone, text in loaded.items():
        (folder / f"{zone}.zone").write_text(text, encoding="utf-8")
    lines = "".join(
        f"\n  - domain: {zone}"
        + ("\n    dnssec-signing: on" if zone in signed else "")
        + ("\n    dnssec-policy: nsec3" if zone in nsec3 else "")
        for zone in zones
    )
    (folder / "knot").mkdir()
    conf, log = folder / "knot.conf", folder / "knot.log"
    conf.write_text(_KNOT.format(folder=folder, server=server, zones=lines), encoding="utf-8")
    with running([path, "-c", str(conf)], log) as process:
        for zone in loaded:
            wait_for(server, zone, "DNSKEY" if zone in signed else "SOA", process, log)
        yield Knot(server, folder, process)


@contextmanager
def unbound(folder: Path, server: Server, settings: Iterable[str], until: tuple[str, str]) -> Iterator[Server]:
    """Unbound at this place, with further lines of its ``server:`` section, after which other sections may follow.

    It is ready when the name and type of ``until`` can be had from it.
    """
    path = program("unbound")
    conf, log = (folder / f"unbound-{server.address}-{server.port}.{ending}" for ending in ("conf", "log"))
    text = _UNBOUND.format(server=server, folder=folder, settings="\n    ".join(settings))
    conf.write_text(text, encoding="utf-8")
    with running([path, "-d", "-c", str(conf)], log) as process:
        wait_for(server, *until, process, log)
        yield server


def free_server(address: str) -> Server:
    """This address, with a port that is free there."""
    return Server(address, free_port(address))


def stub(zone: str, server: Server) -> str:
    """A section that has a zone asked from that server."""
    return f'stub-zone:\n        name: "{zone}"\n        stub-addr: {server.address}@{server.port}'


def wait_for(server: Server, name: str, rdtype: str, process: Process, log: Path) -> dns.rrset.RRset:
    """The first RRset of the answer, as soon as there is one."""
    query = dns.message.make_query(name, rdtype)
    found: list[dns.rrset.RRset] = []

    def answers() -> bool:
        try:
            reply = dns.query.udp(query, server.address, timeout=0.3, port=server.port)
        except (dns.exception.DNSException, OSError):
            return False
        if reply.rcode() == dns.rcode.NOERROR:
            found.extend(reply.answer)
        return bool(found)

    wait_until(answers, f"{process.args!r} does not answer {name} {rdtype}", log, process)
    return found[0]
