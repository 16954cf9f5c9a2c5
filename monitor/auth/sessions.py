"""Sessions: what a login leaves behind. They are the server's own; the browser has a random number."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from monitor.auth.principal import Principal, digest, new_secret

BITS: Final = 256
#: Seconds for which a session lasts at most.
LIFE: Final = 12 * 3600.0
#: Sessions of one principal, and of all; the oldest goes for a new one.
MOST_EACH: Final = 100
MOST: Final = 10_000


class Sessions:
    """The sessions that last, by digest."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._open: dict[bytes, Principal] = {}  # the oldest first

    def __len__(self) -> int:
        return len(self._open)

    def begin(self, principal: Principal) -> tuple[str, float]:
        """Return what the browser is to show, and the Unix time at which it ends: the principal's own, or sooner."""
        now = self._clock()
        for key in [key for key, each in self._open.items() if each.expires <= now]:
            del self._open[key]
        own = [key for key, each in self._open.items() if each.name == principal.name]
        if len(own) >= MOST_EACH:
            del self._open[own[0]]
        elif len(self._open) >= MOST:
            del self._open[next(iter(self._open))]
        secret = new_secret(BITS)
        key, expires = digest(secret), min(principal.expires, now + LIFE)
        self._open[key] = replace(principal, expires=expires, session=key)
        return secret, expires

    def find(self, secret: str) -> Principal | None:
        """Return whom a session is for; None where there is none."""
        return self._open.get(digest(secret))

    def lasts(self, principal: Principal) -> bool:
        """Tell whether the session that a principal goes back to has not been ended."""
        return principal.session in self._open

    def end(self, principal: Principal) -> None:
        """End the session that a principal goes back to."""
        self._open.pop(principal.session, None)
