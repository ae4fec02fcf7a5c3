"""What runs on the workers of a Dask cluster: a long-lived loop for each post of a run, fed and emptied by short tasks.

A task carries frames there and brings back those that have come since. Tasks are numbered and each counts once,
so that one which a scheduler runs again after a loss contacts nobody a second time.
"""

import json
import queue
import threading
import time
from contextlib import suppress
from dataclasses import asdict

import trio

from auditor.engine.backends.far import backend_of, logged_to, serve
from auditor.engine.backends.frames import Begin, Splitter, joined, unpack
from auditor.errors import ungrouped

WAIT_SECONDS = 0.2
"""How long a task waits for something to bring back; so long a new job waits on the way at most."""
_GATHER_SECONDS = 0.02  # what comes within it goes along
_FORGOTTEN_SECONDS = 60.0  # without a task, whoever asked is gone
_OBSERVATIONS_AHEAD = 1_000

_posts: dict[str, "_Post"] = {}


def begin(name: str, octets: bytes) -> None:
    """Start a post of a run; ``octets`` is the frame of its :class:`~auditor.engine.backends.frames.Begin`.

    Raises:
        UsageError: its settings will not do here.
    """
    message = unpack(octets)
    if not isinstance(message, Begin):
        raise TypeError(f"no beginning: {type(message).__name__}")
    _posts[name] = _Post(message)


def exchange(name: str, number: int, octets: bytes) -> bytes:
    """Give a post frames, and take what has come; the first task has number 0.

    Raises:
        LookupError: there is no such post here, or its task of that number was there before.
    """
    return _posts[name].exchange(number, octets)


def end(name: str) -> None:
    """End a post, whatever it is at."""
    post = _posts.pop(name, None)
    if post is not None:
        post.end()


def examine(octets: bytes) -> str:
    """What this end is like, as JSON: its resolvers, whether they validate, and its name."""
    message = unpack(octets)
    if not isinstance(message, Begin):
        raise TypeError(f"no beginning: {type(message).__name__}")
    backend = backend_of(message)
    validation = asdict(trio.run(backend.prove_validation))
    return json.dumps({"name": backend.own_name, "resolvers": backend.resolvers, "validation": validation})


class _Post:
    """A loop in a thread of its own."""

    def __init__(self, message: Begin) -> None:
        self._begin, self._backend = message, backend_of(message)
        self._came: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._next = 0
        self._up = threading.Event()
        self._failure: BaseException | None = None
        threading.Thread(target=self._run, name="auditor", daemon=True).start()
        self._up.wait()

    def exchange(self, number: int, octets: bytes) -> bytes:
        if number != self._next:
            raise LookupError(f"task {number} came where {self._next} was next")
        self._next += 1
        with suppress(trio.RunFinishedError):  # what there is to say of that comes with what is gathered
            self._token.run_sync_soon(self._forget_later)
            for frame in Splitter().feed(octets):
                self._token.run_sync_soon(self._to_serve.send_nowait, frame)
        return joined(self._gathered())

    def _gathered(self) -> list[bytes]:
        frames: list[bytes] = []
        give_up_at = time.monotonic() + WAIT_SECONDS
        while (left := give_up_at - time.monotonic()) > 0:
            try:
                frame = self._came.get(timeout=left)
            except queue.Empty:
                break
            if frame is None:
                self._came.put(None)
                raise LookupError(f"the post has ended: {self._failure}")
            if not frames:
                give_up_at = min(give_up_at, time.monotonic() + _GATHER_SECONDS)
            frames.append(frame)
        return frames

    def end(self) -> None:
        with suppress(trio.RunFinishedError):
            self._token.run_sync_soon(self._scope.cancel)

    def _run(self) -> None:
        try:
            with ungrouped():
                trio.run(self._main)
        except BaseException as error:  # noqa: BLE001 - told to whoever asks next
            self._failure = error
        finally:
            self._up.set()
            self._came.put(None)

    async def _main(self) -> None:
        self._token, self._scope = trio.lowlevel.current_trio_token(), trio.CancelScope()
        self._to_serve, incoming = trio.open_memory_channel[bytes](float("inf"))
        outgoing, to_bring = trio.open_memory_channel[bytes](_OBSERVATIONS_AHEAD)
        self._up.set()
        self._forget_later()
        with logged_to(outgoing, self._begin.log_level), self._scope:
            async with trio.open_nursery() as nursery:
                nursery.start_soon(serve, self._backend, incoming, outgoing)
                async for frame in to_bring:
                    self._came.put(frame)

    def _forget_later(self) -> None:
        self._scope.deadline = trio.current_time() + _FORGOTTEN_SECONDS
