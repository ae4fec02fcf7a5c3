"""The strict verdict on a chain: the rules of the web's authorities, by the verifier of the ``cryptography`` library.

Mail servers use OpenSSL, which is lenient: it takes certificates without subjectAltName, with
version 1, without an authority key identifier, or with key usages that do not fit.
"""

import ssl
import warnings
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from cryptography import x509
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from auditor.config import Config
from auditor.policy.kept import kept_if_small

MAX_WORDS = 300


@dataclass(frozen=True, slots=True)
class WebPki:
    """Judges chains by the anchors of a run; ``None`` where there is no anchor at all."""

    store: Store | None

    @classmethod
    def from_config(cls, config: Config) -> Self:
        """With the anchors of a run: the system's, those of ``ca_file``, or both."""
        files = [] if config.only_ca_file else list(_system_files())
        files += [config.ca_file] if config.ca_file is not None else []
        anchors = list(dict.fromkeys(one for file in files for one in _anchors_in(file)))
        return cls(Store(anchors) if anchors else None)

    def verdict(self, chain: tuple[bytes, ...]) -> str | None:
        """Why the chain is not accepted; empty where it is, ``None`` where that cannot be tried.

        The certificate's own first name stands for the server's: names are matched apart.
        """
        return None if self.store is None or not chain else _verdict(self.store, chain)


@kept_if_small(most=1024, octets=16_384)  # the same few chains stand on most servers of a list
def _verdict(store: Store, chain: tuple[bytes, ...]) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # odd encodings are what is to be judged here
        try:
            leaf, *others = [x509.load_der_x509_certificate(der) for der in chain]
            verifier = PolicyBuilder().store(store).time(datetime.now(UTC)).build_server_verifier(_name(leaf))
            verifier.verify(leaf, others)
        except VerificationError as error:
            return str(error)[:MAX_WORDS] or "not accepted"
        except Exception as error:  # noqa: BLE001 - what the library makes of hostile certificates is not enumerable
            return f"{type(error).__name__}: {error}"[:MAX_WORDS]
    return ""


def _name(leaf: x509.Certificate) -> x509.DNSName:
    try:
        names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        raise ValueError("the certificate has no subjectAltName") from None
    first = next(iter(names.get_values_for_type(x509.DNSName)), None)
    if first is None:
        raise ValueError("the certificate names no host in its subjectAltName")
    return x509.DNSName(first.replace("*", "any", 1))


def _system_files() -> Iterator[Path]:
    """Where the system keeps its anchors: in one file, or in a folder of them."""
    paths = ssl.get_default_verify_paths()
    if paths.cafile:
        yield Path(paths.cafile)
    elif paths.capath:
        yield from sorted(one for one in Path(paths.capath).iterdir() if one.suffix in {".pem", ".crt"})


def _anchors_in(file: Path) -> list[x509.Certificate]:
    """The certificates of a PEM file; of a file that cannot be read whole, none."""
    with warnings.catch_warnings(), suppress(OSError, ValueError):
        warnings.simplefilter("ignore")  # old anchors have odd serial numbers
        return x509.load_pem_x509_certificates(file.read_bytes())
    return []
