"""One world of published policy, and one scan of all its domains, for every test that reads what came of it."""

from collections.abc import Iterator

import pytest

from tests.real.policy_world import World, policy_world
from tests.real.scanning import Tables


@pytest.fixture(scope="session")
def world() -> Iterator[World]:
    with policy_world() as everything:
        yield everything


@pytest.fixture(scope="session")
def seen(world: World) -> Tables:
    return world.scan("whole", world.domains)
