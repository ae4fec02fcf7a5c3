"""How responsive a server is: several conversations, one after the other, and what differs between them."""

import json
from collections.abc import Iterator, Sequence
from statistics import median

from auditor.cli.console import out, safe
from auditor.model.facts import DomainFacts
from auditor.model.session import AccessSession, Outcome, Session, SmtpSession

STEPS = {"connect": "connect_ms", "greeting": "greeting_ms", "hello": "ehlo_ms", "TLS": "tls_ms", "total": "total_ms"}
"""What is timed, by its name in :class:`~auditor.model.session.Timings`; ``hello`` is EHLO, CAPABILITY or CAPA."""


def show_rounds(rounds: Sequence[DomainFacts], *, as_json: bool) -> None:
    """Print what the rounds came to, for each endpoint."""
    by_endpoint = {
        str(endpoint): [facts.sessions[endpoint] for facts in rounds if endpoint in facts.sessions]
        for endpoint in rounds[0].route.endpoints
    }
    if as_json:
        out(json.dumps({name: as_data(sessions) for name, sessions in by_endpoint.items()}, indent=2))
        return
    for name, sessions in by_endpoint.items():
        out(safe(name))
        for line in lines(sessions):
            out(f"   {safe(line)}")


def lines(sessions: Sequence[Session]) -> Iterator[str]:
    """A line for each step, then what differed."""
    yield f"{'':<10}{'min':>10}{'median':>10}{'max':>10}  ms"
    for step, numbers in timings(sessions).items():
        if numbers:
            columns = "".join(f"{number:>10.1f}" for number in (min(numbers), median(numbers), max(numbers)))
            yield f"{step:<10}{columns}  in {len(numbers)} of {len(sessions)}"
    yield from differences(sessions)


def as_data(sessions: Sequence[Session]) -> dict[str, object]:
    """The same as data: ``rounds``, ``completed``, ``differences``, and of each step ``min``, ``median``, ``max``."""
    steps = {
        step: {"min": min(numbers), "median": median(numbers), "max": max(numbers), "seen": len(numbers)}
        for step, numbers in timings(sessions).items()
        if numbers
    }
    completed = sum(session.outcome is Outcome.COMPLETED for session in sessions)
    return {
        "rounds": len(sessions),
        "completed": completed,
        "milliseconds": steps,
        "differences": list(differences(sessions)),
    }


def timings(sessions: Sequence[Session]) -> dict[str, list[float]]:
    """The durations of each step, in milliseconds, of the rounds in which it was completed."""
    found = {step: [getattr(session.timings, name) for session in sessions] for step, name in STEPS.items()}
    return {step: [number for number in numbers if number is not None] for step, numbers in found.items()}


def differences(sessions: Sequence[Session]) -> Iterator[str]:
    """What was not the same in all rounds, as it is where several machines stand behind one address."""
    seen = {
        "outcome": [str(session.outcome) for session in sessions],
        "greeting": [_greeting(session) for session in sessions],
        "certificate": [session.tls.leaf[:16] if session.tls is not None else "none" for session in sessions],
        "TLS version": [session.tls.version if session.tls is not None else "none" for session in sessions],
    }
    for what, values in seen.items():
        if len(set(values)) > 1:
            counted = (f"{value} ({values.count(value)})" for value in dict.fromkeys(values))
            yield f"{what} differs: {', '.join(counted)}"


def _greeting(session: Session) -> str:
    greeting = session.greeting if isinstance(session, SmtpSession | AccessSession) else None
    return "none" if greeting is None else greeting.text
