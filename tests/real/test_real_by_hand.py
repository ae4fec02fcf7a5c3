"""Every line that a finding gives to see it by hand runs, and shows what it says, with the programs that people use."""

import json
import subprocess
import sys

import pytest

from auditor.checks import CATALOGUE
from tests.real.lab_by_hand import Done
from tests.real.processes import apart, needs_root, program
from tests.real.scanning import with_root_on_path
from tests.real.typed_lines import Block, parsed

pytestmark = [pytest.mark.real, pytest.mark.slow]

NOT_IN_THE_LAB = {
    "SMTP008": "the lab is not patient enough to wait ten seconds for a greeting",
    "TLS009": "OpenSSL as Debian builds it has no such suite that a server may choose",
    "TLS027": "the library that makes the lab's certificates does not sign with SHA-1",
    "TLS031": "OpenSSL does not serve a certificate that it cannot read",
}
PROGRAMS = ("telnet", "dig", "openssl", "curl", "nmap", "ip")


@pytest.fixture(scope="module")
def done() -> list[Done]:
    needs_root()
    for name in PROGRAMS:
        program(name)
    command = [*apart("--net", "--mount"), sys.executable, "-m", "tests.real.lab_by_hand"]
    ran = subprocess.run(command, env=with_root_on_path(), capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return [Done(**{**one, "wrong": tuple(one["wrong"])}) for one in json.loads(ran.stdout)]


def test_every_line_shows_what_it_says(done: list[Done]) -> None:
    wrong = [
        f"{one.check} {one.subject} ({one.evidence})\n$ {one.command}\n{one.wrong}\n{one.output}"
        for one in done
        if one.wrong
    ]
    assert not wrong, "\n\n".join(wrong)
    assert len(done) > 400


def test_no_line_is_refused_by_its_program(done: list[Done]) -> None:
    complaints = (
        "command not found",
        "syntax error",
        "usage:",
        "Invalid option",
        "Use -help for summary",
        "unknown option",
    )
    assert not [one for one in done if any(words in one.output for words in complaints)]


def test_the_lines_of_every_check_were_done(done: list[Done]) -> None:
    failed = {one.check for one in done if one.verdict == "fail"}
    assert failed == {check.id for check in CATALOGUE} - set(NOT_IN_THE_LAB)


@pytest.mark.parametrize(
    ("lines", "output", "wrong"),
    [
        ("x\n# expect: 250", "250 ok", []),
        ("x\n# expect: 250", "550 no", ["expected: 250"]),
        ("x\n# expect: no such or 250", "250", []),
        ("x\n# expect: a…c", "a b\n c", []),
        ("x\n# expect no: AUTH or LOGIN", "LOGIN", ["expected no: AUTH or LOGIN"]),
        ("x\n# expect nothing", "\n", []),
        ("x\n# expect nothing", "y", ["expected nothing"]),
        ("x\n# type: QUIT\n# note: whatever", "", []),
    ],
)
def test_what_is_wrong_is_found(lines: str, output: str, wrong: list[str]) -> None:
    (block,) = parsed(lines)
    assert list(block.wrong(output)) == wrong


def test_a_line_that_is_none_of_the_language_is_an_error() -> None:
    with pytest.raises(AssertionError, match="not understood"):
        parsed("x\n# then wait")
    with pytest.raises(AssertionError, match="before any command"):
        parsed("# expect: y")
    assert parsed("a\nb\n# type: c") == [Block("a"), Block("b", typed=["c"])]
