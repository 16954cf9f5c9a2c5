"""Tickets: each opens one stream, once and soon, so that no lasting secret stands in a URL."""

import time
from collections.abc import Callable
from typing import Final

from monitor.auth.principal import Principal, digest, new_secret

BITS: Final = 128
#: Seconds for which a ticket is good.
LIFE: Final = 30.0
#: Tickets that may be out at one time, and those of one principal.
MOST: Final = 4096
MOST_EACH: Final = 64


class TooManyTickets(Exception):
    """So many are out that there is none until some expire."""


class Tickets:
    """The tickets that are out, by digest."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._out: dict[bytes, tuple[float, Principal]] = {}  # in the order of their ends

    def __len__(self) -> int:
        return len(self._out)

    def issue(self, principal: Principal) -> str:
        """Return a new ticket for what the principal may, as long as he may. Raises TooManyTickets."""
        self._forget_old()
        own = sum(each.name == principal.name for _, each in self._out.values())
        if own >= MOST_EACH or len(self._out) >= MOST:
            raise TooManyTickets
        ticket = new_secret(BITS)
        self._out[digest(ticket)] = (self._clock() + LIFE, principal)
        return ticket

    def redeem(self, ticket: str) -> Principal | None:
        """Return whom a ticket was issued to, the first time alone; None where it is none."""
        self._forget_old()
        _, principal = self._out.pop(digest(ticket), (0.0, None))
        return principal

    def _forget_old(self) -> None:
        now = self._clock()
        for key, (end, _) in list(self._out.items()):
            if end > now:
                return
            del self._out[key]
