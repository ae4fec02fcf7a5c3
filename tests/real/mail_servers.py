"""Postfix, Exim and OpenSMTPD, started on a loopback address with a configuration of our own."""

import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from auditor.lab.certificates import Issuer
from tests.real.processes import alone, binary, free_port, wait_until_it_listens

SIZE_LIMIT = 12_345_678


@dataclass(frozen=True)
class Tls:
    """What a server shows: chain and key in PEM files."""

    chain: Path
    key: Path
    by_name: Mapping[str, "Tls"] = field(default_factory=dict)
    """Shown in its place to a client that asks for that name (SNI)."""


def keep(folder: Path, name: str, leaf: Issuer, chain: tuple[Issuer, ...]) -> Tls:
    """A chain and its key, in files of that name."""
    tls = Tls(folder / f"{name}.chain.pem", folder / f"{name}.key.pem")
    tls.chain.write_bytes(b"".join(one.pem() for one in chain))
    tls.key.write_bytes(leaf.key_pem())
    return tls


@dataclass(frozen=True)
class Running:
    """A server as it was configured."""

    hostname: str
    address: str
    port: int
    keywords: frozenset[str]
    """Names that it announces in clear text."""
    log: Path


@contextmanager
def postfix(
    folder: Path,
    tls: Tls | None,
    address: str,
    beside: Mapping[str, Tls | None] | None = None,
    port: int | None = None,
    settings: str = "",
) -> Iterator[Running]:
    """Postfix with an smtpd and nothing else; ``beside`` are further addresses, on the same port.

    Each of these has a chain and key of its own, or no TLS at all.  ``settings`` are further lines of main.cf.
    """
    program, environment = binary("postfix")
    others = beside or {}
    port = port or free_port(address, *others)
    hostname, log = "mx.postfix.example", folder / "maillog"
    for name in ("etc", "queue", "data"):
        (folder / name).mkdir(parents=True)
    shutil.chown(folder / "data", "postfix", "postfix")
    (folder / "etc" / "main.cf").write_text(
        f"compatibility_level = 3.6\nqueue_directory = {folder}/queue\ndata_directory = {folder}/data\n"
        f"maillog_file = {log}\nmaillog_file_prefixes = {folder}\nmyhostname = {hostname}\nmydestination =\n"
        "inet_interfaces = 127.0.0.1\ninet_protocols = ipv4\nsmtpd_banner = $myhostname ESMTP Postfix\n"
        f"message_size_limit = {SIZE_LIMIT}\nmailbox_size_limit = 0\nsmtpd_tls_security_level = may\n"
        "smtpd_tls_loglevel = 1\nalias_maps =\nalias_database =\n"
        f"smtpd_client_connection_rate_limit = 0\nsmtpd_peername_lookup = no\n{settings}"
    )
    smtpds = {address: tls, **others}
    (folder / "etc" / "master.cf").write_text(
        "".join(f"{each}:{port} inet n - n - - smtpd\n{_tls_options(folder, its)}" for each, its in smtpds.items())
        + "postlog unix-dgram n - n - 1 postlogd\nanvil unix - - n - 1 anvil\ntlsmgr unix - - n 1000? 1 tlsmgr\n"
        "proxymap unix - - n - - proxymap\nrewrite unix - - n - - trivial-rewrite\ncleanup unix n - n - 0 cleanup\n"
        "pickup unix n - n 60 1 pickup\nqmgr unix n - n 300 1 qmgr\nerror unix - - n - - error\n"
    )
    command = [str(program), "-c", str(folder / "etc")]
    subprocess.run([*command, "start"], env=environment, check=True, capture_output=True)
    try:
        wait_until_it_listens(address, port, None, log)
        keywords = {"PIPELINING", "SIZE", "VRFY", "ETRN", "STARTTLS", "ENHANCEDSTATUSCODES", "8BITMIME", "DSN"}
        yield Running(hostname, address, port, frozenset(keywords | {"SMTPUTF8", "CHUNKING"}), log)
    finally:
        subprocess.run([*command, "stop"], env=environment, check=True, capture_output=True)


def _tls_options(folder: Path, tls: Tls | None) -> str:
    """Options of one smtpd, each on a line."""
    if tls is None:
        return "  -o smtpd_tls_security_level=none\n"
    chosen = f"  -o smtpd_tls_chain_files={tls.key},{tls.chain}\n"
    if not tls.by_name:
        return chosen
    names = folder / "etc" / f"names-{tls.chain.name}"
    names.write_text("".join(f"{name} {own.key}, {own.chain}\n" for name, own in tls.by_name.items()))
    subprocess.run([binary("postmap")[0], "-F", f"hash:{names}"], check=True, capture_output=True)
    return f"{chosen}  -o tls_server_sni_maps=hash:{names}\n"


def reload_postfix(folder: Path) -> None:
    """Have the Postfix of that folder read its files again, keys and certificates too."""
    program, environment = binary("postfix")
    subprocess.run(
        [str(program), "-c", str(folder / "etc"), "reload"], env=environment, check=True, capture_output=True
    )


@contextmanager
def exim(
    folder: Path, tls: Tls, address: str, connect_acl: str = "accept", settings: str = "", acls: str = ""
) -> Iterator[Running]:
    """Exim as a daemon in the foreground; ``connect_acl`` is what it makes of a connection.

    ``settings`` are further lines of the main section, ``acls`` further lists.
    """
    program, environment = binary("exim4")
    port, hostname, log = free_port(address), "mx.exim.example", folder / "mainlog"
    folder.mkdir(parents=True)
    spool = folder / "spool"
    spool.mkdir()
    shutil.chown(spool, "Debian-exim", "Debian-exim")
    shutil.chown(folder, "Debian-exim", "Debian-exim")
    # OpenSSL or GnuTLS, Exim reads the key as its own user.
    key = Path(shutil.copy(tls.key, folder / "key.pem"))
    shutil.chown(key, "Debian-exim", "Debian-exim")
    configuration = folder / "exim.conf"
    configuration.write_text(
        f"primary_hostname = {hostname}\nspool_directory = {spool}\nlog_file_path = {folder}/%slog\n"
        f"local_interfaces = {address}\ndaemon_smtp_ports = {port}\ntls_advertise_hosts = *\n"
        f"tls_certificate = {tls.chain}\ntls_privatekey = {key}\nmessage_size_limit = {SIZE_LIMIT}\n"
        "smtp_banner = $primary_hostname ESMTP ready\nhost_lookup =\nrfc1413_hosts =\nkeep_environment =\n"
        "pipelining_connect_advertise_hosts =\nacl_smtp_connect = check_connect\n"
        f"log_selector = +smtp_connection +smtp_protocol_error\n{settings}"
        f"begin acl\ncheck_connect:\n  {connect_acl}\n{acls}"
    )
    command = [str(program), "-C", str(configuration), "-bdf", "-oP", str(folder / "pid")]
    with (folder / "stderr").open("wb") as stderr, subprocess.Popen(command, env=environment, stderr=stderr) as process:
        try:
            wait_until_it_listens(address, port, process, folder / "stderr")
            keywords = {"SIZE", "8BITMIME", "PIPELINING", "CHUNKING", "STARTTLS", "SMTPUTF8", "HELP"}
            yield Running(hostname, address, port, frozenset(keywords), log)
        finally:
            process.terminate()


@contextmanager
def opensmtpd(folder: Path, tls: Tls | None, address: str) -> Iterator[Running]:
    """OpenSMTPD in the foreground; as Debian 12 has it, its TLS is offered and fails (OpenSSL 3)."""
    program, environment = binary("smtpd")
    port, hostname, log = free_port(address), "mx.opensmtpd.example", folder / "log"
    folder.mkdir(parents=True)
    keys = ""
    for name in ("chain", "key") if tls is not None else ():
        copied = Path(shutil.copy(getattr(tls, name), folder / f"{name}.pem"))
        copied.chmod(0o600)
        keys += f'pki here {"cert" if name == "chain" else "key"} "{copied}"\n'
    configuration = folder / "smtpd.conf"
    configuration.write_text(
        f"{keys}smtp max-message-size {SIZE_LIMIT}\n"
        f"listen on {address} port {port} {'tls pki here ' if tls is not None else ''}hostname {hostname}\n"
        'action "none" relay\nmatch from any for domain "nowhere.example" action "none"\n'
    )
    with alone("opensmtpd"), log.open("wb") as stderr:  # its control socket is in a fixed place
        command = [str(program), "-d", "-f", str(configuration)]
        with subprocess.Popen(command, env=environment, stdout=stderr, stderr=stderr) as process:
            try:
                wait_until_it_listens(address, port, process, log)
                keywords = {"8BITMIME", "ENHANCEDSTATUSCODES", "SIZE", "DSN", "HELP"} | ({"STARTTLS"} if tls else set())
                yield Running(hostname, address, port, frozenset(keywords), log)
            finally:
                process.terminate()
