"""The one way in which contact with a server fails, whatever library said so."""

import errno
import os
import ssl

import trio

from auditor.model.session import Blame, Outcome
from auditor.protocol.errors import RemoteProtocolError


class ContactFailure(Exception):  # noqa: N818 - it is data on its way to a row, not an error of the program
    """Contact ended here: how, on whose side as far as can be told, and in words."""

    def __init__(self, outcome: Outcome, blame: Blame, words: str) -> None:
        self.outcome = outcome
        self.blame = blame
        self.words = words
        super().__init__(f"{outcome}: {words}")


_BY_ERRNO = {
    errno.ECONNREFUSED: (Outcome.REFUSED, Blame.THEIRS),
    errno.ETIMEDOUT: (Outcome.CONNECT_TIMEOUT, Blame.UNKNOWN),
    errno.ECONNRESET: (Outcome.RESET, Blame.THEIRS),
    errno.EPIPE: (Outcome.RESET, Blame.THEIRS),
    errno.ECONNABORTED: (Outcome.RESET, Blame.THEIRS),
    errno.EHOSTUNREACH: (Outcome.UNREACHABLE, Blame.PATH),
    errno.EHOSTDOWN: (Outcome.UNREACHABLE, Blame.PATH),
    errno.ENETUNREACH: (Outcome.UNREACHABLE, Blame.OURS),
    errno.EADDRNOTAVAIL: (Outcome.UNREACHABLE, Blame.OURS),
    errno.EACCES: (Outcome.UNREACHABLE, Blame.OURS),
    errno.EPERM: (Outcome.UNREACHABLE, Blame.OURS),
    **dict.fromkeys((errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM), (Outcome.UNREACHABLE, Blame.OURS)),
}
_BY_REASON = {
    "not-smtp": Outcome.NOT_SMTP,
    "not-imap": Outcome.NOT_IMAP,
    "not-pop3": Outcome.NOT_POP3,
    "line-too-long": Outcome.OVERSIZED,
    "too-many-lines": Outcome.OVERSIZED,
}
_REMOTE_WORDS = {
    "not-smtp": "no SMTP reply: ",
    "not-imap": "no IMAP answer: ",
    "not-pop3": "no POP3 answer: ",
    "line-too-long": "a line is too long: ",
    "too-many-lines": "a reply has too many lines: ",
}


def from_os_error(error: OSError) -> ContactFailure:
    """The failure that an errno stands for; an errno never heard of leaves the blame open."""
    outcome, blame = _BY_ERRNO.get(error.errno or 0, (Outcome.UNREACHABLE, Blame.UNKNOWN))
    name = errno.errorcode.get(error.errno or 0, type(error).__name__)
    # The error's own text may name the address that was redirected to; the system's does not.
    return ContactFailure(outcome, blame, f"{name}: {os.strerror(error.errno) if error.errno else error}")


class _Translated:
    """A context manager of a few instructions: octets move some twenty times in a session."""

    def __enter__(self) -> None:
        """Nothing to begin."""

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if error is not None and (failure := _translation(error)) is not None:
            raise failure from None


_TRANSLATED = _Translated()


def translated() -> _Translated:
    """While open, what trio, the system and the protocol raise as octets move becomes :class:`ContactFailure`."""
    return _TRANSLATED


def _translation(error: BaseException) -> ContactFailure | None:
    match error:
        case trio.BrokenResourceError():
            cause = error.__cause__
            if isinstance(cause, OSError) and not isinstance(cause, ssl.SSLError):
                return from_os_error(cause)
            return ContactFailure(Outcome.RESET, Blame.THEIRS, "the connection broke")
        case trio.ClosedResourceError():
            return ContactFailure(Outcome.CLOSED, Blame.THEIRS, "the connection is closed")
        case RemoteProtocolError():
            words = _REMOTE_WORDS[error.reason] + error.evidence
            return ContactFailure(_BY_REASON[error.reason], Blame.THEIRS, words)
        case OSError():
            return from_os_error(error)
        case _:
            return None
