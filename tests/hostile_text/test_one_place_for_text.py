"""One place for terminals, one for cells: whoever goes past them is found in the source."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOM = Path(__file__).resolve().parents[2] / "auditor"
SOURCES = sorted(path for path in ROOM.rglob("*.py"))
_STREAMS = {"stdout", "stderr", "__stdout__", "__stderr__"}
_CELLS = ("write", "write_string", "write_url", "write_rich_string", "write_comment", "write_row", "write_column")
_LIBRARY = ("write_formula", "write_array_formula", "write_dynamic_array_formula", "insert_textbox", "data_validation")

MAY_PRINT = {
    "cli/console.py",  # is the place
    "report/writing_child.py",  # answers its parent in JSON, through a pipe
}
MAY_WRITE_ERRORS = {"cli/failures.py"}  # the last line of defence, through ``safe``


def _calls(path: Path) -> Iterator[tuple[str, ast.Call]]:
    """Calls with the name of what is called, such as ``sys.stderr.write``."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


def _name(path: Path) -> str:
    return path.relative_to(ROOM).as_posix()


@pytest.mark.parametrize("path", SOURCES, ids=_name)
def test_nothing_is_printed_but_by_the_console(path: Path) -> None:
    called = {name for name, _ in _calls(path)}
    if _name(path) not in MAY_PRINT:
        assert "print" not in called
    written = {
        name for name in called if set(name.split(".")[:-1]) & _STREAMS and name.endswith((".write", ".writelines"))
    }
    assert not written or _name(path) in MAY_WRITE_ERRORS
    if _name(path) != "cli/logs.py":  # where the one handler for terminals is made
        assert not called & {"logging.StreamHandler", "logging.basicConfig", "logging.lastResort"}


def test_whatever_a_console_prints_is_a_text_of_rich_and_no_markup() -> None:
    consoles = [
        (_name(path), call)
        for path in SOURCES
        for name, call in _calls(path)
        if name in {"Console", "rich.console.Console"}
    ]
    assert {name for name, _ in consoles} == {"cli/console.py", "cli/boxes.py"}
    for name, call in consoles:
        options = {one.arg: ast.unparse(one.value) for one in call.keywords}
        assert name == "cli/boxes.py" or (options["markup"], options["emoji"]) == ("False", "False")


def test_cells_are_written_by_the_book_alone() -> None:
    """The workbook's own :meth:`Book.put` and :meth:`Book.link` make texts safe; nobody else has the library write."""
    for path in (ROOM / "report").rglob("*.py"):
        methods = {name.rpartition(".")[2] for name, _ in _calls(path) if "." in name}
        assert not methods & set(_LIBRARY), path
        if path.name.startswith("xlsx") and path.name != "xlsx_book.py":
            assert not methods & set(_CELLS), path


def test_every_row_of_csv_goes_through_the_text_for_csv() -> None:
    writers = [path for path in SOURCES if any(name == "csv.writer" for name, _ in _calls(path))]
    assert {_name(path) for path in writers} == {"report/writers/csv.py", "report/rejected.py"}
    assert all("csv_text" in path.read_text(encoding="utf-8") for path in writers)


def test_text_for_pages_is_in_the_writers_of_the_page_alone() -> None:
    users = {_name(path) for path in SOURCES if any(name in {"html.escape", "html_text"} for name, _ in _calls(path))}
    names = ("html", "html_charts", "html_page")
    assert users == {"report/cells.py", *(f"report/writers/{name}.py" for name in names)}
