"""The other end of a stream: what is sent to it, and when it is let go."""

import asyncio
import logging
import socket
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import ClassVar, Final, cast

from aiohttp import web

from monitor.auth.principal import Principal
from monitor.encoder import Framing, decode, encode
from monitor.history import History
from monitor.hub import Hub
from monitor.selection import Selection
from monitor.web.errors import Refusal
from monitor.web.keeper import Keeper
from monitor.web.query import Asked
from monitor.web.relay import Relay, finish, reset, unsent

log = logging.getLogger(__name__)

#: Bytes the kernel may hold for a client that does not read: frames that it will read late. The kernel at the other end
#: holds more, out of our reach.
SEND_BUFFER: Final = 64 * 1024
#: Bytes of it that may wait to be sent. What waits here is old when it comes, and a ping comes after it.
UNSENT: Final = 16 * 1024
#: Milliseconds that a peer which answers no pings may leave data unacknowledged, or its window closed. Not for others:
#: to Linux a window that is smaller than a segment is closed, and a slow reader's is.
SILENT_PEER: Final = 30_000
#: Seconds for which a ping may wait for the next frame.
NEAR: Final = 2.0
#: Frames of back-fill that are looked at before others have their turn.
STRIDE: Final = 50
#: Seconds that a client which is to go has for what is still to be read, and between two looks whether it has.
FAREWELL: Final = 1.0
GLANCE: Final = 0.05
#: Seconds after which a client that was refused for want of room may try again.
RETRY_AFTER: Final = 5


@dataclass(slots=True, eq=False)
class Stream:
    """What all peers share.

    interval seconds between two frames
    room     clients that there may be
    taken    places that clients have, those in their handshake included
    reading  held by whoever reads a stretch of the history, one at a time
    peers    those who listen, and whom each has shown to be; None where nobody was asked
    on_join  called when somebody joins who was asked
    """

    hub: Hub
    history: History
    keeper: Keeper
    interval: float
    room: int
    taken: int = 0
    reading: asyncio.Lock = field(default_factory=asyncio.Lock)
    peers: "dict[Peer, Principal | None]" = field(default_factory=dict)
    on_join: Callable[[], None] | None = None

    def take_place(self) -> None:
        """Take one place, until `give_back`. Raises Refusal (503) when there is none."""
        if self.taken >= self.room:
            raise Refusal(
                503,
                "too_many_clients",
                f"This server streams to {self.room} clients at most (max_connections), and so many are here.",
                {"Retry-After": str(RETRY_AFTER)},
            )
        self.taken += 1

    def give_back(self) -> None:
        """Give a place back."""
        self.taken -= 1


class Peer(Relay, ABC):
    """Stands between the transport of a stream and aiohttp, from `join` to `leave`.

    Frames are written past aiohttp, straight to the transport: one write for bytes that all clients share.
    """

    #: Whether it is asked for signs of life that it has to answer.
    is_pinged: ClassVar[bool]

    __slots__ = ("_catching_up", "_drained", "_stream", "framing", "transport")

    def __init__(self, stream: Stream, transport: asyncio.Transport, framing: Framing) -> None:
        super().__init__(cast(asyncio.Protocol, transport.get_protocol()))
        self.transport = transport
        self.framing = framing
        self._stream = stream
        self._catching_up: asyncio.Task[None] | None = None
        self._drained: asyncio.Future[None] | None = None

    def join(self, asked: Asked, principal: Principal | None = None) -> None:
        """Send the past that was asked for, then every frame from the next one on.

        It has the place that was taken for it until it leaves.
        """
        stream = self._stream
        start = asked.start(stream.history)
        _bound_buffers(self.transport, is_pinged=self.is_pinged)
        self.transport.set_protocol(self)
        stream.peers[self] = principal
        if principal is not None and stream.on_join is not None:
            stream.on_join()
        stream.keeper.look_after(self)
        if start is None:
            stream.hub.join(self.transport, asked.selection, self.framing)
        else:
            self._catching_up = asyncio.create_task(self._catch_up(asked.selection, start))
            self._catching_up.add_done_callback(self._caught_up)

    def leave(self) -> None:
        """Send no more frames; harmless when it has left already."""
        if self._catching_up is not None:
            self._catching_up.cancel()
            self._catching_up = None
        stream = self._stream
        stream.hub.leave(self.transport)
        stream.keeper.forget(self)
        if self in stream.peers:
            del stream.peers[self]
            stream.give_back()

    def cut_off(self) -> None:
        """Drop the connection, with whatever the client has not taken."""
        self.leave()
        reset(self.transport)

    @abstractmethod
    def ping(self, nonce: bytes) -> None:
        """Write something, so that a dead connection shows and a quiet one is kept open."""

    def send_along(self, data: bytes) -> None:
        """Write this soon: with the next frame where that is near, because most of what a ping costs is the write."""
        if self._stream.interval <= NEAR:
            self._stream.hub.enclose(self.transport, data)
        else:
            self.transport.write(data)

    def is_overdue(self) -> bool:
        """Tell whether an answer that is due has not come."""
        return False

    @abstractmethod
    async def goodbye(self) -> None:
        """End the stream as its protocol wants it, without waiting for a client that does not read."""

    async def dismiss(self) -> None:
        """End the stream because whoever reads it no longer may."""
        await self.goodbye()

    def let_go(self) -> None:
        """Leave, and close the connection; a client that still has something to read gets a moment for it."""
        self.leave()
        finish(self.transport, FAREWELL)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._drained is not None and not self._drained.done():
            self._drained.set_result(None)
        self._stream.hub.drained(self.transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self.leave()
        super().connection_lost(exc)

    async def _catch_up(self, selection: Selection, tick: int) -> None:
        """Write the frames after that tick, and those that come meanwhile; then join the hub.

        It joins in the very step that finds nothing left in the ring: so there is no gap and no double, however long it
        takes. Frames that the ring forgets meanwhile are gone.
        """
        stream, transport = self._stream, self.transport
        while True:
            async with stream.reading:  # all who catch up take turns: the stream goes first, however many they are
                stride = stream.history.after(tick, STRIDE)
                if not stride:
                    stream.hub.join(transport, selection, self.framing)
                    return
                for entry in stride:
                    tick = entry.tick
                    if selection.wants(entry.tick, entry.before):
                        transport.write(self.framing(_selected(entry.encoded, selection), entry.timestamp))
                        if unsent(transport):
                            break
                await asyncio.sleep(0)
            if unsent(transport):
                self._drained = asyncio.get_running_loop().create_future()
                await self._drained

    def _caught_up(self, task: asyncio.Task[None]) -> None:
        self._catching_up = None
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("back-fill failed", exc_info=error)
            self.cut_off()


async def close_stream(app: web.Application) -> None:
    """Say goodbye to every client when the server stops; cut off those that do not go in time."""
    peers = list(app[STREAM].peers)
    goodbyes = [asyncio.create_task(peer.goodbye()) for peer in peers]
    end = asyncio.get_running_loop().time() + FAREWELL
    if goodbyes:
        await asyncio.wait(goodbyes, timeout=FAREWELL)
    # So that those who read slowly read of the end too.
    while any(unsent(peer.transport) for peer in peers) and asyncio.get_running_loop().time() < end:  # noqa: ASYNC110
        await asyncio.sleep(GLANCE)  # transports tell their protocols, and nobody else
    for goodbye, peer in zip(goodbyes, peers, strict=True):
        if goodbye.cancel() or unsent(peer.transport):
            peer.cut_off()


def _selected(encoded: bytes, selection: Selection) -> bytes:
    return encoded if selection.fields is None else encode(selection.of(decode(encoded)))


def _bound_buffers(transport: asyncio.Transport, *, is_pinged: bool) -> None:
    # Told when something is not taken, and again when all is: `pause_writing`, `resume_writing`.
    transport.set_write_buffer_limits(high=1, low=0)
    connection = transport.get_extra_info("socket")
    options = [(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)]
    if connection.family in (socket.AF_INET, socket.AF_INET6):
        if not is_pinged and hasattr(socket, "TCP_USER_TIMEOUT"):
            options.append((socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, SILENT_PEER))
        if hasattr(socket, "TCP_NOTSENT_LOWAT"):
            options.append((socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT))
    for option in options:
        with suppress(OSError):  # the peer may be gone, and some systems say so here
            connection.setsockopt(*option)


#: Its key stands here because its type does.
STREAM = web.AppKey("stream", Stream)
