"""The language of the lab's scripts."""

import pytest

from auditor.errors import UsageError
from auditor.lab.script import ServerScript, Step, parse_scripts
from auditor.lab.world import all_scripts

SERVE = (Step("SERVE"),)


def parse_one(body: str) -> ServerScript:
    (script,) = parse_scripts(f"=== mx.example\naddresses: 192.0.2.1\n{body}", "inline")
    return script


def test_a_name_and_an_address_make_a_decent_server() -> None:
    script = parse_one("")
    assert (script.name, script.addresses, script.connect) == ("mx.example", ("192.0.2.1",), "accept")
    assert (script.certificate, script.names, script.sni, script.tls) == ("", ("mx.example",), (), ("1.2", "1.3"))
    assert (script.first, script.steps) == ((), SERVE)
    assert "PIPELINING" in script.keywords


def test_every_heading_is_read() -> None:
    text = """
        # two servers
        === one.example
        addresses: 192.0.2.1 2001:DB8::0:1
        connect: accept
        certificate: expired
        names: a.example *.b.example
        sni: x.example=good y.example=cn-only
        tls: 1.0 1.1
        keywords: SIZE 1000 , 8BITMIME,
        add: AUTH PLAIN LOGIN

        === two.example
        addresses: 192.0.2.2
        connect: refuse
        tls: 1.3
    """
    one, two = parse_scripts(text, "inline")
    assert one == ServerScript(
        name="one.example",
        addresses=("192.0.2.1", "2001:db8::1"),
        certificate="expired",
        names=("a.example", "*.b.example"),
        sni=(("x.example", "good"), ("y.example", "cn-only")),
        tls=("1.0", "1.1"),
        keywords=("SIZE 1000", "8BITMIME", "AUTH PLAIN LOGIN"),
        steps=SERVE,
    )
    assert (two.connect, two.tls) == ("refuse", ("1.3", "1.3"))


@pytest.mark.parametrize(
    ("line", "step"),
    [
        ("S: 220 mx", Step("S", "220 mx")),
        ("S:", Step("S", "")),
        ("S:   two blanks more", Step("S", "  two blanks more")),
        ("C: EHLO", Step("C", "EHLO")),
        (r"RAW: a\r\n", Step("RAW", r"a\r\n")),
        ("WAIT: 0.5", Step("WAIT", "0.5")),
        ("DRIP: 0.1 220 mx", Step("DRIP", "0.1 220 mx")),
        ("FLOOD: x", Step("FLOOD", "x")),
        ("STARTTLS", Step("STARTTLS")),
        ("SERVE", Step("SERVE")),
        ("HANG", Step("HANG")),
        ("EOF", Step("EOF")),
        ("RESET", Step("RESET")),
    ],
)
def test_every_step_is_read(line: str, step: Step) -> None:
    assert parse_one(f"  {line}\n# a remark\n").steps == (step,)


def test_again_divides_the_first_visit_from_the_others() -> None:
    script = parse_one("S: 421 Later\nAGAIN\nS: 220 mx\nSERVE")
    assert script.first == (Step("S", "421 Later"),)
    assert script.steps == (Step("S", "220 mx"), Step("SERVE"))
    assert parse_one("RESET\nAGAIN").steps == SERVE


@pytest.mark.parametrize(
    ("text", "octets"),
    [
        ("plain", b"plain"),
        (r"a\r\n\t\\", b"a\r\n\t\\"),
        (r"\x00\xff\x7f", b"\x00\xff\x7f"),
        (r"\\x41", rb"\x41"),
        (r"\q\x4", rb"\q\x4"),
        ("ü", b"\xc3\xbc"),
        ("", b""),
    ],
)
def test_escapes_mean_what_they_mean_in_c(text: str, octets: bytes) -> None:
    assert Step("RAW", text).octets == octets


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("S: 220 mx", "line 1: not understood: S: 220 mx"),
        ("=== mx\naddresses: 192.0.2.1\nSAY: hello", "line 3: not understood: SAY: hello"),
        ("=== mx\naddresses: 192.0.2.1\nSERVE now", "line 3: not understood: SERVE now"),
        ("=== mx\naddresses: 192.0.2.1\nSERVE\ntls: 1.2", "line 4: not understood: tls: 1.2"),
        ("\n\n=== mx\nSERVE", "line 3: mx: 'addresses'"),
        ("=== mx\naddresses: nowhere", "line 1: mx: 'nowhere' does not appear to be"),
        ("=== mx\naddresses: 192.0.2.1\nconnect: maybe", "line 1: mx: connect is one of accept, refuse"),
        ("=== mx\naddresses: 192.0.2.1\ncolour: red", "line 1: mx: no such heading: colour"),
        ("=== mx\naddresses: 192.0.2.1\ntls:", "line 1: mx: "),
        ("=== mx\naddresses: 192.0.2.1\nWAIT: long", "line 3: not understood: WAIT: long"),
        ("=== mx\naddresses: 192.0.2.1\nDRIP: slowly 220", "line 3: not understood: DRIP: slowly 220"),
    ],
)
def test_what_is_not_understood_is_named_with_its_place(text: str, words: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_scripts(text, "inline.smtp")
    assert str(caught.value).startswith(f"inline.smtp, {words}")


def test_an_empty_file_describes_no_server() -> None:
    assert parse_scripts("\n# nothing\n", "inline") == ()


def test_no_two_servers_of_the_lab_have_an_address_and_port_in_common() -> None:
    places = [(address, script.port) for script in all_scripts() for address in script.addresses]
    assert len(places) == len(set(places)) > 50
