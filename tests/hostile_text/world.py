"""A lab in which whatever can hold text holds a stranger's; up in a process of its own: ``… world FOLDER``.

It writes its settings, says ``up``, and ends with its standard input.
"""

import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import trio
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import NameOID

from auditor.config import Config
from auditor.lab import open_lab
from auditor.lab.certificates import KINDS, Authority, Issuer, Kind
from auditor.lab.script import ServerScript, parse_scripts
from auditor.lab.world import Content
from tests.report.strangers import strangers_texts

DOMAINS = ("spoken.example", "refused.example", "no-smtp.example", "published.example", "named.example")
_MOST_IN_LINE = 900
_LINES = 120  # of one reply: as many as are taken, and room for ours
EVERY_OCTET = bytes(range(256))


def _texts() -> list[bytes]:
    """Every octet, and every text that fits in a line, as octets without line ends."""
    texts = [one.encode("utf-8", "surrogatepass") for one in strangers_texts() if len(one) < _MOST_IN_LINE]
    octets = [EVERY_OCTET[start : start + 64] for start in range(0, 256, 64)]
    return [one.replace(b"\r", b"").replace(b"\n", b"") for one in (*octets, *texts)]


def _packed() -> list[bytes]:
    """The texts in lines; each text stands once at least, and the first ones begin a line."""
    lines = [b""]
    for text in _texts():
        if len(lines[-1]) + len(text) > _MOST_IN_LINE:
            lines.append(b"")
        lines[-1] += text + b" "
    assert 30 < len(lines) < _LINES
    return lines


def _as_said(octets: bytes) -> str:
    r"""The octets as a line ``RAW:`` has them: all but letters and digits as ``\xNN``."""
    return "".join(chr(one) if chr(one).isalnum() and one < 0x80 else f"\\x{one:02x}" for one in octets)


def _reply(code: int, lines: Iterable[bytes]) -> str:
    said = list(lines)
    marks = [b"-"] * (len(said) - 1) + [b" "]
    whole = (b"%d%b%b\r\n" % (code, mark, line) for mark, line in zip(marks, said, strict=True))
    return "\n".join(f"RAW: {_as_said(one)}" for one in whole)


def _servers() -> Iterator[ServerScript]:
    lines = _packed()
    half = len(lines) // 2
    hello = _reply(250, [*lines[:half], b"STARTTLS"])
    talk = (_reply(220, lines), "C: EHLO", hello, "C: STARTTLS", _reply(220, lines[:3]), "STARTTLS", "C: EHLO",
            _reply(250, lines[half:]), "C: QUIT", _reply(221, lines[:5]))  # fmt: skip
    spoken = _server("mx.spoken.example", "203.0.113.1", *talk, certificate="hostile")
    yield spoken
    yield _server("mx.refused.example", "203.0.113.2", _reply(554, lines), "EOF")
    yield _server("mx.no-smtp.example", "203.0.113.3", f"RAW: {_as_said(b'SSH-2.0-' + EVERY_OCTET)}", "EOF")
    yield _server("mx.published.example", "203.0.113.4")
    yield replace(_policy_host(lines), names=("mta-sts.published.example",))


def _policy_host(lines: list[bytes]) -> ServerScript:
    head = b"HTTP/1.1 200 \x9b31m<b>\r\nContent-Type: text/plain; =\x9b31m\r\nConnection: close\r\n\r\n"
    body = b"version: STSv1\r\nmode: enforce\r\nmax_age: 604800\r\n" + b"".join(b"mx: %b\r\n" % one for one in lines)
    steps = ("STARTTLS", "C: GET", *(f"RAW: {_as_said(one)}" for one in (head, body)), "EOF")
    return _server("mta-sts.published.example", "203.0.113.5", *steps, port="443", certificate="good")


def _server(name: str, address: str, *steps: str, **heading: str) -> ServerScript:
    lines = [f"=== {name}", f"addresses: {address}", *(f"{key}: {value}" for key, value in heading.items()), *steps]
    (script,) = parse_scripts("\n".join(lines), name)
    return script


def _strings(octets: bytes) -> str:
    """The octets as character strings of a TXT record in master-file form."""
    parts = (octets[start : start + 200] for start in range(0, len(octets), 200))
    return " ".join('"' + "".join(f"\\{one:03d}" for one in part) + '"' for part in parts)


def _label(octets: bytes) -> str:
    return "".join(f"\\{one:03d}" for one in octets)


def _zone() -> str:
    lines = _packed()
    usual = [name.removesuffix(".example") for name in DOMAINS[:4]]
    hostile = EVERY_OCTET + b"".join(lines[:4])
    txt = {
        "published": b"v=spf1 include:\x1b[31m.example exists:" + hostile + b" -all",
        "_dmarc.published": b"v=DMARC1; p=reject; rua=mailto:" + hostile,
        "default._domainkey.published": b"v=DKIM1; k=\x1b]0;x\x07; p=" + hostile,
        "_mta-sts.published": b"v=STSv1; id=1;",
        "_smtp._tls.published": b"v=TLSRPTv1; rua=mailto:" + hostile,
        "default._bimi.published": b"v=BIMI1; l=https://" + hostile,
        "spoken": b"v=spf1 " + hostile,
    }
    names = [line[:40] for line in lines[:20]]
    exchanges = [f"named MX {place} {_label(name)}.named" for place, name in enumerate(names, 10)]
    addresses = [f"{_label(name)}.named A 203.0.113.4" for name in names[:10]]
    aliases = [f"{_label(name)}.named CNAME {_label(name[::-1])}.named" for name in names[10:]]
    return "\n".join(
        (
            "$TTL 300",
            "@ SOA ns.example. hostmaster.example. 1 3600 900 86400 300",
            "@ NS ns",
            "ns A 192.0.2.53",
            *(f"{name} MX 10 mx.{name}" for name in usual),
            *(f"mx.{name} A 203.0.113.{at}" for at, name in enumerate(usual, 1)),
            "mta-sts.published A 203.0.113.5",
            f"published CAA 0 issue {_strings(hostile[:150])}",
            *(f"{name} TXT {_strings(text)}" for name, text in txt.items()),
            *(*exchanges, *addresses, *aliases),
        )
    )


@dataclass(slots=True)
class HostileAuthority(Authority):
    """The lab's authority, which also certifies whatever a stranger calls himself."""

    kinds: Mapping[str, Kind] = field(default_factory=lambda: {**KINDS, "hostile": Kind()})

    def issue(self, kind_name: str, names: tuple[str, ...]) -> tuple[Issuer, tuple[Issuer, ...]]:
        """A leaf of that kind, and the chain a server sends, the leaf first."""
        leaf, chain = Authority.issue(self, kind_name, names)
        if kind_name != "hostile":
            return leaf, chain
        strange = Issuer(self._renamed(leaf.certificate), leaf.key)
        return strange, (strange, *chain[1:])

    def _renamed(self, leaf: x509.Certificate) -> x509.Certificate:
        """The same for other names, certified by one of a hostile name."""
        texts = [one for one in strangers_texts() if 0 < len(one) <= 60 and _can_be_encoded(one)]
        ascii_texts = [one for one in texts if one.isascii()]
        builder = x509.CertificateBuilder().public_key(leaf.public_key()).serial_number(leaf.serial_number)
        builder = builder.not_valid_before(leaf.not_valid_before_utc).not_valid_after(leaf.not_valid_after_utc)
        builder = builder.subject_name(_name(texts[::9])).issuer_name(_name(texts[5::9]))
        names = x509.SubjectAlternativeName([x509.DNSName(one) for one in ascii_texts])
        return builder.add_extension(names, critical=False).sign(self.intermediate.key, hashes.SHA256())


def _can_be_encoded(text: str) -> bool:
    return not any(0xD800 <= ord(one) <= 0xDFFF for one in text)


def _name(texts: list[str]) -> x509.Name:
    kinds = (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME, NameOID.ORGANIZATIONAL_UNIT_NAME)
    return x509.Name([x509.NameAttribute(kinds[place % 3], text) for place, text in enumerate(texts)])


def content() -> Content:
    """What the lab is made of."""
    return Content(
        domains="\n".join(("domain", *DOMAINS)),
        scripts=tuple(_servers()),
        zone=_zone(),
        reverse="".join(
            f"203.0.113.{last} {_label(line[:50])}.example\n" for last, line in enumerate(_packed()[:5], 1)
        ),
        authority=HostileAuthority(),
    )


async def _main(folder: Path) -> None:
    async with open_lab(folder, content()) as lab:
        settings = lab.config(Config(format=("xlsx", "csv", "html", "jsonl")))
        (folder / "settings.json").write_text(settings.model_dump_json())
        sys.stdout.write("up\n")
        sys.stdout.flush()
        await trio.to_thread.run_sync(sys.stdin.read)


if __name__ == "__main__":
    trio.run(_main, Path(sys.argv[1]))
