"""Which job is next, and the nurseries that do it; knows no report format.

What a run needs once its first questions are out is imported then.
"""

from typing import TYPE_CHECKING

from auditor.late import late

if TYPE_CHECKING:
    from auditor.engine.backends.choosing import backend_of_a_cluster, backend_of_this_machine, beginning
    from auditor.engine.backends.cluster import anchored, connected
    from auditor.engine.campaign import run_campaign

__all__ = ["anchored", "backend_of_a_cluster", "backend_of_this_machine", "beginning", "connected", "run_campaign"]

if not TYPE_CHECKING:
    __getattr__ = late(
        dict.fromkeys(
            ("backend_of_a_cluster", "backend_of_this_machine", "beginning"), "auditor.engine.backends.choosing"
        )
        | dict.fromkeys(("anchored", "connected"), "auditor.engine.backends.cluster")
        | {"run_campaign": "auditor.engine.campaign"}
    )
