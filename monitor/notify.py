"""What the service manager is told: ready, well, reloading, stopping (sd_notify(3)).

Own code, and little: the protocol is one datagram a message, and the package that spoke it is no longer kept.
"""

import asyncio
import logging
import os
import socket
import time
from collections.abc import Callable, MutableMapping
from contextlib import suppress
from typing import Final

log = logging.getLogger(__name__)

#: Seconds between two looks whether the first frame is there.
GLANCE: Final = 0.05
#: Seconds between two states for `systemctl status`, where nothing asks for signs of life.
PACE: Final = 30.0


class Notifier:
    """Tells the service manager how the server is doing; without one, nothing and nobody.

    address   of its socket: a path, or an abstract name after an @; None where there is none
    watchdog  seconds within which it wants the next sign of life; None where it wants none
    """

    def __init__(self, address: str | None = None, watchdog: float | None = None) -> None:
        self._address = f"\0{address[1:]}" if address and address.startswith("@") else address
        self._socket: socket.socket | None = None
        self._status = ""
        self._is_ready = False
        self._failed = False
        self.pause = PACE if watchdog is None else watchdog / 2

    @property
    def is_heard(self) -> bool:
        """Whether there is somebody to tell."""
        return self._address is not None

    async def run(self, is_well: Callable[[], bool], status: Callable[[], str]) -> None:
        """Tell that the server is ready when it is, and from then on that it is well, for as long as that is so.

        Silence is how the service manager learns that it is not: with a watchdog, it starts the server anew.
        """
        while not is_well():  # noqa: ASYNC110 - an event would be something that every frame pays for
            await asyncio.sleep(GLANCE)
        self._is_ready = True
        self._tell("READY=1")
        while True:
            if is_well():
                self._tell("WATCHDOG=1", *self._news(status()))
            else:
                self._tell(*self._news("no frames"))
            await asyncio.sleep(self.pause)

    def reloading(self) -> None:
        """Tell that the configuration is being read anew; `reloaded` has to follow."""
        if self._is_ready:
            self._tell("RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1000}")

    def reloaded(self) -> None:
        """Tell that it has been."""
        if self._is_ready:
            self._tell("READY=1")

    def stopping(self) -> None:
        """Tell that the server stops."""
        self._tell("STOPPING=1", *self._news("stopping"))

    def close(self) -> None:
        """Give the socket back."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _news(self, status: str) -> list[str]:
        """Return the assignment of the status, where it is another one than before."""
        if status == self._status:
            return []
        self._status = status
        return ["STATUS=" + " ".join(status.split())]

    def _tell(self, *assignments: str) -> None:
        if self._address is None or not assignments:
            return
        try:
            if self._socket is None:
                self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
                self._socket.setblocking(False)
            self._socket.sendto("\n".join(assignments).encode(), self._address)
            self._failed = False
        except OSError as error:  # it may be starting anew itself: the next message may come through
            if not self._failed:
                log.warning("the service manager cannot be told how things stand: %s", error)
            self._failed = True


def notifier(environment: MutableMapping[str, str], pid: int | None = None) -> Notifier:
    """Return what tells the service manager that the environment names, if it names one.

    Takes its variables out of the environment: they are for this process and not for those that it starts.
    """
    address = environment.pop("NOTIFY_SOCKET", "")
    interval, watched = environment.pop("WATCHDOG_USEC", ""), environment.pop("WATCHDOG_PID", "")
    if not address:
        return Notifier()
    if not address.startswith(("/", "@")) or len(address) < 2:
        log.warning(
            "NOTIFY_SOCKET is %.100r: neither a path nor an abstract name; the service manager is told nothing", address
        )
        return Notifier()
    watchdog = None
    with suppress(ValueError):
        if int(interval) > 0 and (not watched or int(watched) == (pid or os.getpid())):
            watchdog = int(interval) / 1_000_000
    return Notifier(address, watchdog)
