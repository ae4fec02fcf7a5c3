"""Certificates by which a Dask scheduler, its workers and a client trust one another, made for one occasion."""

from pathlib import Path

from distributed import Security

ROLES = ("client", "scheduler", "worker")


def dask_over_tls(folder: Path) -> dict[str, str]:
    """The environment by which Dask finds new certificates, which are written to a folder.

    A worker that is lost is not asked again: its tasks fail at once.
    """
    security = Security.temporary()  # type: ignore[no-untyped-call]
    texts = {"DASK_DISTRIBUTED__COMM__TLS__CA_FILE": security.tls_ca_file}
    for role in ROLES:
        for kind in ("cert", "key"):
            name = f"DASK_DISTRIBUTED__COMM__TLS__{role.upper()}__{kind.upper()}"
            texts[name] = getattr(security, f"tls_{role}_{kind}")
    environment = {"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "0"}
    for name, pem in texts.items():
        path = folder / f"{name.lower()}.pem"
        path.write_text(pem)
        environment[name] = str(path)
    return environment
