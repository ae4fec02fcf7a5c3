"""SPF: terms, macros, and the evaluation of records in a DNS that was made up by nobody's friend."""

from auditor.model.spf import SpfResult
from auditor.policy.spf import audit_spf
from auditor.policy.spf.client import Client
from auditor.policy.spf.evaluate import check_host, evaluate
from auditor.policy.spf.lookups import target_name
from auditor.policy.spf.macros import MacroString, parse_macros
from auditor.policy.spf.record import is_meant_as_record, parse_record
from auditor.policy.spf.terms import parse_term
from tests.fuzz.target import Pieces, Target
from tests.fuzz.zone import Zone

DOMAIN = "a.test"
CLIENTS = ("192.0.2.1", "2001:db8::1", "8.8.4.4", "::ffff:192.0.2.1")
_TYPES = [["TXT"], ["A"], ["AAAA"], ["MX"], ["PTR"]]
_VALUES = dict.fromkeys("slodiphvcrt", "Some-One.example.test")


def check_record(octets: bytes) -> None:
    text = f"v=spf1 {octets.decode('latin-1')}"
    record = parse_record(text)
    is_meant_as_record(text[1:])
    for term in record.terms:
        assert " " not in term.text
        assert term.shown.isascii()
        assert term.shown.isprintable()
        assert parse_term(term.position, term.text.upper()).name == term.name
        assert term.fault or not term.is_mechanism or term.network is not None or term.name not in {"ip4", "ip6"}
    assert set(record.reachable) <= set(record.terms)
    assert not {term.fault for term in record.reachable} - {""}
    assert bool(record.errors) >= any(term.fault for term in record.terms)
    if record.all is not None:
        assert record.redirect is None
        assert record.mechanisms[-1] == record.all


def check_macros(octets: bytes) -> None:
    for explanation in (False, True):
        text = octets.decode("latin-1")
        macros = parse_macros(text, explanation=explanation)
        assert macros.letters <= set(_VALUES)
        _assert_expands(macros, text)


def _assert_expands(macros: MacroString, text: str) -> None:
    expanded = macros.expand(_VALUES)
    name = target_name(expanded)
    assert len(name.replace("\\\\", "\\")) <= 253
    assert name == name.lower()
    if not macros.fault and "%" not in text:
        assert expanded == text
    if not macros.fault:
        assert expanded.isascii()


def check_evaluation(octets: bytes) -> None:
    """The bounds hold, and the audit says of senders what the evaluation by the letter says."""
    pieces = Pieces(octets)
    address = pieces.one_of(CLIENTS)
    lines = _zone_of(pieces.lines())
    zone = Zone(lines)
    outcome = zone.run(check_host(address, DOMAIN, "some.one@b.a.test", helo="mail.a.test"))
    assert outcome.lookups <= 11
    assert outcome.voids <= 3
    over = outcome.lookups > 10 or outcome.voids > 2
    assert not over or outcome.result is SpfResult.PERMERROR
    assert len(zone.asked) <= 1 + 11 * 10 + 12  # a record, ten terms with ten names each, the client's names
    _assert_audit(lines)


def _assert_audit(lines: list[str]) -> None:
    zone = Zone(lines)
    audit = zone.run(audit_spf(DOMAIN, CLIENTS[:3]))
    assert len(zone.asked) <= 60
    assert len(set(zone.asked)) == len(zone.asked)
    if len(zone.asked) == 60:  # some were left out
        return
    for address, result in audit.exchanges:
        client = Client.of(address, f"postmaster@{DOMAIN}", helo=DOMAIN)
        assert Zone(lines).run(evaluate(client, DOMAIN, explain=False)).result is result


def _zone_of(lines: list[str]) -> list[str]:
    """Lines ``a.test TXT …`` as they are; of one without a name and type, a record of the domain or one below it."""
    return [line if line.split(" ")[1:2] in _TYPES else _of_domain(place, line) for place, line in enumerate(lines)]


def _of_domain(place: int, line: str) -> str:
    return f"{f's{place}.' if place else ''}{DOMAIN} TXT v=spf1 {line}"


_TERMS = (
    *(b" a", b" mx", b" ptr", b" all", b" -all", b" ~all", b" ?all", b" ip4:192.0.2.0/24", b" ip6:2001:db8::/32"),
    *(
        b" include:s1.a.test",
        b" include:s2.a.test",
        b" redirect=s1.a.test",
        b" exists:%{ir}.s3.a.test",
        b" exp=s4.a.test",
    ),
    *(
        b" a:%{d}",
        b" mx:%{o}/24//64",
        b" a/0//0",
        b"%{",
        b"}",
        b"%%",
        b"%_",
        b"%-",
        b"%{s1r+-.}",
        b"%{p}",
        b"%{h}",
        b"\n",
    ),
    *(b"a.test MX 10 m.a.test", b"s1.a.test TXT ", b"s2.a.test TXT !servfail", b"s3.a.test A !nxdomain", b"v=spf1 "),
    *(b" +ip4:0.0.0.0/0", b" -ip4:192.0.2.128/25", b" ip4=1.2.3.4", b"\xe9", b"//", b" include:a.test"),
)

TARGETS = (
    Target("spf-record", check_record, _TERMS, longest=8192, share=5),
    Target("spf-macros", check_macros, _TERMS, share=6),
    Target("spf-evaluation", check_evaluation, _TERMS, longest=3000, share=4),
)
