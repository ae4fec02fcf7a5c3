"""The house rules that a machine can hold: sizes, imports, and pages that must stay true."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCES = sorted((ROOT / "auditor").rglob("*.py"))
MAX_FILE_LINES = 350
MAX_FUNCTION_LINES = 50


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_and_functions_stay_small(path: Path) -> None:
    assert path.read_text(encoding="utf-8").count("\n") <= MAX_FILE_LINES
    long = [f.name for f in functions(path) if (f.end_lineno or f.lineno) - f.lineno + 1 > MAX_FUNCTION_LINES]
    assert long == []


def test_sockets_are_opened_in_net_and_lab_alone() -> None:
    words = ("open_tcp_stream", "socket.socket(", "asyncquery", "open_tcp_listeners", "serve_tcp")
    rooms = {
        path.relative_to(ROOT / "auditor").parts[0] for path in SOURCES if any(w in path.read_text() for w in words)
    }
    assert rooms <= {"net", "lab"}


@pytest.mark.slow
def test_the_command_line_starts_without_its_heavy_libraries() -> None:
    heavy = {"pandas", "numpy", "openpyxl", "xlsxwriter", "trio", "OpenSSL"}
    code = f"import sys, auditor.cli; print(*(set(sys.modules) & {heavy}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.split() == []


def test_the_repository_names_no_folder_of_a_machine() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], capture_output=True, text=True, check=True, cwd=ROOT).stdout
    texts = [ROOT / name for name in listed.split("\0") if name and not name.endswith((".png", ".xlsx"))]
    words = tuple(f"/{folder}/" for folder in ("work/main", "work/wt", "root", "home/"))
    named = [p.name for p in texts if p.is_file() and any(w in p.read_text(errors="replace") for w in words)]
    assert set(named) <= {Path(__file__).name}
