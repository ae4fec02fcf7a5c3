"""What goes wrong with a journal's file, told from what is wrong with us."""

import sqlite3

from auditor.errors import AuditorError, NotFinishedError, UsageError, first_in


def trouble_of(error: BaseException | None) -> BaseException | None:
    """What SQLite says of the file, also inside the groups that nurseries put around it; nothing for all else."""
    return first_in(error, _is_of_the_file)


def _is_of_the_file(error: BaseException) -> bool:
    # A damaged file is the one thing of which SQLite says no more than that.
    return isinstance(error, sqlite3.OperationalError) or type(error) is sqlite3.DatabaseError


def not_opened(path: object, error: sqlite3.DatabaseError) -> AuditorError:
    """The error of a journal that cannot be opened: it is none, or its disk fails."""
    code = getattr(error, "sqlite_errorcode", None)
    if isinstance(error, sqlite3.OperationalError) and code != sqlite3.SQLITE_CANTOPEN:
        return NotFinishedError(f"{path}: cannot be read: {error}; nothing in it was changed")
    return UsageError(f"{path}: is no journal: {error}")
