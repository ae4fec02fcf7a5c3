"""The name cleaner: what becomes of names as people write them."""

import idna
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from auditor.targets.names import BadNameError, clean_name, unicode_name

LONG = ".".join(["a" * 63] * 3 + ["b" * 61])


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("example.com", "example.com"),
        ("EXAMPLE.Com", "example.com"),
        ("example.com.", "example.com"),
        ("  example.com\t", "example.com"),
        ("\xa0example.com\u3000", "example.com"),
        ("\ufeffexa\u200bmple\u2060.com\u200e", "example.com"),
        ("exa\u200dmple.com", "example.com"),
        ("exam\xadple.com", "example.com"),
        ('"example.com"', "example.com"),
        ("„example.com“", "example.com"),
        ("<example.com>", "example.com"),
        ("[example.com]", "example.com"),
        ("(example.com).", "example.com"),
        ("example.com,", "example.com"),
        ("example.com;", "example.com"),
        ("'example.com',", "example.com"),
        ("user@example.com", "example.com"),
        ("@example.com", "example.com"),
        ("Jo Doe <jo@example.com>", "example.com"),
        ('"Doe, Jo" <jo@Example.com>', "example.com"),
        ('"jo doe"@example.com', "example.com"),
        ("mailto:jo@example.com?cc=x@example.org", "example.com"),
        ("MAILTO:jo@example.com", "example.com"),
        ("https://example.com", "example.com"),
        ("https://example.com:8443/", "example.com"),
        ("https://jo:secret@example.com:8443/a/b?c@d#e", "example.com"),
        ("//example.com/x", "example.com"),
        ("http:\\\\example.com", None),
        ("example.com/path", "example.com"),
        ("example.com:8080/path", "example.com"),
        ("example.com/@user", "example.com"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("BÜCHER.example", "xn--bcher-kva.example"),
        ("u\u0308ber.example", "xn--ber-goa.example"),
        ("XN--BCHER-KVA.example", "xn--bcher-kva.example"),
        ("info@bücher.example", "xn--bcher-kva.example"),
        ("straße.example", "xn--strae-oqa.example"),
        ("例え。テスト", "xn--r8jz45g.xn--zckzah"),
        ("例え．テスト", "xn--r8jz45g.xn--zckzah"),
        ("ｅｘａｍｐｌｅ。ｃｏｍ", "example.com"),
        ("ｊｏ＠ｅｘａｍｐｌｅ．ｃｏｍ", "example.com"),
        ("а\u0440\u0440le.example", "xn--le-6kc8da.example"),  # Cyrillic: not apple.example
        ("ab--cd.example", "ab--cd.example"),
        ("xn--i-7iq.example", "xn--i-7iq.example"),  # an emoji: no valid IDNA 2008, yet registered
        ("xn--.example", None),
        ("xn--a.example", "xn--a.example"),
        ("4chan.example", "4chan.example"),
        ("example.4x", "example.4x"),
        (LONG, LONG),
        ("نامه\u200cای.example", "xn--mgba3gch31f060k.example"),  # the joiner has its place there
    ],
)
def test_names_as_written(text: str, name: str | None) -> None:
    if name is None:
        with pytest.raises(BadNameError):
            clean_name(text)
    else:
        assert clean_name(text) == name


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no name in it"),
        (" . ", "no name in it"),
        ("https://", "no name in it"),
        ("localhost", "single label"),
        ("example..com", "empty label"),
        (".example.com", "empty label"),
        ("*.example.com", "a wildcard is no domain"),
        ("exa mple.com", "white space inside the name"),
        ("a.example, b.example", "more than one name (,)"),
        ("a@a.example, b@b.example", "more than one name"),
        ("A <a@a.example>, B <b@b.example>", "more than one name"),
        ("_dmarc.example.com", "an underscore is not allowed in a mail domain"),
        ("exa$mple.com", "character U+0024 ($) is not allowed in a domain name"),
        ("exa\0mple.com", "character U+0000 is not allowed in a domain name"),
        ("-example.com", "label begins or ends with a hyphen"),
        ("example-.com", "label begins or ends with a hyphen"),
        ("a" * 64 + ".example", "label over 63 octets"),
        (LONG + "b", "name over 253 octets"),
        ("ü" * 2_000 + ".example", "name over 253 octets"),
        ("example.123", "top-level label is all digits"),
        ("192.0.2.1", "an address is no mail domain"),
        ("jo@[192.0.2.1]", "an address is no mail domain"),
        ("https://[2001:db8::1]/", "an address is no mail domain"),
        ("https://192.0.2.1/", "an address is no mail domain"),
    ],
)
def test_names_refused(text: str, reason: str) -> None:
    with pytest.raises(BadNameError) as refused:
        clean_name(text)
    assert str(refused.value) == reason


@pytest.mark.parametrize(
    "text",
    ["☕.example", "a\u200d☕.example", "a\ufffdb.example", "\u0301a.example", "אa.example", "ü" * 60 + ".example"],
)
def test_what_idna_2008_forbids(text: str) -> None:
    with pytest.raises(BadNameError, match="IDNA 2008"):
        clean_name(text)


def test_a_host_may_have_what_a_mail_domain_may_not() -> None:
    assert clean_name("mail_1.example.com", host=True) == "mail_1.example.com"
    assert clean_name("LOCALHOST", host=True) == "localhost"
    with pytest.raises(BadNameError):
        clean_name("a$b", host=True)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("example.com", "example.com"),
        ("xn--bcher-kva.example", "bücher.example"),
        ("xn--i-7iq.xn--bcher-kva", "xn--i-7iq.bücher"),  # what is not valid stays, alone
        ("xn--\u0000.example", "xn--\u0000.example"),
    ],
)
def test_the_form_for_people(name: str, shown: str) -> None:
    assert unicode_name(name) == shown


names_and_noise = st.one_of(
    st.text(max_size=80),
    st.text("abcZ0-_.@:/<>[]\"' \u200d\u00fc\u0308ß。۱א#,;", max_size=40),
    st.builds("{}.{}".format, st.text(min_size=1, max_size=20), st.sampled_from(["com", "example", "xn--bcher-kva"])),
)


@pytest.mark.slow
@settings(deadline=None, max_examples=1_500, derandomize=True)
@given(names_and_noise)
@example("xn--bcher-kva.example")
@example("[<a@\u0130.com>]")
def test_cleaning_is_idempotent_and_raises_nothing_else(text: str) -> None:
    try:
        name = clean_name(text)
    except BadNameError:
        return
    assert clean_name(name) == name
    assert name == name.lower()
    assert name.isascii()
    assert len(name) <= 253
    assert all(0 < len(label) <= 63 for label in name.split("."))
    assert unicode_name(name)


@pytest.mark.slow
@settings(deadline=None, max_examples=500, derandomize=True)
@given(st.lists(st.text("abcäößéкит漢字０Ａ", min_size=1, max_size=8), min_size=2, max_size=4))
def test_names_agree_with_the_library_where_both_accept(labels: list[str]) -> None:
    text = ".".join(labels)
    try:
        expected = idna.encode(text, uts46=True, std3_rules=True).decode()
    except idna.IDNAError:
        return
    if not expected.rpartition(".")[2].isdigit():
        assert clean_name(text) == expected
