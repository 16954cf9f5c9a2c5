"""The watch: streams end when the credential they were opened with does."""

import asyncio
import logging
from collections.abc import Callable
from typing import Final

from aiohttp import web

from monitor.auth.principal import Principal
from monitor.web.peer import FAREWELL, Peer, Stream
from monitor.web.relay import reset, unsent

log = logging.getLogger(__name__)

#: Beats of the keeper between two looks, one a second.
EVERY: Final = 2


class Watch:
    """Looks every few seconds whether those who listen still may; not at all while nobody does.

    stands  tells whether a principal is one still
    """

    def __init__(self, stream: Stream, stands: Callable[[Principal], bool]) -> None:
        self._stream = stream
        self._stands = stands
        self._farewells: set[asyncio.Task[None]] = set()
        self._is_kept = False
        stream.on_join = self.keep

    def keep(self) -> None:
        """Look from now on, while somebody listens."""
        if not self._is_kept:
            self._is_kept = True
            self._stream.keeper.expect(self._look, EVERY)

    def check(self) -> None:
        """Begin to end the streams of those who no longer may."""
        stands: dict[int, bool] = {}  # by identity: thousands may have come with one token
        for peer, principal in list(self._stream.peers.items()):
            if principal is None:
                continue
            known = stands.get(id(principal))
            if known is None:
                known = stands[id(principal)] = self._stands(principal)
            if not known:
                farewell = asyncio.create_task(_dismiss(peer))
                self._farewells.add(farewell)
                farewell.add_done_callback(self._farewells.discard)

    def _look(self) -> None:
        self._is_kept = False
        self.check()
        if self._stream.peers:
            self.keep()


async def _dismiss(peer: Peer) -> None:
    log.debug("a stream ends: its credential has expired or was revoked")
    try:
        async with asyncio.timeout(FAREWELL):
            await peer.dismiss()
            while unsent(peer.transport):  # noqa: ASYNC110 - transports tell their protocols, and nobody else
                await asyncio.sleep(FAREWELL / 20)
    except TimeoutError:
        reset(peer.transport)


WATCH: Final = web.AppKey("watch", Watch)
