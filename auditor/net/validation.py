"""Whether the resolvers validate: shown by a name that is signed, and one whose signatures are broken."""

from collections.abc import Sequence

import trio

from auditor.model.dns import Answer, DnsStatus, Question, Validation
from auditor.net.dns_lookup import Lookup
from auditor.net.dns_servers import Server

_REFUSED_FOR_IT = {DnsStatus.BOGUS, DnsStatus.SERVFAIL}


async def prove_validation(
    servers: Sequence[Server], proof: Sequence[str], *, wait_seconds: float, tries: int
) -> Validation:
    """What each of ``servers`` shows of both names of ``proof``; they are trusted if every one of them validates.

    One that does not validate never sets AD, so that without this proof all the
    world would read as unsigned, rather than as not known.
    """
    words: dict[Server, str] = {}

    async def look(server: Server) -> None:
        lookup = Lookup((server,), wait_seconds, tries)
        signed = await lookup.ask(Question(proof[0], "SOA"))
        broken = await lookup.ask(Question(proof[1], "A"))
        words[server] = _why_not(signed, broken)

    async with trio.open_nursery() as nursery:
        for server in servers:
            nursery.start_soon(look, server)
    faults = "; ".join(f"{server}: {words[server]}" for server in servers if words[server])
    if faults:
        return Validation(trusted=False, words=f"not proven: {faults}")
    return Validation(trusted=True, words=f"validates: {proof[0]} is authenticated, {proof[1]} is bogus")


def _why_not(signed: Answer, broken: Answer) -> str:
    """What is missing for a proof; empty where nothing is."""
    if not signed.status.known:
        return f"{signed.question.name} gave no fact ({signed.status})"
    if not signed.authenticated:
        return f"{signed.question.name} is not authenticated (no AD bit)"
    if broken.status in _REFUSED_FOR_IT:
        return ""
    return f"{broken.question.name} is {broken.status}, where its signatures are broken"
