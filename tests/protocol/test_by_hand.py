"""Typing into sessions: when answers are whole, what is a secret, and what replies mean."""

import pytest

from auditor.protocol.by_hand import HIDDEN, Typing, as_reply
from auditor.protocol.explain import explain, explain_enhanced
from auditor.protocol.replies import Reply

REFUSED = "refused for good: no such mailbox, or not for this client"


@pytest.mark.parametrize(
    ("protocol", "typed", "lines", "whole"),
    [
        ("smtp", "EHLO me", [], False),
        ("smtp", "EHLO me", ["250-mx"], False),
        ("smtp", "EHLO me", ["250-mx", "250 SIZE"], True),
        ("smtp", "NOOP", ["250"], True),
        ("smtp", "NOOP", ["what"], False),
        ("smtp", "NOOP", ["25"], False),
        ("smtp", "NOOP", ["\u0662\u0665\u0660 digits of Arabic"], False),
        ("imap", "a CAPABILITY", ["* CAPABILITY IMAP4rev1"], False),
        ("imap", "a CAPABILITY", ["* CAPABILITY IMAP4rev1", "a OK"], True),
        ("imap", "a AUTHENTICATE PLAIN", ["+ "], True),
        ("imap", "", ["* OK ready"], True),
        ("pop3", "CAPA", ["+OK"], False),
        ("pop3", "CAPA", ["+OK", "USER", "."], True),
        ("pop3", "CAPA", ["-ERR"], True),
        ("pop3", "LIST 1", ["+OK 1 120"], True),
        ("pop3", "STAT", ["+OK 0 0"], True),
    ],
)
def test_when_an_answer_is_whole(protocol: str, typed: str, lines: list[str], whole: bool) -> None:
    typing = Typing(protocol)
    typing.typed(typed)
    assert typing.whole(lines) is whole


@pytest.mark.parametrize(
    ("protocol", "typed", "shown"),
    [
        ("smtp", "AUTH PLAIN AGFiYw==", f"AUTH PLAIN {HIDDEN}"),
        ("smtp", "auth plain", "auth plain"),
        ("smtp", "EHLO me", "EHLO me"),
        ("pop3", "PASS my secret", f"PASS {HIDDEN}"),
        ("pop3", "USER me", "USER me"),
        ("imap", "a LOGIN me secret", f"a LOGIN {HIDDEN}"),
        ("imap", "a AUTHENTICATE PLAIN AGFi", f"a AUTHENTICATE PLAIN {HIDDEN}"),
    ],
)
def test_secrets_are_not_shown(protocol: str, typed: str, shown: str) -> None:
    assert Typing(protocol).typed(typed) == shown


@pytest.mark.parametrize(("protocol", "asked"), [("smtp", ["334 VXNlcm5hbWU6"]), ("imap", ["+ go on"])])
def test_what_answers_a_login_is_a_secret(protocol: str, asked: list[str]) -> None:
    typing = Typing(protocol)
    typing.typed("a AUTHENTICATE LOGIN" if protocol == "imap" else "AUTH LOGIN")
    typing.answered(asked)
    assert typing.typed("bWU=") == HIDDEN
    assert typing.typed("EHLO me") == "EHLO me"


def test_a_message_ends_with_a_dot_and_owes_no_answer_before() -> None:
    typing = Typing("smtp")
    typing.typed("DATA")
    assert typing.answered(["354 go on"])
    assert typing.typed("AUTH PLAIN is text here") == "AUTH PLAIN is text here"
    assert not typing.answer_due()
    typing.typed(".")
    assert typing.answer_due()


@pytest.mark.parametrize(
    ("protocol", "typed", "lines", "begins"),
    [
        ("smtp", "starttls", ["220 go"], True),
        ("smtp", "STARTTLS", ["454 no"], False),
        ("imap", "x STARTTLS", ["x OK go"], True),
        ("imap", "x STARTTLS", ["x BAD no"], False),
        ("pop3", "STLS", ["+OK"], True),
        ("pop3", "STLS", ["-ERR"], False),
        ("smtp", "NOOP", ["250 ok"], False),
    ],
)
def test_when_tls_begins(protocol: str, typed: str, lines: list[str], begins: bool) -> None:
    typing = Typing(protocol)
    typing.typed(typed)
    assert (typing.answered(lines) and typing.begins_tls) is begins


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Reply(250, ("mx", "SIZE")), "done"),
        (Reply(250, ("2.1.5 ok",)), "done"),
        (
            Reply(550, ("5.7.25 no PTR",)),
            f"{REFUSED}; 5.7.25: the client's address has no valid reverse DNS (RFC 7372)",
        ),
        (Reply(459, ("x",)), "not now: it may work later"),
        (Reply(354, ("go",)), "type the message; a line with a dot alone ends it"),
    ],
)
def test_what_replies_mean(reply: Reply, words: str) -> None:
    assert explain(reply) == words


def test_what_enhanced_codes_mean() -> None:
    assert explain_enhanced("4.4.99") == "4.4.99: about the network or routing"
    assert explain_enhanced("5.9.1") == "5.9.1: of a kind unknown here"


def test_lines_as_a_reply() -> None:
    assert as_reply(["250-mx", "250 SIZE 1"]) == Reply(250, ("mx", "SIZE 1"))
    assert as_reply(["* OK"]) is None
    assert as_reply(["25"]) is as_reply(["\u0662\u0665\u0660"]) is None
    assert as_reply([]) is None


def test_the_answer_to_a_login_in_imap_stands_under_the_tag_of_its_command() -> None:
    typing = Typing("imap")
    typing.typed("a AUTHENTICATE LOGIN")
    typing.answered(["+ go on"])
    typing.typed("bWU=")
    assert typing.whole(["a NO wrong"])
    assert not typing.whole(["* NO"])
