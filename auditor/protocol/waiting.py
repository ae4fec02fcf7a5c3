"""Why a client has no answer to return."""

from enum import Enum, auto


class Waiting(Enum):
    """Why there is no answer."""

    NEED_DATA = auto()
    EOF = auto()
