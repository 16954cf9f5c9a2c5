"""The door: lets connections in, as many as there may be, and gives each of them little time to say what it wants."""

import asyncio
import errno
import logging
import os
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final, cast

from aiohttp import web
from aiohttp.typedefs import Handler as Answer

from monitor.web.handler import Handler
from monitor.web.keeper import Keeper
from monitor.web.places import Places, counted
from monitor.web.proxies import Proxies
from monitor.web.relay import Relay, finish, reset, unsent
from monitor.web.secured import Secured
from monitor.web.seldom import Seldom
from monitor.web.tls import Identity

log = logging.getLogger(__name__)

#: Seconds in which a request has to be complete, from its first byte to the end of its body.
PATIENCE: Final = 10
#: Seconds that a connection without a request is kept open.
KEEP_ALIVE: Final = 75
#: Connections beyond the limit of streams: for those who only ask how things stand.
SPARE: Final = 64
#: Connections that may hear at one time that there is no room; more wait to be let in.
HEARING: Final = 32
#: Connections beyond the limit of their address that may hear so at one time; more are dropped, so that nobody else has
#: to wait for them.
TURNED_AWAY: Final = 128
#: Seconds that these get to read it.
FAREWELL: Final = 1.0
#: Seconds until the door tries again when there are no file descriptors.
PAUSE: Final = 0.5
#: Connections that may wait to be let in.
BACKLOG: Final = 1024
#: Attempts to find a free port that is free on every address.
ATTEMPTS: Final = 10

#: What the system says of an address that this machine does not have.
_ABSENT: Final = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)
_HEAD: Final = (
    b"HTTP/1.1 %s\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: %d\r\n"
    b"Retry-After: 5\r\nConnection: close\r\n\r\n%s"
)
_BODY: Final = b'{"error":{"code":"too_many_clients","message":"No further connection is taken in; try again later."}}'
_FULL: Final = _HEAD % (b"503 Service Unavailable", len(_BODY), _BODY)
_ENOUGH_BODY: Final = (
    b'{"error":{"code":"too_many_connections",'
    b'"message":"This address has as many connections as one may have (max_connections_per_address)."}}'
)
_ENOUGH: Final = _HEAD % (b"429 Too Many Requests", len(_ENOUGH_BODY), _ENOUGH_BODY)
_TOO_LATE: Final = b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Visit(Relay):
    """One connection that was let in. Whoever does not finish a request in time has to go.

    Its time runs from the first byte of a request to the last of its body. Bytes that come while another request is
    served belong to the next one; whether those that came together with that one do, aiohttp alone knows, so that a
    connection on which nothing is served always has a time that runs.
    """

    __slots__ = ("_address", "_count", "_heard", "_keeper", "_places", "_served", "_transport")

    def __init__(
        self, inner: asyncio.Protocol, keeper: Keeper, count: Callable[[int], None], places: Places, address: str | None
    ) -> None:
        super().__init__(inner)
        self._places = places
        self._address = address  # under which it is counted; None while it is under none
        self._keeper = keeper
        self._count = count
        self._transport: asyncio.Transport | None = None
        self._heard = False  # bytes came since the last complete request
        self._served = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._count(1)
        if self._address is not None:
            self._places.take(self._address)
        self._transport = transport = cast(asyncio.Transport, transport)
        transport.set_write_buffer_limits(high=1, low=0)  # so that `pause_writing` tells of whatever is not taken
        self._keeper.expect(self.too_late, PATIENCE)
        super().connection_made(transport)

    def data_received(self, data: bytes) -> None:
        if not self._heard:
            self._heard = True
            if not self._served:
                self._keeper.expect(self.too_late, PATIENCE)
        super().data_received(data)

    def take_place(self, address: str) -> None:
        """Count this connection, which the door has counted for nobody, as one of this address."""
        self.give_back()
        if self._transport is not None:
            self._address = address
            self._places.take(address)

    def give_back(self) -> None:
        """Count it for nobody any more; harmless when it is not counted."""
        if self._address is not None:
            self._places.give_back(self._address)
            self._address = None

    def asks(self) -> None:
        """Take note that the head of a request is there, and its body is due."""
        self._served, self._heard = False, True
        self._keeper.expect(self.too_late, PATIENCE)

    def complete(self) -> None:
        """Take note that the whole request is there and being served."""
        self._served, self._heard = True, False
        self._keeper.came(self.too_late)

    def answered(self) -> None:
        """Take note that the handler has returned; the answer may still have to be written."""
        self._served = False
        self._keeper.expect(self.too_late, PATIENCE if self._heard else KEEP_ALIVE)

    def too_late(self) -> None:
        """Close a connection whose request has not come in time."""
        transport = self._transport
        if transport is None:
            return
        if unsent(transport):  # the answer before it is still being read: the keeper judges that
            self._keeper.expect(self.too_late, PATIENCE)
            return
        if self._heard:
            transport.write(_TOO_LATE)
        finish(transport, FAREWELL)

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
            self._transport = None
        self.give_back()
        self._count(-1)
        super().connection_lost(exc)


class TurnedAway(asyncio.Protocol):
    """One connection that was not let in: it hears why, and has a moment to read it."""

    __slots__ = ("_count", "_why")

    def __init__(self, why: bytes, count: Callable[[int], None]) -> None:
        self._why = why
        self._count = count

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._count(1)
        cast(asyncio.Transport, transport).write(self._why)
        asyncio.get_running_loop().call_later(FAREWELL, reset, cast(asyncio.Transport, transport))

    def connection_lost(self, exc: Exception | None) -> None:
        self._count(-1)


@dataclass(frozen=True, slots=True)
class Admission:
    """Who is let in.

    limit    connections; further ones hear 503, and when many hear that already, they wait to be let in
    places   counts those of each address; further ones hear 429
    proxies  addresses whose connections are not theirs, and so counted for nobody
    """

    limit: int
    places: Places = field(default_factory=lambda: Places(0))
    proxies: Proxies = field(default_factory=lambda: Proxies(()))


class Door(web.BaseSite):
    """Listens, and lets in so many connections at a time, where aiohttp's own sites let in all.

    identity  whom those who speak TLS meet; None where nothing is encrypted
    options   for aiohttp's handler of a connection
    """

    def __init__(  # noqa: PLR0913 - each has its name
        self,
        runner: web.AppRunner,
        host: str,
        port: int,
        *,
        keeper: Keeper,
        admission: Admission,
        identity: Identity | None = None,
        **options: Any,
    ) -> None:
        super().__init__(runner, backlog=BACKLOG)
        self._manager = cast(web.Server, runner.server)  # there is one: the line above has seen it
        # Bodies stay as they come: what they unpack to may be any size, and `guard` refuses them.
        self._options = {"keepalive_timeout": KEEP_ALIVE, "auto_decompress": False, **options}
        self._malformed = Seldom(log, logging.DEBUG)
        self._host = host
        self._keeper = keeper
        self._admission = admission
        self._identity = identity
        self._tasks: list[asyncio.Task[None]] = []
        self._sockets: list[socket.socket] = []
        self._inside = 0
        self._hearing = 0
        self._turned_away = 0
        self._may_hear = asyncio.Event()
        self._may_hear.set()
        self._without = False
        self.port = port

    @property
    def name(self) -> str:
        """The address, as aiohttp shows it."""
        return f"{'http' if self._identity is None else 'https'}://{self._host}:{self.port}"

    async def start(self) -> None:
        """Listen on every address that the host stands for, as far as this machine has it. Raises OSError."""
        await super().start()
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(self._host, self.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        self._sockets = _listening([(family, address) for family, _, _, _, address in found], self.port)
        self.port = self._sockets[0].getsockname()[1]
        self._tasks = [asyncio.create_task(self._let_in(listening)) for listening in self._sockets]

    async def stop(self) -> None:
        """Listen no more; who is inside stays."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        _close(self._sockets)
        await super().stop()

    async def _let_in(self, listening: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await self._may_hear.wait()
            connection = None
            try:
                connection, peer = await loop.sock_accept(listening)
                self._tell(None)
                address = self._counted(peer)
                if (
                    address is not None
                    and self._admission.places.are_full(address)
                    and self._turned_away >= TURNED_AWAY
                ):
                    connection.close()
                    await asyncio.sleep(0)  # nothing else here would let others have their turn
                    continue
                await loop.connect_accepted_socket(partial(self._admit, address), connection)
            except Exception as error:  # noqa: BLE001 - whatever it is, others have to be let in after it
                if connection is not None:  # this one alone: reset before it was inside, say
                    log.debug("a connection was lost at the door: %s", error)
                    connection.close()
                elif not isinstance(error, ConnectionError):
                    # Who is there already keeps what he has; to try at once would only keep the processor busy.
                    self._tell(error)
                    await asyncio.sleep(PAUSE)

    def _tell(self, error: Exception | None) -> None:
        """Tell the log when nobody can be let in, and when somebody can again; each once."""
        if error is not None and not self._without:
            number = error.errno if isinstance(error, OSError) else None
            log.error("no further connection can be taken in: %s", os.strerror(number).lower() if number else error)
        elif error is None and self._without:
            log.warning("connections are taken in again")
        self._without = error is not None

    def _counted(self, peer: Any) -> str | None:
        """Return the address under which a connection is counted; None for that of a trusted proxy."""
        if not self._admission.places.limit or peer[0] in self._admission.proxies:
            return None
        return counted(peer[0])

    def _admit(self, address: str | None) -> asyncio.Protocol:
        visitor = self._visitor(address)
        return visitor if self._identity is None else Secured(self._identity.context, visitor)

    def _visitor(self, address: str | None) -> asyncio.Protocol:
        if address is not None and self._admission.places.are_full(address):
            return TurnedAway(_ENOUGH, self._count_turned_away)
        if self._inside < self._admission.limit:
            inner = Handler(self._manager, self._malformed, loop=asyncio.get_running_loop(), **self._options)
            return Visit(inner, self._keeper, self._count_inside, self._admission.places, address)
        return TurnedAway(_FULL, self._count_hearing)

    def _count_inside(self, more: int) -> None:
        self._inside += more

    def _count_turned_away(self, more: int) -> None:
        self._turned_away += more

    def _count_hearing(self, more: int) -> None:
        self._hearing += more
        if self._hearing < HEARING:
            self._may_hear.set()
        else:
            self._may_hear.clear()


def _listening(addresses: Sequence[tuple[int, Any]], port: int) -> list[socket.socket]:
    """Return a socket for each address that this machine has, all with one port. Raises OSError."""
    for _ in range(ATTEMPTS):
        sockets: list[socket.socket] = []
        absent: OSError | None = None
        try:
            for family, address in dict.fromkeys(addresses):
                try:
                    sockets.append(_bound(family, address, sockets[0].getsockname()[1] if sockets else port))
                except OSError as error:
                    if error.errno not in _ABSENT:
                        raise
                    absent = error  # "localhost" is ::1 too where there is no IPv6
        except OSError as error:
            _close(sockets)
            if port or error.errno != errno.EADDRINUSE:
                raise
            continue  # a free port of one address that another one has not free: take the next
        if absent is not None and not sockets:
            raise absent
        return sockets
    raise OSError(errno.EADDRINUSE, os.strerror(errno.EADDRINUSE))


def _bound(family: int, address: Any, port: int) -> socket.socket:
    host, _, *scope = address
    listening = socket.create_server((host, port, *scope), family=family, backlog=BACKLOG)
    listening.setblocking(False)
    return listening


def _close(sockets: list[socket.socket]) -> None:
    for listening in sockets:
        listening.close()
    sockets.clear()


@web.middleware
async def in_time(request: web.Request, handler: Answer) -> web.StreamResponse:
    """Tell the connection's `Visit` that the request is complete, when it is; its body is read here, once for all."""
    transport = request.transport
    visit = None if transport is None else transport.get_protocol()
    if transport is None or not isinstance(visit, Visit):  # the application runs behind another door than ours
        return await handler(request)
    if request.can_read_body:
        size = request.content_length
        if size is not None and size > request.client_max_size:  # and is not waited for
            raise web.HTTPRequestEntityTooLarge(request.client_max_size, size)
        visit.asks()
        await request.read()
    visit.complete()
    try:
        return await handler(request)
    finally:
        if transport.get_protocol() is visit:  # and not a stream, which goes on
            visit.answered()
