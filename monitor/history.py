"""The last minutes in memory: a ring of encoded frames, for back-fill, charts and snapshots."""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from itertools import takewhile
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

    def after_tick(self, tick: int) -> list[Entry]:
        """Return the entries after that tick, oldest first."""
        return self._newest(lambda entry: entry.tick > tick)

    def of_last(self, seconds: float) -> list[Entry]:
        """Return the entries of the last seconds, oldest first."""
        since = self._clock() - seconds
        return self._newest(lambda entry: entry.kept > since)

    def since(self, timestamp: float) -> list[Entry]:
        """Return the entries after the frame of that timestamp, oldest first; all, where it has been forgotten.

        Found by the frame and not by comparing: the clock on the wall may have been set in between.
        """
        later = self._newest(lambda entry: entry.timestamp != timestamp)
        if len(later) == len(self._entries):
            later = self._newest(lambda entry: entry.timestamp > timestamp)
        return later

    def _newest(self, wanted: Callable[[Entry], bool]) -> list[Entry]:
        """Return the newest entries, back to the first that is not wanted; oldest first."""
        return list(takewhile(wanted, reversed(self._entries)))[::-1]
