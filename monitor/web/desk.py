"""The desk: one question is answered at a time, a few wait, and the others are told when to come back."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from math import ceil
from typing import Final

from monitor.web.errors import Refusal

#: Questions that may wait while one is answered.
WAITING: Final = 4
#: How much of the newest answer's time counts in the estimate of the next one's.
WEIGHT: Final = 0.3


class Desk:
    """Serves in the order of coming.

    mean  seconds that an answer takes, as far as is known
    """

    def __init__(self, waiting: int = WAITING) -> None:
        self.limit = waiting
        self.mean = 3.0
        self._here = 0
        self._turn = asyncio.Lock()

    @property
    def waiting(self) -> int:
        """Questions that wait for their turn."""
        return max(0, self._here - 1)

    def check(self) -> None:
        """Raise Refusal (429) where too many wait already."""
        if self._here > self.limit:
            seconds = ceil(self.mean * self._here)
            raise Refusal(
                429,
                "too_many_questions",
                f"One question is being answered and {self.limit} wait; try again in {seconds} s.",
                {"Retry-After": str(seconds)},
            )

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for the turn and hold it. Raises Refusal (429) at once where too many wait already."""
        self.check()
        self._here += 1
        try:
            async with self._turn:
                began = asyncio.get_running_loop().time()
                yield
                self.mean += WEIGHT * (asyncio.get_running_loop().time() - began - self.mean)
        finally:
            self._here -= 1
