"""The names of addresses: PTR records, and whether what they name has the address (RFC 1912 §2.1)."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from auditor.model.dns import Answer, DnsStatus, Question
from auditor.model.reverse import ReverseNames
from auditor.policy.addresses import address_of
from auditor.policy.answers import complaint
from auditor.policy.contact import family_of
from auditor.policy.drive import Evaluation

MAX_NAMES = 10
"""PTR records of an address whose names are looked up, as of a sender (RFC 7208 §5.5)."""
_KEPT = 10_000  # addresses of exchanges that many domains share


def look_up_reverse(addresses: Sequence[str]) -> Evaluation[dict[str, ReverseNames]]:
    """The names of these addresses, each once, in two batches: to the names, and from there back."""
    asked = tuple(dict.fromkeys(addresses))
    if not asked:
        return {}
    pointers: tuple[Answer, ...] = yield tuple(map(_question, asked))
    named = {address: _names(pointer) for address, pointer in zip(asked, pointers, strict=True)}
    back = tuple(dict.fromkeys(Question(name, family_of(address)) for address in asked for name in named[address]))
    answers: dict[Question, Answer] = dict(zip(back, (yield back) if back else (), strict=True))
    return {
        address: _reverse_names(address, pointer, named[address], answers)
        for address, pointer in zip(asked, pointers, strict=True)
    }


@lru_cache(maxsize=_KEPT)
def _pointer_of(address: str) -> str:
    return address_of(address).reverse_pointer


def _question(address: str) -> Question:
    return Question(_pointer_of(address), "PTR")


def _names(pointer: Answer) -> tuple[str, ...]:
    return pointer.records[:MAX_NAMES] if pointer.status is DnsStatus.ANSWERED else ()


def _reverse_names(
    address: str, pointer: Answer, names: tuple[str, ...], answers: Mapping[Question, Answer]
) -> ReverseNames:
    forward = {name: answers[Question(name, family_of(address))] for name in names}
    failed = [] if pointer.status.known else [complaint(pointer)]
    failed += (f"{name} {complaint(answer)}" for name, answer in forward.items() if not answer.status.known)
    return ReverseNames(
        address=address,
        names=names,
        confirmed=tuple(name for name, answer in forward.items() if _has(answer, address)),
        unknown="; ".join(failed),
    )


def _has(answer: Answer, address: str) -> bool:
    found = answer.records if answer.status is DnsStatus.ANSWERED else ()
    return address in found or any(address_of(one) == address_of(address) for one in found)
