"""The keeper: who has been silent for too long. Time is counted in its own beats, one a second.

A process that was stopped, or a machine that slept, has not beaten meanwhile, so that nobody is judged for a time in
which nothing could be read from him.
"""

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from itertools import takewhile
from typing import Final, Protocol

from monitor.web.relay import reset

#: Seconds between two beats.
BEAT: Final = 1.0
#: Beats between two pings of one peer.
PING_EVERY: Final = 20
#: Beats until its pong is due.
PONG_WITHIN: Final = 10
#: Beats in which a request has to be complete, from its first byte to the end of its body.
PATIENCE: Final = 10
#: Beats without the least progress until a connection with something to write is dropped.
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
        """Judge and ping those whose turn it is."""
        self._beat += 1
        self._end_waits()
        self._drop_stuck()
        for peer in [peer for peer in self._slots[(self._beat - PONG_WITHIN) % PING_EVERY] if peer.is_overdue()]:
            self.forget(peer)
            peer.cut_off()
        nonce = secrets.token_bytes(8)  # one for all: whoever does not read cannot know it
        for peer in self._slots[self._beat % PING_EVERY]:
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
        self._backlogs[transport] = Backlog(transport.get_write_buffer_size(), self._beat)
        self._somebody.set()

    def resumed(self, transport: asyncio.WriteTransport) -> None:
        """Take note that it has nothing to write any more, or is gone."""
        self._backlogs.pop(transport, None)

    def expect(self, late: Callable[[], None]) -> None:
        """Call `late` when PATIENCE is over, unless `came` is told first."""
        self._deadlines.pop(late, None)
        self._deadlines[late] = self._beat + PATIENCE
        self._somebody.set()

    def came(self, late: Callable[[], None]) -> None:
        """Take back what `expect` was told; harmless when it was not."""
        self._deadlines.pop(late, None)

    def _end_waits(self) -> None:
        due = list(takewhile(lambda each: self._deadlines[each] <= self._beat, self._deadlines))  # in the order of time
        for late in due:
            del self._deadlines[late]
            late()

    def _drop_stuck(self) -> None:
        for transport, backlog in list(self._backlogs.items()):
            size = transport.get_write_buffer_size()
            if size < backlog.size:
                self._backlogs[transport] = Backlog(size, self._beat)
            elif self._beat - backlog.beat >= STUCK_AFTER:
                del self._backlogs[transport]
                reset(transport)
            else:
                backlog.size = size
