"""Whether this end is fit to look from, by what is known of it."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from auditor.model.session import Outcome, Session, SmtpSession, Starttls
from auditor.model.vantage import Vantage, VantageLine, VantageState, Witness
from auditor.policy.addresses import is_public, why_not_public
from auditor.policy.rejection import understand

FAMILIES = {"A": "IPv4", "AAAA": "IPv6"}
SLIGHT_SECONDS, WRONG_SECONDS = 10, 300
_ADDRESS = re.compile(r"\[(?:IPv6:)?([0-9A-Fa-f.:]+)\]")
_NO_CONNECTION = {Outcome.CONNECT_TIMEOUT, Outcome.UNREACHABLE, Outcome.REFUSED}
_NOT_TRIED = {Outcome.SKIPPED, Outcome.INTERNAL_ERROR}
_CLOSED = "Outgoing port 25 is closed here, as in most home and cloud networks. Scan from elsewhere, or have it opened."
OK, WARN, FAIL = VantageState.OK, VantageState.WARN, VantageState.FAIL


def judge_vantage(vantage: Vantage) -> tuple[VantageLine, ...]:
    """A line for each thing that a run needs of this end; what was not looked at has none."""
    return (
        _resolver(vantage),
        *(_route(vantage, family) for family in FAMILIES),
        *_port_25(vantage),
        _name(vantage),
        *_reverse(vantage),
        *_clock(vantage),
        *_listed(vantage),
    )


def seen_as(vantage: Vantage) -> tuple[str, ...]:
    """The addresses of this end as others see them: those that servers told it, and its own public ones."""
    told = (_told(session) for one in vantage.witnesses for session in one.sessions)
    own = (address for address in vantage.sources.values() if address and is_public(address))
    return tuple(dict.fromkeys(address for address in (*told, *own) if address))


def _told(session: Session) -> str:
    """The client's address in the first line of the reply to EHLO, where large operators put it."""
    reply = session.ehlo if isinstance(session, SmtpSession) else None
    found = _ADDRESS.search(reply.lines[0]) if reply is not None and reply.positive and reply.lines else None
    return found[1] if found is not None and is_public(found[1]) else ""


def _resolver(vantage: Vantage) -> VantageLine:
    servers = ", ".join(vantage.resolvers)
    validation = vantage.validation
    if validation is None:
        return VantageLine(
            "resolver", FAIL, f"none answers: {servers or 'none is configured'}", "Name one: --resolver."
        )
    if validation.trusted:
        return VantageLine("resolver", OK, f"{servers} {validation.words}")
    advice = "DNSSEC and DANE are not judged. Use a resolver that validates (--resolver), or vouch for it (--trust-ad)."
    words = "; ".join(filter(None, (validation.words, validation.note)))
    return VantageLine("resolver", WARN, f"{servers}: {words}", advice)


def _route(vantage: Vantage, family: str) -> VantageLine:
    name, source = FAMILIES[family], vantage.sources.get(family, "")
    if source:
        behind = "" if is_public(source) else f" ({why_not_public(source)}: something translates it on the way)"
        return VantageLine(name, OK, f"connections leave from {source}{behind}")
    if family == "AAAA":
        return VantageLine(name, WARN, "no route", "IPv6 addresses of exchanges are skipped, and not judged.")
    return VantageLine(name, FAIL, "no route", "There is no way to servers with IPv4 addresses from here.")


def _port_25(vantage: Vantage) -> Iterator[VantageLine]:
    if not vantage.witnesses:
        return
    tried = [one for seen in vantage.witnesses for one in seen.sessions if one.outcome not in _NOT_TRIED]
    reached = [one for one in tried if one.outcome not in _NO_CONNECTION]
    whom = ", ".join(one.domain for one in vantage.witnesses)
    if not tried:
        yield VantageLine(
            "port 25", WARN, f"not tried: {_why_not(vantage.witnesses)}", "Name domains that you can reach."
        )
    elif not reached:
        words = f"no connection to {whom}: {'; '.join(sorted({str(one.outcome) for one in tried}))}"
        yield VantageLine("port 25", FAIL, words, _CLOSED)
    else:
        yield VantageLine("port 25", OK, f"{len(reached)} of {len(tried)} conversations with {whom} came through")
        yield from _refused(reached)
        yield from _stripped(reached)


def _why_not(witnesses: tuple[Witness, ...]) -> str:
    skipped = (session.error for one in witnesses for session in one.sessions)
    return "; ".join(dict.fromkeys([*(f"{one.domain}: {one.unknown}" for one in witnesses if one.unknown), *skipped]))


def _refused(reached: list[Session]) -> Iterator[VantageLine]:
    refusals = [(one, understand(one)) for one in reached if one.outcome in {Outcome.REJECTED, Outcome.DEFERRED}]
    for session, rejection in refusals:
        reason = f" ({rejection.words})" if rejection is not None else ""
        advice = "It refuses this address or name; the reply says why, and whom to ask. Others may do the same."
        yield VantageLine("welcome", WARN, f"{session.endpoint.exchange}: {session.error}{reason}", advice)


def _stripped(reached: list[Session]) -> Iterator[VantageLine]:
    """Servers that the whole world knows to offer STARTTLS do not, seen from here."""
    plain = [one for one in reached if one.outcome is Outcome.COMPLETED and one.starttls is Starttls.NOT_OFFERED]
    completed = [one for one in reached if one.outcome is Outcome.COMPLETED]
    if plain and len(plain) == len(completed):
        words = f"not offered by {', '.join(one.endpoint.exchange for one in plain)}, which are known to"
        advice = (
            "A firewall on the way takes STARTTLS out (SMTP inspection, fixup). Have that switched off before you scan."
        )
        yield VantageLine("STARTTLS", FAIL, words, advice)


def _name(vantage: Vantage) -> VantageLine:
    own, advice = vantage.own_name, "Give a full name that leads to this host's public address: --helo."
    if not own.name:
        return VantageLine("EHLO name", WARN, "this host has no full name; its address is given instead", advice)
    if own.unknown and not own.addresses:
        return VantageLine("EHLO name", WARN, f"{own.name}: {own.unknown}", "")
    if not own.addresses:
        return VantageLine("EHLO name", WARN, f"{own.name} has no address", advice)
    known = seen_as(vantage)
    if known and not set(known) & set(own.addresses):
        words = f"{own.name} leads to {', '.join(own.addresses)}, and connections come from {', '.join(known)}"
        return VantageLine("EHLO name", WARN, words, advice)
    return VantageLine("EHLO name", OK, f"{own.name} leads to {', '.join(own.addresses)}")


def _reverse(vantage: Vantage) -> Iterator[VantageLine]:
    advice = (
        "Have whoever gave you the address publish a PTR record with a name that leads back; many servers insist on it."
    )
    for address, names in vantage.reverse.items():
        what = f"PTR of {address}"
        if names.confirmed:
            yield VantageLine(what, OK, ", ".join(names.confirmed))
        elif names.unknown:
            yield VantageLine(what, WARN, names.unknown, "")
        else:
            called = f"{', '.join(names.names)}, which does not lead back" if names.names else "none"
            yield VantageLine(what, WARN, called, advice)
    if not vantage.reverse and vantage.witnesses:
        yield VantageLine("PTR", WARN, "not known: no server told which address it sees", "")


def _clock(vantage: Vantage) -> Iterator[VantageLine]:
    if not vantage.witnesses:
        return
    offsets = [offset for one in vantage.witnesses if (offset := _offset_seconds(one)) is not None]
    if not offsets:
        yield VantageLine("clock", WARN, "not compared: no policy host told the time", "")
        return
    off = sorted(offsets)[len(offsets) // 2]
    words = f"{abs(off):.0f} s {'ahead' if off > 0 else 'behind'}, compared with {len(offsets)} servers"
    advice = "Set the clock (NTP): certificates are judged, and findings dated, by it."
    state = OK if abs(off) <= SLIGHT_SECONDS else WARN if abs(off) <= WRONG_SECONDS else FAIL
    yield VantageLine("clock", state, words, "" if state is OK else advice)


def _offset_seconds(witness: Witness) -> float | None:
    """How far this end's clock is ahead of the policy host's; ``None`` where that did not tell the time."""
    fetch = witness.fetch
    if fetch is None or not fetch.date or fetch.started_at is None:
        return None
    try:
        theirs = parsedate_to_datetime(fetch.date)
    except ValueError:
        return None
    theirs = theirs if theirs.tzinfo is not None else theirs.replace(tzinfo=UTC)
    # Its second has passed half on average, and the answer took half of the time to come.
    began: datetime = fetch.started_at
    return (began - theirs).total_seconds() + (fetch.elapsed_ms or 0.0) / 1000 - 0.5


def _listed(vantage: Vantage) -> Iterator[VantageLine]:
    for what, said in vantage.listed.items():
        state = WARN if said else OK
        advice = "Ask that list why, and have it taken off; until then servers that use it refuse this address."
        yield VantageLine(
            "block list", state, f"{what}: {said or 'not listed'}", advice if said.startswith("listed") else ""
        )
