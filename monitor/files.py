"""File descriptors: each connection is one, and a process may have only so many."""

import sys
from contextlib import suppress
from typing import Final

if sys.platform != "win32":
    import resource

#: What a process needs besides its connections.
SPARE: Final = 100


def most_connections() -> int:
    """Return how many connections a process of ours may have; never less than one."""
    if sys.platform == "win32":
        return sys.maxsize
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    return sys.maxsize if hard == resource.RLIM_INFINITY else max(1, hard - SPARE)


def raise_limit() -> int | None:
    """Let this process, and those it starts, open as many files as it may; return how many, None for no limit."""
    if sys.platform == "win32":
        return None
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(OSError, ValueError):  # macOS refuses what it calls unlimited
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return None if soft == resource.RLIM_INFINITY else soft
