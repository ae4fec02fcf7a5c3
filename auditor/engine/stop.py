"""How a campaign comes to its end."""

from enum import StrEnum


class StopReason(StrEnum):
    """Why a campaign ended."""

    DONE = "done"
    INTERRUPTED = "interrupted"
    DEADLINE = "deadline"
    VANTAGE = "vantage"
