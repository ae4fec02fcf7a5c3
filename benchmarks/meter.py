"""Runs one command and writes what it used to a file: ``meter.py FILE COMMAND...``.

A process of its own, and a small one, since Linux counts the memory of a process
that forks towards the peak of the child that it executes: started from here, no
command seems larger than this interpreter.  The standard library alone, and no
package of the repository, so that it starts with ``-I -S``.
"""

import json
import os
import sys
import time


def main(report: str, *command: str) -> int:
    """The exit code of the command, 128 + the signal's number if one ended it."""
    began = time.monotonic()
    child = os.fork()
    if not child:
        try:
            os.execvp(command[0], command)  # noqa: S606 - no shell is wanted
        except OSError as error:
            os.write(2, f"{command[0]}: {error.strerror}\n".encode())
            os._exit(127)
    _, status, used = os.wait4(child, 0)
    wall = time.monotonic() - began
    with open(report, "w", encoding="ascii") as file:  # noqa: PTH123 - pathlib would make this process larger
        json.dump({"wall": wall, "cpu": used.ru_utime + used.ru_stime, "peak_kib": used.ru_maxrss}, file)
    code = os.waitstatus_to_exitcode(status)
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
