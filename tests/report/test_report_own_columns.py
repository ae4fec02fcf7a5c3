"""A list's own column that is called like one of ours."""

import json
from typing import Any

from auditor.report.writers import FORMATS


def test_a_list_s_own_column_takes_no_other_s_place(make: Any, staged: Any) -> None:
    run = make.Run()
    run.add("a.example", extra=(("line", "seven"), ("line", "eight")))
    report = staged(run)
    FORMATS["jsonl"](report)
    (row,) = [json.loads(line) for line in (report.folder / "jsonl" / "domains.jsonl").read_text().splitlines()]
    assert (row["input_line"], row["input_line 2"], row["input_line 3"]) == (1, "seven", "eight")
