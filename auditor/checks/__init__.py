"""What is right and wrong: small pure functions of recorded facts."""

from typing import TYPE_CHECKING

from auditor.late import late

if TYPE_CHECKING:
    from auditor.checks.core import RULES_VERSION, Check
    from auditor.checks.families import CATALOGUE, FAMILIES
    from auditor.checks.judging import Judge, Judgement, judge
    from auditor.checks.selection import Selection

__all__ = ["CATALOGUE", "FAMILIES", "RULES_VERSION", "Check", "Judge", "Judgement", "Selection", "judge"]

if not TYPE_CHECKING:
    __getattr__ = late(
        dict.fromkeys(("RULES_VERSION", "Check"), "auditor.checks.core")
        | dict.fromkeys(("CATALOGUE", "FAMILIES"), "auditor.checks.families")
        | dict.fromkeys(("Judge", "Judgement", "judge"), "auditor.checks.judging")
        | {"Selection": "auditor.checks.selection"}
    )
