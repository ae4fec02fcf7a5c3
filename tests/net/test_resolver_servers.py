"""How resolvers are named, and which ones are trusted with the AD bit."""

from pathlib import Path

import dns.resolver
import pytest

from auditor.errors import UsageError
from auditor.net.dns_servers import Server, read_server, read_servers


@pytest.mark.parametrize(
    ("text", "server"),
    [
        ("192.0.2.1", Server("192.0.2.1", 53)),
        (" 192.0.2.1 ", Server("192.0.2.1", 53)),
        ("192.0.2.1:5353", Server("192.0.2.1", 5353)),
        ("2001:db8::1", Server("2001:db8::1", 53)),
        ("2001:db8:0::1", Server("2001:db8::1", 53)),
        ("[2001:db8::1]", Server("2001:db8::1", 53)),
        ("[2001:db8::1]:5353", Server("2001:db8::1", 5353)),
        ("fe80::1%eth0", Server("fe80::1%eth0", 53)),
    ],
)
def test_a_resolver_is_an_address_and_maybe_a_port(text: str, server: Server) -> None:
    assert read_server(text) == server


@pytest.mark.parametrize(
    "text",
    [
        "",
        "dns.example",
        "dns.example:53",
        "192.0.2.1:",
        "192.0.2.1:0",
        "192.0.2.1:65536",
        "[::1",
        "::1]:53",
        "1.2.3:53",
    ],
)
def test_anything_else_is_refused_by_name(text: str) -> None:
    with pytest.raises(UsageError, match="--resolver"):
        read_server(text)


def test_a_server_is_written_with_a_hash() -> None:
    assert str(Server("2001:db8::1", 5353)) == "2001:db8::1#5353"


def test_a_resolver_named_twice_is_asked_once() -> None:
    assert read_servers(["192.0.2.1", "192.0.2.2", "192.0.2.1:53"]) == (Server("192.0.2.1"), Server("192.0.2.2"))


@pytest.mark.parametrize("lines", ["nameserver 192.0.2.7\nnameserver 2001:db8::7\n", "# none\n"])
def test_without_any_the_resolvers_of_the_system_are_asked(
    lines: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "resolv.conf"
    file.write_text(lines)
    real = dns.resolver.Resolver.read_resolv_conf
    monkeypatch.setattr(dns.resolver.Resolver, "read_resolv_conf", lambda self, _: real(self, str(file)))
    if lines.startswith("#"):
        with pytest.raises(UsageError, match="no DNS resolver"):
            read_servers([])
    else:
        assert read_servers([]) == (Server("192.0.2.7"), Server("2001:db8::7"))
