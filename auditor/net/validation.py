"""Whether the resolvers validate: shown by a name that is signed, and one whose signatures are broken."""

from collections.abc import Sequence
from dataclasses import dataclass

import trio

from auditor.model.dns import DnsStatus, Question, Validation
from auditor.net.dns_lookup import Lookup
from auditor.net.dns_servers import Server


async def prove_validation(
    servers: Sequence[Server], proof: Sequence[str], *, wait_seconds: float, tries: int
) -> Validation:
    """What each of ``servers`` shows of both names of ``proof``; they are trusted if every one of them validates.

    One that does not validate never sets AD, so that without this proof all the
    world would read as unsigned, rather than as not known; and one that sets it
    without looking, or that fails for all it is asked, shows itself by the other name.
    """
    shown: dict[Server, _Shown] = {}

    async def look(server: Server) -> None:
        shown[server] = await _look(Lookup((server,), wait_seconds, tries), *proof)

    async with trio.open_nursery() as nursery:
        for server in servers:
            nursery.start_soon(look, server)
    faults = "; ".join(f"{server}: {shown[server].fault}" for server in servers if shown[server].fault)
    if faults:
        closed = [str(server) for server in servers if shown[server].closed]
        return Validation(trusted=False, words=f"not proven: {faults}", note=_note(closed, proof[0]))
    return Validation(trusted=True, words=f"validates: {proof[0]} is authenticated, {proof[1]} is bogus")


@dataclass(frozen=True, slots=True)
class _Shown:
    """What one resolver shows."""

    fault: str = ""
    """What is missing for a proof; empty where nothing is."""
    closed: bool = False
    """Whether the signed name, which the whole world knows, does not exist for it."""


def _note(closed: Sequence[str], name: str) -> str:
    """What it means that a name of the whole world does not exist for these resolvers."""
    if not closed:
        return ""
    return (
        f"for {', '.join(closed)} the name {name} does not exist: right in a closed network, else it does not see"
        " the Internet, and what it says does not exist may well exist"
    )


async def _look(lookup: Lookup, signed_name: str, broken_name: str) -> _Shown:
    """What a resolver shows of both names; the second is asked for only if the first is as it should be."""
    signed = await lookup.ask(Question(signed_name, "SOA"))
    if not signed.status.known:
        return _Shown(f"{signed_name} gave no fact ({signed.status})")
    if signed.status is DnsStatus.NXDOMAIN:
        return _Shown(f"{signed_name} does not exist there", closed=True)
    if not signed.authenticated:
        return _Shown(f"{signed_name} is not authenticated (no AD bit)")
    broken = await lookup.ask(Question(broken_name, "A"))
    if broken.status is DnsStatus.BOGUS:
        return _Shown()
    if not broken.status.known:  # it may be out of reach, which says nothing of its signatures
        return _Shown(f"{broken_name} gave no fact ({broken.status})")
    return _Shown(f"{broken_name} is {broken.status}, where its signatures are broken")
