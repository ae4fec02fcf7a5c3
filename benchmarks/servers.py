"""How Knot and Unbound are set up for a world, as the text of their settings files."""

from pathlib import Path

from benchmarks.zones import ZONES

KNOT_PORT = 5300
RESOLVER_PORT = 53
"""Where peers look that take no port."""


def knot_settings(world: Path, folder: Path) -> str:
    """Knot serves the zones of a world on 127.0.0.1, and writes nothing back."""
    zones = "".join(_KNOT_ZONE.format(origin=origin, file=world / name) for origin, name in ZONES.items())
    return _KNOT.format(port=KNOT_PORT, folder=folder) + zones


def unbound_settings(folder: Path) -> str:
    """Unbound in front of Knot, for those who want a resolver (RA set) on the usual port."""
    return _UNBOUND.format(folder=folder, port=RESOLVER_PORT) + "".join(
        _UNBOUND_STUB.format(origin=origin, port=KNOT_PORT) for origin in ZONES
    )


_KNOT = """\
server:
    rundir: "{folder}"
    listen: 127.0.0.1@{port}
    udp-workers: 2
    tcp-workers: 1
    background-workers: 1
database:
    storage: "{folder}"
log:
  - target: stderr
    any: warning
zone:
"""
_KNOT_ZONE = """\
  - domain: "{origin}"
    file: "{file}"
    zonefile-sync: -1
    journal-content: none
    semantic-checks: off
"""
_UNBOUND = """\
server:
    interface: 127.0.0.1
    port: {port}
    username: ""
    chroot: ""
    directory: "{folder}"
    pidfile: ""
    use-syslog: no
    num-threads: 2
    so-rcvbuf: 4m
    so-sndbuf: 4m
    do-not-query-localhost: no
    access-control: 127.0.0.0/8 allow
    local-zone: "test." nodefault
    local-zone: "127.in-addr.arpa." nodefault
    module-config: "iterator"
    msg-cache-size: 128m
    rrset-cache-size: 256m
    outgoing-range: 4096
    num-queries-per-thread: 2048
remote-control:
    control-enable: no
"""
_UNBOUND_STUB = """\
stub-zone:
    name: "{origin}"
    stub-addr: 127.0.0.1@{port}
"""
