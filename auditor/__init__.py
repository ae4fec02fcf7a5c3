"""auditor: a network-wide batch auditor of mail domains.

``auditor.scan(sources, config)`` inside a running trio loop, ``auditor.run(sources, config)``
outside one; both return a :class:`~auditor.api.Run`, whose ``tables()`` are pandas frames.
"""

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = ["Config", "Run", "__version__", "run", "scan"]

if TYPE_CHECKING:
    from auditor.api import Run, run, scan
    from auditor.config import Config


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever stands under that name
    """Import what a program asks for when it asks: the command line starts faster without."""
    if name == "Config":
        from auditor.config import Config  # noqa: PLC0415 - as said above

        return Config
    if name in __all__:
        from auditor import api  # noqa: PLC0415 - as said above

        return getattr(api, name)
    raise AttributeError(name)
