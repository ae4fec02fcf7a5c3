"""Whether a zone is delegated as it says itself, and whether all its nameservers say the same (RFC 1034 §4.2.2)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from auditor.model.delegation import (
    Delegation,
    Difference,
    NameserverAddress,
    NameserverStatus,
    Place,
    Variant,
    ZoneNameserver,
)
from auditor.model.dns import Answer, DnsStatus, Question
from auditor.policy.answers import complaint
from auditor.policy.contact import RoutePolicy, family_of
from auditor.policy.drive import Evaluation, together
from auditor.policy.zone_cut import Parent, ZoneCut, ask_parent, find_cut
from auditor.policy.zone_nameservers import MAX_NAMESERVERS, AskedServer, AskedServers, ask_nameservers


def audit_delegation(domain: str, policy: RoutePolicy) -> Evaluation[Delegation]:
    """Four batches of questions, and two more where the parent names nameservers that the zone does not.

    Only those nameservers that answer for the zone with authority are asked for its mail
    records: one that is dead or lame gets a single question.
    """
    cut = yield from find_cut(domain)
    if not cut.apex:
        return Delegation(domain=domain, unknown_parent=cut.unknown, unknown=(cut.unknown,))
    parent, own = yield from together(ask_parent(cut, policy), ask_nameservers(cut.apex, cut.names, policy))
    if not cut.names and not parent.names:
        return Delegation(domain=domain, unknown_parent=parent.unknown, unknown=(cut.unknown,))
    further = tuple(name for name in parent.names if name not in cut.names)
    others = yield from ask_nameservers(cut.apex, further, policy, room=MAX_NAMESERVERS - len(own.servers))
    asked = AskedServers((*own.servers, *others.servers), (*own.left_out, *others.left_out))
    contents = yield from _ask_contents(domain, cut.apex, asked.servers)
    return _described(domain, cut, parent, asked, contents)


@dataclass(frozen=True, slots=True)
class _Content:
    """One question, and the answer of each nameserver that was asked."""

    name: str
    type: str
    answers: dict[Place, Answer]

    @property
    def difference(self) -> Difference | None:
        """What the nameservers say, where it is not the same."""
        by_value: dict[tuple[str, ...], list[Place]] = {}
        for place, answer in self.answers.items():
            if _is_word_of_zone(answer):
                by_value.setdefault(_value(answer), []).append(place)
        if len(by_value) < 2:
            return None
        variants = [Variant(records=value, nameservers=tuple(of_it)) for value, of_it in by_value.items()]
        variants.sort(key=lambda one: (-len(one.nameservers), one.records))
        return Difference(name=self.name, type=self.type, variants=tuple(variants))

    @property
    def unknown(self) -> Iterator[str]:
        """The nameservers that did not say."""
        for (server, address), answer in self.answers.items():
            if not _is_word_of_zone(answer):
                why = "without authority" if answer.status.known else complaint(answer).partition(": ")[2]
                yield f"{server} ({address}) {self.name} {self.type}: {why}"


def _ask_contents(domain: str, apex: str, asked: Sequence[AskedServer]) -> Evaluation[tuple[_Content, ...]]:
    """What every nameserver that knows the zone says of the domain's mail, and of the zone's nameservers."""
    places = [(one.name, address) for one in asked for address, soa in one.soa.items() if _status(soa) is _OK]
    kinds = ((apex, "NS"), (domain, "MX"), (domain, "TXT"), (f"_dmarc.{domain}", "TXT"))
    if not places:
        return tuple(_Content(name, kind, {}) for name, kind in kinds)
    questions = {(name, kind, place): Question(name, kind, place[1]) for name, kind in kinds for place in places}
    asked_for = tuple(dict.fromkeys(questions.values()))  # nameservers may share an address
    answers = dict(zip(asked_for, (yield asked_for), strict=True))
    said = {key: answers[question] for key, question in questions.items()}
    return tuple(_Content(name, kind, {one: said[name, kind, one] for one in places}) for name, kind in kinds)


def _is_word_of_zone(answer: Answer) -> bool:
    return answer.status.known and answer.authoritative


def _value(answer: Answer) -> tuple[str, ...]:
    """What counts when answers are compared: of an alias, where it points; that there is nothing, however it is put."""
    return (f"CNAME {answer.aliases[0]}",) if answer.aliases else answer.records


_OK = NameserverStatus.OK
_STATUS = {
    DnsStatus.TIMEOUT: NameserverStatus.UNREACHABLE,
    DnsStatus.REFUSED: NameserverStatus.REFUSED,
    DnsStatus.NOT_ASKED: NameserverStatus.SKIPPED,
    DnsStatus.MALFORMED: NameserverStatus.UNKNOWN,
}
"""What failures to ask for the SOA record mean; all else is a reply of somebody who does not know the zone."""


def _status(soa: Answer) -> NameserverStatus:
    if soa.status is DnsStatus.ANSWERED and soa.authoritative and not soa.aliases:
        return _OK
    return _STATUS.get(soa.status, NameserverStatus.LAME)


def _described(
    domain: str, cut: ZoneCut, parent: Parent, asked: AskedServers, contents: Sequence[_Content]
) -> Delegation:
    nameservers = tuple(_nameserver(one) for one in asked.servers)
    heard = [one.address for server in nameservers for one in server.addresses if one.status.replied]
    named = [answer.records for answer in contents[0].answers.values() if _is_word_of_zone(answer)]
    return Delegation(
        domain=domain,
        apex=cut.apex,
        parent=cut.parent,
        nameservers=nameservers,
        parent_set=parent.names,
        child_set=tuple(sorted({name for records in named for name in records})),
        not_delegated=parent.not_delegated,
        differences=tuple(one.difference for one in contents if one.difference is not None),
        families=tuple(sorted(set(map(family_of, [*heard, *parent.heard])))),
        left_out=asked.left_out,
        unknown_parent=parent.unknown,
        unknown=tuple(reason for one in contents for reason in one.unknown),
    )


def _nameserver(asked: AskedServer) -> ZoneNameserver:
    return ZoneNameserver(
        name=asked.name,
        addresses=tuple(_address(address, soa) for address, soa in asked.soa.items()),
        unknown=asked.unknown,
    )


def _address(address: str, soa: Answer) -> NameserverAddress:
    status = _status(soa)
    if status is _OK:
        return NameserverAddress(address=address, status=status, serial=_serial(soa))
    reason = "it answers without authority" if soa.status.known else soa.error or str(soa.status)
    return NameserverAddress(address=address, status=status, reason=reason)


def _serial(soa: Answer) -> int | None:
    """The third field of the record (RFC 1035 §3.3.13)."""
    fields = soa.records[0].split()
    return int(fields[2]) if len(fields) == 7 and fields[2].isdecimal() else None
