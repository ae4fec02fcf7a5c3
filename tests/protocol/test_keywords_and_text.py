import pytest

from auditor.protocol.keywords import Keyword, find, parse_keywords
from auditor.protocol.replies import Reply
from auditor.protocol.text import enhanced_code, greeting_host


def announced(*lines: str) -> tuple[Keyword, ...]:
    return parse_keywords(Reply(250, ("mx.example.com", *lines)))


def test_keywords_keep_their_order_and_parameters() -> None:
    assert announced("size 51200000", "AUTH PLAIN LOGIN", "8BITMIME") == (
        Keyword("SIZE", ("51200000",)),
        Keyword("AUTH", ("PLAIN", "LOGIN")),
        Keyword("8BITMIME"),
    )


def test_the_first_line_is_never_a_keyword() -> None:
    assert parse_keywords(Reply(250, ("STARTTLS",))) == ()


def test_odd_spaces_and_empty_lines_are_tolerated() -> None:
    assert announced("   SIZE 1000  ", "", "  ") == (Keyword("SIZE", ("1000",)),)


def test_the_legacy_form_of_auth_means_the_same() -> None:
    found = find(announced("AUTH=PLAIN LOGIN", "AUTH CRAM-MD5 PLAIN"), "auth")
    assert found == Keyword("AUTH", ("PLAIN", "LOGIN", "CRAM-MD5"))


def test_a_masked_keyword_stays_as_it_is() -> None:
    assert announced("XXXXXXXA") == (Keyword("XXXXXXXA"),)


@pytest.mark.parametrize("reply", [None, Reply(500, ("no", "SIZE 1")), Reply(421, ("busy",))])
def test_no_positive_reply_no_keywords(reply: Reply | None) -> None:
    assert parse_keywords(reply) == ()


def test_what_is_not_announced_is_not_found() -> None:
    assert find((), "SIZE") is None
    assert str(Keyword("SIZE", ("1000",))) == "SIZE 1000"


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (Reply(550, ("5.7.1 no",)), "5.7.1"),
        (Reply(450, ("4.7.1",)), "4.7.1"),
        (Reply(550, ("4.7.1 another class",)), ""),
        (Reply(550, ("no code",)), ""),
        (Reply(550, ("5.7.1x",)), ""),
        (Reply(550, ()), ""),
    ],
)
def test_enhanced_status_codes(reply: Reply, code: str) -> None:
    assert enhanced_code(reply) == code


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("MX.Example.com ESMTP", "mx.example.com"),
        ("mx.example.com. ready", "mx.example.com"),
        ("localhost", "localhost"),
        ("[192.0.2.1] hello", "[192.0.2.1]"),
        ("=HYPERLINK(1)", ""),
        ("*********", ""),
        ("", ""),
        ("5.7.1 go away", ""),
    ],
)
def test_the_host_of_a_greeting(text: str, host: str) -> None:
    assert greeting_host(Reply(220, (text,))) == host


def test_a_reply_without_lines_names_no_host() -> None:
    assert greeting_host(Reply(220, ())) == ""


def test_the_old_form_of_auth_is_one_at_the_beginning_of_a_line_alone() -> None:
    assert announced("X-AUTH=LOGIN", "SIZE AUTH=1") == (Keyword("X-AUTH=LOGIN"), Keyword("SIZE", ("AUTH=1",)))


def test_letters_beyond_ascii_make_no_keyword() -> None:
    """Python's capital of the long s is S, and of the dotless i I."""
    assert announced("\u017fTARTTLS", "p\u0131pelining") == (Keyword("\u017fTARTTLS"), Keyword("P\u0131PELINING"))
