"""The keeper: who has been silent for too long. Time is counted in its own beats, one a second.

A process that was stopped, or a machine that slept, has not beaten meanwhile, so that nobody is judged for a time in
which nothing could be read from him.
"""

import asyncio
import logging
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Final, Protocol

from monitor.web.relay import reset, unsent

log = logging.getLogger(__name__)

#: Seconds between two beats.
BEAT: Final = 1.0
#: Beats between two pings of one peer.
PING_EVERY: Final = 20
#: Beats until its pong is due.
PONG_WITHIN: Final = 10
#: Beats without the least progress until a connection for which something waits in this process is dropped.
STUCK_AFTER: Final = 30


class Pinged(Protocol):
    """The other end of a stream, as the keeper knows it."""

    def ping(self, nonce: bytes) -> None:
        """Ask for a sign of life."""

    def is_overdue(self) -> bool:
        """Tell whether the sign that was asked for has not come."""

    def cut_off(self) -> None:
        """Drop the connection."""


@dataclass(slots=True)
class Backlog:
    """What a connection has still to write: bytes in this process, and the beat at which they last became fewer."""

    size: int
    beat: int


class Keeper:
    """Pings who listens, and drops who does not answer, does not take what was written, or does not finish asking."""

    def __init__(self) -> None:
        self._beat = 0
        self._slots: tuple[set[Pinged], ...] = tuple(set() for _ in range(PING_EVERY))
        self._slot_of: dict[Pinged, set[Pinged]] = {}
        self._backlogs: dict[asyncio.WriteTransport, Backlog] = {}
        self._deadlines: dict[Callable[[], None], int] = {}
        self._somebody = asyncio.Event()

    async def run(self) -> None:
        """Beat for ever, while there is somebody to look after: an idle server is not woken for nothing."""
        while True:
            if not (self._slot_of or self._backlogs or self._deadlines):
                self._somebody.clear()
            await self._somebody.wait()
            await asyncio.sleep(BEAT)
            await asyncio.sleep(0)  # what has arrived already is read first: after a pause, pongs lie there
            self.beat()

    def beat(self) -> None:
        """Judge and ping those whose turn it is. A fault with one of them is his alone."""
        self._beat += 1
        self._end_waits()
        self._drop_stuck()
        for peer in list(self._slots[(self._beat - PONG_WITHIN) % PING_EVERY]):
            with _alone(peer.cut_off):
                if peer.is_overdue():
                    log.debug("dropped: no answer to a ping within %d s", PONG_WITHIN)
                    self.forget(peer)
                    peer.cut_off()
        nonce = secrets.token_bytes(8)  # one for all: whoever does not read cannot know it
        for peer in list(self._slots[self._beat % PING_EVERY]):
            with _alone(peer.cut_off):
                peer.ping(nonce)

    def look_after(self, peer: Pinged) -> None:
        """Ping this peer from now on, for the first time when it has been there for the time between two pings."""
        self._slot_of[peer] = slot = self._slots[self._beat % PING_EVERY]
        slot.add(peer)
        self._somebody.set()

    def forget(self, peer: Pinged) -> None:
        """Ping it no more; harmless when it is not pinged."""
        if slot := self._slot_of.pop(peer, None):
            slot.discard(peer)

    def paused(self, transport: asyncio.WriteTransport) -> None:
        """Take note that a connection has something to write that its peer does not take."""
        self._backlogs[transport] = Backlog(unsent(transport), self._beat)
        self._somebody.set()

    def resumed(self, transport: asyncio.WriteTransport) -> None:
        """Take note that it has nothing to write any more, or is gone."""
        self._backlogs.pop(transport, None)

    def expect(self, late: Callable[[], None], beats: int) -> None:
        """Call `late` after so many beats, unless `came` is told first; instead of what was expected before."""
        self._deadlines[late] = self._beat + beats
        self._somebody.set()

    def came(self, late: Callable[[], None]) -> None:
        """Take back what `expect` was told; harmless when it was not."""
        self._deadlines.pop(late, None)

    def _end_waits(self) -> None:
        for late in [late for late, beat in self._deadlines.items() if beat <= self._beat]:
            del self._deadlines[late]
            with _alone():
                late()

    def _drop_stuck(self) -> None:
        for transport, backlog in list(self._backlogs.items()):
            size = unsent(transport)
            if size < backlog.size:
                self._backlogs[transport] = Backlog(size, self._beat)
            elif self._beat - backlog.beat >= STUCK_AFTER:
                log.debug("dropped: nothing of %d bytes was taken for %d s", size, STUCK_AFTER)
                del self._backlogs[transport]
                with _alone():
                    reset(transport)
            else:
                backlog.size = size


@contextmanager
def _alone(drop: Callable[[], None] | None = None) -> Iterator[None]:
    """Keep a fault with one connection from all others: it is told of, and the connection dropped."""
    try:
        yield
    except Exception:
        log.exception("a connection that could not be looked after is dropped")
        if drop is not None:
            with suppress(Exception):
                drop()
