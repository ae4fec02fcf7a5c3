"""Resolvers, a parent's nameserver and three of a zone, and what each of them says."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from hypothesis import settings

from auditor.model.delegation import Delegation, NameserverStatus
from auditor.model.dns import Answer, DnsStatus, Question
from auditor.policy.contact import RoutePolicy
from auditor.policy.delegation import audit_delegation
from auditor.policy.drive import Evaluation

POLICY = RoutePolicy(allow_private=True)
SOA = "ns1.example.com hostmaster.example.com {} 3600 900 604800 300"
ROOMY = settings(max_examples=150, deadline=None, derandomize=True)

Result = TypeVar("Result")
Said = tuple[str, ...] | DnsStatus
Key = tuple[str, str, str]
"""Name, type and server."""


@dataclass
class World:
    """What resolvers and nameservers say; an absent name is nodata, and an absent server silent."""

    said: Mapping[Key, Said | Answer]
    batches: list[tuple[Question, ...]] = field(default_factory=list)

    def run(self, evaluation: Evaluation[Result]) -> Result:
        try:
            questions = next(evaluation)
            while True:
                assert questions, "an empty batch"
                self.batches.append(questions)
                questions = evaluation.send(tuple(map(self.answer, questions)))
        except StopIteration as stop:
            found: Result = stop.value
            return found

    def answer(self, question: Question) -> Answer:
        servers = {server for _, _, server in self.said}
        silent = DnsStatus.NODATA if question.server in servers else DnsStatus.TIMEOUT
        said = self.said.get((question.name, question.type, question.server), silent)
        if isinstance(said, Answer):
            return replace(said, question=question)
        status = said if isinstance(said, DnsStatus) else DnsStatus.ANSWERED
        records = () if isinstance(said, DnsStatus) else said
        known = bool(question.server) and status.known
        return Answer(question=question, status=status, records=records, authoritative=known)

    @property
    def asked_at(self) -> dict[str, list[str]]:
        """Name and type of what was asked of each server itself."""
        asked: dict[str, list[str]] = {}
        for batch in self.batches:
            for one in batch:
                if one.server:
                    asked.setdefault(one.server, []).append(f"{one.name} {one.type}")
        return asked


def without_authority(*records: str) -> Answer:
    return Answer(
        question=Question("", ""), status=DnsStatus.ANSWERED, records=records, authoritative=False, ttl_seconds=5
    )


PARENTS, FIRST, SECOND, SECOND6 = "192.0.2.53", "192.0.2.1", "198.51.100.1", "2001:db8::1"
NAMES = ("ns1.example.com", "ns2.example.net")
RESOLVERS: dict[Key, Said | Answer] = {
    ("example.com", "NS", ""): NAMES,
    ("com", "NS", ""): ("a.nic.com",),
    ("a.nic.com", "A", ""): (PARENTS,),
    ("ns1.example.com", "A", ""): (FIRST,),
    ("ns2.example.net", "A", ""): (SECOND,),
    ("ns2.example.net", "AAAA", ""): (SECOND6,),
}


def soa(serial: int) -> tuple[str, ...]:
    return (SOA.format(serial),)


def serving(server: str, **changes: Said | Answer) -> dict[Key, Said | Answer]:
    """A nameserver of the zone."""
    return {
        ("example.com", "SOA", server): changes.get("soa", soa(7)),
        ("example.com", "NS", server): changes.get("ns", NAMES),
        ("example.com", "MX", server): changes.get("mx", ("10 mx.example.com",)),
        ("example.com", "TXT", server): changes.get("txt", ("v=spf1 mx -all", "other=1")),
        ("_dmarc.example.com", "TXT", server): changes.get("dmarc", ("v=DMARC1; p=reject",)),
    }


GOOD: dict[Key, Said | Answer] = {
    **RESOLVERS,
    ("example.com", "NS", PARENTS): without_authority(*NAMES),
    **serving(FIRST),
    **serving(SECOND),
    **serving(SECOND6),
}


def seen(*worlds: Mapping[Key, Said | Answer], domain: str = "example.com", policy: RoutePolicy = POLICY) -> Delegation:
    return World({key: said for world in worlds for key, said in world.items()}).run(audit_delegation(domain, policy))


def statuses(delegation: Delegation) -> dict[str, NameserverStatus]:
    return {one.address: one.status for _, one in delegation.addresses}
