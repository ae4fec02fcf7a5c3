"""How many conversations the system's limit on open files allows."""

_KEPT_FOR_OTHERS = 100  # journal, DNS sockets, reports, standard streams


def conversations_within_limits(wanted: int) -> int:
    """``wanted``, or as many as can be open at once; raises the soft limit on descriptors to the hard one."""
    try:
        import resource  # noqa: PLC0415 - not on Windows
    except ImportError:  # pragma: no cover - Windows has no such limit
        return wanted
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        soft = hard
    except (OSError, ValueError):  # pragma: no cover - macOS bounds the soft limit elsewhere too
        pass
    if soft == resource.RLIM_INFINITY:
        return wanted
    return max(1, min(wanted, (soft - _KEPT_FOR_OTHERS) // 2))
