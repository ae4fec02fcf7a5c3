"""Certificates that no authority would issue, and chains that no server should send."""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric import ec

from auditor.lab.certificates import KINDS, Authority, Issuer, Kind
from tests.hostile.odd_der import CHANGES, rewritten

_CHAINS = {name: Kind() for name in ("negative-serial", "chain-of-150", "chain-of-400", "leaf-twice", "other-chain")}
_CHANGED = {name: Kind(names=not name.startswith(("name", "no-names", "address"))) for name in CHANGES}
_TIMES = {
    "until-the-year-9900": Kind(until_days=2_876_000),
    "expired-self-signed": Kind(from_days=-120, until_days=-12, self_signed=True),
}


@dataclass(frozen=True, slots=True)
class _Written(Issuer):
    """One of which only the octets are to be had."""

    der: bytes = b""

    def pem(self) -> bytes:
        """The octets as they are."""
        return _pem(self.der)


@dataclass(slots=True)
class OddAuthority(Authority):
    """The lab's authority, which also issues what is odd."""

    kinds: Mapping[str, Kind] = field(default_factory=lambda: {**KINDS, **_CHAINS, **_CHANGED, **_TIMES})

    def issue(self, kind_name: str, names: tuple[str, ...]) -> tuple[Issuer, tuple[Issuer, ...]]:
        """A leaf of that kind, and the chain a server sends, the leaf first."""
        leaf, chain = Authority.issue(self, kind_name, names)
        if kind_name in CHANGES:
            assert isinstance(self.intermediate.key, ec.EllipticCurvePrivateKey)
            leaf = _rewritten(leaf, self.intermediate.key, kind_name)
        elif kind_name == "negative-serial":
            leaf = _rewritten(leaf, None, "serial-negative")
        return leaf, (leaf, *self._rest(kind_name, leaf, chain[1:]))

    def _rest(self, kind_name: str, leaf: Issuer, usual: tuple[Issuer, ...]) -> tuple[Issuer, ...]:
        if kind_name.startswith("chain-of-"):
            return (self.intermediate,) * (int(kind_name.removeprefix("chain-of-")) - 1)
        return {"leaf-twice": (leaf, *usual), "other-chain": (self.stranger,)}.get(kind_name, usual)


def _rewritten(leaf: Issuer, by: ec.EllipticCurvePrivateKey | None, kind_name: str) -> Issuer:
    return _Written(leaf.certificate, leaf.key, rewritten(leaf.certificate, by, CHANGES[kind_name]))


def _pem(der: bytes) -> bytes:
    text = b64encode(der).decode()
    lines = "\n".join(text[at : at + 64] for at in range(0, len(text), 64))
    return f"-----BEGIN CERTIFICATE-----\n{lines}\n-----END CERTIFICATE-----\n".encode()
