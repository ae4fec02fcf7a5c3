"""TLS as observed: a handshake that trust never decides, on memory BIOs over any stream."""

import ssl
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TypeVar

import trio
from OpenSSL import SSL, crypto

from auditor.config import Config
from auditor.errors import UsageError
from auditor.model.certificate import TlsHandshake, VerifyError
from auditor.model.session import Blame, Outcome
from auditor.net.failure import ContactFailure
from auditor.net.verify_words import verify_words
from auditor.policy.certificate import read_certificate

Result = TypeVar("Result")

_CHUNK_OCTETS = 16_384  # a TLS record's payload at most (RFC 8446 §5.1)
MOST_OCTETS = 1 << 20
"""From the server in one stream, its records included: what is inside them has closer bounds, but may be nothing."""
# Everything a server may still speak is observed, and judged afterwards; nothing is refused here.
_CIPHERS = b"ALL:COMPLEMENTOFALL:!aNULL:!eNULL:@SECLEVEL=0"


def make_context(config: Config) -> SSL.Context:
    """The one TLS context of a run: every version from 1.0, the trust anchors, and a verifier that only records.

    Raises:
        UsageError: ``ca_file`` cannot be read as PEM certificates.
    """
    context = SSL.Context(SSL.TLS_CLIENT_METHOD)
    context.set_min_proto_version(SSL.TLS1_VERSION)
    context.set_cipher_list(_CIPHERS)
    context.set_verify(SSL.VERIFY_PEER, _record)
    if not config.only_ca_file:
        _load_system_anchors(context)
    if config.ca_file is not None:
        _load_anchors(context, config.ca_file)
    return context


def _record(connection: SSL.Connection, _: crypto.X509, code: int, depth: int, ok: int) -> bool:
    if not ok:
        connection.get_app_data().append(VerifyError(code, depth, verify_words(code)))
    return True


def _load_anchors(context: SSL.Context, path: Path) -> None:
    try:
        context.load_verify_locations(str(path))
    except SSL.Error:
        raise UsageError(f"--ca-file {path}: cannot be read as PEM certificates") from None


def _load_system_anchors(context: SSL.Context) -> None:
    """The anchors that Python's ssl would use: the library here is built with paths of its own."""
    paths = ssl.get_default_verify_paths()
    if paths.cafile or paths.capath:
        context.load_verify_locations(paths.cafile, paths.capath)
    else:  # pragma: no cover - systems that keep their anchors in no file, such as Windows
        store = context.get_cert_store()
        for der in ssl.create_default_context().get_ca_certs(binary_form=True):
            if store is not None:
                store.add_cert(crypto.load_certificate(crypto.FILETYPE_ASN1, der))


class TlsStream:
    """TLS over another stream; every wait is bounded by whoever calls."""

    def __init__(self, stream: trio.abc.Stream, context: SSL.Context, server_name: str) -> None:
        self.cut_off = False
        """Whether the end came without the alert that announces it (RFC 8446 §6.1)."""
        self._stream = stream
        self._server_name = server_name
        self._received_octets = 0
        self._errors: list[VerifyError] = []
        self._chain: tuple[bytes, ...] = ()
        self._tls = SSL.Connection(context, None)
        self._tls.set_app_data(self._errors)
        if server_name:
            self._tls.set_tlsext_host_name(server_name.encode("ascii"))
        self._tls.set_connect_state()

    async def handshake(self) -> TlsHandshake:
        """Shake hands; what was agreed, and what the verifier said of the chain.

        Raises:
            ContactFailure: there is no TLS with this server (``tls-failed``), or the connection ended.
        """
        try:
            await self._run(self._tls.do_handshake)
        except (SSL.Error, SSL.SysCallError) as error:
            raise ContactFailure(Outcome.TLS_FAILED, Blame.THEIRS, _words(error)) from None
        self._chain = self._presented()
        return self._facts()

    def chain(self) -> tuple[bytes, ...]:
        """The certificates as the server sent them, in DER form, the leaf first."""
        return self._chain

    def _presented(self) -> tuple[bytes, ...]:
        chain = self._tls.get_peer_cert_chain() or []
        return tuple(crypto.dump_certificate(crypto.FILETYPE_ASN1, certificate) for certificate in chain)

    async def send_all(self, octets: bytes) -> None:
        """Send octets inside TLS."""
        while octets:
            octets = octets[await self._run(partial(self._tls.send, octets)) :]

    async def receive_some(self, max_octets: int = _CHUNK_OCTETS) -> bytes:
        """Octets from inside TLS; none at the end, whether it was closed properly or not."""
        try:
            return await self._run(partial(self._tls.recv, max_octets))
        except SSL.ZeroReturnError:
            return b""
        except SSL.Error as error:
            if "unexpected eof" not in _words(error):
                raise ContactFailure(Outcome.RESET, Blame.THEIRS, _words(error)) from None
            self.cut_off = True
            return b""

    async def aclose(self) -> None:
        """Say goodbye if it can be said without waiting, and close the stream."""
        try:
            self._tls.shutdown()
            with trio.move_on_after(0.1):
                await self._flush()
        except (SSL.Error, trio.BrokenResourceError, trio.ClosedResourceError):
            pass
        await self._stream.aclose()

    async def _run(self, step: Callable[[], Result]) -> Result:
        while True:
            try:
                result = step()
            except SSL.WantReadError:
                await self._flush()
                await self._fill()
            except SSL.Error:
                with suppress(trio.BrokenResourceError, trio.ClosedResourceError):
                    await self._flush()  # the alert that says why, if they still listen
                raise
            else:
                await self._flush()
                return result

    async def _fill(self) -> None:
        octets = await self._stream.receive_some(_CHUNK_OCTETS)
        self._received_octets += len(octets)
        if self._received_octets > MOST_OCTETS:
            raise ContactFailure(Outcome.OVERSIZED, Blame.THEIRS, f"over {MOST_OCTETS} octets in one TLS stream")
        if octets:
            self._tls.bio_write(octets)
        else:
            self._tls.bio_shutdown()

    async def _flush(self) -> None:
        while True:
            try:
                octets = self._tls.bio_read(_CHUNK_OCTETS)
            except SSL.WantReadError:
                return
            await self._stream.send_all(octets)

    def _facts(self) -> TlsHandshake:
        return TlsHandshake(
            version=self._tls.get_protocol_version_name(),
            cipher=self._tls.get_cipher_name() or "",
            group=self._tls.get_group_name() or "",
            server_name=self._server_name,
            chain=tuple(read_certificate(der).sha256 for der in self.chain()),
            verify_errors=tuple(dict.fromkeys(self._errors)),
        )


def _words(error: SSL.Error) -> str:
    """The library's reasons, the last first: ``tlsv1 alert internal error``, for instance."""
    if isinstance(error, SSL.SysCallError):
        return "unexpected eof in the handshake"
    reasons = [entry[-1] for entry in error.args[0]] if error.args and isinstance(error.args[0], list) else []
    return "; ".join(dict.fromkeys(filter(None, reversed(reasons)))) or str(error) or type(error).__name__
