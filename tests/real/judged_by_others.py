"""The world of published policy in namespaces of its own, judged by other senders' software and by the auditor.

Run as a program under ``unshare --net --mount``: there DNS, mail and policies are at the ports where a
mail server looks for them.  It prints a JSON object of :class:`Judged` verdicts.
"""

import fcntl
import json
import os
import socket
import struct
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.real.policy_world import World, policy_world
from tests.real.processes import program

_SIOCSIFFLAGS, _UP_AND_RUNNING = 0x8914, 0x41  # netdevice(7)
_SIGNS = (
    ("Verified TLS connection", "valid"),
    ("TLSA lookup error", "invalid"),
    ("fallback to unauthenticated TLS", "unusable"),
    ("DNSSEC-signed TLSA record", "invalid"),
    ("unsupported TLSA", "unusable"),
    ("> QUIT", "absent"),
)
"""What posttls-finger says, and what it amounts to; the first that is said counts."""
_FETCH_ALL = """
import asyncio, json, sys
from postfix_mta_sts_resolver.resolver import STSResolver

async def main(domains):
    resolver = STSResolver(timeout=5, loop=asyncio.get_running_loop())
    found = await asyncio.gather(*map(resolver.resolve, domains))
    print(json.dumps({domain: result.name for domain, (result, _) in zip(domains, found)}))

asyncio.run(main(sys.argv[1:]))
"""
"""For Debian's own Python: the outcomes of postfix-mta-sts-resolver."""

Verdicts = dict[str, tuple[str, str]]


@dataclass(frozen=True)
class Judged:
    """The auditor's verdict and the other's."""

    dane: Verdicts
    """By exchange, beside Postfix's client."""
    mta_sts: Verdicts
    """By domain, beside postfix-mta-sts-resolver."""


def main() -> None:
    _loopback_up()
    with policy_world(dns_port=53, smtp_port=25, policy_port=443) as world:
        _resolve_by(world)
        tables = world.scan("all", world.domains)
        dane = {row["exchange"]: row["dane"] for row in tables.rows("mx") if row["exchange"] != "."}
        policies = {row["domain"]: row["mta_sts"] for row in tables.rows("domains") if row["mta_sts"] != "none"}
        theirs = _by_resolver(tuple(policies), world)
        judged = Judged(
            {exchange: (ours, _by_postfix(exchange, world)) for exchange, ours in dane.items()},
            {domain: (ours, theirs[domain]) for domain, ours in policies.items()},
        )
        json.dump(asdict(judged), sys.stdout)


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
    options = ("-l", "dane", "-a", "ipv4", "-t", "10", "-L", "verbose,summary")
    done = _run(program("posttls-finger"), *options, f"[{exchange}]", MAIL_CONFIG=world.folder / "postfix" / "etc")
    said = done.stdout + done.stderr
    return next((status for sign, status in _SIGNS if sign in said), said)


def _by_resolver(domains: tuple[str, ...], world: World) -> dict[str, str]:
    done = _run("/usr/bin/python3", "-c", _FETCH_ALL, *domains, SSL_CERT_FILE=world.folder / "ca.pem", PYTHONPATH="")
    outcomes: dict[str, str] = json.loads(done.stdout)
    return outcomes


def _run(*command: str, **environment: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True, check=False)


if __name__ == "__main__":
    main()
