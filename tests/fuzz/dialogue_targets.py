"""How servers speak: replies, keywords, the clients' states, what is typed by hand, refusals understood."""

from contextlib import suppress

from auditor.model.endpoint import Protocol
from auditor.model.session import Stage
from auditor.policy.login import logins_of
from auditor.policy.rejection import of_reply
from auditor.protocol import imap, pop3
from auditor.protocol.access import AccessClient, AccessReply, AccessState
from auditor.protocol.bounds import USUAL
from auditor.protocol.by_hand import HIDDEN, Typing, as_reply
from auditor.protocol.errors import LocalProtocolError, RemoteProtocolError
from auditor.protocol.explain import explain
from auditor.protocol.imap import ImapClient
from auditor.protocol.keywords import find, parse_keywords
from auditor.protocol.pop3 import Pop3Client
from auditor.protocol.replies import Reply, ReplyParser
from auditor.protocol.smtp import FORBIDDEN_IN_ARGUMENT, SmtpClient, State, Verb
from auditor.protocol.text import enhanced_code, greeting_host
from auditor.protocol.waiting import Waiting
from tests.fuzz.target import Pieces, Target, cuts

Heard = tuple[list[Reply], str, bytes]
_IN_POP3 = {imap.CAPABILITY: pop3.CAPA, imap.STARTTLS: pop3.STLS, imap.LOGOUT: pop3.QUIT}
_PROTOCOLS: dict[type[AccessClient], Protocol] = {ImapClient: Protocol.IMAP, Pop3Client: Protocol.POP3}


def heard(chunks: list[bytes]) -> Heard:
    """The replies, why there are no more, and what is left of a line."""
    parser, replies = ReplyParser(), []
    try:
        for chunk in chunks:
            parser.feed(chunk)
            while (reply := parser.next_reply()) is not None:
                replies.append(reply)
            assert len(parser.partial) < USUAL.line_octets
    except RemoteProtocolError as error:
        return replies, str(error), b""
    return replies, "", parser.partial


def check_replies(octets: bytes) -> None:
    whole, *others = map(heard, cuts(octets))
    assert all(other == whole for other in others)
    for reply in whole[0]:
        assert 200 <= reply.code <= 599
        assert 1 <= len(reply.lines) <= USUAL.lines
        if not reply.deviations:
            again = heard(["\r\n".join((*reply.as_sent, "")).encode()])[0]
            assert [(one.code, one.as_sent) for one in again] == [(reply.code, reply.as_sent)]


def check_keywords(octets: bytes) -> None:
    lines = octets.decode(errors="backslashreplace").split("\n")
    reply = Reply(250, tuple(lines))
    keywords = parse_keywords(reply)
    assert parse_keywords(Reply(250, ("", *map(str, keywords)))) == keywords
    for keyword in keywords:
        found = find(keywords, keyword.name)
        assert found is not None
        assert set(keyword.parameters) <= set(found.parameters)
        assert keyword.name.encode().upper() == keyword.name.encode()
        assert "\\" in keyword.name or keyword.name.encode() in octets.upper()
    check_text(reply)


def check_text(reply: Reply) -> None:
    """That what is made of a reply's text is what it says."""
    assert greeting_host(reply) in reply.lines[0].lower()
    assert enhanced_code(reply) in reply.lines[0]
    assert isinstance(explain(reply), str)


def check_smtp_client(octets: bytes) -> None:
    client, pieces = SmtpClient(), Pieces(octets)
    with suppress(RemoteProtocolError):
        while pieces:
            _smtp_step(client, pieces)


def _smtp_step(client: SmtpClient, pieces: Pieces) -> None:
    step = pieces.octet() % 8
    if step < 4:
        client.receive_data(pieces.take(pieces.octet()))
    elif step < 6:
        _send(client, pieces.one_of(list(Verb)), pieces.take(pieces.octet() % 8).decode("latin-1"))
    elif step == 6:
        _begin_tls(client)
    awaited = client._awaiting
    event = client.next_event()
    assert isinstance(event, Waiting) or awaited
    assert not client.early_octets() or not client._awaiting


def _send(client: SmtpClient, verb: Verb, argument: str) -> None:
    allowed = client.may(verb) and argument.isascii() and not FORBIDDEN_IN_ARGUMENT & set(argument)
    try:
        sent = client.send(verb, argument)
    except LocalProtocolError:
        assert not allowed
        return
    assert allowed
    assert sent.endswith(b"\r\n")
    assert not {10, 13, 0} & set(sent[:-2])
    assert not any(map(client.may, Verb)), "one command waits for its answer before the next"


def _begin_tls(client: SmtpClient) -> None:
    awaited = client._state is State.AWAIT_TLS
    try:
        client.tls_started()
    except LocalProtocolError:
        assert not awaited
        return
    assert awaited
    assert (client.keywords, client.partial) == ((), b"")


def check_access(octets: bytes) -> None:
    """A greeting, then the answer to one command, in whatever pieces it comes."""
    pieces = Pieces(octets)
    kind = pieces.one_of((ImapClient, Pop3Client))
    ask = pieces.one_of((imap.CAPABILITY, imap.STARTTLS, imap.LOGOUT))
    answer = pieces.rest()
    whole, *others = (_answered(kind, ask, chunks) for chunks in cuts(answer))
    assert all(other == whole for other in others)
    if isinstance(whole[0], AccessReply):
        for module in (imap, pop3):
            named = module.capabilities(whole[0])
            assert all(word.encode() in answer.upper() for one in named for word in one.split() if "\\" not in word)
            assert logins_of(named, _PROTOCOLS[kind]) is not None
        assert whole[0].positive in {True, False}
        assert whole[0].transient in {True, False}


def _answered(kind: type[AccessClient], ask: str, chunks: list[bytes]) -> tuple[AccessReply | str | Waiting, bytes]:
    client = kind()
    client.receive_data(b"* OK hello\r\n" if kind is ImapClient else b"+OK hello\r\n")
    client.next_event()
    client.send(
        {imap.CAPABILITY: pop3.CAPA, imap.STARTTLS: pop3.STLS}.get(ask, pop3.QUIT) if kind is Pop3Client else ask
    )
    event: AccessReply | Waiting = Waiting.NEED_DATA
    try:
        for chunk in chunks:
            client.receive_data(chunk)
            event = client.next_event() if isinstance(event, Waiting) else event
    except RemoteProtocolError as error:
        return str(error), b""
    assert (client._state is AccessState.AWAIT_TLS) <= (ask == imap.STARTTLS)
    return event, client.partial


def check_typing(octets: bytes) -> None:
    pieces = Pieces(octets)
    protocol = pieces.one_of(("smtp", "imap", "pop3"))
    typing = Typing(protocol)
    lines = pieces.rest().decode(errors="backslashreplace").split("\n")
    for place in range(0, len(lines), 2):
        typed, answer = lines[place], lines[place + 1 : place + 2]
        was_message, was_login = typing.in_message, typing.in_login
        shown = typing.typed(typed)
        if was_login and not was_message:
            assert shown == HIDDEN
        elif protocol == "pop3" and typing.verb == "PASS" and len(typed.split()) > 1:
            assert shown == f"{typed.split()[0]} {HIDDEN}"
        if typing.answer_due() and typing.whole(answer):
            typing.answered(answer)
            reply = as_reply(answer)
            assert reply is None or (str(reply.code).zfill(3) == answer[-1][:3] and explain(reply) is not None)


def check_refusal(octets: bytes) -> None:
    pieces = Pieces(octets)
    code = 400 + (pieces.octet() << 2 | pieces.octet() & 3) % 200
    reply = Reply(code, tuple(pieces.rest().decode(errors="backslashreplace").split("\n")))
    found = of_reply(reply, Stage.GREETING)
    assert 0 <= found.confidence <= 0.95
    assert (found.confidence == 0) == (found.signals == ())
    check_text(reply)


_REPLY_WORDS = (
    b"220 ",
    b"220-",
    b"250-",
    b"250 ",
    b"421 4.3.2 ",
    b"554 5.7.1 ",
    b"354 ",
    b"\r\n",
    b"\n",
    b"\r",
    b"\x00",
)
_KEYWORDS = (b"AUTH=", b"AUTH PLAIN LOGIN", b"STARTTLS", b"SIZE 1000", b"PIPELINING", b"8BITMIME", b"\n")
_ACCESS_WORDS = (
    b"* CAPABILITY ",
    b"a1 OK ",
    b"a1 NO ",
    b"* BYE",
    b"+OK",
    b"-ERR [SYS/TEMP] ",
    b".\r\n",
    b"\r\n",
    b"+ ",
)
_TYPED = (
    b"AUTH PLAIN ",
    b"AUTH LOGIN\n334 ",
    b"PASS ",
    b"USER x\n+OK",
    b"a1 LOGIN ",
    b"DATA\n354 ",
    b"CAPA\n+OK",
    b"\n",
)
_REFUSED = (
    *(b"blocked using ", b"zen.spamhaus.org", b"reverse DNS", b"PTR", b"too many connections", b"greylisted"),
    *(b"try again later", b"HELO", b"5.7.1 ", b"4.7.0 ", b"rate limit", b"STARTTLS", b"authentication required", b"\n"),
)

TARGETS = (
    Target("replies", check_replies, _REPLY_WORDS, longest=8192, share=8),
    Target("keywords", check_keywords, _KEYWORDS, share=10),
    Target("smtp-client", check_smtp_client, _REPLY_WORDS, share=10),
    Target("access-client", check_access, _ACCESS_WORDS, share=6),
    Target("typing", check_typing, _TYPED, share=8),
    Target("refusals", check_refusal, _REFUSED, share=2),
)
