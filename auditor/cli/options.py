"""The options of a run, made from the fields of :class:`~auditor.config.Config`.

One declaration serves the settings file, the environment and the command line:
each field is an option of the same name and an environment variable
``AUDITOR_<NAME>``.  Only what was given reaches :func:`~auditor.settings.make_config`.
"""

import inspect
import types
from collections.abc import Callable, Iterable
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Optional, get_args, get_origin

import typer
from pydantic.fields import FieldInfo

from auditor.config import Config
from auditor.settings import find_settings_file, make_config, option_name

SHORT = {"output": "-o", "ipv4_only": "-4", "ipv6_only": "-6"}
LISTS_BY_COMMA = {"format", "include", "exclude"}
SIMPLE = (bool, int, float, Path, Enum)
METAVARS = {
    "port": "N",
    "cluster": "ADDRESS",
    "allow_net": "CIDR",
    "resolver": "ADDR[:PORT]",
    "connect_to": "HOST:PORT:ADDR:PORT",
}


def takes_settings(*, leave_out: Iterable[str] = ()) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """A decorator: the command's ``config`` parameter becomes one option for each setting.

    The decorated function is called with the finished :class:`Config`, under its
    other parameters' names as declared.
    """
    fields = {name: field for name, field in Config.model_fields.items() if name not in set(leave_out)}

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        def run(**values: Any) -> None:  # noqa: ANN401 - whatever the command line parsed
            given = {name: _listed(name, values.pop(name)) for name in fields}
            settings = {name: value for name, value in given.items() if value is not None}
            command(config=make_config(settings, _settings_file(values)), **values)

        run.__name__, run.__doc__ = command.__name__, command.__doc__
        own = [p for name, p in inspect.signature(command).parameters.items() if name != "config"]
        parameters = [*own, *_FILE_PARAMETERS, *(_parameter(name, field) for name, field in fields.items())]
        run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
        return run

    return decorate


_FILE_PARAMETERS = [
    inspect.Parameter(
        "config_file",
        inspect.Parameter.KEYWORD_ONLY,
        default=None,
        annotation=Annotated[
            Path | None,
            typer.Option(
                "--config", envvar="AUDITOR_CONFIG", help="Settings file; the nearest auditor.toml if left out."
            ),
        ],
    ),
    inspect.Parameter(
        "isolated",
        inspect.Parameter.KEYWORD_ONLY,
        default=False,
        annotation=Annotated[bool, typer.Option("--isolated", help="Read no settings file.")],
    ),
]


def _settings_file(values: dict[str, Any]) -> Path | None:
    path: Path | None = values.pop("config_file")
    isolated: bool = values.pop("isolated")
    if isolated:
        return None
    return path or find_settings_file(Path.cwd())


def _parameter(name: str, field: FieldInfo) -> inspect.Parameter:
    option = typer.Option(
        *_declarations(name, field),
        envvar=f"AUDITOR_{name.upper()}",
        help=f"{field.description}{default_text(field)}",
        metavar=METAVARS.get(name),
        show_default=False,
        show_envvar=False,
        rich_help_panel=Config.group(name),
    )
    return inspect.Parameter(
        name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=Annotated[_option_type(field), option]
    )


def _declarations(name: str, field: FieldInfo) -> list[str]:
    option = option_name(name)
    short = [SHORT[name]] if name in SHORT else []
    if bool not in _kinds(field):
        return [f"--{option}", *short]
    # A setting that may be true in the file must be one that an option can turn off.
    opposite = option.removeprefix("no-") if option.startswith("no-") else f"no-{option}"
    return [f"--{option}/--{opposite}", *short]


def default_text(field: FieldInfo) -> str:
    """The default as it stands behind a description; empty where there is none to speak of."""
    value = field.default
    if value is None or value is False or value == ():
        return ""
    if isinstance(value, tuple):
        return f" ({','.join(str(item) for item in value)})"
    return f" ({value:g})" if isinstance(value, float) else f" ({value})"


def _kinds(field: FieldInfo) -> set[Any]:
    annotation: Any = field.annotation
    return set(get_args(annotation)) if isinstance(annotation, types.UnionType) else {annotation}


def _option_type(field: FieldInfo) -> object:
    """The type the command line parses; every option may be left out."""
    kinds = _kinds(field) - {type(None)}
    if any(get_origin(kind) is tuple for kind in kinds):
        return list[str] | None
    simple: Any = next((kind for kind in kinds if isinstance(kind, type) and issubclass(kind, SIMPLE)), str)
    return Optional[simple]  # noqa: UP045 - made at run time, of a type that is a value here


def _listed(name: str, value: object) -> object:
    """Comma-separated lists taken apart; an option that may be repeated and was not given is ``None``."""
    if isinstance(value, list):
        parts = [part for item in value for part in (item.split(",") if name in LISTS_BY_COMMA else [item])]
        return tuple(part.strip() for part in parts if part.strip()) or None
    return value
