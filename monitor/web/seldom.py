"""A log for what anybody can cause, as often as he likes."""

import logging
import time
from typing import Final

#: Messages that are told in each of these seconds; of the others only how many they were.
MOST: Final = 10
SECONDS: Final = 60.0


class Seldom:
    """Passes on so many messages a minute; the next one after that tells how many were left out."""

    def __init__(self, log: logging.Logger, level: int) -> None:
        self._log = log
        self._level = level
        self._began = -SECONDS
        self._told = 0

    def tell(self, message: str, *arguments: object) -> None:
        """Log a message, unless there were too many."""
        if not self._log.isEnabledFor(self._level):
            return
        now = time.monotonic()
        if now - self._began >= SECONDS:
            if self._told > MOST:
                self._log.log(self._level, "%d more messages such as the last ones were left out", self._told - MOST)
            self._began, self._told = now, 0
        self._told += 1
        if self._told <= MOST:
            self._log.log(self._level, message, *arguments)
