"""Hosts of their own, each a network namespace, some way from the world's servers and near to one another.

A packet between a host and the servers takes some milliseconds each way (``distance.c``); what a cluster's programs say
to one another goes by another interface, at once.  The world's addresses are those of loopback: a host's kernel is
told that they are elsewhere.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.compiled import compiled
from benchmarks.namespaces import entered, ip, started
from benchmarks.problems import CannotMeasureError
from benchmarks.rig import Rig

NEAR = "10.89.0.1"
"""The servers' host, where a scheduler may be, as the hosts see it."""
EACH_WAY_MILLISECONDS = 10
_WAITING = 8_000
"""Packets that a device holds for the program that passes them on."""


@dataclass(frozen=True, slots=True)
class Host:
    """One of them."""

    namespace: str
    address: str
    """Where the others reach it at once."""

    def inside(self, command: Sequence[str]) -> list[str]:
        """The command, as it is run there."""
        return [*entered(self.namespace), *command]


@contextmanager
def hosts(rig: Rig, count: int) -> Iterator[tuple[Host, ...]]:
    """So many hosts, which go with all that runs there.

    Raises:
        CannotMeasureError: the servers have no namespace of their own, or the kernel has no TUN devices.
    """
    if not rig.namespace:
        raise CannotMeasureError("hosts of their own need root")
    if not Path("/dev/net/tun").exists():
        raise CannotMeasureError("a distance needs TUN devices (/dev/net/tun)")
    with ExitStack() as stack:
        _lead_loopback_out(rig.namespace)
        ip("-n", rig.namespace, "address", "replace", f"{NEAR}/32", "dev", "lo")
        yield tuple(_host(rig, number, stack) for number in range(1, count + 1))


def _host(rig: Rig, number: int, stack: ExitStack) -> Host:
    host = Host(f"{rig.namespace}-{number}", f"10.89.{number}.2")
    ip("netns", "add", host.namespace)
    stack.callback(ip, "netns", "delete", host.namespace, required=False)
    ip("-n", host.namespace, "link", "set", "lo", "up")
    _lead_loopback_out(host.namespace)
    _near(rig.namespace, host, number, stack)
    _far(rig, host, number, stack)
    return host


def _lead_loopback_out(namespace: str) -> None:
    """Let packets of loopback addresses come and go by other interfaces."""
    for setting in ("all.route_localnet=1", "default.route_localnet=1", "all.rp_filter=0", "default.rp_filter=0"):
        ip("netns", "exec", namespace, "sysctl", "-qw", f"net.ipv4.conf.{setting}")


def _near(servers: str, host: Host, number: int, stack: ExitStack) -> None:
    """The interface by which a cluster's programs speak."""
    ip("-n", servers, "link", "add", f"near{number}", "type", "veth", "peer", "name", "near", "netns", host.namespace)
    stack.callback(ip, "-n", servers, "link", "delete", f"near{number}", required=False)
    ip("-n", servers, "address", "add", f"10.89.{number}.1/24", "dev", f"near{number}")
    ip("-n", servers, "link", "set", f"near{number}", "up")
    ip("-n", host.namespace, "address", "add", f"{host.address}/24", "dev", "near")
    ip("-n", host.namespace, "link", "set", "near", "up")
    ip("-n", host.namespace, "route", "add", f"{NEAR}/32", "via", f"10.89.{number}.1")


def _far(rig: Rig, host: Host, number: int, stack: ExitStack) -> None:
    """The way to the servers, on which all of 127.0.0.0/8 is."""
    ends = {rig.namespace: (f"far{number}", 1), host.namespace: ("far", 2)}
    for namespace, (device, last) in ends.items():
        ip("-n", namespace, "tuntap", "add", "dev", device, "mode", "tun")
        ip("-n", namespace, "link", "set", device, "txqueuelen", str(_WAITING), "up")
        ip("-n", namespace, "address", "add", f"10.88.{number}.{last}/24", "dev", device)
    stack.callback(ip, "-n", rig.namespace, "link", "delete", f"far{number}", required=False)
    ip("-n", host.namespace, "address", "delete", "127.0.0.1/8", "dev", "lo")
    ip("-n", host.namespace, "route", "add", "127.0.0.0/8", "dev", "far", "src", f"10.88.{number}.2")
    places = [f"{namespace}:{device}" for namespace, (device, _) in ends.items()]
    command = [str(compiled("distance", rig.folder)), str(EACH_WAY_MILLISECONDS), *places]
    started(command, rig.folder / f"distance{number}.log", stack)
