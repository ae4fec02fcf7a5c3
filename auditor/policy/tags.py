"""Lists of ``tag=value``, as DKIM defined them and DMARC, TLS-RPT and BIMI took them over (RFC 6376 §3.2)."""

import re
from collections import Counter
from dataclasses import dataclass

_WHITESPACE = " \t\r\n"  # WSP, and what folding leaves behind
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_NOT_VALUE = re.compile(r"[^\x21-\x3a\x3c-\x7e \t\r\n]")  # tval, and the white space between


@dataclass(frozen=True, slots=True)
class TagList:
    """What a text holds when it is read as a list of tags."""

    pairs: tuple[tuple[str, str], ...]
    """(name, value) in order, white space around both left out; those whose name is no good, and repetitions, too."""
    faults: tuple[str, ...]
    """What the grammar does not allow, in words."""
    repeated: tuple[str, ...]
    """Names that stand more than once: the whole list is invalid then, by the letter of RFC 6376 §3.2."""

    def get(self, name: str) -> str | None:
        """The value of a tag, the first if there are several; ``None`` without one, which an empty value is not."""
        return next((value for other, value in self.pairs if other == name), None)


def parse_tags(text: str, *, ignore_case: bool = False) -> TagList:
    """What the text holds as a list of tags; never raises.

    Args:
        text: such as ``v=DKIM1; k=rsa; p=``.
        ignore_case: names are lowered, for lists whose grammar has them without regard to case;
            those of DKIM are told apart by case (RFC 6376 §3.2).

    """
    specs = text.split(";")
    if len(specs) > 1 and not specs[-1].strip(_WHITESPACE):
        specs.pop()  # one semicolon may end the list
    split = [tuple(part.strip(_WHITESPACE) for part in spec.partition("=")) for spec in specs]
    pairs = tuple((name.lower() if ignore_case else name, value) for name, equals, value in split if equals)
    names = [name for name, _ in pairs]
    repeated: tuple[str, ...] = ()
    if len({*names}) < len(names):
        repeated = tuple(name for name, count in Counter(names).items() if count > 1)
    faults = [_fault(*spec) for spec in split]
    faults += [f"tag {name} more than once" for name in repeated]
    return TagList(pairs=pairs, faults=tuple(filter(None, faults)), repeated=repeated)


def _fault(name: str, equals: str, value: str) -> str:
    """What is wrong with one specification, in words; empty when nothing is."""
    if not name and not equals:
        return "nothing between two semicolons"
    if not equals:
        return f"no equals sign in {name[:40]!r}"
    if not _NAME.fullmatch(name):
        return f"no name of a tag: {name[:40]!r}"
    if _NOT_VALUE.search(value):
        return f"a character in {name} that may not stand in a value"
    return ""
