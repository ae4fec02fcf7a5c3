"""Domain names as written by people, made into lower-case A-labels (docs/adr/0005-idna.md)."""

import re

import idna

from auditor.targets.tidy import tidy

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_PLAIN_NAME = re.compile(rf"(?:{_LABEL}\.)+[a-z](?:[a-z0-9-]{{0,61}}[a-z0-9])?")
_SCHEME = re.compile(r"(?:[a-z][a-z0-9+.-]*:)?//", re.IGNORECASE)
_PATH = re.compile(r"[/?#\\]")
_PORT = re.compile(r":[0-9]*$")
_NOT_LDH = re.compile(r"[^a-z0-9-]")
_JOINERS = str.maketrans("", "", "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}")
_LONGEST_INPUT = 1_024  # far over what 253 octets can be written as; bounds the work of IDNA


class BadNameError(ValueError):
    """The text names no domain; its message is the reason, ready for a report."""


def clean_name(text: str, *, host: bool = False) -> str:
    """Return the domain a text names, in lower-case A-labels without trailing dot.

    E-mail addresses and URLs are reduced to their domain.  With ``host``, a
    single label and underscores are allowed, as some servers have them.

    Raises:
        BadNameError: there is no such domain in the text.
    """
    plain = plain_name(text)
    if plain:
        return plain
    name = tidy(_reduce(tidy(text)).strip("[]"))
    if not name:
        raise BadNameError("no name in it")
    if len(name) > _LONGEST_INPUT:
        raise BadNameError("name over 253 octets")
    return _check(_to_a_labels(name), host=host)


def plain_name(text: str) -> str:
    """Return the text in lower case if it is a mail domain as it stands, else nothing; the fast way for most lines."""
    if len(text) > 253 or not text.isascii():
        return ""
    lower = text.lower()
    return lower if _PLAIN_NAME.fullmatch(lower) else ""


def unicode_name(name: str) -> str:
    """Return the name with its A-labels as people write them; one that is not valid IDNA 2008 stays as it is."""
    if "xn--" not in name:
        return name
    return ".".join(map(_to_u_label, name.split(".")))


def _reduce(text: str) -> str:
    """Return the host of a URL, the domain of an e-mail address, or the text itself."""
    if "<" in text:
        if text.count("<") > 1:
            raise BadNameError("more than one name")
        text = text.partition("<")[2].partition(">")[0]
    scheme = _SCHEME.match(text)
    if scheme:
        authority = _PATH.split(text[scheme.end() :], maxsplit=1)[0]
        return _PORT.sub("", _no_address_literal(authority.rpartition("@")[2]))
    if text[:7].lower() == "mailto:":
        text = text[7:]
    before_path, *path = _PATH.split(text, maxsplit=1)
    return _mail_domain(_PORT.sub("", before_path) if path else before_path)


def _mail_domain(text: str) -> str:
    local_part, at, domain = text.rpartition("@")
    if not at:
        return text
    if "@" in local_part or (re.search(r"[\s,;]", local_part) and not local_part.endswith('"')):
        raise BadNameError("more than one name")
    return _no_address_literal(domain)


def _no_address_literal(domain: str) -> str:
    if domain.startswith("["):
        raise BadNameError("an address is no mail domain")
    return domain


def _to_a_labels(name: str) -> str:
    """Map by UTS 46 without transitional processing, and encode each label that is not ASCII."""
    if name.isascii():
        return name.lower()
    try:
        return _encode(name)
    except UnicodeError as error:
        without_joiners = name.translate(_JOINERS)
        if without_joiners == name:
            raise BadNameError(_idna_reason(error)) from None
    try:
        return _encode(without_joiners)
    except UnicodeError as error:
        raise BadNameError(_idna_reason(error)) from None


def _encode(name: str) -> str:
    # STD3 rules are ours to check, label by label: their reasons are plainer than a code point's status.
    labels = idna.uts46_remap(name, std3_rules=False).split(".")
    return ".".join(label if label.isascii() else idna.alabel(label).decode("ascii") for label in labels)


def _idna_reason(error: UnicodeError) -> str:
    return f"not valid in an internationalised name (IDNA 2008): {str(error)[:150]}"


def _check(name: str, *, host: bool) -> str:
    """Return the ASCII name if it has the form of a host name (RFC 1123 §2.1), whatever its A-labels hold."""
    labels = name.split(".")
    reason = _first_reason(labels, host=host) or ("name over 253 octets" if len(name) > 253 else "")
    if reason:
        raise BadNameError(reason)
    return name


def _first_reason(labels: list[str], *, host: bool) -> str:
    if labels[0] == "*":
        return "a wildcard is no domain"
    for label in labels:
        reason = _label_reason(label, host=host)
        if reason:
            return reason
    if labels[-1].isdigit():
        return "an address is no mail domain" if len(labels) == 4 else "top-level label is all digits"
    return "single label" if len(labels) == 1 and not host else ""


def _label_reason(label: str, *, host: bool) -> str:
    if not label:
        return "empty label"
    if len(label) > 63:
        return "label over 63 octets"
    bad = _NOT_LDH.search(label.replace("_", "") if host else label)
    if bad:
        return _character_reason(bad[0])
    return "label begins or ends with a hyphen" if label[0] == "-" or label[-1] == "-" else ""


def _character_reason(character: str) -> str:
    if character == "_":
        return "an underscore is not allowed in a mail domain"
    if character in ",;|":
        return f"more than one name ({character})"
    if character.isspace():
        return "white space inside the name"
    shown = f" ({character})" if character.isprintable() else ""
    return f"character U+{ord(character):04X}{shown} is not allowed in a domain name"


def _to_u_label(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return idna.ulabel(label)
    except UnicodeError:
        return label
