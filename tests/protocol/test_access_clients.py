"""IMAP and POP3 as far as they go without logging in: what is read of what servers say."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.protocol import imap, pop3
from auditor.protocol.access import AccessClient, AccessReply
from auditor.protocol.bounds import USUAL
from auditor.protocol.errors import LocalProtocolError, RemoteProtocolError
from auditor.protocol.lines import Deviation
from auditor.protocol.waiting import Waiting


def heard(client: AccessClient, octets: bytes) -> AccessReply:
    client.receive_data(octets)
    reply = client.next_event()
    assert isinstance(reply, AccessReply)
    return reply


def greeted(client: AccessClient) -> AccessClient:
    heard(client, b"* OK ready\r\n" if isinstance(client, imap.ImapClient) else b"+OK ready\r\n")
    return client


@pytest.mark.parametrize(
    ("line", "status", "text"),
    [
        (b"* OK Dovecot ready.\r\n", "OK", "Dovecot ready."),
        (b"* ok\r\n", "OK", ""),
        (b"* PREAUTH you\r\n", "PREAUTH", "you"),
        (b"* BYE [UNAVAILABLE] later\r\n", "BYE", "[UNAVAILABLE] later"),
    ],
)
def test_greetings_of_imap(line: bytes, status: str, text: str) -> None:
    reply = heard(imap.ImapClient(), line)
    assert (reply.status, reply.text, reply.lines) == (status, text, (line.decode().strip(),))
    assert reply.positive is (status != "BYE")
    assert reply.transient is ("UNAVAILABLE" in text)


@pytest.mark.parametrize("line", [b"220 mx ESMTP\r\n", b"+OK ready\r\n", b"OK\r\n", b"HTTP/1.1 400\r\n", b"\x15\x03\n"])
def test_what_is_no_greeting_of_imap(line: bytes) -> None:
    client = imap.ImapClient()
    client.receive_data(line)
    with pytest.raises(RemoteProtocolError, match="not-imap"):
        client.next_event()


@pytest.mark.parametrize("line", [b"* OK\r\n", b"220 mx\r\n", b"+ok?\r\n", b"\r\n"])
def test_what_is_no_greeting_of_pop3(line: bytes) -> None:
    client = pop3.Pop3Client()
    client.receive_data(line)
    with pytest.raises(RemoteProtocolError, match="not-pop3"):
        client.next_event()


def test_capabilities_of_imap_are_those_of_the_answer_to_the_command() -> None:
    client = greeted(imap.ImapClient())
    assert client.send(imap.CAPABILITY) == b"a1 CAPABILITY\r\n"
    octets = b"* CAPABILITY IMAP4rev1 starttls AUTH=plain\r\n* 3 EXISTS\r\na2 OK not yet\r\na1 OK done\r\n"
    reply = heard(client, octets)
    assert imap.capabilities(reply) == ("IMAP4REV1", "STARTTLS", "AUTH=PLAIN")
    assert reply.deviations == (Deviation.UNPREFIXED_LINE,)
    assert client.send(imap.STARTTLS) == b"a2 STARTTLS\r\n"


def test_capabilities_of_imap_may_stand_in_a_code() -> None:
    assert imap.capabilities(AccessReply("OK", "[CAPABILITY IMAP4rev1 IDLE] hi")) == ("IMAP4REV1", "IDLE")
    assert imap.capabilities(AccessReply("NO", "[CAPABILITY IMAP4rev1]")) == ()
    assert imap.capabilities(None) == ()


def test_capabilities_of_pop3_are_the_lines_up_to_the_dot() -> None:
    client = greeted(pop3.Pop3Client())
    assert client.send(pop3.CAPA) == b"CAPA\r\n"
    reply = heard(client, b"+OK list\r\nUser\r\nSASL  PLAIN LOGIN\r\n\r\n.\r\n")
    assert pop3.capabilities(reply) == ("USER", "SASL PLAIN LOGIN")
    assert heard_after(client, pop3.STLS, b"-ERR [SYS/TEMP] no\r\n").transient
    assert pop3.capabilities(AccessReply("-ERR", "what")) == ()


def heard_after(client: AccessClient, verb: str, octets: bytes) -> AccessReply:
    client.send(verb)
    return heard(client, octets)


@pytest.mark.parametrize("kind", [imap.ImapClient, pop3.Pop3Client])
def test_nothing_is_said_before_the_greeting_nor_while_an_answer_is_due(kind: Any) -> None:
    client: AccessClient = kind()
    with pytest.raises(LocalProtocolError):
        client.send(client.LEAVE)
    greeted(client)
    client.send(client.LEAVE)
    assert not client.may(client.LEAVE)
    assert client.next_event() is Waiting.NEED_DATA
    client.receive_eof()
    assert client.next_event() is Waiting.EOF


@pytest.mark.parametrize(("kind", "answer"), [(imap.ImapClient, b"a1 OK go\r\n"), (pop3.Pop3Client, b"+OK go\r\n")])
def test_inside_tls_all_begins_anew(kind: Any, answer: bytes) -> None:
    client = greeted(kind())
    with pytest.raises(LocalProtocolError):
        client.tls_started()
    heard_after(client, client.START_TLS, answer + b"injected\r\n")
    assert client.early_octets() == b"injected\r\n"
    assert not client.may(client.LEAVE)
    client.tls_started()
    assert (client.early_octets(), client.unsolicited) == (b"", b"injected\r\n")
    assert client.may(client.LEAVE)


def test_a_server_that_says_goodbye_is_not_spoken_to_any_more() -> None:
    client = greeted(imap.ImapClient())
    assert heard_after(client, imap.CAPABILITY, b"* BYE idle too long\r\n").status == "BYE"
    assert not client.may(imap.LOGOUT)


def test_a_logout_ends_with_its_own_answer() -> None:
    client = greeted(imap.ImapClient())
    assert heard_after(client, imap.LOGOUT, b"* BYE bye\r\na1 OK done\r\n").lines == ("* BYE bye", "a1 OK done")


def test_what_stands_there_unasked_is_no_answer() -> None:
    client = greeted(pop3.Pop3Client())
    client.receive_data(b"-ERR idle\r\n")
    client.send(pop3.QUIT)
    assert client.unsolicited == b"-ERR idle\r\n"
    assert heard(client, b"+OK bye\r\n").positive


def test_an_answer_without_end_has_a_bound() -> None:
    client = greeted(imap.ImapClient())
    client.send(imap.CAPABILITY)
    client.receive_data(b"* x\r\n" * (USUAL.lines + 1))
    with pytest.raises(RemoteProtocolError, match="too-many-lines"):
        client.next_event()


@given(st.lists(st.binary(max_size=40), max_size=12), st.sampled_from((imap.ImapClient, pop3.Pop3Client)))
def test_any_octets_are_an_answer_a_wait_or_a_foreign_protocol(chunks: list[bytes], kind: Any) -> None:
    client: AccessClient = kind()
    foreign = ""
    try:
        for chunk in chunks:
            client.receive_data(chunk)
            event = client.next_event()
            if isinstance(event, AccessReply) and client.may(client.START_TLS):
                client.send(client.START_TLS)
    except RemoteProtocolError as error:
        foreign = error.reason
    assert foreign in {"", "not-imap", "not-pop3", "line-too-long", "too-many-lines"}


def test_letters_beyond_ascii_make_no_capability() -> None:
    """Python's capital of the long s is S."""
    long_s = "\u017fTARTTLS"
    assert imap.capabilities(AccessReply("OK", "", (f"* CAPABILITY {long_s}", "a1 OK"))) == (long_s,)
    assert pop3.capabilities(AccessReply("+OK", "", ("+OK", long_s, "."))) == (long_s,)
