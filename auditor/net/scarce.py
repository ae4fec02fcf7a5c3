"""Our own want of descriptors and buffers, which says nothing of any server: whoever wants one waits."""

import errno

import trio

_WANT = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}
_PAUSE = 0.5  # seconds


async def others_had_time(error: OSError) -> bool:
    """Whether it is such a want, and others have had time to give something back."""
    if error.errno not in _WANT:
        return False
    await trio.sleep(_PAUSE)
    return True
