"""Small worlds for SPF, made up from a number: a zone, and a sender; the same number gives the same world."""

import random
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from auditor.model.dns import Answer, DnsStatus, Question

ZONE = "example.com"
HOSTS = tuple(f"h{number}.{ZONE}" for number in range(6))
DOMAINS = tuple(f"d{number}.{ZONE}" for number in range(5))
GONE = tuple(f"gone{number}.{ZONE}" for number in range(3))
SLOW = f"slow.{ZONE}"
CLIENTS = ("192.0.2.1", "192.0.2.130", "198.51.100.7", "2001:db8::1", "2001:db8:1::77", "::ffff:192.0.2.1")
TEXTS = (
    "Go away, %{i}",
    "%{s} may not, says %{d}",
    "%{c} %{r} is not %{p}",
    "broken %{x}",
    "see %{S}%_%%%-",
    "caf\xe9",
)

Choice = TypeVar("Choice")

TIMEOUT: list[str] = []
"""In the place of records: whoever asks waits in vain."""


@dataclass(slots=True)
class World:
    """What the DNS holds, and who wants to send."""

    records: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    """By name and type, as :class:`Answer` has them; :data:`TIMEOUT` is told by identity."""
    ip: str = CLIENTS[0]
    sender: str = f"user@{DOMAINS[0]}"
    helo: str = HOSTS[0]

    def status(self, name: str, kind: str) -> DnsStatus:
        records = self.records.get((name, kind))
        if records is TIMEOUT or (name, "*") in self.records:
            return DnsStatus.TIMEOUT
        if records or self._is_listed(name, kind):
            return DnsStatus.ANSWERED
        exists = any(owner == name for owner, _ in self.records)
        return DnsStatus.NODATA if exists else DnsStatus.NXDOMAIN

    def found(self, name: str, kind: str) -> tuple[str, ...]:
        if self.status(name, kind) is not DnsStatus.ANSWERED:
            return ()
        return ("127.0.0.2",) if self._is_listed(name, kind) else tuple(self.records[name, kind])

    def answer(self, question: Question) -> Answer:
        status = self.status(question.name, question.type)
        return Answer(question=question, status=status, records=self.found(question.name, question.type))

    def _is_listed(self, name: str, kind: str) -> bool:
        """Half of the names below ``_list`` have an address: what macros expand to is among them."""
        return kind == "A" and name.endswith(f"._list.{ZONE}") and zlib.crc32(name.encode()) % 2 == 0


def world(seed: int) -> World:
    """The world of this number."""
    dice = random.Random(seed)  # noqa: S311 - repeatable, not secret
    made = World(ip=dice.choice(CLIENTS), helo=dice.choice((*HOSTS, "helo.example.net", "bad helo")))
    made.sender = dice.choice(
        (f"user@{DOMAINS[0]}", f"a.b-c+d@{DOMAINS[0]}", f"@{DOMAINS[0]}", f"odd name@{DOMAINS[0]}")
    )
    for host in HOSTS:
        _give_addresses(dice, made, host)
    for name in (*DOMAINS, *HOSTS[:2]):
        _give_exchanges(dice, made, name)
    made.records[SLOW, "*"] = TIMEOUT
    for number, domain in enumerate(DOMAINS):
        texts = [_record(dice, number) for _ in range(_pick(dice, (1, 30), (0, 1), (2, 1)))]
        made.records[domain, "TXT"] = ["some other text", *texts] if dice.random() < 0.5 else texts
    made.records[f"why.{ZONE}", "TXT"] = dice.sample(TEXTS, _pick(dice, (1, 9), (2, 1)))
    _give_names(dice, made)
    return made


def _give_addresses(dice: random.Random, made: World, name: str) -> None:
    four = ["192.0.2.1", "192.0.2.130", "198.51.100.7", "203.0.113.5"]
    six = ["2001:db8::1", "2001:db8:1::77", "2001:db8:2::2"]
    for kind, some in (("A", four), ("AAAA", six)):
        if dice.random() < 0.7:
            made.records[name, kind] = dice.sample(some, dice.randint(1, 2))
        elif dice.random() < 0.1:
            made.records[name, kind] = TIMEOUT


def _give_exchanges(dice: random.Random, made: World, name: str) -> None:
    if dice.random() < 0.8:
        count = _pick(dice, (1, 6), (2, 3), (10, 1), (11, 1))
        names = dice.choices((*HOSTS, *HOSTS, *GONE, SLOW) if dice.random() < 0.2 else HOSTS, k=count)
        made.records[name, "MX"] = [f"{10 + place} {one}" for place, one in enumerate(names)]
    elif dice.random() < 0.2:
        made.records[name, "MX"] = ["0 ."]


def _give_names(dice: random.Random, made: World) -> None:
    for number, reverse in enumerate(("1.2.0.192.in-addr.arpa", f"1{'.0' * 23}.8.b.d.0.1.0.0.2.ip6.arpa")):
        if dice.random() < 0.7:
            made.records[reverse, "PTR"] = dice.sample((*HOSTS, *DOMAINS, GONE[0]), dice.randint(1, 4 + 8 * number))
        elif dice.random() < 0.2:
            made.records[reverse, "PTR"] = TIMEOUT
    for domain in DOMAINS[:2]:
        if dice.random() < 0.5:
            _give_addresses(dice, made, domain)


def _record(dice: random.Random, number: int) -> str:
    """A record for the domain of this number; one in six or so has an error of syntax."""
    terms = [_term(dice, number) for _ in range(_pick(dice, (0, 1), (1, 3), (2, 4), (3, 4), (5, 3), (12, 1)))]
    if dice.random() < 0.6:
        terms.append(dice.choice(("-all", "~all", "?all", "+all", "all", "-ALL")))
    if dice.random() < 0.25:
        terms.insert(dice.randint(0, len(terms)), f"redirect={_target(dice, number)}")
    if dice.random() < 0.4:
        terms.insert(dice.randint(0, len(terms)), f"exp={dice.choice((f'why.{ZONE}', f'why.{ZONE}', GONE[0], SLOW))}")
    if dice.random() < 0.05:
        terms.insert(dice.randint(0, len(terms)), dice.choice(_BROKEN))
    return (" " if dice.random() < 0.9 else "  ").join((dice.choice(("v=spf1", "v=spf1", "V=SPF1")), *terms))


def _term(dice: random.Random, number: int) -> str:
    make = _pick(dice, *((one, weight) for one, weight in _MAKERS))
    return _pick(dice, ("", 8), ("+", 1), ("-", 2), ("~", 1), ("?", 1)) + make(dice, number)


def _target(dice: random.Random, number: int) -> str:
    """A domain that has a record, as a rule one of a higher number, so that not all goes round in circles."""
    later = DOMAINS[number + 1 :] or DOMAINS
    return _pick(dice, (dice.choice(later), 30), (dice.choice(DOMAINS), 2), (GONE[1], 1), (SLOW, 1), ("%{d}", 1))


def _host(dice: random.Random) -> str:
    return _pick(dice, (dice.choice(HOSTS), 30), (dice.choice(GONE), 4), (SLOW, 1), (dice.choice(_MACROS), 4))


def _maybe(dice: random.Random, text: str) -> str:
    return text if dice.random() < 0.6 else ""


def _length(dice: random.Random) -> str:
    return _pick(dice, ("", 8), ("/24", 2), ("//64", 2), ("/25//48", 1), ("/0", 1))


_Maker = Callable[[random.Random, int], str]
_MAKERS: tuple[tuple[_Maker, int], ...] = (
    (lambda dice, number: f"include:{_target(dice, number)}", 6),
    (lambda dice, _: f"a{_maybe(dice, ':' + _host(dice))}{_length(dice)}", 5),
    (lambda dice, _: f"mx{_maybe(dice, ':' + dice.choice((*DOMAINS, *HOSTS[:2])))}{_length(dice)}", 4),
    (lambda dice, _: f"ptr{_maybe(dice, ':' + dice.choice((ZONE, *DOMAINS, HOSTS[0])))}", 1),
    (lambda dice, _: f"exists:{_host(dice)}", 2),
    (lambda dice, _: f"ip4:{dice.choice(('192.0.2.1', '192.0.2.0/25', '198.51.100.7/31', '203.0.113.0/24'))}", 6),
    (lambda dice, _: f"ip6:{dice.choice(('2001:db8::1', '2001:db8::/33', '2001:DB8:1::77/64', '::/0'))}", 4),
    (lambda dice, _: dice.choice(("moo=cow", "note=%{d}", "x.y-z_1=a/b:c", "all=x", "ip4=192.0.2.1")), 1),
)
_MACROS = (
    f"%{{i}}._list.{ZONE}",
    f"%{{ir}}.%{{v}}._list.{ZONE}",
    f"%{{l}}.%{{o}}._list.{ZONE}",
    f"%{{l1r+-}}._list.{ZONE}",
    f"%{{h}}._list.{ZONE}",
    f"%{{p}}._list.{ZONE}",
    f"%{{S}}._list.{ZONE}",
    f"%{{d2r}}._list.{ZONE}",
    "h1.%{d2}",
    "h1.%{d3}",
    "%{d}",
    "%{d1r}.%{d2}.",
    f"%{{o99}}.{'x' * 60}.{'y.' * 60}{'z' * 60}._list.{ZONE}",
    f"{'x' * 64}.{ZONE}",
    f"two..dots.{ZONE}",
)
_BROKEN = (
    "ip4:192.0.2.300", "ip4:192.0.2.0/33", "ip4:192.0.2", "ip4", "ip4:192.0.2.1//24", "ip4:192.0.2.0/08",
    "ip6:2001:db8::/129", "ip6:::g", "ip6:192.0.2.1", "a/33", "a//129", "a/24/64", "a:", "a:host", "a:192.0.2.1",
    "mx:%{z}", "mx:%(d)", "exists", "exists:%{c}.example.com", "include", "include:", "include:d1.example.com/24",
    "ptr/24", "ptr:", "all:x", "-all.", "moo", "=x", "1x=y", "*all", "redirect:d1.example.com", "redirect=",
    "exp=", "exp=-all", f"redirect={DOMAINS[1]} redirect={DOMAINS[1]}", "moo=%x", "moo=%{c}", "moo=a moo=b",
    "a:%{d0}", "a:%{d}.%{d00}.example.com", "a:example.com,", "ip4:192.0.2.1,", "mx:caf\xe9.example.com", "a\tmx",
    "all all", "a:x.example-", "a:x.-com", "a:x.1-2", "a:b.123", "a:%{d}x", "a:%%", "+", "++a", "ip:192.0.2.1",
)  # fmt: skip


def _pick(dice: random.Random, *weighed: tuple[Choice, int]) -> Choice:
    choices: Sequence[Choice] = [choice for choice, _ in weighed]
    return dice.choices(choices, weights=[weight for _, weight in weighed])[0]
