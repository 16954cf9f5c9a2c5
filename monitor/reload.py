"""SIGHUP: read anew what can be read anew while the server runs; or the terminal is gone, and the server with it."""

import logging
import os
from collections.abc import Awaitable, Callable
from typing import Final

from monitor.notify import Notifier
from monitor.text import error_text

log = logging.getLogger(__name__)

TERMINAL: Final = "/dev/tty"

#: Reads one thing anew; raises with a message for a person where it cannot, and leaves things as they were.
Job = Callable[[], Awaitable[None]]


class Reload:
    """What is read anew, by what a person calls it. One that fails costs the others nothing."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}

    def add(self, name: str, job: Job) -> None:
        """Have this done at each reload."""
        self._jobs[name] = job

    async def run(self, notifier: Notifier) -> None:
        """Do it all, and tell the service manager when that begins and ends."""
        notifier.reloading()
        try:
            if not self._jobs:
                log.info("nothing to reload: other settings are read at the start alone")
            for name, job in self._jobs.items():
                try:
                    await job()
                except Exception as error:  # noqa: BLE001 - whatever it is, the server goes on with what it has
                    log.error("%s: not reloaded, the old one stays: %s", name, error_text(error))
                else:
                    log.info("%s: reloaded", name)
        finally:
            notifier.reloaded()


def terminal_closed() -> Callable[[], bool]:
    """Return what tells whether the terminal that this process has now was closed: SIGHUP tells of that too."""
    had_one = _has_terminal()
    return lambda: had_one and not _has_terminal()


def _has_terminal() -> bool:
    try:
        os.close(os.open(TERMINAL, os.O_RDONLY | os.O_NOCTTY | os.O_CLOEXEC))
    except OSError:
        return False
    return True
