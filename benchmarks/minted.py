"""Certificates for the sink: root, issuing CA and leaves, as good as WebPKI asks for.

Many certificates on few keys: a cache of certificates, as every client has one,
then misses about as often as with real servers, and minting takes a second.
"""

from dataclasses import dataclass
from pathlib import Path

from auditor.lab.certificates import Authority

NAMES = tuple(
    f"*.{below}.test" for below in ("alpha", "mail.tenant", "tenant", "beta", "gamma", "mid", "own", "reset", "silent")
)
"""What every leaf is valid for: all exchanges of a world, but no domain that is its own exchange."""
EACH = 96
"""Leaves of each kind of key."""
_KINDS = {"rsa": "rsa", "ec": "good"}
"""Kinds of the lab's certificates by the kind of key: RSA of 2048 bits, and P-256."""


@dataclass(frozen=True, slots=True)
class Minted:
    """A folder of certificates."""

    folder: Path

    @property
    def ca_file(self) -> Path:
        """The root, for a client to trust."""
        return self.folder / "ca.pem"


def mint(folder: Path, each: int = EACH) -> Minted:
    """Certificates in ``folder``, made anew: they are valid for two months from now."""
    folder.mkdir(parents=True, exist_ok=True)
    authority = Authority()
    (folder / "ca.pem").write_bytes(authority.root.pem())
    for key, kind in _KINDS.items():
        for number in range(each):
            leaf, chain = authority.issue(kind, NAMES)
            text = leaf.key_pem() + b"".join(one.pem() for one in chain)
            (folder / f"{key}-{number}.pem").write_bytes(text)
    return Minted(folder)
