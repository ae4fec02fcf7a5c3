"""What the goals are measured with: one work folder, its worlds, and one rig at a time."""

import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from benchmarks.measured import Measured, run
from benchmarks.rig import Rig, running
from benchmarks.zones import World, write_world


@dataclass(slots=True, kw_only=True)
class Bench:
    """A context manager, which ends the rig when it is left."""

    work: Path
    size: int
    """Domains of the ordinary world."""
    rounds: int = 3
    """How often a figure is taken, of which the median counts."""
    quick: bool = False
    """Whether only to see that everything works: small sizes, one round."""
    _stack: ExitStack = field(default_factory=ExitStack)
    _rig: Rig | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def _stop(self) -> None:
        self._rig = None
        self._stack.close()

    def world(self, size: int | None = None, *, wide: bool = False) -> World:
        """A world, written where it is not there yet."""
        size = size or self.size
        folder = self.work / "worlds" / f"{'wide' if wide else 'ordinary'}-{size}"
        return write_world(folder, size, wide=wide)

    def rig(self, world: World | None = None) -> Rig:
        """The running servers of a world; those of another are stopped, for they have the same ports and memory."""
        world = world or self.world()
        if self._rig is None or self._rig.world.folder != world.folder:
            self._stop()
            self._rig = self._stack.enter_context(running(world, self.work / "rig"))
        return self._rig

    def least(self, wanted: int, quick: int) -> int:
        """A size: ``wanted``, but ``quick`` in a quick run."""
        return quick if self.quick else wanted

    def program(self, name: str, *words: str, inside: bool = True) -> Measured:
        """A run of one of :mod:`benchmarks.drivers`.

        Raises:
            CannotMeasureError: it failed.
        """
        command: Sequence[str] = [sys.executable, "-m", f"benchmarks.drivers.{name}", *words]
        return run(self.rig().inside(command) if inside else command).checked()
