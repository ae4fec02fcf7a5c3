"""A process that writes the reports of a run: ``python -m auditor.report.writing_child``.

It reads its task on standard input, and says on standard output what it did, both in JSON; see ``written_apart``.
When its standard input ends, whoever wanted the reports is gone, and it ends too.
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


def work(task: Task) -> Done:
    """Do the task."""
    try:
        written = write_reports(Path(task.folder), task.formats, task.selection)
    except UsageError as error:
        return Done(wrong=str(error))
    except NotFinishedError as error:
        return Done(not_finished=str(error))
    return Done(tuple(map(str, written)))


def _end_with_the_run() -> None:
    sys.stdin.read()
    os._exit(1)


if __name__ == "__main__":
    collect_seldom()
    task = Task.read(sys.stdin.readline())
    threading.Thread(target=_end_with_the_run, daemon=True).start()
    print(json.dumps(asdict(work(task))), flush=True)  # noqa: T201 - that is how it answers
    os._exit(0)  # the thread reads on
