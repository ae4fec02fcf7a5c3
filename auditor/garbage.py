"""How often Python looks for objects that only refer to one another: seldom, for a run makes hardly any."""

import gc

_ALLOCATIONS = 50_000
"""Between two looks; with Python's own 700, a tenth of a run's CPU time is spent on looking at records that stay."""


def collect_seldom() -> None:
    """Look for garbage seldom, and never again at what is there by now, which are modules."""
    gc.freeze()
    gc.set_threshold(_ALLOCATIONS, 20, 100)
