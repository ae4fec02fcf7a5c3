"""The world of published policy in namespaces of its own, judged by Postfix's client and by the auditor.

Run as a program under ``unshare --net --mount``: there DNS is at port 53 and mail at port 25, where a
mail server looks for them.  It prints one JSON object, (auditor's, Postfix's) status by exchange.
"""

import fcntl
import json
import os
import socket
import struct
import subprocess
import sys
from pathlib import Path

from tests.real.policy_sites import SERVED, policy_domain
from tests.real.policy_world import World, policy_world
from tests.real.processes import program

_SIOCSIFFLAGS, _UP_AND_RUNNING = 0x8914, 0x41  # netdevice(7)
_SIGNS = (
    ("Verified TLS connection", "valid"),
    ("TLSA lookup error", "invalid"),
    ("fallback to unauthenticated TLS", "unusable"),
    ("DNSSEC-signed TLSA record", "invalid"),
    ("unsupported TLSA", "unusable"),
)
"""What posttls-finger says, and what it amounts to; the first that is said counts."""


def main() -> None:
    _loopback_up()
    with policy_world(dns_port=53, smtp_port=25) as world:
        _resolve_by(world)
        without_web = [domain for domain in world.domains if domain not in map(policy_domain, SERVED)]
        tables = world.scan("all", without_web)
        ours = {row["exchange"]: row["dane"] for row in tables.rows("mx") if row["exchange"] != "."}
        json.dump({exchange: (dane, _by_postfix(exchange, world)) for exchange, dane in ours.items()}, sys.stdout)


def _loopback_up() -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as one:
        fcntl.ioctl(one, _SIOCSIFFLAGS, struct.pack("16sh", b"lo", _UP_AND_RUNNING))


def _resolve_by(world: World) -> None:
    """Have this mount namespace's system resolver ask the one that validates, and believe its AD bit."""
    settings = world.folder / "resolv.conf"
    settings.write_text(f"nameserver {world.resolvers['validating'].address}\noptions trust-ad edns0\n")
    subprocess.run(["mount", "--bind", str(settings), str(Path("/etc/resolv.conf").resolve())], check=True)


def _by_postfix(exchange: str, world: World) -> str:
    """What Postfix makes of an exchange at the security level ``dane`` (RFC 7672)."""
    done = subprocess.run(
        [
            program("posttls-finger"),
            "-c",
            "-l",
            "dane",
            "-a",
            "ipv4",
            "-t",
            "10",
            "-L",
            "verbose,summary",
            f"[{exchange}]",
        ],
        env={**os.environ, "MAIL_CONFIG": str(world.folder / "postfix" / "etc")},
        capture_output=True,
        text=True,
        check=False,
    )
    said = done.stdout + done.stderr
    return next((status for sign, status in _SIGNS if sign in said), "absent")


if __name__ == "__main__":
    main()
