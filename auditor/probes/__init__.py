"""One file a thing looked at, each a plain top-to-bottom ``async def``; judges nothing, keeps no state.

What the engine calls is imported when it is first called: a run's first questions are on their way by then.
"""

from typing import TYPE_CHECKING

from auditor.late import late

if TYPE_CHECKING:
    from auditor.probes.by_hand import ByHand
    from auditor.probes.conversations import converse
    from auditor.probes.policy_fetch import fetch_policy
    from auditor.probes.send_test import send
    from auditor.probes.survey import survey_target
    from auditor.probes.vantage import Looking

__all__ = ["ByHand", "Looking", "converse", "fetch_policy", "send", "survey_target"]

if not TYPE_CHECKING:
    __getattr__ = late(
        {
            "ByHand": "auditor.probes.by_hand",
            "Looking": "auditor.probes.vantage",
            "converse": "auditor.probes.conversations",
            "fetch_policy": "auditor.probes.policy_fetch",
            "send": "auditor.probes.send_test",
            "survey_target": "auditor.probes.survey",
        }
    )
