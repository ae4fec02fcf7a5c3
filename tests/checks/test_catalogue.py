"""The catalogue: what is said of every check, and that no name can break the lines to type."""

import re
import runpy
import shlex
import sys
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from auditor.checks import CATALOGUE, FAMILIES, RULES_VERSION, judge
from auditor.checks.by_hand import ASK
from auditor.checks.catalogue import FAMILY_TITLES, as_record, describe, line, page
from auditor.checks.core import Check
from auditor.model.facts import DomainFacts
from auditor.model.finding import Finding, Verdict
from tests.checks.builders import good
from tests.checks.case import Case
from tests.checks.cases import CASES

DOCS = Path(__file__).resolve().parents[2] / "docs"
IDS = [check.id for check in CATALOGUE]
STANDARD = re.compile(
    r"RFC [1-9]\d{0,4}(, Appendix [A-Z](\.\d+)*| §\d+(\.\d+)*(, (§\d+(\.\d+)*|Appendix [A-Z](\.\d+)*))*)?( \([^()]*\))?"
    r"|CVE-\d{4}-\d{4,}|(CA/Browser Forum Baseline Requirements|draft-[a-z-]+) §\d+(\.\d+)*(, §\d+(\.\d+)*)*"
)
every_check = pytest.mark.parametrize("check", CATALOGUE, ids=IDS)


# What is said of it


@every_check
def test_every_reference_is_to_a_standard_and_where_it_can_to_a_section(check: Check) -> None:
    references = re.split("; (?=RFC|CVE|CA/)", check.reference)
    assert [one for one in references if not STANDARD.fullmatch(one)] == []
    assert "§" in references[0]


@every_check
def test_title_why_and_remediation_read_as_sentences(check: Check) -> None:
    assert check.title[0].isupper()
    assert not check.title.endswith((".", " "))
    assert len(check.title) <= 100
    for text in (check.why, check.remediation):
        assert text[0].isupper() or text.startswith("`")
        assert text.endswith(".")
        assert "  " not in text
        assert "\n" not in text


@every_check
def test_its_id_is_of_a_known_family_and_its_function_named_alike(check: Check) -> None:
    assert check.family in FAMILY_TITLES
    assert check.function.__name__ == check.name.replace("-", "_")
    assert check.function.__module__ in {module.__name__ for module in FAMILIES}


def test_families_stand_together_each_in_the_order_of_ids() -> None:
    assert list(dict.fromkeys(check.family for check in CATALOGUE)) == list(FAMILY_TITLES)
    for family in FAMILY_TITLES:
        of_family = [one for one in IDS if one.startswith(family)]
        assert of_family == sorted(of_family)


# As people read it


@every_check
def test_a_line_has_its_columns_in_place(check: Check) -> None:
    written = line(check)
    assert (written[:8].strip(), written[9:41].strip(), written[42:51].strip()) == (
        check.id,
        check.name,
        check.severity,
    )
    assert written[52:] == check.title


@every_check
def test_a_description_has_every_part_and_nothing_to_fill_in(check: Check) -> None:
    written = describe(check).splitlines()
    assert written[:3] == [f"{check.id}  {check.name}", check.title, ""]
    assert f"Rules       {RULES_VERSION}" in written
    assert f"  {check.why}" in written
    assert f"  {check.remediation}" in written
    steps = written[written.index("How to see it by hand") + 1 :]
    assert len(steps) == len(check.reproduce.replace("{talk}", ASK).splitlines())
    assert not re.search(r"[{}]", "".join(steps))


@every_check
def test_a_record_for_programs_is_text_alone(check: Check) -> None:
    record = as_record(check)
    assert (record["id"], record["severity"], record["family"]) == (check.id, check.severity.value, check.family)
    assert {type(value) for value in record.values()} == {str}
    assert record["rules_version"] == RULES_VERSION


def test_the_page_in_docs_is_the_one_of_this_catalogue() -> None:
    assert (DOCS / "checks.md").read_text(encoding="utf-8") == page(CATALOGUE)


def test_the_page_is_written_where_one_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "docs").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.delitem(sys.modules, "auditor.checks.catalogue_page", raising=False)
    runpy.run_module("auditor.checks.catalogue_page", run_name="__main__")
    assert (tmp_path / "docs" / "checks.md").read_text(encoding="utf-8") == page(CATALOGUE)


def test_a_page_of_some_checks_has_only_their_families() -> None:
    written = page([check for check in CATALOGUE if check.family == "DNS"])
    assert re.findall(r"^## (\w+):", written, re.MULTILINE) == ["DNS"]
    assert f"; {sum(one.startswith('DNS') for one in IDS)} checks." in written
    assert written.endswith("```\n")


# The lines to type

# Everything a shell would act upon, in names as a hostile zone may give them.
HOSTILE = ("a;rm -rf $HOME.example", "`id`.$(id).example", "a'b\"c.example", "x|y&z>w.example", "a\\ b#c.example")
PLAIN = "plain.example"
OPERATORS = set("();<>|&")


def renamed(value: Any, old: str, new: str) -> Any:
    """The value with a name replaced wherever it stands, in records, mappings and sequences."""
    if isinstance(value, str) and type(value) is str:
        return value.replace(old, new)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{one.name: renamed(getattr(value, one.name), old, new) for one in fields(value)})
    if isinstance(value, Mapping):
        return {renamed(key, old, new): renamed(kept, old, new) for key, kept in value.items()}
    if isinstance(value, tuple):
        return tuple(renamed(one, old, new) for one in value)
    return value


def everywhere(facts: DomainFacts, name: str) -> DomainFacts:
    """The facts with that name for the domain and for its first exchange."""
    return renamed(renamed(facts, "example.com", name), "mx1.example.net", name)  # type: ignore[no-any-return]


def typed(findings: Iterator[Finding]) -> list[list[list[str]]]:
    """Of each finding the words of each line, as a shell takes them apart."""
    return [[words(one) for one in finding.reproduce.splitlines()] for finding in findings]


def words(text: str) -> list[str]:
    lexer = shlex.shlex(text, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    return list(lexer)


def failed(case: Case, name: str) -> Iterator[Finding]:
    facts = everywhere(case.fail(good()), name)
    return (one for one in judge(facts).findings if one.check == case.check and one.verdict is Verdict.FAIL)


# At a hostile name there is no address for reports, so nothing fails.
ANYWHERE = [case for case in CASES if case.check != "CROSS009"]


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("case", ANYWHERE, ids=lambda case: case.check)
def test_a_hostile_name_is_one_word_of_the_same_commands(case: Case, hostile: str) -> None:
    expected = renamed(tuple(map(tuple, (map(tuple, one) for one in typed(failed(case, PLAIN))))), PLAIN, hostile)
    found = tuple(map(tuple, (map(tuple, one) for one in typed(failed(case, hostile)))))
    assert found
    assert found == expected


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.check)
def test_lines_are_pipes_at_most_and_begin_with_a_known_program(case: Case) -> None:
    for finding in failed(case, PLAIN):
        for one in filter(None, map(words, finding.reproduce.splitlines())):
            assert one[0] in {"dig", "telnet", "openssl", "curl", "swaks", "nmap"}
            assert OPERATORS & set("".join(word for word in one if set(word) <= OPERATORS)) <= {"|", "<", ";"}
