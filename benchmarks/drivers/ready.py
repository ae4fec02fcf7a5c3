"""Waits until servers at 127.0.0.1 do their work: ``ready SECONDS tcp:PORT|dns:PORT...``; says which does not.

A TCP port does when it takes connections; a nameserver when it knows ``test.``,
since Knot has its sockets long before it has read its zones.
"""

import socket
import sys
import time

import dns.exception
import dns.message
import dns.query
import dns.rcode


def main(seconds: str, *places: str) -> int:
    """0 when all of them do within so many seconds, else 1."""
    until = time.monotonic() + float(seconds)
    for place in places:
        kind, _, port = place.partition(":")
        works = _takes if kind == "tcp" else _knows
        while not works(int(port)):
            if time.monotonic() > until:
                print(f"{place} does not work")
                return 1
            time.sleep(0.05)
    return 0


def _takes(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _knows(port: int) -> bool:
    try:
        reply = dns.query.udp(dns.message.make_query("test.", "SOA"), "127.0.0.1", timeout=1, port=port)
    except (OSError, dns.exception.DNSException):
        return False
    return reply.rcode() == dns.rcode.NOERROR and bool(reply.answer)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
