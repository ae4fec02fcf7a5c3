"""Rules about the names of addresses."""

import pytest

from auditor.model.finding import Severity
from tests.checks.builders import Spoil, evidence, good, severities
from tests.checks.cases_names import NAME_SEVERITIES, NOT_BACK


@pytest.mark.parametrize(("check", "spoil", "severity"), NAME_SEVERITIES)
def test_the_names_of_an_address_that_sends_weigh_more(check: str, spoil: Spoil, severity: Severity) -> None:
    assert severities(check, spoil(good())) == {severity}


def test_every_address_is_named() -> None:
    told = evidence("PTR002", NOT_BACK(good()))
    assert all(address in told for address in ("198.51.100.1", "2001:db8:1::1", "203.0.113.1", "2001:db8:2::1"))
