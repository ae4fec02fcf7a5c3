"""What domains publish about themselves in the DNS: tags, DMARC, DKIM, MTA-STS, TLS-RPT, BIMI, CAA, TLSA."""

from ipaddress import ip_address

from auditor.model.dns import Answer, DnsStatus, Question
from auditor.model.published import RecordStatus
from auditor.policy.addresses import is_public, why_not_public
from auditor.policy.bimi import look_up_bimi
from auditor.policy.caa import look_up_caa
from auditor.policy.dane.record import read_record
from auditor.policy.dkim import parse_key
from auditor.policy.dmarc import audit_dmarc, parse_record
from auditor.policy.mta_sts import mx_matches, parse_policy, read_sts_record, uncovered, unused
from auditor.policy.report_uri import destination
from auditor.policy.tags import parse_tags
from auditor.policy.tls_rpt import read_tls_rpt
from tests.fuzz.target import Pieces, Target
from tests.fuzz.zone import Zone

DOMAIN = "b.a.test"
_EXCHANGES = ("mx.a.test", "MX2.a.test", "mail.b.test", "a.b.c.d.test", "localhost", "192.0.2.1", "")


def txt(octets: bytes) -> Answer:
    """Texts of a name, one a line."""
    texts = tuple(octets.decode("latin-1").split("\n"))
    return Answer(question=Question(DOMAIN, "TXT"), status=DnsStatus.ANSWERED, records=texts)


def check_tags(octets: bytes) -> None:
    text = octets.decode("latin-1")
    plain, lowered = parse_tags(text), parse_tags(text, ignore_case=True)
    assert [(name.lower(), value) for name, value in plain.pairs] == list(lowered.pairs)
    assert set(plain.repeated) <= {name for name, _ in plain.pairs}
    again = parse_tags(";".join(f"{name}={value}" for name, value in plain.pairs))
    assert again.pairs == plain.pairs
    for name, value in plain.pairs:
        assert plain.get(name) is not None
        assert (name, value) == (name.strip(" \t\r\n"), value.strip(" \t\r\n"))


def check_dmarc_record(octets: bytes) -> None:
    text = octets.decode("latin-1")
    for one in (text, f"v=DMARC1;{text}"):
        record = parse_record("_dmarc.a.test", one)
        if record is None:
            continue
        assert all(map(destination, (*record.rua, *record.ruf)))
        assert not record.repeated or not record.applies
        assert record.applies or record.repeated or record.bad_policies
        assert {record.adkim, record.aspf} <= {"r", "s"}
        assert record.pct is None or 0 <= record.pct <= 100
        assert set(record.fo) <= set("01ds")


def check_dmarc(octets: bytes) -> None:
    """The walk is short, whoever is named in the records."""
    pieces = Pieces(octets)
    domain = pieces.one_of((DOMAIN, "a.test", "test", "a.b.c.d.e.f.g.h.i.co.uk", "co.uk", "a" * 63 + ".test"))
    zone = Zone([_at(place, line) for place, line in enumerate(pieces.lines())])
    audit = zone.run(audit_dmarc(domain, exists=bool(len(octets) % 2), control="x-made-up"))
    assert len(audit.walked) <= 8
    assert len(zone.asked) <= 8 + 2 + 10
    assert len(audit.reports) <= sum(line.count(",") + 1 for line in pieces_lines(octets)) * 2


def pieces_lines(octets: bytes) -> list[str]:
    return octets.decode("latin-1").split("\n")


def _at(place: int, line: str) -> str:
    return line if " TXT " in line else f"_dmarc.{(DOMAIN, 'a.test', 'test', 'co.uk')[place % 4]} TXT {line}"


def check_mta_sts(octets: bytes) -> None:
    record = read_sts_record(txt(octets))
    assert not record.id or record.text
    policy = parse_policy(octets.decode("latin-1"))
    assert policy.max_age_seconds is None or policy.max_age_seconds >= 0
    assert len(set(policy.mx)) == len(policy.mx)
    for exchange in _EXCHANGES:
        named = any(mx_matches(pattern, exchange) for pattern in policy.mx)
        assert (exchange in uncovered(policy, _EXCHANGES)) == (not named)
    needless = {one for one in policy.mx if not any(mx_matches(one, exchange) for exchange in _EXCHANGES)}
    assert set(unused(policy, _EXCHANGES)) == needless


def check_tls_rpt(octets: bytes) -> None:
    for texts in (octets, b"v=TLSRPTv1;" + octets):
        record = read_tls_rpt(txt(texts))
        assert all(map(destination, record.rua))
        assert (record.status is RecordStatus.INVALID) == bool(record.faults)
        assert record.status is not RecordStatus.VALID or record.rua


def check_bimi(octets: bytes) -> None:
    pieces = Pieces(octets)
    zone = Zone([f"default._bimi.{pieces.one_of((DOMAIN, 'a.test'))} TXT {line}" for line in pieces.lines()])
    record = zone.run(look_up_bimi(DOMAIN))
    assert len(zone.asked) == 2
    assert (record.status is RecordStatus.INVALID) == bool(record.faults)


def check_caa(octets: bytes) -> None:
    pieces = Pieces(octets)
    name = pieces.one_of((DOMAIN, "a.test", "test"))
    zone = Zone([f"{name} CAA {line}" for line in pieces.lines()])
    found = zone.run(look_up_caa(DOMAIN))
    assert len(zone.asked) == 3
    for issuer in (*found.issue, *found.issue_wild):
        assert issuer == ";" or (issuer.isascii() and issuer == issuer.lower())


def check_dkim_key(octets: bytes) -> None:
    text = octets.decode("latin-1")
    for one in (text, f"v=DKIM1; k=rsa; p={text}", f"v=DKIM1; k=ed25519; p={text}"):
        key = parse_key("s", "s._domainkey.a.test", one)
        if key is not None:
            assert set(key.hashes) <= {"sha1", "sha256"}
            assert not key.usable or key.key_bits
            assert not (key.usable and key.revoked)


def check_tlsa_record(octets: bytes) -> None:
    record = read_record(octets.decode("latin-1"))
    if not record.fault:
        assert (record.usage in {2, 3}, record.selector in {0, 1}, record.matching in {0, 1, 2}) == (True, True, True)
        assert read_record(f"{record.usage} {record.selector} {record.matching} {record.data}") == record


def check_addresses(octets: bytes) -> None:
    text = octets.decode(errors="replace")
    assert is_public(text) == (not why_not_public(text))
    if len(octets) in {4, 16}:
        address = ip_address(octets)
        text = str(address)
        assert not is_public(text) or address.is_global or text.startswith(("2002:", "64:ff9b:", "::ffff:"))
        assert not (address.is_loopback or address.is_link_local or address.is_multicast) or not is_public(text)


_DMARC_WORDS = (
    *(b"p=none", b"p=reject", b"sp=quarantine", b"np=reject", b"rua=mailto:x@a.test", b"ruf=mailto:y@b.test!10m", b";"),
    *(
        b"psd=y",
        b"psd=n",
        b"t=y",
        b"adkim=s",
        b"aspf=r",
        b"fo=0:1:d:s",
        b"pct=50",
        b"ri=86400",
        b"rf=afrf",
        b",",
        b"\n",
    ),
    *(b"v=DMARC1", b"b.a.test._report._dmarc.c.test TXT v=DMARC1", b"_dmarc.a.test TXT ", b"https://a.test/x", b"="),
)
_STS_WORDS = (
    *(b"v=STSv1;", b"id=20260101", b"version: STSv1\n", b"mode: enforce\n", b"mode: testing\r\n", b"mx: *.a.test\n"),
    *(b"mx: mx.a.test\n", b"max_age: 604800\n", b"\r\n", b"\n", b":", b"\xef\xbb\xbf", b"max_age: 99999999999", b"\r"),
)
_RPT_WORDS = (b"v=TLSRPTv1;", b"rua=mailto:x@a.test", b"rua=https://a.test/r", b",", b";", b"\n", b"x=1", b"!", b"%2c")
_BIMI_WORDS = (b"v=BIMI1;", b"l=https://a.test/x.svg;", b"a=https://a.test/x.pem", b"avp=brand", b"\n", b".png", b"l=;")
_CAA_WORDS = (b'0 issue "ca.test"', b'128 tbs "x"', b'0 iodef "mailto:x@a.test"', b"accounturi=", b"\\059", b";", b"\n")
_DKIM_WORDS = (
    b"p=",
    b"k=rsa;",
    b"k=ed25519;",
    b"h=sha256:sha1;",
    b"s=email;",
    b"t=y:s;",
    b"MIGfMA0GCSqGSIb3DQEB",
    b"=",
)
_TLSA_WORDS = (
    b"3 1 1 ",
    b"2 0 0 ",
    b"2 0 1 ",
    b"0 1 2 ",
    b"ab" * 32,
    b"cd" * 64,
    b"30820122300d06092a864886f70d",
    b" ",
)
_ADDRESS_WORDS = (
    b"192.0.2.1",
    b"::ffff:",
    b"2002:",
    b"64:ff9b::",
    b"fe80::1%eth0",
    b"127.0.0.1",
    b"/24",
    b"0x7f",
    b".",
)

TARGETS = (
    Target("tags", check_tags, _DMARC_WORDS, share=6),
    Target("dmarc-record", check_dmarc_record, _DMARC_WORDS, share=5),
    Target("dmarc", check_dmarc, _DMARC_WORDS, longest=2000, share=3),
    Target("mta-sts", check_mta_sts, _STS_WORDS, share=5),
    Target("tls-rpt", check_tls_rpt, _RPT_WORDS, share=4),
    Target("bimi", check_bimi, _BIMI_WORDS, longest=2000, share=6),
    Target("caa", check_caa, _CAA_WORDS, longest=2000, share=5),
    Target("dkim-key", check_dkim_key, _DKIM_WORDS, longest=2000, share=3),
    Target("tlsa-record", check_tlsa_record, _TLSA_WORDS, share=10),
    Target("addresses", check_addresses, _ADDRESS_WORDS, longest=64, share=12),
)
