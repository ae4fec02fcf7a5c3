"""A recorded run in which every text of every record is a stranger's; the same text is disguised alike everywhere."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from ipaddress import ip_interface
from typing import Any

from auditor.model.finding import Finding
from auditor.model.target import Reject, Target
from auditor.report.about import About
from auditor.report.cells import plain
from tests.report.literal import FakeRun, about_of
from tests.report.sixty import sixty_domains
from tests.report.strangers import strangers_texts

_DOMAIN = "a.example"

_OWN_COLUMNS = 30


@dataclass(slots=True)
class Disguise:
    """What each text was turned into."""

    worn: dict[str, str] = field(default_factory=dict)
    texts: list[str] = field(default_factory=strangers_texts)
    taken: int = 0

    def of(self, value: Any) -> Any:
        """The value with its texts disguised; addresses, words of ours and numbers stay."""
        if type(value) is str:
            return value if not value or _is_address(value) else self._text(value)
        if isinstance(value, Mapping):
            return {self.of(key): self.of(one) for key, one in value.items()}
        if isinstance(value, tuple) and hasattr(value, "_fields"):
            return type(value)(*map(self.of, value))
        if isinstance(value, tuple | list):
            return type(value)(map(self.of, value))
        if is_dataclass(value) and not isinstance(value, type):
            return replace(value, **{one.name: self.of(getattr(value, one.name)) for one in fields(value) if one.init})
        return value

    def _text(self, text: str) -> str:
        if text not in self.worn:
            rounds, place = divmod(self.taken, len(self.texts))
            self.taken += 1
            self.worn[text] = self.texts[place] + (f" {rounds}" if rounds else "")
        return self.worn[text]


def _is_address(text: str) -> bool:
    try:
        ip_interface(text)
    except ValueError:
        return False
    return True


def ordinary_run() -> FakeRun:
    """Sixty domains of a list with many columns of its own, and lines that were not taken."""
    run = sixty_domains()
    run.listed = [_with_own_columns(target) for target in run.listed]
    run.judgements = {key: replace(one, findings=_told_apart(key, one.findings)) for key, one in run.judgements.items()}
    run.rejected += [Reject(source="a list", line=line, text=f"no name {line}", reason="why") for line in range(100)]
    return run


def _told_apart(domain: str, findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """The findings, each in words of its own."""
    words = ((one, f"{place} of {domain}") for place, one in enumerate(findings))
    return tuple(
        one._replace(evidence=f"seen {text}", remediation=f"mend {text}", reproduce=f"see {text}")
        for one, text in words
    )


def _with_own_columns(target: Target) -> Target:
    return replace(target, extra=tuple((f"own {place}", f"{target.domain} {place}") for place in range(_OWN_COLUMNS)))


def hostile_run(ordinary: FakeRun, disguise: Disguise) -> FakeRun:
    """The same run, disguised; its settings stay."""
    quiet = (text for text in strangers_texts() if plain(text) == text and text.split() == [text] and len(text) < 200)
    # Names of hosts come from the DNS in printable ASCII, digests in hexadecimal: by these, records are found again.
    names = dict.fromkeys(one.exchange for route in ordinary.routes.values() for one in route.exchanges)
    disguise.worn |= dict(zip(names, quiet, strict=False)) | {one: one for one in ordinary.held}
    told = {one.name: getattr(ordinary, one.name) for one in fields(ordinary) if one.name != "config"}
    return FakeRun(config=ordinary.config, **{name: disguise.of(value) for name, value in told.items()})


def hostile_about(run: FakeRun, disguise: Disguise) -> About:
    """What is said of the run, disguised too."""
    about: About = disguise.of(about_of(run))
    return about
