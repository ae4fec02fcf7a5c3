"""A process that writes the reports of a run: ``python -m auditor.report.writing_child``.

It reads its task on standard input, and says on standard output what it did, both in JSON; see ``written_apart``.
A second line tells that the run was observed to its end: until then, it judges what is settled as it comes, and gives
way to those who observe.  When its standard input ends, whoever wanted the reports is gone, and it ends too.
"""

import json
import os
import sys
import threading
from dataclasses import asdict
from pathlib import Path

from auditor.errors import NotFinishedError, UsageError
from auditor.garbage import collect_seldom
from auditor.report.children import Task
from auditor.report.recorded import write_reports
from auditor.report.written_apart import Done

_LESS_URGENT = 19  # the most that a nice value can be; that of its processes that judge, too


def work(task: Task, observed: threading.Event) -> Done:
    """Do the task."""
    try:
        written = write_reports(Path(task.folder), task.formats, task.selection, observed)
    except UsageError as error:
        return Done(wrong=str(error))
    except NotFinishedError as error:
        return Done(not_finished=str(error))
    return Done(tuple(map(str, written)))


def _follow_the_run(observed: threading.Event) -> None:
    if sys.stdin.readline():
        observed.set()
        sys.stdin.read()
    os._exit(1)


if __name__ == "__main__":
    collect_seldom()
    task = Task.read(sys.stdin.readline())
    os.nice(_LESS_URGENT)
    observed = threading.Event()
    threading.Thread(target=_follow_the_run, args=(observed,), daemon=True).start()
    print(json.dumps(asdict(work(task, observed))), flush=True)  # noqa: T201 - that is how it answers
    os._exit(0)  # the thread reads on
