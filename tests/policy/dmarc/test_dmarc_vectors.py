"""DMARC records that other projects keep as test data, read in place.

Both sources follow RFC 7489; where they disagree with the RFCs, the RFCs win, and the difference is listed.
"""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from auditor.policy.dmarc import parse_record
from tests.policy.dmarc.worlds import suffix_of

VECTORS = Path(os.environ.get("AUDITOR_VECTORS", Path(__file__).resolve().parents[4] / "shared" / "vectors"))
FOLDER = VECTORS / "dmarc"

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the public test vectors are not here")


def cases(file: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((FOLDER / file).read_text())["cases"] if FOLDER.is_dir() else []
    return found


# mox refuses a record with any tag it cannot read, and otherwise goes by RFC 7489 §6.6.3, step 6.

MOX = cases("mox-dmarc-parse.json")
MOX_DIFFERS = {
    "v=DMARC1; sp=reject; p=reject": "RFC 9989 §4.7: tags after v stand in any order",
    f"v=DMARC1; rua=mailto:dmarc-feedback@example.com!{'9' * 47}": "RFC 9989 §4.8: a size has any number of digits",
}


def mox_takes(text: str) -> bool:
    record = parse_record("_dmarc.example.com", text)
    if record is None or suffix_of("example.com", {"example.com": text}).policy is None:
        return False
    return all(fault.startswith(("p is missing", "p: ", "sp: ")) for fault in record.faults)


def test_all_cases_are_read() -> None:
    assert (len(MOX), len(MAILCHECK)) == (41, 143)


@pytest.mark.parametrize("case", MOX, ids=lambda case: case["record"][:60])
def test_record_of_mox(case: dict[str, Any]) -> None:
    differs = case["record"] in MOX_DIFFERS
    assert mox_takes(case["record"]) is (case["valid"] is not differs)


# MailCheck judges the one tag that stands in for the braces of a template.

MAILCHECK = cases("mailcheck-dmarc-tags.json")
EMPTY = "RFC 9989 §4.8: a value is not empty (1*dmarc-value)"
SPACE = "RFC 9989 §4.8: space may stand on both sides of the equals sign"
MAILCHECK_DIFFERS = {
    "v=dmarc1;p=none": "RFC 9989 §4.7: the version is case-sensitive",
    "v=dmarc1 ;p=none": "RFC 9989 §4.7: the version is case-sensitive",
    "v= DMARC1; p=none": SPACE,
    **{f"v=DMARC1;p=none;fo= {option}": SPACE for option in "01ds"},
    **{f"v=DMARC1;p=none;{tag}=": EMPTY for tag in ("rua", "ruf")},
}


def record_of(case: dict[str, Any]) -> str:
    head, _, rest = case["template"].partition("{")
    name, _, tail = rest.partition("}")
    values = json.loads(f"[{case['args'].partition(', Al')[0]}]") if name in {"rua", "ruf"} else [first(case["args"])]
    return f"{head}{','.join(value or '' for value in values)}{tail}"


def first(arguments: str) -> str | None:
    """The first argument of a test, whatever stands after it."""
    value: str | None = json.JSONDecoder().raw_decode(arguments)[0]
    return value


@pytest.mark.parametrize("case", MAILCHECK, ids=lambda case: f"{case['test']}({case['args'][:40]})")
def test_tag_of_mailcheck(case: dict[str, Any]) -> None:
    text = record_of(case)
    record = parse_record("_dmarc.example.com", text)
    valid = record is not None and record.applies and not record.faults
    assert valid is ((case["class"] == "valid") is not (text in MAILCHECK_DIFFERS))


def test_every_difference_that_is_listed_is_one() -> None:
    assert set(MOX_DIFFERS) <= {case["record"] for case in MOX}
    assert set(MAILCHECK_DIFFERS) <= {record_of(case) for case in MAILCHECK}
