"""The last minutes in memory: for now, the newest frame."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from monitor.frame import Frame


@dataclass(frozen=True, slots=True)
class Entry:
    """A frame, its JSON, and when it was kept (monotonic seconds)."""

    frame: Frame
    encoded: bytes
    kept: float


class History:
    """Keeps what was published, for those who ask instead of listening."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        #: The newest entry; None before the first frame.
        self.latest: Entry | None = None

    def keep(self, frame: Frame, encoded: bytes) -> None:
        """Take in a frame and its JSON."""
        self.latest = Entry(frame, encoded, self._clock())

    @property
    def age(self) -> float | None:
        """Seconds since the newest frame; None before the first one."""
        return None if self.latest is None else self._clock() - self.latest.kept
