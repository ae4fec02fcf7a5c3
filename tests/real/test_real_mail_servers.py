"""A whole scan of real mail servers by way of a real resolver: every fact as it was configured."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes

from auditor.lab.certificates import Authority, Issuer
from tests.real.dns_servers import free_server, unbound
from tests.real.mail_servers import SIZE_LIMIT, Running, exim, keep, opensmtpd, postfix
from tests.real.scanning import Row, scan

NAMES = ("mx.postfix.example", "mx.exim.example", "mx.opensmtpd.example")

pytestmark = [pytest.mark.real, pytest.mark.slow]


@contextmanager
def resolver_of(folder: Path, servers: dict[str, Running]) -> Iterator[str]:
    """Unbound with the domains of these servers as local data; its address and port."""
    settings = [
        'module-config: "iterator"',
        'local-zone: "." static',
        'local-zone: "example." static',
        *(f'local-data: "{name} MX 10 {one.hostname}."' for name, one in servers.items()),
        *(f'local-data: "{one.hostname} A {one.address}"' for one in servers.values()),
    ]
    with unbound(folder, free_server("127.0.0.12"), settings, ("postfix.example", "MX")) as server:
        yield f"{server.address}:{server.port}"


@dataclass(frozen=True)
class Scanned:
    """What the scan reports, and what it was to find."""

    servers: dict[str, Running]
    endpoints: dict[str, Row]
    domains: dict[str, Row]
    mx: dict[str, Row]
    certificates: dict[str, Row]
    leaf: Issuer

    @property
    def sha256(self) -> str:
        return self.leaf.certificate.fingerprint(hashes.SHA256()).hex()


@pytest.fixture(scope="module")
def scanned() -> Iterator[Scanned]:
    # The servers leave root behind and must still reach their files: pytest's own folders are root's alone.
    folder = Path(tempfile.mkdtemp(prefix="auditor-real-"))
    folder.chmod(0o755)
    authority = Authority()
    leaf, chain = authority.issue("good", NAMES)
    tls = keep(folder, "good", leaf, chain)
    (folder / "ca.pem").write_bytes(authority.root.pem())
    with ExitStack() as up:
        servers = {
            "postfix.example": up.enter_context(postfix(folder / "postfix", tls, "127.0.0.31")),
            "exim.example": up.enter_context(exim(folder / "exim", tls, "127.0.0.32")),
            "opensmtpd.example": up.enter_context(opensmtpd(folder / "opensmtpd", tls, "127.0.0.33")),
            "denying.example": up.enter_context(
                exim(folder / "denying", tls, "127.0.0.34", "deny message = 5.7.1 we do not know you")
            ),
            "deferring.example": up.enter_context(
                exim(folder / "deferring", tls, "127.0.0.35", "defer message = 4.3.2 come back later")
            ),
        }
        # Exim's hostname is the same in its three instances; the domains tell them apart by address.
        resolver = up.enter_context(resolver_of(folder, _apart(servers)))
        yield _scan(folder, servers, resolver, leaf)
    shutil.rmtree(folder, ignore_errors=True)


def _apart(servers: dict[str, Running]) -> dict[str, Running]:
    """The servers under host names of their own, where two instances share one."""
    own = {"denying.example", "deferring.example"}
    return {name: replace(one, hostname=f"mx.{name}") if name in own else one for name, one in servers.items()}


def _scan(folder: Path, servers: dict[str, Running], resolver: str, leaf: Issuer) -> Scanned:
    named = _apart(servers)
    redirections = [
        word for one in named.values() for word in ("--connect-to", f"{one.hostname}:25:{one.address}:{one.port}")
    ]
    tables = scan(folder, "real", servers, "--resolver", resolver, "--retry-wait", "0.1", *redirections)
    return Scanned(
        servers,
        endpoints=tables.by("exchange", "endpoints"),
        domains=tables.by("domain", "domains"),
        mx=tables.by("domain", "mx"),
        certificates=tables.by("sha256", "certificates"),
        leaf=leaf,
    )


@pytest.mark.parametrize("domain", ["postfix.example", "exim.example"])
def test_every_fact_is_as_it_was_configured(scanned: Scanned, domain: str) -> None:
    server = scanned.servers[domain]
    row = scanned.endpoints[server.hostname]
    assert (row["outcome"], row["stage"], row["blame"]) == ("completed", "done", "")
    assert (row["greeting_code"], row["greeting_host"], row["hello"]) == ("220", server.hostname, "ehlo")
    announced, inside = ({one.split(" ")[0] for one in row[name].split("|")} for name in ("keywords", "keywords_tls"))
    assert announced == server.keywords
    assert inside == server.keywords - {"STARTTLS"}
    assert row["size_limit_octets"] == str(SIZE_LIMIT)
    assert (row["starttls"], row["plaintext_after_starttls"]) == ("ok", "false")
    assert (row["tls_version"], row["cert_trust"], row["cert_name"]) == ("TLSv1.3", "trusted", "match")
    assert row["cert_sha256"] == scanned.sha256
    assert row["cert_not_after"].startswith(scanned.leaf.certificate.not_valid_after_utc.strftime("%Y-%m-%dT%H:%M:%S"))
    assert row["deviations"] == ""


def test_what_is_offered_and_what_works_are_two_things(scanned: Scanned) -> None:
    # OpenSMTPD 6.8 of Debian 12 announces STARTTLS and fails every handshake, whatever the key: internal error.
    server = scanned.servers["opensmtpd.example"]
    row = scanned.endpoints[server.hostname]
    announced = {one.split(" ")[0] for one in row["keywords"].split("|")}
    assert announced == server.keywords
    assert row["size_limit_octets"] == str(SIZE_LIMIT)
    assert (row["outcome"], row["stage"], row["starttls"], row["blame"]) == ("tls-failed", "tls", "failed", "theirs")
    assert "internal error" in row["error"]


def test_a_refusal_keeps_its_code_and_words(scanned: Scanned) -> None:
    denied, deferred = scanned.endpoints["mx.denying.example"], scanned.endpoints["mx.deferring.example"]
    assert (denied["outcome"], denied["stage"], denied["greeting_code"]) == ("rejected", "greeting", "550")
    assert "we do not know you" in denied["error"]
    assert (deferred["outcome"], deferred["attempts"]) == ("deferred", "2")
    assert deferred["greeting_code"].startswith("4")


def test_domains_and_mx_records_are_as_the_resolver_has_them(scanned: Scanned) -> None:
    assert {one["mx_status"] for one in scanned.domains.values()} == {"mx"}
    assert scanned.mx["postfix.example"]["addresses"] == "127.0.0.31"
    assert scanned.mx["postfix.example"]["preference"] == "10"
    assert scanned.domains["postfix.example"]["starttls"] == "all"
    assert scanned.domains["opensmtpd.example"]["starttls"] == "none"


def test_the_certificate_is_the_one_that_was_made(scanned: Scanned) -> None:
    row = scanned.certificates[scanned.sha256]
    assert row["names"].split("|") == list(NAMES)
    assert (row["key_type"], row["key_bits"], row["trust"]) == ("EC", "256", "trusted")
    assert row["endpoints"] == "2"


def test_postfix_saw_one_polite_session(scanned: Scanned) -> None:
    log = scanned.servers["postfix.example"].log.read_text()
    (session,) = [line for line in log.splitlines() if "disconnect from" in line and "ehlo=" in line]
    assert session.endswith("ehlo=2 starttls=1 quit=1 commands=4")
