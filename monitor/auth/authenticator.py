"""The authenticator: turns what a request shows into a principal, and tells whether he still is one."""

import time
from collections.abc import Callable, Iterable
from typing import Protocol

from monitor.auth.principal import LONGEST, Principal
from monitor.auth.sessions import Sessions
from monitor.auth.tickets import Tickets
from monitor.auth.tokens import Token, Tokens


class Bearers(Protocol):
    """Knows tokens that somebody else issues."""

    async def find(self, text: str) -> Principal | None:
        """Return whom a token stands for; None where it is not one of theirs."""

    async def open(self) -> None:
        """Begin to work."""

    async def close(self) -> None:
        """Let go of what is under way."""


class Authenticator:
    """What the server knows of those who may.

    tokens        the static ones
    issued        knows those of an issuer; None where there is none
    proxy_scopes  what a user may whom a trusted proxy has authenticated
    """

    def __init__(
        self,
        tokens: Iterable[Token] = (),
        issued: Bearers | None = None,
        proxy_scopes: Iterable[str] = (),
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.tickets = Tickets()
        self.sessions = Sessions(clock)
        self._tokens = Tokens(tokens)
        self._issued = issued
        self._proxy_scopes = frozenset(proxy_scopes)
        self._clock = clock

    async def open(self) -> None:
        """Begin to look for the keys of whoever issues tokens."""
        if self._issued is not None:
            await self._issued.open()

    async def close(self) -> None:
        """Let go of what is under way."""
        if self._issued is not None:
            await self._issued.close()

    async def of_token(self, text: str) -> Principal | None:
        """Return whom a token stands for, static or issued; None where it is none, or no longer one."""
        if len(text) > LONGEST:
            return None
        principal = self._tokens.find(text)
        if principal is not None:  # found just now: it is not revoked
            return principal if principal.expires > self._clock() else None
        if self._issued is not None and text.count(".") == 2:
            return self._valid(await self._issued.find(text))
        return None

    def of_ticket(self, ticket: str) -> Principal | None:
        """Return whom a ticket was issued to, once."""
        return self._valid(self.tickets.redeem(ticket))

    def of_session(self, secret: str) -> Principal | None:
        """Return whom a session is for."""
        return self._valid(self.sessions.find(secret))

    def of_proxy(self, user: str) -> Principal:
        """Return the principal of a user whom a trusted proxy has authenticated."""
        return Principal(f"proxy:{user}", self._proxy_scopes)

    def stands(self, principal: Principal) -> bool:
        """Tell whether the principal is one still: not expired, his token not revoked, his session not ended."""
        return (
            principal.expires > self._clock()
            and (not principal.token or self._tokens.grants(principal))
            and (not principal.session or self.sessions.lasts(principal))
        )

    def replace_tokens(self, tokens: Iterable[Token]) -> None:
        """Let these static tokens be valid, and no others."""
        self._tokens = Tokens(tokens)

    def _valid(self, principal: Principal | None) -> Principal | None:
        return principal if principal is not None and self.stands(principal) else None
