"""The tree walk against RFC 9989 §4.10 to §4.10.2 written down once more, slowly and word for word."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from auditor.model.dmarc import Discovery, DmarcAudit
from auditor.model.dns import DnsStatus
from tests.policy.answering import FAILURES
from tests.policy.dmarc.worlds import audited

Texts = Mapping[str, list[str]]
TEXTS = [
    "v=spf1 -all",
    "v=DMARC1; p=none",
    "v=DMARC1; p=reject",
    "v=DMARC1; p=reject; psd=n",
    "v=DMARC1; p=quarantine; sp=none; np=reject",
    "v=DMARC1; p=quarantine; np=reject; psd=y",
    "v=DMARC1; p=reject; sp=quarantine; t=y",
    "v=DMARC1; p=reject; t=y; psd=y",
    "v=DMARC1; p=bad; psd=n",
    "v=DMARC1; p=reject; np=bad; rua=mailto:a@other.test",
    "v=DMARC1; rua=mailto:a@other.test",
]


@dataclass
class Receiver:
    """A mail receiver that looks up one name after the other."""

    dns: Texts

    def query(self, target: str) -> dict[str, str] | None:
        """Steps 1, 2, 5 and 6: what does not start with the version is discarded, then all, if several remain."""
        records = [text for text in self.dns.get(target, []) if text.startswith("v=DMARC1")]
        return dict(tag.split("=") for tag in records[0].split("; ")) if len(records) == 1 else None

    def tree_walk(self, start: str) -> Iterator[tuple[str, dict[str, str] | None]]:
        """Steps 1 to 7."""
        target, labels = start, start.split(".")
        labels = labels[1:] if len(labels) < 8 else labels[len(labels) - 7 :]
        while True:
            record = self.query(target)
            yield target, record
            if (record is not None and record.get("psd") in {"y", "n"}) or not labels:
                return
            target = ".".join(labels)
            labels = labels[1:]

    def organizational_domain(self, start: str) -> str:
        """§4.10.2."""
        retrieved = {name: record for name, record in self.tree_walk(start) if record is not None}
        for name in sorted(retrieved, key=lambda name: name.count("."), reverse=True):
            if retrieved[name].get("psd") == "n":
                return name
            if retrieved[name].get("psd") == "y" and name != start:
                return ".".join(start.split(".")[-(len(name.split(".")) + 1) :])
        return min(retrieved, key=lambda name: name.count("."), default=start)

    def policy_domain(self, author: str) -> str | None:
        """§4.10.1: the author domain, its organizational domain, its public suffix domain."""
        if self.query(author) is not None:
            return author
        walked = dict(self.tree_walk(author))
        organizational = self.organizational_domain(author)
        if walked.get(organizational) is not None:
            return organizational
        return next((name for name, record in walked.items() if record is not None and record.get("psd") == "y"), None)

    def policy(self, author: str, *, exists: bool) -> str | None:
        """§4.10.1, and the t tag of §4.7."""
        source = self.policy_domain(author)
        record = None if source is None else self.query(source)
        if record is None:
            return None
        if "bad" in {record.get("p"), record.get("sp"), record.get("np")}:
            return "none" if "rua" in record else None
        choice = record.get("p", "none")
        if source != author:
            choice = record.get("sp", choice) if exists else record.get("np", record.get("sp", choice))
        if record.get("t") == "y":
            return {"reject": "quarantine"}.get(choice, "none")
        return choice


names = st.lists(st.sampled_from(["a", "b", "example", "co", "uk", "com"]), min_size=1, max_size=11).map(".".join)


@st.composite
def worlds(draw: st.DrawFn) -> tuple[str, dict[str, list[str]]]:
    """A domain, and texts at some of its parents."""
    domain = draw(names)
    labels = domain.split(".")
    parents = [".".join(labels[start:]) for start in range(len(labels))]
    places = draw(st.lists(st.sampled_from(parents), unique=True))
    return domain, {
        place: draw(st.lists(st.sampled_from(TEXTS), min_size=1, max_size=2, unique=True)) for place in places
    }


def gist(tree: Discovery) -> tuple[str, str | None, str | None, str | None, str | None]:
    location = None if tree.record is None else tree.record.location.removeprefix("_dmarc.")
    return tree.organizational_domain, location, tree.policy, tree.subdomain_policy, tree.nonexistent_policy


@given(worlds(), st.booleans())
def test_discovery_comes_to_what_the_rfc_says(world: tuple[str, Texts], exists: bool) -> None:
    domain, texts = world
    receiver = Receiver(texts)
    audit = audited(domain, texts, exists=exists)
    assert audit.walked == tuple(f"_dmarc.{name}" for name, _ in receiver.tree_walk(domain))
    assert audit.tree is not None
    assert gist(audit.tree) == (
        receiver.organizational_domain(domain),
        receiver.policy_domain(domain),
        receiver.policy(domain, exists=exists),
        receiver.policy(f"x.{domain}", exists=True),
        receiver.policy(f"x.{domain}", exists=False),
    )


@given(worlds(), st.booleans(), st.sets(st.integers(0, 10)), st.sampled_from(FAILURES))
def test_what_is_said_although_lookups_fail_is_what_is_said_when_they_do_not(
    world: tuple[str, Texts], exists: bool, failing: set[int], failure: DnsStatus
) -> None:
    domain, texts = world
    labels = domain.split(".")
    silent = {".".join(labels[start:]): failure for start in failing if start < len(labels)}
    whole, partial = audited(domain, texts, exists=exists), audited(domain, {**texts, **silent}, exists=exists)
    assert partial.status in {whole.status, "unknown"}
    for one, other in ((whole.tree, partial.tree), (whole.suffix, partial.suffix)):
        assert one is not None
        if other is not None and other.complete:
            assert one == other
        elif other is not None:
            assert (one.record, one.policy) == (other.record, other.policy)
            assert (other.subdomain_policy, other.nonexistent_policy) == (None, None)
    assert bool(partial.reason) or partial.status in {"valid", "none"}


@given(
    st.lists(st.sampled_from(["a", "b", "com"]), min_size=1, max_size=12).map(".".join),
    st.lists(st.lists(st.text(st.characters(max_codepoint=255)).map("v=DMARC1;{}".format), max_size=3), max_size=12),
)
def test_no_text_raises(domain: str, texts: list[list[str]]) -> None:
    labels = domain.split(".")
    places = [".".join(labels[start:]) for start in range(len(labels))]
    audit = audited(domain, dict(zip(places, texts, strict=False)))
    assert isinstance(audit, DmarcAudit)
    assert isinstance(audit.differs, bool)
