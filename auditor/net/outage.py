"""Something that all work needs and that was there, but may be gone for a while: work waits for it, within bounds."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import trio

logger = logging.getLogger(__name__)

_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 5.0  # seconds between two tries


@dataclass(slots=True, eq=False)
class _Look:
    """One time that somebody finds out, for those who wait for it."""

    ended: trio.Event = field(default_factory=trio.Event)
    came_back: bool = False


class Outage:
    """Watches over one such thing; nobody waits for what never worked, nor twice for what did not come back."""

    def __init__(self, what: str, is_back: Callable[[], Awaitable[bool]], longest_seconds: float) -> None:
        """``what`` says what is wrong, as in ``no resolver answers``; ``is_back`` finds out whether it still is."""
        self._what = what
        self._is_back = is_back
        self._longest_seconds = longest_seconds
        self._worth_waiting = False
        self._look: _Look | None = None

    def works(self) -> None:
        """It was seen to work."""
        self._worth_waiting = True

    async def passed(self) -> None:
        """Wait while others wait for its return."""
        while (look := self._look) is not None:
            await look.ended.wait()

    async def over(self) -> bool:
        """Find out whether it is gone, and wait for its return; whether it was gone and is back."""
        if not (self._worth_waiting and self._longest_seconds):
            return False
        if (look := self._look) is not None:
            await look.ended.wait()
            return look.came_back
        look = self._look = _Look()
        try:
            look.came_back = await self._back_after_an_outage()
        finally:
            self._look = None
            look.ended.set()
        return look.came_back

    async def _back_after_an_outage(self) -> bool:
        if await self._is_back():
            return False
        began_at, pause = trio.current_time(), _FIRST_PAUSE
        logger.error("%s: waiting for up to %g s", self._what, self._longest_seconds)
        with trio.move_on_after(self._longest_seconds):
            while True:
                await trio.sleep(pause)
                pause = min(2 * pause, _LONGEST_PAUSE)
                if await self._is_back():
                    logger.error("back after %.0f s: going on", trio.current_time() - began_at)
                    return True
        logger.error("%s for %g s: going on without", self._what, self._longest_seconds)
        self._worth_waiting = False
        return False
