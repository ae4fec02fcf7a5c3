"""Writes ``docs/checks.md``: ``python -m auditor.checks.catalogue_page``, from the repository's folder."""

from pathlib import Path

from auditor.checks import CATALOGUE
from auditor.checks.catalogue import page

if __name__ == "__main__":
    Path("docs/checks.md").write_text(page(CATALOGUE), encoding="utf-8")
