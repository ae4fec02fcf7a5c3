"""The client's tables, and what happens on their edges."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.protocol.errors import LocalProtocolError, RemoteProtocolError
from auditor.protocol.keywords import Keyword
from auditor.protocol.replies import Reply
from auditor.protocol.smtp import ALLOWED, NEXT, SmtpClient, State, Verb
from auditor.protocol.waiting import Waiting

FEW = settings(derandomize=True, max_examples=150, deadline=None)


def told(client: SmtpClient, octets: bytes) -> Reply | Waiting:
    client.receive_data(octets)
    return client.next_event()


def greeted() -> SmtpClient:
    client = SmtpClient()
    told(client, b"220 mx.example.com ESMTP\r\n")
    return client


def ready(*keywords: str) -> SmtpClient:
    client = greeted()
    client.send(Verb.EHLO, "a.example")
    lines = ["mx.example.com", *keywords]
    told(client, "".join(f"250{' ' if n == len(lines) else '-'}{one}\r\n" for n, one in enumerate(lines, 1)).encode())
    return client


def test_the_tables_are_complete() -> None:
    assert set(ALLOWED) == set(State)
    answered = {(state, verb) for state, verbs in ALLOWED.items() for verb in verbs}
    answered_and_greeting = answered | {(State.AWAIT_GREETING, None)}
    expected = {
        (state, verb, positive) for (state, verb), positive in itertools.product(answered_and_greeting, (True, False))
    }
    assert set(NEXT) == expected


def test_a_session_from_greeting_to_quit() -> None:
    client = ready("SIZE 1000", "STARTTLS")
    assert client.keywords == (Keyword("SIZE", ("1000",)), Keyword("STARTTLS"))
    assert client.send(Verb.QUIT) == b"QUIT\r\n"
    assert told(client, b"221 bye\r\n") == Reply(221, ("bye",))
    assert not any(client.may(verb) for verb in Verb)


def test_a_message_is_sent_after_354_alone_its_dots_doubled() -> None:
    client = ready()
    assert not client.may(Verb.RCPT)
    for verb, argument in ((Verb.MAIL, "FROM:<>"), (Verb.RCPT, "TO:<postmaster>")):
        client.send(verb, argument)
        told(client, b"250 ok\r\n")
    client.send(Verb.DATA)
    told(client, b"354 go ahead\r\n")
    assert not any(client.may(verb) for verb in Verb if verb is not Verb.END)
    assert client.send_message(b"a: b\r\n\r\n.\r\n..x\r\n") == b"a: b\r\n\r\n..\r\n...x\r\n.\r\n"
    assert told(client, b"250 queued\r\n") == Reply(250, ("queued",))
    assert client.may(Verb.MAIL)


@pytest.mark.parametrize("answer", [b"250 what\r\n", b"550 no\r\n", b"450 later\r\n"])
def test_without_354_there_is_no_message_and_rset_ends_the_transaction(answer: bytes) -> None:
    client = ready()
    client.send(Verb.MAIL, "FROM:<>")
    told(client, b"250 ok\r\n")
    client.send(Verb.DATA)
    told(client, answer)
    with pytest.raises(LocalProtocolError):
        client.send_message(b"x\r\n")
    client.send(Verb.RSET)
    told(client, b"250 ok\r\n")
    assert client.may(Verb.MAIL)


@pytest.mark.parametrize("message", [b"a\nb\r\n", b"a\rb\r\n", b"a\r\n.\nMAIL FROM:<x>\r\n"])
def test_a_message_with_other_line_ends_is_not_sent(message: bytes) -> None:
    client = ready()
    for verb, answer in ((Verb.MAIL, b"250 ok\r\n"), (Verb.RCPT, b"250 ok\r\n"), (Verb.DATA, b"354 go\r\n")):
        client.send(verb)
        told(client, answer)
    with pytest.raises(LocalProtocolError, match="CR LF"):
        client.send_message(message)


def test_nothing_may_be_sent_before_the_greeting() -> None:
    client = SmtpClient()
    assert not any(client.may(verb) for verb in Verb)
    with pytest.raises(LocalProtocolError):
        client.send(Verb.EHLO, "a.example")


def test_nothing_may_be_sent_while_a_reply_is_due() -> None:
    client = greeted()
    client.send(Verb.EHLO, "a.example")
    assert not client.may(Verb.QUIT)


@pytest.mark.parametrize("argument", ["a\r\nMAIL", "a\nb", "a\0b", "bücher.example"])
def test_an_argument_that_cannot_stand_in_a_line_is_our_bug(argument: str) -> None:
    with pytest.raises(LocalProtocolError):
        greeted().send(Verb.EHLO, argument)


def test_helo_may_follow_a_refused_ehlo_and_has_no_keywords() -> None:
    client = greeted()
    client.send(Verb.EHLO, "a.example")
    assert told(client, b"502 what?\r\n") == Reply(502, ("what?",))
    client.send(Verb.HELO, "a.example")
    told(client, b"250-mx.example.com\r\n250-SIZE 35651584\r\n250 8BITMIME\r\n")
    assert client.keywords == ()


@pytest.mark.parametrize("greeting", [b"554 no\r\n", b"450 later\r\n", b"421 busy\r\n"])
def test_after_a_greeting_that_is_not_positive_only_quit_is_left(greeting: bytes) -> None:
    client = SmtpClient()
    told(client, greeting)
    assert [verb for verb in Verb if client.may(verb)] == [Verb.QUIT]


def test_421_leaves_only_quit_from_anywhere() -> None:
    client = ready("STARTTLS")
    client.send(Verb.STARTTLS)
    told(client, b"421 closing\r\n")
    assert [verb for verb in Verb if client.may(verb)] == [Verb.QUIT]
    client.send(Verb.QUIT)
    told(client, b"421 gone\r\n")
    assert not client.may(Verb.QUIT)


def test_only_220_lets_tls_begin() -> None:
    client = ready("STARTTLS")
    client.send(Verb.STARTTLS)
    told(client, b"250 sure\r\n")
    assert client.may(Verb.NOOP)
    with pytest.raises(LocalProtocolError):
        client.tls_started()


def test_inside_tls_everything_begins_anew() -> None:
    client = ready("AUTH PLAIN", "STARTTLS")
    client.send(Verb.STARTTLS)
    told(client, b"220 go\r\n")
    assert not any(client.may(verb) for verb in Verb)
    client.tls_started()
    assert client.keywords == ()
    assert client.may(Verb.EHLO)


def test_octets_after_220_to_starttls_are_seen_and_never_read() -> None:
    client = ready("STARTTLS")
    client.send(Verb.STARTTLS)
    assert told(client, b"220 go\r\n250-mx.evil\r\n250 AUTH LOGIN\r\n") == Reply(220, ("go",))
    assert client.early_octets() == b"250-mx.evil\r\n250 AUTH LOGIN\r\n"
    client.tls_started()
    assert client.unsolicited == b"250-mx.evil\r\n250 AUTH LOGIN\r\n"
    client.send(Verb.EHLO, "a.example")
    assert client.next_event() is Waiting.NEED_DATA


@pytest.mark.parametrize(
    "chunks",
    [
        [b"220 hi\r\n250 unsolicited\r\n"],
        [b"220 hi\r\n250-foo\r\n250-bar\r\n250 baz\r\n"],
        [b"220 hi\r\n", b"250-foo\r\n", b"250 ba", b"r\r\n"],
        [b"220 hi\r\n250 half"],
    ],
)
def test_a_reply_nobody_asked_for_is_not_the_answer_to_the_next_command(chunks: list[bytes]) -> None:
    client = SmtpClient()
    assert told(client, chunks[0]) == Reply(220, ("hi",))
    for chunk in chunks[1:-1]:
        client.receive_data(chunk)
    client.send(Verb.EHLO, "a.example")
    rest = chunks[-1] if len(chunks) > 1 else (b"" if chunks[0].endswith(b"\n") else b" done\r\n")
    assert told(client, rest) is Waiting.NEED_DATA
    assert told(client, b"250 mx.example.com\r\n") == Reply(250, ("mx.example.com",))
    assert b"250" in client.unsolicited


def test_garbage_before_a_command_is_set_aside() -> None:
    client = greeted()
    client.receive_data(b"garbage\r\nmore")
    client.send(Verb.EHLO, "a.example")
    assert told(client, b"250 mx.example.com\r\n") == Reply(250, ("mx.example.com",))
    assert client.unsolicited


def test_the_end_in_the_middle_of_a_reply_is_seen() -> None:
    client = SmtpClient()
    assert told(client, b"499 incomplete") is Waiting.NEED_DATA
    client.receive_eof()
    assert client.next_event() is Waiting.EOF
    assert client.partial == b"499 incomplete"


def test_no_event_without_a_question() -> None:
    client = greeted()
    assert client.next_event() is Waiting.NEED_DATA
    client.receive_eof()
    assert client.next_event() is Waiting.EOF


SCRIPT = [
    (None, b"220-mx.example.com\r\n220 ready\r\n"),
    ((Verb.EHLO, "a.example"), b"250-mx.example.com\r\n250-SIZE 1\r\n250 STARTTLS\r\n"),
    ((Verb.NOOP, ""), b"250 ok\r\n"),
    ((Verb.QUIT, ""), b"221 bye\r\n"),
]


def converse(cut: "itertools.cycle[int]") -> list[Reply]:
    """The script's replies, each handed over in pieces as long as ``cut`` says."""
    client, replies = SmtpClient(), []
    for question, wire in SCRIPT:
        if question is not None:
            client.send(*question)
        rest = wire
        while rest:
            size = next(cut)
            event = told(client, rest[:size])
            rest = rest[size:]
            if isinstance(event, Reply):
                replies.append(event)
    return replies


@FEW
@given(st.lists(st.integers(1, 40), min_size=1, max_size=10))
def test_no_fragmentation_changes_a_session(sizes: list[int]) -> None:
    assert converse(itertools.cycle(sizes)) == converse(itertools.cycle([1000]))


@FEW
@given(st.lists(st.binary(max_size=120), max_size=8))
def test_whatever_a_server_sends_the_client_neither_hangs_nor_breaks(chunks: list[bytes]) -> None:
    client = SmtpClient()
    for chunk in chunks:
        try:
            event = told(client, chunk)
        except RemoteProtocolError:
            return
        if isinstance(event, Reply):
            verb = next((verb for verb in Verb if client.may(verb)), None)
            if verb is None:
                return
            client.send(verb, "a.example" if verb in {Verb.EHLO, Verb.HELO} else "")
