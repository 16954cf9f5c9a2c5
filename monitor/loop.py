"""The event loop: uvloop's where it is installed (the extra `[speed]`), or as the settings say."""

import asyncio
from collections.abc import Callable
from importlib import import_module
from typing import Final

AUTO: Final = "auto"
ASYNCIO: Final = "asyncio"
UVLOOP: Final = "uvloop"


class NoSuchLoop(Exception):
    """The event loop that was asked for is not installed; says in one line what would install it."""


def loop_factory(name: str) -> Callable[[], asyncio.AbstractEventLoop]:
    """Return what makes the event loop of that name, "auto", "asyncio" or "uvloop". Raises NoSuchLoop."""
    if name != ASYNCIO:
        try:
            made: Callable[[], asyncio.AbstractEventLoop] = import_module(UVLOOP).new_event_loop
        except ImportError:
            if name == UVLOOP:
                raise NoSuchLoop("uvloop is not installed: pip install 'realtime-monitor[speed]'") from None
        else:
            return made
    return asyncio.new_event_loop
