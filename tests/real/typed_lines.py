"""Doing what the lines of a finding say: each command run, what is to be typed typed, what is expected looked for."""

import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import trio

ANSWER_SECONDS = 4.0
"""That a server is waited for before the next line is typed, or the session is left."""
QUIET_SECONDS = 0.25
"""Of silence after an answer, which then is taken to be whole."""
COMMAND_SECONDS = 30.0
MOST_OCTETS = 200_000

_ABOUT = re.compile(r"# (type|expect|expect no|note): (.*)|# (expect nothing)")


@dataclass
class Block:
    """One command, with the lines about it."""

    command: str
    typed: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    nothing: bool = False

    def wrong(self, output: str) -> Iterator[str]:
        """What the output should show and does not, or shows and should not."""
        shown = normal(output)
        yield from (f"expected: {words}" for words in self.expected if not any(found_in(shown, words)))
        yield from (f"expected no: {words}" for words in self.absent if any(found_in(shown, words)))
        if self.nothing and shown:
            yield "expected nothing"


def parsed(lines: str) -> list[Block]:
    """The blocks of a finding's lines; a line that is none of the language is an error."""
    blocks: list[Block] = []
    for line in lines.splitlines():
        if not line.startswith("#"):
            blocks.append(Block(line))
            continue
        about = _ABOUT.fullmatch(line)
        assert about, f"not understood: {line}"
        assert blocks, f"before any command: {line}"
        kind, words = about[1], about[2]
        blocks[-1].nothing = blocks[-1].nothing or bool(about[3])
        {"type": blocks[-1].typed, "expect": blocks[-1].expected, "expect no": blocks[-1].absent}.get(kind, []).append(
            words
        )
    return blocks


def found_in(shown: str, words: str) -> Iterator[bool]:
    """Of each way to put it, whether it is shown."""
    for one in words.split(" or "):
        pattern = ".*?".join(re.escape(normal(part)) for part in one.split("…"))
        yield re.search(pattern, shown) is not None


def normal(text: str) -> str:
    """Strings of a TXT record joined, and any white space one space."""
    return " ".join(text.replace('" "', "").split())


async def run(block: Block, environment: Mapping[str, str]) -> str:
    """What the command shows, its errors among it."""
    heard = bytearray()
    command = ["bash", "-c", block.command]
    talking = bool(block.typed) or block.command.startswith(("telnet", "time telnet"))
    process = await trio.lowlevel.open_process(
        command,
        stdin=subprocess.PIPE if talking else subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, **environment},
        start_new_session=True,
    )
    async with trio.open_nursery() as nursery:
        nursery.start_soon(_listen, process, heard)
        with trio.move_on_after(COMMAND_SECONDS):
            if talking:
                await _talk(process, block.typed, heard)
            await process.wait()
        _end(process)
    return heard.decode("utf-8", "replace")


def _end(process: trio.Process) -> None:
    """End it and what it started, as `bash` does with a pipe."""
    if process.returncode is None:
        os.killpg(process.pid, 9)


async def _listen(process: trio.Process, heard: bytearray) -> None:
    assert process.stdout is not None
    async for octets in process.stdout:
        if len(heard) < MOST_OCTETS:
            heard += octets


async def _talk(process: trio.Process, typed: list[str], heard: bytearray) -> None:
    assert process.stdin is not None
    for line in typed:
        await _answered(process, heard)
        try:
            await process.stdin.send_all(f"{line}\n".encode())
        except (trio.BrokenResourceError, trio.ClosedResourceError):
            return
    await _answered(process, heard)
    await process.stdin.aclose()
    with trio.move_on_after(2 * QUIET_SECONDS):
        await process.wait()
    _end(process)


async def _answered(process: trio.Process, heard: bytearray) -> None:
    """Until something new was heard and then nothing for a while, the process ended, or it took too long."""
    before = since = len(heard)
    quiet_at = trio.current_time() + ANSWER_SECONDS
    give_up_at = quiet_at
    while process.returncode is None and trio.current_time() < min(quiet_at, give_up_at):
        await trio.sleep(0.02)
        process.poll()
        if len(heard) > since:
            since, quiet_at = len(heard), trio.current_time() + QUIET_SECONDS
            give_up_at = max(give_up_at, quiet_at) if since - before < MOST_OCTETS else give_up_at
