"""What the page of the report begins and ends with: ``page.css`` and ``page.js`` are written into it."""

from base64 import b64encode
from hashlib import sha256
from importlib.resources import files

from auditor.report.cells import html_text

_FOLDER = files(__package__)
STYLE = _FOLDER.joinpath("page.css").read_text("utf-8")
SCRIPT = _FOLDER.joinpath("page.js").read_text("utf-8")


def _hash(content: str) -> str:
    return f"'sha256-{b64encode(sha256(content.encode()).digest()).decode()}'"


def page_head(title: str) -> str:
    """The page up to its body: it may load nothing, and run nothing but what is written here."""
    policy = (
        f"default-src 'none'; style-src {_hash(STYLE)}; script-src {_hash(SCRIPT)}; base-uri 'none'; form-action 'none'"
    )
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>{html_text(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
    )


def page_foot() -> str:
    """The end of the page."""
    return f"<script>{SCRIPT}</script>\n</body>\n</html>\n"
