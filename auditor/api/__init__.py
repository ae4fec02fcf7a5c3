"""One whole job, from sources to reports: what ``import auditor`` offers and the command line calls."""

from auditor.api.letters import PreparedLetter, prepare_letter
from auditor.api.merging import merge
from auditor.api.single import converse_by_hand, observe
from auditor.api.vantage import examine_vantage
from auditor.api.whole import Run, judge_again, plan, resume, run, scan

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
