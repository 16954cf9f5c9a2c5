"""The last minutes in memory: a ring of encoded frames, for back-fill, charts and snapshots."""

import time
from bisect import bisect_right
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from typing import Final

from monitor.frame import Frame

#: The ring holds no more than this many bytes of JSON, however long it should be.
LARGEST: Final = 64 * 2**20


@dataclass(frozen=True, slots=True)
class Entry:
    """A frame as it was published.

    tick, before  its place on the grid, and the place of the frame before it
    timestamp     Unix time in seconds
    encoded       its JSON
    kept          when it was kept, in monotonic seconds
    """

    tick: int
    before: int
    timestamp: float
    encoded: bytes
    kept: float


class History:
    """Keeps what was published, for those who ask instead of listening, and for those who join later.

    seconds  how long a frame is kept; the newest one is kept in any case
    largest  bytes of JSON that are kept at most
    """

    def __init__(self, seconds: float, largest: int = LARGEST, clock: Callable[[], float] = time.monotonic) -> None:
        self.seconds = seconds
        self._largest = largest
        self._clock = clock
        self._entries: deque[Entry] = deque()
        self._bytes = 0

    def keep(self, frame: Frame, encoded: bytes) -> None:
        """Take in a frame and its JSON; forget what is too old or too much."""
        now = self._clock()
        self._entries.append(Entry(frame.tick, frame.before, frame.timestamp, encoded, now))
        self._bytes += len(encoded)
        while len(self._entries) > 1 and (self._bytes > self._largest or self._entries[0].kept <= now - self.seconds):
            self._bytes -= len(self._entries.popleft().encoded)

    @property
    def latest(self) -> Entry | None:
        """The newest entry; None before the first frame."""
        return self._entries[-1] if self._entries else None

    @property
    def age(self) -> float | None:
        """Seconds since the newest frame; None before the first one."""
        return None if self.latest is None else self._clock() - self.latest.kept

    def after(self, tick: int, limit: int | None = None) -> list[Entry]:
        """Return the entries after that tick, oldest first; the oldest `limit` of them."""
        first = bisect_right(self._entries, tick, key=lambda entry: entry.tick)
        return list(islice(self._entries, first, None if limit is None else first + limit))

    def tick_before_last(self, seconds: float) -> int:
        """Return the tick after which the frames of the last seconds come."""
        first = bisect_right(self._entries, self._clock() - seconds, key=lambda entry: entry.kept)
        return self._entries[first].before if first < len(self._entries) else self._newest_tick

    def tick_of(self, timestamp: float) -> int:
        """Return the tick of the frame of that timestamp, or of the newest before it; -1 where there is none.

        Found by the frame before it is found by comparing: the clock on the wall may have been set in between. A
        timestamp from the future belongs to no frame, so every frame comes after it.
        """
        for entry in reversed(self._entries):
            if entry.timestamp == timestamp:
                return entry.tick
        if self.latest is None or self.latest.timestamp < timestamp:
            return -1
        return next((entry.tick for entry in reversed(self._entries) if entry.timestamp <= timestamp), -1)

    @property
    def _newest_tick(self) -> int:
        return -1 if self.latest is None else self.latest.tick
