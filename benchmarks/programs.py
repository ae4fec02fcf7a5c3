"""Where programs are: system ones too, which a user's path leaves out."""

import os
import shutil

from benchmarks.problems import CannotMeasureError


def found(program: str, package: str = "") -> str:
    """The path of a program, which the Debian package of that name has, if one is given.

    Raises:
        CannotMeasureError: it is not installed.
    """
    path = shutil.which(program, path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/usr/local/sbin")
    if path is None:
        raise CannotMeasureError(f"{program} is not installed{f' (Debian: {package})' if package else ''}")
    return path
