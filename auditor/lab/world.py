"""The lab as a whole: its nameserver and mail servers up on loopback, and the settings that reach them."""

import errno
import socket
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Final

import trio

from auditor.config import Config
from auditor.lab.certificates import Authority
from auditor.lab.delegated import delegated_nameservers
from auditor.lab.mail_server import MailServer, Visit
from auditor.lab.nameserver import RECEIVE_BUFFER_OCTETS, Nameserver, load_zone, parse_faults
from auditor.lab.reverse import reverse_zone
from auditor.lab.script import ServerScript, parse_scripts
from auditor.lab.tlsa import with_tlsa

# Addresses that no packet is ever sent to: a limited broadcast has no TCP.
UNREACHABLE: Final = ("255.255.255.255", 9)
QUEUE_FILLERS = 8  # more than any system queues for a listener that asked for none
NAMESERVERS: Final = ("192.0.2.53", "198.51.100.53")  # of the whole zone; its resolver's place is theirs too
DOCUMENTATION_NETS = ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")
_ROOM = files("auditor.lab")

Place = tuple[str, int]
"""A loopback address and port."""


@dataclass(frozen=True, slots=True)
class Lab:
    """The lab while it is up."""

    domains: Path
    """The list of its domains, a CSV file."""
    ca_file: Path
    nameserver: Nameserver
    servers: tuple[MailServer, ...]
    _resolver: Place
    _redirections: tuple[str, ...]

    @property
    def visits(self) -> list[Visit]:
        """Every connection that the mail servers and policy hosts saw."""
        return [visit for server in self.servers for visit in server.visits]

    def config(self, base: Config) -> Config:
        """The settings under which a scan reaches the lab and nothing else, and need not be patient."""
        return base.model_validate(
            base.model_dump()
            | {
                "resolver": (f"{self._resolver[0]}:{self._resolver[1]}",),
                "trust_ad": True,
                "connect_to": self._redirections,
                "only_connect_to": True,
                "allow_net": DOCUMENTATION_NETS,
                "ca_file": self.ca_file,
                "only_ca_file": True,
                "tls_versions": True,
                "active": True,
                "helo": "auditor.example",
                "dns_concurrency": 40,  # client and server share a process: more at once only wait, and time out
                "dns_timeout": 1.0,
                "dns_tries": 2,
                "dns_lookup_timeout": 3.0,
                "connect_timeout": 1.5,
                "greeting_timeout": 2.5,
                "command_timeout": 2.5,
                "tls_timeout": 2.5,
                "session_timeout": 10.0,
                "policy_timeout": 2.5,
                "retry_wait": 0.2,
                "hold_off": 0.2,
                "outage_wait": 0.0,  # silence is this process's own, if it has too much to do
                "rate": 0.0,
                "per_prefix": 0,
                "vantage_guard": 0,
            }
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a lab is made of; the texts are in the forms of docs/lab.md."""

    domains: str
    """The list, as CSV."""
    scripts: tuple[ServerScript, ...]
    zone: str
    """Of ``example``, in master-file form."""
    faults: str = ""
    reverse: str = ""
    nameservers: str = ""
    authority: Authority = field(default_factory=Authority)


@asynccontextmanager
async def open_lab(folder: Path, content: Content | None = None, *, at_home: bool = False) -> AsyncIterator[Lab]:
    """The lab, up until the block ends; ``folder`` takes its list and its authority's certificate.

    It is the embedded one, unless it is made of other ``content``.

    ``at_home`` says that every address of the lab is one of this machine's, as in a network of its own:
    then each server listens at its own address and port, and the resolver at ``127.0.0.1``, port 53.
    """
    content = content or embedded()
    authority = content.authority
    ca_file = folder / "lab-ca.pem"
    ca_file.write_bytes(authority.root.pem())
    domains = folder / "domains.csv"
    domains.write_text(content.domains, encoding="utf-8")
    with ExitStack() as held:
        async with trio.open_nursery() as nursery:
            servers, redirections = await _listen(held, nursery, content.scripts, authority, at_home=at_home)
            zone = load_zone(with_tlsa(content.zone, authority), "example.")
            reverse = Nameserver(reverse_zone(content.scripts, content.reverse, "reverse.txt"))
            nameserver = Nameserver(zone, parse_faults(content.faults, "faults.txt"), reverse)
            resolver = await _listen_dns(held, nursery, nameserver, ("127.0.0.1", 53 if at_home else 0))
            places = dict.fromkeys(NAMESERVERS, resolver)
            told = delegated_nameservers(zone, content.nameservers, "nameservers.txt")
            for address, server in (dict.fromkeys(NAMESERVERS, nameserver) | told).items():
                if at_home or server is not nameserver:
                    own = (address, 53) if at_home else ("127.0.0.1", 0)
                    places[address] = await _listen_dns(held, nursery, server, own)
            to_nameservers = (_redirection(address, 53, place) for address, place in places.items())
            yield Lab(domains, ca_file, nameserver, servers, resolver, (*redirections, *to_nameservers))
            nursery.cancel_scope.cancel()


def embedded() -> Content:
    """The lab that is part of the program."""
    return Content(
        domains=_read("domains.csv"),
        scripts=all_scripts(),
        zone=all_zones(),
        faults=_read("zones/faults.txt"),
        reverse=_read("zones/reverse.txt"),
        nameservers=_read("zones/nameservers.txt"),
    )


def all_zones() -> str:
    """The text of the lab's whole zone."""
    sources = sorted((one for one in (_ROOM / "zones").iterdir() if one.name.endswith(".zone")), key=lambda f: f.name)
    return "\n".join(one.read_text(encoding="utf-8") for one in sources)


def all_scripts() -> tuple[ServerScript, ...]:
    """Every mail server of the lab, and every policy host."""
    sources = sorted((one for one in (_ROOM / "scripts").iterdir() if one.name.endswith(".smtp")), key=lambda f: f.name)
    return tuple(script for one in sources for script in parse_scripts(one.read_text(encoding="utf-8"), one.name))


def _read(name: str) -> str:
    return (_ROOM / name).read_text(encoding="utf-8")


async def _listen_dns(held: ExitStack, nursery: trio.Nursery, nameserver: Nameserver, wanted: Place) -> Place:
    """The same port for UDP and TCP; one that is free where none is wanted."""
    family = _family(wanted[0])
    udp = trio.socket.socket(family, trio.socket.SOCK_DGRAM)
    udp.setsockopt(trio.socket.SOL_SOCKET, trio.socket.SO_RCVBUF, RECEIVE_BUFFER_OCTETS)
    while True:
        await udp.bind(wanted)
        place: Place = udp.getsockname()[:2]
        try:
            (listener,) = await trio.open_tcp_listeners(place[1], host=place[0])
            break
        except OSError as error:  # that port is taken for TCP: the next one
            udp.close()
            if error.errno != errno.EADDRINUSE or wanted[1]:
                raise
            udp = trio.socket.socket(family, trio.socket.SOCK_DGRAM)
    held.enter_context(udp)
    nursery.start_soon(nameserver.serve_udp, udp)
    nursery.start_soon(partial(trio.serve_listeners, nameserver.serve_tcp, [listener]))
    return place


async def _listen(
    held: ExitStack,
    nursery: trio.Nursery,
    scripts: Sequence[ServerScript],
    authority: Authority,
    *,
    at_home: bool,
) -> tuple[tuple[MailServer, ...], tuple[str, ...]]:
    servers, redirections = [], []
    for script in scripts:
        context = context_of(script, authority)
        for address in script.addresses:
            server = MailServer(script, address, context)
            place = await _place(held, nursery, server, at_home=at_home)
            servers.append(server)
            redirections.append(_redirection(address, script.port, place))
    return tuple(servers), tuple(redirections)


def context_of(script: ServerScript, authority: Authority) -> ssl.SSLContext | None:
    """The server's TLS, with another certificate for each name that SNI may ask for."""
    if not script.certificate:
        return None
    context = authority.server_context(script.certificate, script.names, script.tls, script.ciphers)
    others = {name: authority.server_context(kind, (name,), script.tls) for name, kind in script.sni}

    def choose(connection: ssl.SSLObject | ssl.SSLSocket, name: str | None, _: ssl.SSLContext) -> None:
        if name in others:
            connection.context = others[name]

    if others:
        context.sni_callback = choose
    return context


async def _place(held: ExitStack, nursery: trio.Nursery, server: MailServer, *, at_home: bool) -> Place:
    """Where the server's address really leads: a listener, or what is instead of one."""
    if server.script.connect == "unreachable":
        return UNREACHABLE
    loopback = "::1" if ":" in server.address and _has_ipv6() else "127.0.0.1"
    host, port = (server.address, server.script.port) if at_home else (loopback, 0)
    if server.script.connect == "accept":
        (listener,) = await trio.open_tcp_listeners(port, host=host)
        nursery.start_soon(partial(trio.serve_listeners, server.serve, [listener]))
        place: Place = listener.socket.getsockname()[:2]
        return place
    # A port that is bound and not listened on refuses; one whose queue is full, and which nobody serves, is silent.
    silent = held.enter_context(socket.socket(_family(host)))
    silent.bind((host, port))
    place = silent.getsockname()[:2]
    if server.script.connect == "blackhole":
        silent.listen(0)
        for _ in range(QUEUE_FILLERS):
            filler = held.enter_context(socket.socket(silent.family))
            filler.setblocking(False)
            filler.connect_ex(place)
    return place


def _family(address: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def _has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as one:
            one.bind(("::1", 0))
    except OSError:
        return False
    return True


def _redirection(address: str, port: int, place: Place) -> str:
    """What ``--connect-to`` is told of one address of the lab."""
    return f"{_bracketed(address)}:{port}:{_bracketed(place[0])}:{place[1]}"


def _bracketed(address: str) -> str:
    return f"[{address}]" if ":" in address else address
