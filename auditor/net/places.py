"""A bounded number of places, of which several are taken at once."""

from collections import deque

import trio


class Places:
    """Whoever waits is served in the order of arrival."""

    def __init__(self, count: int) -> None:
        self._free = count
        self._waiting: deque[tuple[int, trio.Event]] = deque()

    async def acquire(self, count: int) -> None:
        """Take that many places, never more than there are in all; waits until they are free."""
        if not self._waiting and count <= self._free:
            self._free -= count
            return
        turn = (count, trio.Event())
        self._waiting.append(turn)
        try:
            await turn[1].wait()
        except trio.Cancelled:
            if turn[1].is_set():
                self.release(count)
            else:
                self._waiting.remove(turn)
                self.release(0)  # those behind may need less
            raise

    def release(self, count: int) -> None:
        """Give places back, to those who wait."""
        self._free += count
        while self._waiting and self._waiting[0][0] <= self._free:
            needed, turn = self._waiting.popleft()
            self._free -= needed
            turn.set()
