"""nginx as the policy host of many domains."""

import gzip
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.real.mail_servers import Tls
from tests.real.processes import program, running, wait_until_it_listens

WELL_KNOWN = "/.well-known/mta-sts.txt"
_NGINX = """
daemon off;
user root;
pid "{folder}/pid";
error_log stderr notice;
worker_processes 1;
events {{ worker_connections 256; }}
http {{
    log_format asked '$host "$request" "$http_accept_encoding" "$http_user_agent"';
    access_log "{folder}/access.log" asked;
    client_body_temp_path "{folder}/temporary";
    proxy_temp_path "{folder}/temporary";
    fastcgi_temp_path "{folder}/temporary";
    uwsgi_temp_path "{folder}/temporary";
    scgi_temp_path "{folder}/temporary";
    server_names_hash_bucket_size 128;
    default_type text/plain;
{servers}
}}
"""
_SERVER = """
    server {{
        listen {site.address}:{port}{flags};
        server_name {site.host};
        ssl_certificate "{site.tls.chain}";
        ssl_certificate_key "{site.tls.key}";
        ssl_protocols {site.protocols};
        root "{folder}/{site.host}";
        location = {path} {{ {site.directives} }}
    }}
"""


@dataclass(frozen=True, kw_only=True)
class Site:
    """One virtual host and what it serves at the well-known place."""

    host: str
    body: bytes
    tls: Tls
    address: str
    directives: str = ""
    """What nginx makes of the request, such as ``return 404;``."""
    protocols: str = "TLSv1.2 TLSv1.3"
    """Of the address: nginx chooses the version before it knows the name."""
    listens: str = " ssl"
    """Flags of the socket; those of the address's first site count."""


@contextmanager
def nginx(folder: Path, sites: Iterable[Site], port: int) -> Iterator[Path]:
    """nginx with these sites on one port of their addresses; the log of its requests."""
    path = program("nginx")
    folder.mkdir(parents=True)
    kept = tuple(sites)
    for site in kept:
        file = Path(f"{folder}/{site.host}{WELL_KNOWN}")
        file.parent.mkdir(parents=True)
        file.write_bytes(site.body)
        if "gzip_static" in site.directives:
            file.with_suffix(".txt.gz").write_bytes(gzip.compress(site.body))
    servers = "".join(
        _SERVER.format(site=one, port=port, folder=folder, path=WELL_KNOWN, flags=one.listens) for one in kept
    )
    (folder / "nginx.conf").write_text(_NGINX.format(folder=folder, servers=servers), encoding="utf-8")
    log = folder / "stderr"
    with running([path, "-c", str(folder / "nginx.conf"), "-p", str(folder), "-e", "stderr"], log) as process:
        for address in {site.address for site in kept}:
            wait_until_it_listens(address, port, process, log)
        yield folder / "access.log"
