"""Public suffixes, by the tests that are published with the list."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.policy.public_suffix import organizational_domain, public_suffix

VECTORS = Path(os.environ.get("AUDITOR_VECTORS", Path(__file__).resolve().parents[3] / "shared" / "vectors"))
FOLDER = VECTORS / "psl"


def cases(file: str, pattern: str) -> Iterator[tuple[str, str]]:
    """(name, registered name or ``null``) of each line that is not commented out."""
    lines = (FOLDER / file).read_text(encoding="utf-8").splitlines() if FOLDER.is_dir() else []
    for line in lines:
        if not line.startswith("//") and (found := re.match(pattern, line)):
            yield found[1].strip("'"), found[2].strip("'")


CALLS = list(cases("test_psl.txt", r"checkPublicSuffix\((\S+), (\S+)\);"))
WORDS = list(cases("tests.txt", r"(\S+) (\S+)"))


def registered(name: str) -> str:
    """The registered name as the published tests have it: ``null`` where there is none."""
    organizational = organizational_domain(name)
    return "null" if public_suffix(name) in {"", organizational} else organizational


@pytest.mark.skipif(not FOLDER.is_dir(), reason="the public test vectors are not here")
def test_all_published_cases_are_read() -> None:
    assert (len(CALLS), len(WORDS)) == (78, 78)


@pytest.mark.parametrize(("name", "expected"), [*CALLS, *WORDS])
def test_published_case(name: str, expected: str) -> None:
    assert registered("" if name == "null" else name) == expected


@pytest.mark.parametrize(
    ("name", "suffix", "organizational"),
    [
        ("com", "com", "com"),
        ("example.com", "com", "example.com"),
        ("Mail.EXAMPLE.com.", "com", "example.com"),
        ("a.b.example.co.uk", "co.uk", "example.co.uk"),
        ("a.b.c.mm", "c.mm", "b.c.mm"),  # a wildcard rule
        ("www.city.kobe.jp", "kobe.jp", "city.kobe.jp"),  # an exception to one
        ("mail.shop.github.io", "github.io", "shop.github.io"),  # the private section
        ("www.xn--85x722f.xn--55qx5d.cn", "xn--55qx5d.cn", "xn--85x722f.xn--55qx5d.cn"),
        ("mail.host.nowhere", "nowhere", "host.nowhere"),  # covered by no rule
        ("nowhere", "nowhere", "nowhere"),
        ("a..com", "", "a..com"),
        ("", "", ""),
    ],
)
def test_suffix_and_organizational_domain(name: str, suffix: str, organizational: str) -> None:
    assert (public_suffix(name), organizational_domain(name)) == (suffix, organizational)


@given(st.lists(st.sampled_from(["a", "b", "com", "co", "uk", "kobe", "jp", "ck", "www", "github", "io"]), min_size=1))
def test_an_organizational_domain_is_its_own_and_at_most_one_label_over_the_suffix(labels: list[str]) -> None:
    name = ".".join(labels)
    organizational = organizational_domain(name)
    assert organizational_domain(organizational) == organizational
    assert f".{name}".endswith(f".{organizational}")
    assert organizational.count(".") - public_suffix(name).count(".") in {0, 1}


@given(st.text())
def test_any_text_is_taken(text: str) -> None:
    assert isinstance(public_suffix(text) + organizational_domain(text), str)


@pytest.mark.slow
def test_the_list_is_read_only_when_it_is_needed() -> None:
    code = "import sys, auditor.policy.public_suffix; print('publicsuffixlist' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
