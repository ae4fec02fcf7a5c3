"""A process that judges some of a run's targets: ``python -m auditor.report.judging_child``.

Its first line on standard input says which run and which checks; each further one, which targets, from one ordinal of
the list to another. For each of these a line of JSON goes to standard output: its rows.
"""

import json
from pathlib import Path
from typing import IO

from auditor.checks import Judge
from auditor.garbage import collect_seldom
from auditor.journal import Journal
from auditor.report.children import Task
from auditor.report.recorded import recorded_surveys
from auditor.report.replay import Recall, domain_rows
from auditor.report.target_rows import rows_of


def work(orders: IO[str], output: IO[str]) -> None:
    """Judge what the orders ask for."""
    task = Task.read(orders.readline())
    with Journal.read(Path(task.folder)) as journal:
        recall, survey_of = Recall(journal), recorded_surveys(journal, journal.config)
        judge = Judge(task.selection).judge
        for order in orders:
            first, last = map(int, order.split())
            judged = domain_rows(journal, recall, survey_of, judge, journal.targets_between(first, last))
            for one in rows_of(judged, journal):
                output.write(json.dumps(one.rows, ensure_ascii=False, separators=(",", ":")) + "\n")
            output.flush()


if __name__ == "__main__":
    collect_seldom()
    with open(0, encoding="utf-8", closefd=False) as orders, open(1, "w", encoding="utf-8", closefd=False) as output:
        work(orders, output)
