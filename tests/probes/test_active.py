"""What the answers to active tests mean."""

import pytest

from auditor.probes.active import said
from auditor.protocol.replies import Reply


@pytest.mark.parametrize(
    ("reply", "meaning"),
    [
        (Reply(250, ("2.1.5 Ok",)), True),
        (Reply(251, ("User not local; will forward",)), True),
        (Reply(550, ("5.1.1 User unknown",)), False),
        (Reply(554, ("5.7.1 <x@example.net>: Relay access denied",)), False),
        (Reply(550, ("relay not permitted",)), False),
        (Reply(450, ("4.2.0 Greylisted, come back later",)), None),
        (Reply(554, ("5.7.1 Service unavailable; client host [192.0.2.1] blocked using zen.spamhaus.org",)), None),
        (Reply(550, ("5.7.25 Client host rejected: cannot find your reverse hostname",)), None),
    ],
    ids=str,
)
def test_yes_no_and_neither(reply: Reply, meaning: bool | None) -> None:
    assert said(reply) is meaning
