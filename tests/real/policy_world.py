"""A world of published policy: Knot, three Unbounds, Postfix and nginx, and the domains whose policy they serve."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from auditor.lab.certificates import Authority
from auditor.lab.tlsa import with_tlsa
from auditor.net.dns_servers import Server
from tests.real.mail_servers import Running, Tls, keep, postfix
from tests.real.policy_dns import domains_of, exchanges_of, resolvers, zone_texts
from tests.real.policy_sites import SERVED, policy_domain, policy_host, sites
from tests.real.processes import free_port
from tests.real.scanning import Tables, scan
from tests.real.web_server import nginx

GOOD, ROLLING, BARE, WRONG, ALONE, OLD, SHARED = (f"127.0.0.{number}" for number in range(41, 48))
"""Where Postfix listens, by what it shows there; at ``BARE`` it has no TLS, and at ``SHARED`` one name has its own."""
_MAIL = {
    "good": (GOOD, "good"),
    "rolling": (ROLLING, "good"),
    "wrong": (WRONG, "wrong-name"),
    "alone": (ALONE, "self-signed"),
    "old": (OLD, "expired"),
    "shared": (SHARED, "good"),
}
"""Postfix's certificates by name: where they are shown, and of what kind they are."""


@dataclass(frozen=True, kw_only=True)
class World:
    """What a scan needs to know of it, and what a test may change."""

    folder: Path
    authority: Authority
    resolvers: Mapping[str, Server]
    mail: Running
    policy_port: int
    requests: Path
    """nginx's log of them."""
    domains: tuple[str, ...]
    """All that have an MX record, but for the one whose policy takes too long to come."""

    def scan(self, name: str, domains: Iterable[str], *options: str, resolver: str = "validating") -> Tables:
        """A run of these domains by way of one of the resolvers; everything else is as in the real world."""
        server = self.resolvers[resolver]
        return scan(
            self.folder,
            name,
            domains,
            *("--resolver", f"{server.address}:{server.port}", "--policy-port", str(self.policy_port)),
            *("--dnssec-proof", "secure.test", "--dnssec-proof", "broken.test"),
            *("--retry-wait", "0.1", "--rate", "0", "--per-host", "0", "--per-prefix", "0"),
            *(
                word
                for address in (GOOD, ROLLING, BARE, WRONG, ALONE, OLD, SHARED)
                for word in ("--connect-to", f"{address}:25:{address}:{self.mail.port}")
            ),
            *options,
        )


@contextmanager
def policy_world(
    *, dns_port: int | None = None, smtp_port: int | None = None, policy_port: int | None = None
) -> Iterator[World]:
    """All of it, up and running; on free ports where none is given."""
    authority = Authority()
    texts = zone_texts()
    with TemporaryDirectory(prefix="auditor-policy-", ignore_cleanup_errors=True) as place, ExitStack() as up:
        folder = Path(place)
        # The servers leave root behind and must still reach their files: pytest's own folders are root's alone.
        folder.chmod(0o755)
        (folder / "ca.pem").write_bytes(authority.root.pem())
        certificates = _mail_certificates(folder, authority, exchanges_of(texts))
        zones = {zone: with_tlsa(text, authority) for zone, text in texts.items()}
        others = {address: certificates[name] for name, (address, _) in _MAIL.items() if address != GOOD}
        policies = tuple(sites(_web_certificates(folder, authority)))
        port = policy_port or free_port(*{one.address for one in policies})
        yield World(
            folder=folder,
            authority=authority,
            resolvers=up.enter_context(resolvers(folder, zones, dns_port)),
            mail=up.enter_context(
                postfix(folder / "postfix", certificates["good"], GOOD, {**others, BARE: None}, smtp_port)
            ),
            policy_port=port,
            requests=up.enter_context(nginx(folder / "nginx", policies, port)),
            domains=tuple(name for name in domains_of(texts) if name != policy_domain("slow")),
        )


def _mail_certificates(folder: Path, authority: Authority, exchanges: Mapping[str, str]) -> dict[str, Tls]:
    """Postfix's certificates, which TLSA records can name."""
    kept = {}
    for name, (address, kind) in _MAIL.items():
        leaf, chain = authority.issue(kind, tuple(host for host, where in exchanges.items() if where == address))
        authority.shown[name] = chain
        kept[name] = keep(folder, name, leaf, chain)
    leaf, authority.shown["own"] = authority.issue("good", ("mx-own.secure.test",))
    own = keep(folder, "own", leaf, authority.shown["own"])
    kept["shared"] = replace(kept["shared"], by_name={"mx-own.secure.test": own})
    # Usages 0 and 2 are of the second certificate of a chain, 1 and 3 of the first.
    (good, ca), (alone,) = authority.shown["good"], authority.shown["alone"]
    authority.shown |= {"root": (ca, authority.root), "self": (alone, alone), "leaf": (good, good), "ca": (ca,)}
    return kept


def _web_certificates(folder: Path, authority: Authority) -> dict[str, Tls]:
    """The policy hosts' certificates by kind, each for all of them."""
    hosts = tuple(policy_host(label) for label in SERVED)
    kinds = {one.certificate for one in SERVED.values()}
    return {kind: keep(folder, f"web-{kind}", *authority.issue(kind, hosts)) for kind in kinds}
