"""One real message to one recipient: by whom, through which server, in which words."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import make_msgid

from auditor.api.preparing import prepare
from auditor.api.single import one_target
from auditor.config import Config
from auditor.errors import UsageError
from auditor.model.endpoint import Endpoint, Service
from auditor.model.send_test import SendTest, Sent

WORDS = """\
This is a test message, sent by hand with auditor to see whether mail gets through.
It may be deleted. If you did not expect it, ask the sender.
"""
_LONGEST_LOCAL_PART, _LONGEST_DOMAIN = 64, 255  # RFC 5321 §4.5.3.1


@dataclass(frozen=True, slots=True)
class PreparedLetter:
    """What would be sent, where to, and the sending of it."""

    test: SendTest
    endpoint: Endpoint
    send: Callable[[], Awaitable[Sent]]


async def prepare_letter(host: str, recipient: str, sender: str, config: Config) -> PreparedLetter:
    """Find the server (``host``, or else the recipient's most preferred exchange), write the message, send nothing.

    Raises:
        UsageError: an address is none, or there is no server to send by.
    """
    backend, blocklist = prepare(config, datetime.now(UTC))
    to = _address(recipient)
    by = _address(sender or f"postmaster@{backend.own_name}", why="; name one with --from" if not sender else "")
    target = one_target(host or to.domain, config, blocklist, domain=not host)
    route = (await backend.probes.survey(target)).route
    endpoint = next((one for one in route.endpoints if one.service is Service.SMTP or host), None)
    if endpoint is None:
        raise UsageError(
            f"{host or to.domain}: no server to send by ({route.status}{route.error and ', ' + route.error})"
        )
    test = SendTest(sender=by.addr_spec, recipient=to.addr_spec, message=_message(by, to))

    async def send() -> Sent:
        return await backend.send(test, endpoint)

    return PreparedLetter(test, endpoint, send)


def _address(text: str, why: str = "") -> Address:
    plain = text.isascii() and text.isprintable() and not set(" <>") & set(text)
    if not plain or len(text) > _LONGEST_LOCAL_PART + 1 + _LONGEST_DOMAIN:
        raise UsageError(f"{text}: no mail address{why}")
    try:
        address = Address(addr_spec=text)
    except (ValueError, IndexError, AttributeError, HeaderParseError) as error:  # whatever the parser trips over
        raise UsageError(f"{text}: no mail address{why} ({error})") from None
    if not address.domain or len(address.username) > _LONGEST_LOCAL_PART:
        raise UsageError(f"{text}: no mail address{why}")
    return address


def _message(sender: Address, recipient: Address) -> bytes:
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"] = sender, recipient
    message["Subject"] = "Test message"
    message["Date"] = datetime.now(UTC)
    message["Message-ID"] = make_msgid(domain=sender.domain)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(WORDS)
    return message.as_bytes()
