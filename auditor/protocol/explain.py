"""What reply codes and enhanced status codes mean, in a few words (RFC 5321 §4.2, RFC 3463, 7372, 7504, 7505)."""

from auditor.protocol.replies import Reply
from auditor.protocol.text import enhanced_code

_CODES = {
    211: "system status, or help",
    214: "help",
    220: "the server is ready",
    221: "the server closes the connection, as asked",
    235: "logged in (RFC 4954)",
    250: "done",
    251: "not local: the server will forward",
    252: "cannot verify, but will try to deliver",
    334: "the server waits for the next step of the login (RFC 4954)",
    354: "type the message; a line with a dot alone ends it",
    421: "the server closes the connection; come back later",
    450: "not done: the mailbox is busy or blocked for now; try again",
    451: "not done: an error here; try again",
    452: "not done: not enough room here; try again",
    454: "TLS, or logging in, is not available just now",
    455: "parameters cannot be accommodated just now",
    500: "not understood: unknown command, or line too long",
    501: "not understood: wrong parameters",
    502: "the command is not implemented",
    503: "commands in the wrong order",
    504: "the parameter is not implemented",
    521: "the host takes no mail at all (RFC 7504)",
    530: "something must come first: TLS, or logging in",
    534: "the login mechanism is too weak here",
    535: "the login is wrong",
    538: "that login mechanism needs TLS",
    550: "refused for good: no such mailbox, or not for this client",
    551: "not local: try the path that is given",
    552: "refused for good: too large, or no room",
    553: "refused for good: the mailbox name is not allowed",
    554: "refused for good: the transaction, or the whole session",
    555: "parameters not recognised",
    556: "the domain takes no mail (RFC 7504)",
}
_CLASSES = {2: "success", 3: "more is wanted", 4: "not now: it may work later", 5: "refused for good"}
_SUBJECTS = {
    "0": "no details",
    "1": "about an address",
    "2": "about a mailbox",
    "3": "about the mail system",
    "4": "about the network or routing",
    "5": "about the protocol",
    "6": "about the message's content",
    "7": "about security or policy",
}
_DETAILS = {
    "1.1": "no such mailbox",
    "1.2": "the system of that address is not to be found",
    "1.3": "the address is not well formed",
    "1.6": "the mailbox has moved",
    "1.7": "the sender's address is not well formed",
    "1.8": "the system of the sender's address is not to be found",
    "1.10": "the domain takes no mail: null MX (RFC 7505)",
    "2.1": "the mailbox is disabled",
    "2.2": "the mailbox is full",
    "2.3": "the message is too long for the mailbox",
    "3.1": "the mail system is full",
    "3.2": "the system takes no mail just now, or not at all",
    "3.4": "the message is too big for the system",
    "4.1": "no answer from the next host",
    "4.2": "a bad connection",
    "4.3": "the DNS could not be asked",
    "4.4": "there is no route",
    "4.5": "the system is congested",
    "4.7": "it took too long to deliver",
    "5.1": "the command is not allowed here",
    "5.2": "a syntax error",
    "5.3": "too many recipients",
    "5.4": "wrong parameters",
    "7.0": "security or policy, with no details",
    "7.1": "delivery is not permitted, the message refused",
    "7.8": "the login is wrong",
    "7.9": "the login mechanism is too weak",
    "7.10": "encryption is needed",
    "7.11": "that login mechanism needs encryption",
    "7.20": "no DKIM signature passed",
    "7.23": "SPF failed",
    "7.25": "the client's address has no valid reverse DNS (RFC 7372)",
    "7.26": "several checks of who sent this failed (RFC 7372)",
    "7.27": "the sender's domain takes no mail: null MX (RFC 7505)",
    "7.28": "too much mail from this client",
}


def explain(reply: Reply) -> str:
    """The reply's code, and its enhanced code, in words; empty where the code is none that is known."""
    words = _CODES.get(reply.code) or _CLASSES.get(reply.code // 100, "")
    enhanced = enhanced_code(reply)
    plain = not enhanced or reply.positive or enhanced.endswith(".0.0")
    return words if plain or not words else f"{words}; {explain_enhanced(enhanced)}"


def explain_enhanced(code: str) -> str:
    """An enhanced status code such as ``5.7.1`` in words."""
    _, subject, detail = code.split(".")
    return f"{code}: {_DETAILS.get(f'{subject}.{detail}') or _SUBJECTS.get(subject, 'of a kind unknown here')}"
