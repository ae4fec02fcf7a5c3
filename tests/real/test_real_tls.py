"""TLS in depth: Postfix and Exim as they were configured, and as nmap, openssl, posttls-finger and testssl see them."""

import json
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
from tests.real.dovecot import Place
from tests.real.mail_servers import exim, keep, postfix
from tests.real.processes import binary, program
from tests.real.scanning import Row, Tables, scan

_ALL = "smtpd_tls_protocols = >=TLSv1\nsmtpd_tls_mandatory_protocols = >=TLSv1\ntls_high_cipherlist = {}@SECLEVEL=0\n"
_ALL += "tls_medium_cipherlist = {}@SECLEVEL=0\nsmtpd_tls_ciphers = medium\n"
_NEW = "smtpd_tls_protocols = >=TLSv1.2\n"
# host: kind of certificate, settings of Postfix
SERVERS = {
    "modern.example": ("rsa", f"{_NEW}smtpd_tls_exclude_ciphers = aNULL\n"),
    "only12.example": ("good", "smtpd_tls_protocols = TLSv1.2\nsmtpd_tls_exclude_ciphers = aNULL, kRSA, DHE\n"),
    "old.example": ("rsa", _ALL.replace("{}", "aNULL:-aNULL:HIGH:MEDIUM")),
    "weak.example": ("weak-key", _ALL.replace("{}", "ALL:eNULL") + "smtpd_tls_protocols = <=TLSv1.2\n"),
    "ecdhe.example": ("expired", f"{_NEW}smtpd_tls_exclude_ciphers = aNULL, kRSA, kDHE\n"),
    "misordered.example": ("misordered", f"{_NEW}smtpd_tls_exclude_ciphers = aNULL\n"),
    "incomplete.example": ("incomplete", f"{_NEW}smtpd_tls_exclude_ciphers = aNULL\n"),
    "selfsigned.example": ("self-signed", f"{_NEW}smtpd_tls_exclude_ciphers = aNULL\n"),
    "wrongname.example": ("wrong-name", f"{_NEW}smtpd_tls_exclude_ciphers = aNULL\n"),
}
EXIM = "exim.example"

pytestmark = [pytest.mark.real, pytest.mark.slow]


@dataclass(frozen=True)
class World:
    tables: Tables
    places: dict[str, Place]
    folder: Path

    def row(self, host: str) -> Row:
        return self.tables.row("endpoints", exchange=host)

    def failed(self, host: str) -> set[str]:
        return {check for check in self.tables.failed(host, "TLS") if check not in {"TLS012", "TLS016", "TLS033"}}

    def nmap(self, host: str) -> dict[str, set[str]]:
        """The suites of each version that nmap finds."""
        place = self.places[host]
        words = ["-Pn", "-n", "-sV", "--version-intensity", "0", "-p", str(place.port), "-oX", "-"]
        words += ["--script", "+ssl-enum-ciphers", place.address]
        command = [program("nmap"), *words]
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
        of_version = r'<table key="((?:SSL|TLS)v[\d.]+)">(.*?)<elem key="cipher preference"'
        tables = re.findall(of_version, done.stdout, re.DOTALL)
        return {version: set(re.findall(r'<elem key="name">(\w+)</elem>', body)) for version, body in tables}


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    folder = Path(tempfile.mkdtemp(prefix="auditor-real-"))
    folder.chmod(0o755)
    authority = Authority()
    (folder / "ca.pem").write_bytes(authority.root.pem())
    with ExitStack() as held:
        held.callback(shutil.rmtree, folder, ignore_errors=True)
        places = {}
        for number, (name, (kind, settings)) in enumerate(SERVERS.items()):
            tls = keep(folder, name, *authority.issue(kind, (name,)))
            up = held.enter_context(postfix(folder / name, tls, f"127.0.0.{90 + number}", settings=settings))
            places[name] = Place(up.address, up.port)
        tls = keep(folder, EXIM, *authority.issue("rsa", (EXIM,)))
        up = held.enter_context(exim(folder / "exim", tls, "127.0.0.89"))
        places[EXIM] = Place(up.address, up.port)
        local = ['module-config: "iterator"', 'local-zone: "example." static']
        local += [f'local-data: "{name} A {one.address}"' for name, one in places.items()]
        resolver = held.enter_context(unbound(folder, free_server("127.0.0.88"), local, (EXIM, "A")))
        leads = [w for name, one in places.items() for w in ("--connect-to", f"{name}:25:{one.address}:{one.port}")]
        options = ("--resolver", f"{resolver.address}:{resolver.port}", "--tls-versions", "--rate", "0", *leads)
        yield World(scan(folder, "run", [f"{name}:25" for name in places], *options), places, folder)


@pytest.mark.parametrize(
    ("host", "versions", "failed"),
    [
        ("modern.example", "TLSv1.2|TLSv1.3", {"TLS013"}),
        ("only12.example", "TLSv1.2", set()),
        ("old.example", "TLSv1|TLSv1.1|TLSv1.2|TLSv1.3", {"TLS010", "TLS013", "TLS014"}),
        ("weak.example", "TLSv1|TLSv1.1|TLSv1.2", {"TLS010", "TLS013", "TLS014", "TLS015", "TLS026"}),
        ("ecdhe.example", "TLSv1.2|TLSv1.3", {"TLS023"}),
        ("misordered.example", "TLSv1.2|TLSv1.3", {"TLS032"}),
        ("incomplete.example", "TLSv1.2|TLSv1.3", {"TLS020", "TLS028"}),
        ("selfsigned.example", "TLSv1.2|TLSv1.3", {"TLS020"}),
        ("wrongname.example", "TLSv1.2|TLSv1.3", {"TLS021"}),
        (EXIM, "TLSv1|TLSv1.1|TLSv1.2|TLSv1.3", {"TLS010"}),
    ],
)
def test_it_is_judged_as_it_was_configured(world: World, host: str, versions: str, failed: set[str]) -> None:
    assert world.row(host)["tls_versions"] == versions
    assert world.failed(host) == failed


@pytest.mark.parametrize("host", ["modern.example", "only12.example", "old.example", "weak.example"])
def test_nmap_agrees_on_versions_and_suites(world: World, host: str) -> None:
    theirs, ours = world.nmap(host), world.row(host)
    names = {"TLSv1": "TLSv1.0"}
    assert {names.get(one, one) for one in ours["tls_versions"].split("|")} == set(theirs)
    suites = set().union(*theirs.values())
    for column, is_one in (("tls_static_suite", _is_static), ("tls_weak_suite", _is_weak)):
        found = {suite for suite in suites if is_one(suite)}
        assert ours[column] in (found or {"none"})


@pytest.mark.parametrize("host", [*SERVERS, EXIM])
@pytest.mark.parametrize("flag", ["-tls1", "-tls1_1", "-tls1_2", "-tls1_3"])
def test_openssl_agrees_on_each_version(world: World, host: str, flag: str) -> None:
    place = world.places[host]
    words = ["s_client", "-connect", f"{place.address}:{place.port}", "-starttls", "smtp", "-servername", host, flag]
    words += ["-cipher", "ALL:@SECLEVEL=0"]
    done = subprocess.run(
        [program("openssl"), *words], input="", capture_output=True, text=True, check=False, timeout=20
    )
    agreed = "Cipher is (NONE)" not in done.stdout and "Cipher is " in done.stdout
    version = {"-tls1": "TLSv1", "-tls1_1": "TLSv1.1", "-tls1_2": "TLSv1.2", "-tls1_3": "TLSv1.3"}[flag]
    assert (version in world.row(host)["tls_versions"].split("|")) is agreed


@pytest.mark.parametrize("host", [*SERVERS, EXIM])
def test_posttls_finger_agrees_on_trust(world: World, host: str) -> None:
    path, environment = binary("posttls-finger")
    place = world.places[host]
    words = ["-c", "-l", "verify", "-F", str(world.folder / "ca.pem"), "-o", "smtp_tls_security_level=verify"]
    words += ["-p", "!SSLv2:!SSLv3", f"[{place.address}]:{place.port}", host]
    done = subprocess.run([str(path), *words], capture_output=True, text=True, check=False, timeout=30, env=environment)
    verified = "Verified TLS connection" in done.stdout + done.stderr
    ours = world.row(host)
    assert verified is ((ours["cert_trust"], ours["cert_name"]) == ("trusted", "match"))


def test_testssl_agrees(world: World) -> None:
    for host in ("weak.example", "only12.example"):
        place, out = world.places[host], world.folder / f"{host}.json"
        words = ["--quiet", "--color", "0", "--warnings", "off", "--openssl-timeout", "5", "-t", "smtp", "-p", "-s"]
        words += ["--nodns", "none", "--jsonfile", str(out), f"{place.address}:{place.port}"]
        subprocess.run([program("testssl"), *words], capture_output=True, check=False, timeout=240)
        theirs = {one["id"]: one["finding"] for one in json.loads(out.read_text())}
        offered = {v for v, key in _TESTSSL.items() if theirs[key].startswith("offered")}
        assert offered == set(world.row(host)["tls_versions"].split("|"))
        weak = {key for key in ("cipherlist_NULL", "cipherlist_aNULL") if theirs[key].startswith("offered")}
        assert bool(weak) is (world.row(host)["tls_weak_suite"] != "none")


_TESTSSL = {"TLSv1": "TLS1", "TLSv1.1": "TLS1_1", "TLSv1.2": "TLS1_2", "TLSv1.3": "TLS1_3"}


def _is_static(suite: str) -> bool:
    return suite.startswith(("TLS_RSA_WITH_AES", "TLS_RSA_WITH_CAMELLIA"))


def _is_weak(suite: str) -> bool:
    return any(word in suite for word in ("NULL", "anon", "RC4", "DES", "SEED", "IDEA", "EXPORT"))
