"""Where reports go, by the URIs that DMARC and TLS-RPT have for it."""

import re

# Characters of a URI (RFC 3986 §2), of which an address leaves out @ and ?, and every list the exclamation mark.
_CHARACTER = r"(?:[#$&-;=?-Z\[\]_a-z~]|%[0-9a-f]{2})"
_LOCAL_CHARACTER = r"(?:[#$&-;=A-Z_a-z~]|%[0-9a-f]{2})"
_HOST = r"(?P<host>(?=[^/?#:]{1,253}(?:[/?#:]|\Z))[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*)"
_MAILTO = re.compile(rf"mailto:{_LOCAL_CHARACTER}+@{_HOST}(?:\?{_CHARACTER}*)?", re.IGNORECASE)
_HTTPS = re.compile(rf"https://{_HOST}(?::[0-9]{{1,5}})?(?:[/?#]{_CHARACTER}*)?", re.IGNORECASE)


def destination(uri: str) -> str:
    """The host, in lower case, to which reports go (RFC 9990 §4, step 1); empty for what is no URI of reports.

    Those are addresses and https URLs; exclamation marks have to be encoded in them (RFC 9989 §4.8).
    """
    found = _MAILTO.fullmatch(uri) or _HTTPS.fullmatch(uri)
    return found["host"].lower() if found else ""
