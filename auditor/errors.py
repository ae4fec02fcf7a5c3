"""The few things that raise: a user's bad input, and a run that cannot go on.

What a server or a zone does is data (see ``model``), never an exception.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager


class AuditorError(Exception):
    """A message for the user, without a traceback; ``exit_code`` ends the process."""

    exit_code = 4


class UsageError(AuditorError):
    """The request is wrong: a bad option, an unreadable list, no domain in it."""

    exit_code = 2


class NotFinishedError(AuditorError):
    """The run stopped early; what was observed is kept and can be resumed."""

    exit_code = 3


@contextmanager
def ungrouped() -> Iterator[None]:
    """Let an :class:`AuditorError` or an interruption out of the groups that nurseries put around it."""
    try:
        yield
    except BaseExceptionGroup as group:
        for kind in (KeyboardInterrupt, AuditorError):
            meant = group.subgroup(kind)
            if meant is not None:
                raise _first(meant) from None
        raise


def _first(error: BaseException) -> BaseException:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def first_in(error: BaseException | None, is_meant: Callable[[BaseException], bool]) -> BaseException | None:
    """The first error that is meant: this one itself, or one inside the groups that nurseries put around it."""
    if isinstance(error, BaseExceptionGroup):
        return next((found for one in error.exceptions if (found := first_in(one, is_meant)) is not None), None)
    return error if error is not None and is_meant(error) else None


def not_written(words: str) -> NotFinishedError:
    """The error of reports that could not be written, for whatever reason the words give."""
    return NotFinishedError(
        f"{words}; the journal keeps all that was observed, so that `auditor report` can write the reports later"
    )
