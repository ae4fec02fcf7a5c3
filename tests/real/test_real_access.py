"""IMAP and POP3 of Dovecot, and submission to Postfix: as they were configured, and as openssl and nmap see them."""

import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from auditor.lab.certificates import Authority
from tests.real.dns_servers import free_server, unbound
from tests.real.dovecot import Place, dovecot
from tests.real.mail_servers import Tls, keep, postfix
from tests.real.processes import program
from tests.real.scanning import Row, Tables, scan

# host: kind of certificate, settings of Dovecot
MAILBOXES = {
    "strict.example": ("good", "ssl = required\nssl_min_protocol = TLSv1.2\n"),
    "lax.example": ("self-signed", "ssl = yes\ndisable_plaintext_auth = no\nauth_mechanisms = plain login\n"),
    "expired.example": ("expired", "ssl = required\nssl_cipher_list = ECDHE+AES\n"),
    "other.example": ("wrong-name", "ssl = required\n"),
    "clear.example": ("", "disable_plaintext_auth = no\n"),
}
_SASL = "smtpd_sasl_auth_enable = yes\nsmtpd_sasl_type = dovecot\nsmtpd_sasl_path = inet:{sasl.address}:{sasl.port}\n"
# host: port, kind of certificate, settings of Postfix
SUBMISSIONS = {
    "submit.example": (587, "good", f"{_SASL}smtpd_tls_auth_only = yes\n"),
    "submits.example": (465, "good", f"{_SASL}smtpd_tls_wrappermode = yes\n"),
    "careless.example": (587, "self-signed", f"{_SASL}smtpd_tls_auth_only = no\n"),
    "nobody.example": (587, "", ""),
}

pytestmark = [pytest.mark.real, pytest.mark.slow]


@dataclass(frozen=True)
class World:
    tables: Tables
    places: dict[tuple[str, int], Place]

    def endpoint(self, host: str, port: int) -> Row:
        return self.tables.row("endpoints", exchange=host, port=str(port))

    def failed(self, host: str, port: int) -> set[str]:
        """The checks that failed there by more than an information."""
        rows = self.tables.rows("findings", domain=host, verdict="fail")
        return {row["check"] for row in rows if row["subject"].endswith(f":{port}") and row["severity"] != "info"}


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    folder = Path(tempfile.mkdtemp(prefix="auditor-real-"))
    folder.chmod(0o755)
    authority = Authority()
    (folder / "ca.pem").write_bytes(authority.root.pem())

    def tls(name: str, kind: str) -> Tls | None:
        return keep(folder, name, *authority.issue(kind, (name,))) if kind else None

    with ExitStack() as held:
        held.callback(shutil.rmtree, folder, ignore_errors=True)
        places: dict[tuple[str, int], Place] = {}
        for number, (name, (kind, settings)) in enumerate(MAILBOXES.items()):
            server = dovecot(folder / name, f"127.0.0.{70 + number}", tls(name, kind), settings)
            places |= {(name, port): place for port, place in held.enter_context(server).items()}
        sasl = places["strict.example", 0]
        for number, (name, (port, kind, options)) in enumerate(SUBMISSIONS.items()):
            settings = options.replace("{sasl.address}", sasl.address).replace("{sasl.port}", str(sasl.port))
            own = tls(name, kind)
            none = "" if own else "smtpd_tls_security_level = none\n"
            address = f"127.0.0.{80 + number}"
            up = held.enter_context(postfix(folder / name, own, address, settings=settings + none))
            places[name, port] = Place(address, up.port)
        yield World(_scan(folder, held, places), places)


def _scan(folder: Path, held: ExitStack, places: dict[tuple[str, int], Place]) -> Tables:
    named = {place: one for place, one in places.items() if place[1]}
    hosts = {name: one.address for (name, _), one in named.items()}
    settings = [
        'module-config: "iterator"',
        'local-zone: "example." static',
        *(f'local-data: "{name} A {address}"' for name, address in hosts.items()),
    ]
    resolver = held.enter_context(unbound(folder, free_server("127.0.0.69"), settings, ("strict.example", "A")))
    redirections = [
        word
        for (name, port), one in named.items()
        for word in ("--connect-to", f"{name}:{port}:{one.address}:{one.port}")
    ]
    targets = [f"{name}:{port}" for name, port in named]
    return scan(folder, "run", targets, "--resolver", f"{resolver.address}:{resolver.port}", *redirections)


@pytest.mark.parametrize("port", [143, 993, 110, 995])
def test_a_strict_server_is_as_it_was_configured(world: World, port: int) -> None:
    row = world.endpoint("strict.example", port)
    implicit = port in {993, 995}
    assert (row["outcome"], row["stage"], row["greeting"]) == ("completed", "done", row["greeting"])
    assert "Dovecot" in row["greeting"]
    assert row["starttls"] == ("implicit" if implicit else "ok")
    assert (row["tls_version"], row["cert_trust"], row["cert_name"]) == ("TLSv1.3", "trusted", "match")
    assert row["clear_text_login"] == ("" if implicit else "false")
    capabilities = row["keywords" if implicit else "keywords_tls"].split("|")
    assert ("AUTH=PLAIN" if port in {143, 993} else "SASL PLAIN") in capabilities
    assert not world.failed("strict.example", port)


@pytest.mark.parametrize("port", [143, 110])
def test_a_lax_server_lets_passwords_be_read(world: World, port: int) -> None:
    row = world.endpoint("lax.example", port)
    assert (row["clear_text_login"], row["starttls"], row["cert_trust"]) == ("true", "ok", "self-signed")
    assert world.failed("lax.example", port) == {"ACC007", "TLS020"}


@pytest.mark.parametrize("port", [143, 993, 110, 995])
def test_certificates_weigh_much_where_people_log_in(world: World, port: int) -> None:
    for name, check in (("expired.example", "TLS023"), ("other.example", "TLS021")):
        assert world.failed(name, port) == {check}
        (finding,) = world.tables.rows("findings", domain=name, check=check, subject=_subject(world, name, port))
        assert finding["severity"] == "high"


@pytest.mark.parametrize("port", [143, 110])
def test_without_tls_all_is_in_the_clear(world: World, port: int) -> None:
    assert world.endpoint("clear.example", port)["starttls"] == "not-offered"
    assert world.failed("clear.example", port) == {"ACC005", "ACC007"}


@pytest.mark.parametrize(
    ("name", "port", "starttls", "in_clear", "failed"),
    [
        ("submit.example", 587, "ok", "false", set()),
        ("submits.example", 465, "implicit", "", set()),
        ("careless.example", 587, "ok", "true", {"SMTP023", "TLS020", "SMTP031"}),
        ("nobody.example", 587, "not-offered", "false", {"TLS001"}),
    ],
)
def test_submission_is_as_it_was_configured(
    world: World, name: str, port: int, starttls: str, in_clear: str, failed: set[str]
) -> None:
    row = world.endpoint(name, port)
    assert (row["outcome"], row["starttls"], row["clear_text_login"]) == ("completed", starttls, in_clear)
    assert world.failed(name, port) - {"SMTP031"} == failed - {"SMTP031"}  # Postfix announces VRFY and ETRN


@pytest.mark.parametrize("name", ["strict.example", "lax.example", "expired.example", "other.example"])
@pytest.mark.parametrize("port", [143, 993, 110, 995])
def test_openssl_agrees_on_the_handshake(world: World, name: str, port: int) -> None:
    place = world.places[name, port]
    words = [program("openssl"), "s_client", "-connect", f"{place.address}:{place.port}", "-servername", name]
    words += {143: ["-starttls", "imap"], 110: ["-starttls", "pop3"]}.get(port, [])
    done = subprocess.run(words, input="", capture_output=True, text=True, check=False, timeout=20)
    row = world.endpoint(name, port)
    (found,) = set(re.findall(r"^New, (\S+), Cipher is (\S+)$", done.stdout, re.MULTILINE))
    assert (row["tls_version"], row["tls_cipher"]) == found


@pytest.mark.parametrize(("name", "port"), [("strict.example", 143), ("lax.example", 143), ("lax.example", 110)])
def test_nmap_agrees_on_the_capabilities(world: World, name: str, port: int) -> None:
    place, protocol = world.places[name, port], {143: "imap", 110: "pop3"}[port]
    words = ["-Pn", "-n", "-p", str(place.port), "--script", f"+{protocol}-capabilities"]
    done = subprocess.run(
        [program("nmap"), *words, place.address], capture_output=True, text=True, check=False, timeout=60
    )
    (line,) = re.findall(rf"{protocol}-capabilities: (.*)$", done.stdout, re.MULTILINE)
    # nmap joins them with spaces, those of SASL in brackets; what it makes of OK lines is no capability.
    theirs = set(re.sub(r"[(),]|A0001", " ", line.upper()).split())
    ours = set(" ".join(world.endpoint(name, port)["keywords"].split("|")).upper().split())
    assert (theirs - _WORDS_OF_NMAP, ours - theirs) == (ours, set())


# nmap takes the words behind OK for capabilities too.
_WORDS_OF_NMAP = {"OK", "PRE-LOGIN", "POST-LOGIN", "CAPABILITIES", "LISTED", "HAVE", "MORE"}


def _subject(world: World, name: str, port: int) -> str:
    return f"{name}/{world.places[name, port].address}:{port}"
