"""All targets, by the module that has them."""

from importlib import import_module

from tests.fuzz.target import Target

FAMILIES = (
    "dialogue_targets",
    "dns_targets",
    "spf_targets",
    "published_targets",
    "network_targets",
    "list_targets",
    "input_targets",
    "output_targets",
)


def targets() -> dict[str, tuple[str, Target]]:
    """Family and target by the target's name."""
    return {target.name: (family, target) for family in FAMILIES for target in _of(family)}


def _of(family: str) -> tuple[Target, ...]:
    found: tuple[Target, ...] = import_module(f"tests.fuzz.{family}").TARGETS
    return found
