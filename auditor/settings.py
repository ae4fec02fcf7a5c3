"""From a settings file and given values to a :class:`~auditor.config.Config`.

Precedence: option, environment, file, default.  The command line hands over what
was given by option or environment; this module adds the file and validates.
"""

import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_args

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from auditor.config import Config
from auditor.errors import UsageError

FILE_NAME = "auditor.toml"


def find_settings_file(start: Path) -> Path | None:
    """The nearest ``auditor.toml`` in ``start`` or a folder above it, if there is one."""
    for folder in (start, *start.parents):
        candidate = folder / FILE_NAME
        if candidate.is_file():
            return candidate
    return None


def read_settings_file(path: Path) -> dict[str, Any]:
    """The settings in a TOML file, by field name; its relative paths are taken from its own folder.

    Raises:
        UsageError: the file cannot be read, is not TOML, or holds a key that is no setting.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: cannot be read: {error}") from None
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path}: is not valid TOML: {error}") from None
    return {_field(key, path): _from_folder(_field(key, path), value, path.parent) for key, value in content.items()}


def make_config(given: Mapping[str, Any], settings_file: Path | None = None) -> Config:
    """The run's settings: ``given`` values over those of the file over the defaults.

    Raises:
        UsageError: a value is wrong; the message names the option or the file, the value and what would do.
    """
    from_file = read_settings_file(settings_file) if settings_file else {}
    try:
        return Config.model_validate({**from_file, **given})
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]) if first["loc"] else ""
        where = f"{settings_file}: {name}" if name in from_file and name not in given else f"--{option_name(name)}"
        raise UsageError(f"{where}: {_complaint(first)}") from None


def option_name(field: str) -> str:
    """The field's name as an option: ``per_host`` is ``per-host``."""
    return field.replace("_", "-")


def _field(key: str, path: Path) -> str:
    name = key.replace("-", "_")
    if name in Config.model_fields:
        return name
    near = get_close_matches(name, Config.model_fields, n=1)
    hint = f"; did you mean {near[0]}?" if near else ""
    raise UsageError(f"{path}: {key} is no setting{hint}")


def _from_folder(name: str, value: object, folder: Path) -> object:
    annotation = Config.model_fields[name].annotation
    holds_path = annotation is Path or Path in get_args(annotation)
    return folder / value if holds_path and isinstance(value, str) else value


def _complaint(error: ErrorDetails) -> str:
    reason = error["msg"].removeprefix("Value error, ")
    return f"{error['input']!r} will not do: {reason[0].lower()}{reason[1:]}"
