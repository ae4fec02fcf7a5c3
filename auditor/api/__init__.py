"""One whole job, from sources to reports: what ``import auditor`` offers and the command line calls."""

from typing import TYPE_CHECKING

from auditor.late import late

if TYPE_CHECKING:
    from auditor.api.letters import PreparedLetter, prepare_letter
    from auditor.api.merging import merge
    from auditor.api.planning import plan
    from auditor.api.single import converse_by_hand, observe
    from auditor.api.vantage import examine_vantage
    from auditor.api.whole import Run, judge_again, resume, run, scan

__all__ = [
    "PreparedLetter",
    "Run",
    "converse_by_hand",
    "examine_vantage",
    "judge_again",
    "merge",
    "observe",
    "plan",
    "prepare_letter",
    "resume",
    "run",
    "scan",
]

if not TYPE_CHECKING:
    __getattr__ = late(
        dict.fromkeys(("Run", "judge_again", "resume", "run", "scan"), "auditor.api.whole")
        | dict.fromkeys(("converse_by_hand", "observe"), "auditor.api.single")
        | dict.fromkeys(("PreparedLetter", "prepare_letter"), "auditor.api.letters")
        | {"merge": "auditor.api.merging", "plan": "auditor.api.planning", "examine_vantage": "auditor.api.vantage"}
    )
