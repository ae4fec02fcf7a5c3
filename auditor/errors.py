"""The few things that raise: a user's bad input, and a run that cannot go on.

What a server or a zone does is data (see ``model``), never an exception.
"""


class AuditorError(Exception):
    """A message for the user, without a traceback; ``exit_code`` ends the process."""

    exit_code = 4


class UsageError(AuditorError):
    """The request is wrong: a bad option, an unreadable list, no domain in it."""

    exit_code = 2


class NotFinishedError(AuditorError):
    """The run stopped early; what was observed is kept and can be resumed."""

    exit_code = 3
