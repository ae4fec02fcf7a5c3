"""auditor: a network-wide batch auditor of mail domains.

``auditor.scan(sources, config)`` inside a running trio loop, ``auditor.run(sources, config)``
outside one; both return a :class:`~auditor.api.Run`, whose ``tables()`` are pandas frames.
"""

from typing import TYPE_CHECKING

from auditor.late import late

__version__ = "0.1.0"
__all__ = ["Config", "Run", "__version__", "run", "scan"]

if TYPE_CHECKING:
    from auditor.api import Run, run, scan
    from auditor.config import Config

if not TYPE_CHECKING:
    __getattr__ = late(dict.fromkeys(("Run", "run", "scan"), "auditor.api.whole") | {"Config": "auditor.config"})
