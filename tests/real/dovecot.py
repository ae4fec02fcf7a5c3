"""Dovecot, started on a loopback address with a configuration of our own."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.real.mail_servers import Tls
from tests.real.processes import binary, free_port, running, wait_until_it_listens

# port: service, its listener, whether TLS comes first
LISTENERS = {
    143: ("imap-login", "imap", False),
    993: ("imap-login", "imaps", True),
    110: ("pop3-login", "pop3", False),
    995: ("pop3-login", "pop3s", True),
}


@dataclass(frozen=True)
class Place:
    """Where something listens."""

    address: str
    port: int


@contextmanager
def dovecot(folder: Path, address: str, tls: Tls | None, settings: str = "") -> Iterator[dict[int, Place]]:
    """IMAP and POP3 on ports of its choice, by their well-known ones, and its SASL for others as 0.

    Without ``tls`` there is none; ``settings`` are further lines of its configuration.
    """
    path, _ = binary("dovecot")
    folder.mkdir(parents=True)
    places = {port: Place(address, free_port(address)) for port, (*_, inside) in LISTENERS.items() if tls or not inside}
    sasl = Place(address, free_port(address))
    listeners = "".join(_listener(*LISTENERS[port], places.get(port)) for port in LISTENERS)
    certificate = f"ssl_cert = <{tls.chain}\nssl_key = <{tls.key}\n" if tls is not None else "ssl = no\n"
    (folder / "dovecot.conf").write_text(
        f"base_dir = {folder}/run\nstate_dir = {folder}/state\nlog_path = {folder}/log\nprotocols = imap pop3\n"
        f"listen = {address}\nmail_location = maildir:{folder}/mail\n{certificate}{settings}"
        "passdb {\n  driver = static\n  args = password=secret\n}\n"
        f"userdb {{\n  driver = static\n  args = uid=nobody gid=nogroup home={folder}/home\n}}\n{listeners}"
        f"service auth {{\n  inet_listener {{\n    port = {sasl.port}\n  }}\n}}\n"
    )
    command = [str(path), "-F", "-c", str(folder / "dovecot.conf")]
    with running(command, folder / "stderr") as process:
        for place in places.values():
            wait_until_it_listens(place.address, place.port, process, folder / "stderr")
        yield places | {0: sasl}


def _listener(service: str, name: str, implicit: bool, place: Place | None) -> str:
    ssl = "yes" if implicit and place is not None else "no"
    port = 0 if place is None else place.port
    return f"service {service} {{\n  inet_listener {name} {{\n    port = {port}\n    ssl = {ssl}\n  }}\n}}\n"
