"""Software that sends mail beside the auditor: what each makes of every exchange's DANE and every domain's MTA-STS."""

import json
import subprocess
import sys
from collections import Counter

import pytest

from tests.real.judged_by_others import Judged
from tests.real.policy_sites import policy_domain
from tests.real.processes import apart, needs_root, program
from tests.real.scanning import with_root_on_path

pytestmark = [pytest.mark.real, pytest.mark.slow]

STRICTER = {
    policy_domain("cr"): "a bare CR ends a line there, and by RFC 8461 §3.2 it does not",
    policy_domain("bad-record"): "the characters of the id are not looked at there (§3.1)",
    policy_domain("gzipped"): "gzip is asked for there, so that it does not come unasked",
}
"""Where the auditor has a policy disregarded that postfix-mta-sts-resolver takes."""
MILDER = {
    policy_domain(
        "html"
    ): "another media type than text/plain is a fault there; senders should see to it (RFC 8461 §3.2)"
}


@pytest.fixture(scope="module")
def judged() -> Judged:
    needs_root()
    for name in ("posttls-finger", "mta-sts-query"):
        program(name)
    done = subprocess.run(
        [*apart("--net", "--mount"), sys.executable, "-m", "tests.real.judged_by_others"],
        env=with_root_on_path(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return Judged(**json.loads(done.stdout))


def test_postfix_finds_of_dane_what_the_auditor_finds(judged: Judged) -> None:
    assert {exchange: both for exchange, both in judged.dane.items() if both[0] != both[1]} == {}


def test_verdicts_of_every_kind_were_compared(judged: Judged) -> None:
    by_postfix = Counter(theirs for _, theirs in judged.dane.values())
    assert by_postfix.keys() == {"valid", "invalid", "unusable", "absent"}
    assert min(by_postfix.values()) >= 3
    by_resolver = Counter(theirs for _, theirs in judged.mta_sts.values())
    assert min(by_resolver["VALID"], by_resolver["FETCH_ERROR"]) >= 10


def test_postfix_mta_sts_resolver_takes_the_same_policies(judged: Judged) -> None:
    ours = {domain for domain, (status, _) in judged.mta_sts.items() if status == "valid"}
    theirs = {domain for domain, (_, outcome) in judged.mta_sts.items() if outcome == "VALID"}
    assert theirs - ours == STRICTER.keys()
    assert ours - theirs == MILDER.keys()
