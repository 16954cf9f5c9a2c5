"""The door: lets connections in, as many as there may be, and gives each of them little time to say what it wants."""

import asyncio
import errno
import logging
import os
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Final, cast

from aiohttp import web
from aiohttp.typedefs import Handler

from monitor.web.keeper import Keeper
from monitor.web.relay import Relay, reset

log = logging.getLogger(__name__)

#: Connections beyond the limit of streams: for those who only ask how things stand.
SPARE: Final = 64
#: Connections that may hear at one time that there is no room; more wait to be let in.
HEARING: Final = 32
#: Seconds that these get to read it.
FAREWELL: Final = 1.0
#: Seconds until the door tries again when there are no file descriptors.
PAUSE: Final = 0.5
#: Connections that may wait to be let in.
BACKLOG: Final = 1024

_EXHAUSTED: Final = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)
_BODY: Final = b'{"error":{"code":"too_many_clients","message":"No further connection is taken in; try again later."}}'
_FULL: Final = (
    b"HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: %d\r\n"
    b"Retry-After: 5\r\nConnection: close\r\n\r\n%s" % (len(_BODY), _BODY)
)
_TOO_LATE: Final = b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Visit(Relay):
    """One connection that was let in. Whoever does not finish a request in time has to go."""

    __slots__ = ("_asking", "_keeper", "_left", "_served", "_transport")

    def __init__(self, inner: asyncio.Protocol, keeper: Keeper, left: Callable[[], None]) -> None:
        super().__init__(inner)
        self._keeper = keeper
        self._left = left
        self._transport: asyncio.Transport | None = None
        self._asking = True  # bytes came of a request that is not complete; at first they are due
        self._served = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport = cast(asyncio.Transport, transport)
        transport.set_write_buffer_limits(high=0)  # so that `pause_writing` tells of whatever is not taken
        self._keeper.expect(self.too_late)
        super().connection_made(transport)

    def data_received(self, data: bytes) -> None:
        if not self._asking:
            self._asking = True
            if not self._served:
                self._keeper.expect(self.too_late)
        super().data_received(data)

    def complete(self) -> None:
        """Take note that a request is there, with its body: it is being served."""
        self._served, self._asking = True, False
        self._keeper.came(self.too_late)

    def answered(self) -> None:
        """Take note that it has been served."""
        self._served = False
        if self._asking:
            self._keeper.expect(self.too_late)

    def too_late(self) -> None:
        """Close a connection whose request has not come in time."""
        if self._transport is not None:
            self._transport.write(_TOO_LATE)
            self._transport.close()

    def pause_writing(self) -> None:
        if self._transport is not None:
            self._keeper.paused(self._transport)
        super().pause_writing()

    def resume_writing(self) -> None:
        if self._transport is not None:
            self._keeper.resumed(self._transport)
        super().resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        self._keeper.came(self.too_late)
        if self._transport is not None:
            self._keeper.resumed(self._transport)
        self._left()
        super().connection_lost(exc)


class TurnedAway(asyncio.Protocol):
    """One connection that was not let in: it hears why, and has a moment to read it."""

    __slots__ = ("_left",)

    def __init__(self, left: Callable[[], None]) -> None:
        self._left = left

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        cast(asyncio.Transport, transport).write(_FULL)
        asyncio.get_running_loop().call_later(FAREWELL, reset, cast(asyncio.Transport, transport))

    def connection_lost(self, exc: Exception | None) -> None:
        self._left()


class Door(web.BaseSite):
    """Listens, and lets in so many connections at a time, where aiohttp's own sites let in all.

    limit  connections; further ones hear 503, and when many hear that already, they wait to be let in
    """

    def __init__(self, runner: web.AppRunner, host: str, port: int, *, keeper: Keeper, limit: int) -> None:
        super().__init__(runner, backlog=BACKLOG)
        self._protocols = cast(web.Server, runner.server)  # there is one: the line above has seen it
        self._host = host
        self._keeper = keeper
        self._limit = limit
        self._tasks: list[asyncio.Task[None]] = []
        self._sockets: list[socket.socket] = []
        self._inside = 0
        self._hearing = 0
        self._may_hear = asyncio.Event()
        self._may_hear.set()
        self._without = False
        self.port = port

    @property
    def name(self) -> str:
        """The address, as aiohttp shows it."""
        return f"http://{self._host}:{self.port}"

    async def start(self) -> None:
        """Listen on every address that the host stands for. Raises OSError."""
        await super().start()
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(self._host, self.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        try:
            for family, address in dict.fromkeys((family, address[0]) for family, _, _, _, address in found):
                listening = socket.create_server((str(address), self.port), family=family, backlog=BACKLOG)
                listening.setblocking(False)
                self._sockets.append(listening)
                self.port = listening.getsockname()[1]
        except OSError:
            self._close()
            raise
        self._tasks = [asyncio.create_task(self._let_in(listening)) for listening in self._sockets]

    async def stop(self) -> None:
        """Listen no more; who is inside stays."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._close()
        await super().stop()

    async def _let_in(self, listening: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await self._may_hear.wait()
            try:
                connection, _ = await loop.sock_accept(listening)
            except OSError as error:
                await self._pause(error)
                continue
            if self._without:
                self._without = False
                log.warning("connections are taken in again")
            with suppress(OSError):  # gone already
                await loop.connect_accepted_socket(self._admit, connection)

    def _admit(self) -> asyncio.Protocol:
        if self._inside < self._limit:
            self._inside += 1
            return Visit(self._protocols(), self._keeper, self._leave)
        self._hearing += 1
        if self._hearing >= HEARING:
            self._may_hear.clear()
        return TurnedAway(self._heard)

    def _leave(self) -> None:
        self._inside -= 1

    def _heard(self) -> None:
        self._hearing -= 1
        self._may_hear.set()

    async def _pause(self, error: OSError) -> None:
        # Who is there already keeps what he has; to try at once would only keep the processor busy.
        if error.errno in _EXHAUSTED:
            if not self._without:
                self._without = True
                log.error("no further connection can be taken in: %s", os.strerror(error.errno).lower())
            await asyncio.sleep(PAUSE)

    def _close(self) -> None:
        for listening in self._sockets:
            listening.close()
        self._sockets.clear()


@web.middleware
async def in_time(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Tell the connection's `Visit` that the request is complete, when it is; its body is read here, once for all."""
    transport = request.transport
    visit = None if transport is None else transport.get_protocol()
    if request.can_read_body:
        await request.read()
    if transport is None or not isinstance(visit, Visit):  # the application runs behind another door than ours
        return await handler(request)
    visit.complete()
    try:
        return await handler(request)
    finally:
        if transport.get_protocol() is visit:  # and not a stream, which goes on
            visit.answered()
