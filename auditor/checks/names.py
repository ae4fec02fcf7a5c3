"""PTR: what the addresses of exchanges are called, and what the servers there call themselves."""

from collections.abc import Iterator
from ipaddress import ip_address

from auditor.checks.core import Evidence, Result, Unknown, check
from auditor.checks.name_facts import Introduced, Pointed
from auditor.model.finding import Severity
from auditor.model.reverse import ReverseNames
from auditor.policy.contact import family_of
from auditor.policy.public_suffix import organizational_domain

DIG_PTR = "dig +short -x {address}"


@check(
    id="PTR001",
    name="reverse-name-missing",
    severity=Severity.INFO,
    reference="RFC 1912 §2.1",
    remediation="Have whoever gave you the address publish a PTR record for it that names the server.",
    reproduce=DIG_PTR + "\n# expect nothing",
)
def reverse_name_missing(pointed: Pointed) -> Iterator[Result]:
    """An exchange's address has no name.

    For taking mail that does no harm. Where the same address sends mail too, as its SPF record says, many receivers refuse it for that.
    """
    for one in pointed.names:
        if one.names:
            continue
        if one.unknown:
            yield Unknown(f"{one.address}: {one.unknown}")
        else:
            yield Evidence(f"{one.address} has no PTR record", pointed.severity(one, Severity.MEDIUM), _fill(one))


@check(
    id="PTR002",
    name="reverse-name-unconfirmed",
    severity=Severity.INFO,
    reference="RFC 1912 §2.1; RFC 8601 §2.7.3",
    remediation="Let the PTR record give a name that has this address, best the one the server calls itself by.",
    reproduce=DIG_PTR + "\n# expect: {name}.\ndig +short {name} {type}\n# expect no: {address}",
)
def reverse_name_unconfirmed(pointed: Pointed) -> Iterator[Result]:
    """An exchange's address has a name that does not lead back to it.

    Anybody may claim any name for his address, so one that does not lead back counts for nothing. Where the same address sends mail, receivers count that against it.
    """
    for one in pointed.names:
        if not one.names or one.confirmed:
            continue
        if one.unknown:
            yield Unknown(f"{one.address}: {one.unknown}")
        else:
            told = f"{one.address} is called {', '.join(one.names)}, which has another address or none"
            yield Evidence(told, pointed.severity(one, Severity.MEDIUM), _fill(one))


@check(
    id="PTR003",
    name="reverse-name-generic",
    severity=Severity.INFO,
    reference="RFC 1912 §2.1",
    remediation="Have the address named after the server, not after its own digits.",
    reproduce=DIG_PTR + "\n# expect: {name}.",
)
def reverse_name_generic(pointed: Pointed) -> Iterator[Result]:
    """An exchange's address has a name made of its own digits.

    That is how providers name what they give to households and hire out by the hour; receivers that see such a name take the sender for one of those.
    """
    for one in pointed.names:
        if one.unknown and not one.names:
            yield Unknown(f"{one.address}: {one.unknown}")
        elif one.names and all(_is_generic(name, one.address) for name in one.names):
            told = f"{one.address} is called {', '.join(one.names)}"
            yield Evidence(told, pointed.severity(one, Severity.LOW), _fill(one))


@check(
    id="PTR004",
    name="greeting-name-foreign",
    severity=Severity.INFO,
    reference="RFC 5321 §4.1.4, §4.2",
    remediation="Configure the server's own name (myhostname, primary_hostname) to be the one its address has.",
    reproduce="telnet {address} {port}\n# type: EHLO your.host.name\n# expect: {name}\n# type: QUIT\n"
    + DIG_PTR
    + "\n# expect no: {name}",
)
def greeting_name_foreign(introduced: Introduced) -> Iterator[Result]:
    """A server calls itself by a name that has nothing to do with it.

    It is neither of the organization of its exchange's name nor of that of its address's. Most often a default that nobody set, and the server then says the same where it sends mail.
    """
    for one in introduced.greetings:
        known = [introduced.exchange.exchange, introduced.exchange.canonical_name, *one.reverse.names]
        if organizational_domain(one.host) in {organizational_domain(name) for name in known if name}:
            continue
        if one.reverse.unknown:
            yield Unknown(f"{one.reverse.address}: {one.reverse.unknown}")
            continue
        called = f"is called {', '.join(one.reverse.names)}" if one.reverse.names else "has no name"
        fill = {"address": one.reverse.address, "port": str(one.port), "name": one.host}
        yield Evidence(f"{one.reverse.address} {called}, and the server calls itself {one.host}", fill=fill)


def _fill(one: ReverseNames) -> dict[str, str]:
    name = {"name": one.names[0], "type": family_of(one.address)} if one.names else {}
    return {"address": one.address, **name}


def _is_generic(name: str, address: str) -> bool:
    """Whether the first labels hold the address: its octets in either order, in decimal or hexadecimal."""
    digits = ip_address(address).packed
    host = name.partition(".")[0] if name.count(".") < 4 else name
    if len(digits) == 16:
        return digits.hex()[-8:] in host.replace("-", "").replace(".", "")
    padded = (f"{octet:03d}" for octet in digits)
    forms = ([str(octet) for octet in digits], list(padded))
    orders = [parts for form in forms for parts in (form, form[::-1])]
    return digits.hex() in host or any(mark.join(parts) in host for parts in orders for mark in "-._")
