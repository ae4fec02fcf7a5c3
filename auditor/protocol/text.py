"""What reply text says in a form that may be relied on: enhanced status codes and host names."""

import re

from auditor.protocol.replies import Reply

# class "." subject "." detail (RFC 3463 §2), at the beginning of the text (RFC 2034 §4).
_ENHANCED = re.compile(r"([245])\.([0-9]{1,3})\.([0-9]{1,3})(?=\s|$)")
_CODE = re.compile(r"[0-9.]+")  # with which a refusal begins instead
_HOST = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?\.?|\[[A-Za-z0-9.:]+\]")


def enhanced_code(reply: Reply) -> str:
    """The enhanced status code such as ``5.7.1``; empty if none, or if its class is not the reply code's."""
    match = _ENHANCED.match(reply.lines[0]) if reply.lines else None
    return match[0] if match and int(match[1]) == reply.code // 100 else ""


def greeting_host(reply: Reply) -> str:
    """The host a greeting or EHLO reply begins with, in lower case; empty if that is no name (RFC 5321 §4.2)."""
    first, *_ = (reply.lines[0] if reply.lines else "").split() or [""]
    return first.rstrip(".").lower() if _HOST.fullmatch(first) and not _CODE.fullmatch(first) else ""
