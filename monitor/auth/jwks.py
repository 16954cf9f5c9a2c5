"""The public keys of whoever issues our tokens: fetched when they are needed, kept, and fetched anew."""

import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Final, Generic, TypeVar

from monitor.text import message_of

log = logging.getLogger(__name__)

#: Seconds after which the keys are fetched anew; until then those that are here serve.
FRESH: Final = 600.0
#: Seconds between two attempts: anyone can send a token with an unknown key.
PAUSE: Final = 30.0

K = TypeVar("K")


class KeySet(Generic[K]):
    """Keys by name.

    fetch  returns the document; raises OSError, TimeoutError or ValueError
    read   makes keys of it; raises ValueError
    """

    def __init__(
        self,
        fetch: Callable[[], Awaitable[bytes]],
        read: Callable[[object], dict[str | None, K]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._fetch = fetch
        self._read = read
        self._clock = clock
        self._keys: dict[str | None, K] = {}
        self._fetched: float | None = None
        self._tried: float | None = None
        self._fails = False
        self._task: asyncio.Task[None] | None = None

    async def find(self, key_id: str | None) -> K | None:
        """Return the key of that name; without a name, the only one. Fetches them where that may help."""
        key = self._known(key_id)
        if key is None:
            self._begin()
            if self._task is not None:  # all who want one wait for the same attempt
                await asyncio.shield(self._task)
            return self._known(key_id)
        if self._fetched is None or self._clock() - self._fetched >= FRESH:
            self._begin()  # and nobody waits for it
        return key

    async def open(self) -> None:
        """Begin to fetch the keys, so that the log tells at once where they cannot be had."""
        self._begin()

    async def close(self) -> None:
        """Give up what is under way."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    def _known(self, key_id: str | None) -> K | None:
        if key_id is None:
            return next(iter(self._keys.values())) if len(self._keys) == 1 else None
        return self._keys.get(key_id)

    def _begin(self) -> None:
        now = self._clock()
        if self._task is None and (self._tried is None or now - self._tried >= PAUSE):
            self._tried = now
            self._task = asyncio.create_task(self._refresh())
            self._task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._task = None

    async def _refresh(self) -> None:
        try:
            keys = self._read(json.loads(await self._fetch()))
            if not keys:
                raise ValueError("it has no key for the configured algorithm")
        except (OSError, ValueError, RecursionError) as error:
            if not self._fails:
                kept = f"; the {len(self._keys)} that are here serve on" if self._keys else ""
                log.error(
                    "the keys of jwt_jwks_url cannot be had (%s)%s", message_of(error) or type(error).__name__, kept
                )
            self._fails = True
            return
        if self._fails:
            log.warning("the keys of jwt_jwks_url are here again")
        if keys != self._keys:  # else they stay the same objects, and what was found good with them is so still
            self._keys = keys
        self._fetched, self._fails = self._clock(), False
