"""The live stream over WebSocket."""

import asyncio
import logging
import socket

from aiohttp import WSCloseCode, web

from monitor.encoder import WELCOME, decode, encode, websocket_text
from monitor.history import History
from monitor.hub import Hub
from monitor.selection import Selection
from monitor.web.errors import Refusal
from monitor.web.keys import HISTORY, HUB, READING
from monitor.web.query import Asked, read_stream

log = logging.getLogger(__name__)

#: Clients have nothing to say that is longer; a longer message ends the connection with 1009.
LARGEST_MESSAGE = 4096
#: Bytes the kernel may hold for a client that does not read: frames that it will read late. The kernel at the other end
#: holds more, out of our reach.
SEND_BUFFER = 64 * 1024
#: Milliseconds that a peer may leave data unacknowledged, or its window closed.
SILENT_PEER = 30_000
#: Seconds for the closing handshake; stuck clients do not get more.
FAREWELL = 1.0

_WELCOME_FRAME = websocket_text(WELCOME)


#: Frames of back-fill that are looked at before others have their turn.
STRIDE = 50
#: Seconds until a client that has not drained is looked at again while it catches up; doubled each time.
SHORTEST_PAUSE = 0.02
LONGEST_PAUSE = 1.0


class Listener(web.WebSocketResponse):
    """A WebSocket that gets the frames its client asked for, from `listen` to `close`.

    Frames are written past aiohttp, straight to the transport: one write for bytes that all clients share. aiohttp
    answers pings, checks what comes in, and closes; whoever begins to close, no frame may follow the closing frame.
    """

    # Slots, because with a few more attributes in its dict Python stops sharing the keys: 1.3 KB a client.
    __slots__ = ("_catching_up", "_history", "_hub", "_reading", "_transport")

    def __init__(self, hub: Hub, history: History, reading: asyncio.Lock) -> None:
        # aiohttp refuses what is as long as its limit, not only what is longer.
        super().__init__(compress=False, max_msg_size=LARGEST_MESSAGE + 1, timeout=FAREWELL)
        self._hub = hub
        self._history = history
        self._reading = reading
        self._transport: asyncio.Transport | None = None
        self._catching_up: asyncio.Task[None] | None = None

    def listen(self, transport: asyncio.Transport, asked: Asked) -> None:
        """Send the welcome message now, then the past that was asked for, then every frame from the next one on."""
        self._transport = transport
        transport.write(_WELCOME_FRAME)
        start = asked.start(self._history)
        if start is None:
            self._hub.join(transport, asked.selection)
        else:
            self._catching_up = asyncio.create_task(self._catch_up(transport, asked.selection, start))
            self._catching_up.add_done_callback(self._caught_up)

    async def close(self, *, code: int = WSCloseCode.OK, message: bytes = b"", drain: bool = False) -> bool:
        """Begin the closing handshake, without waiting for a client that does not read."""
        self._leave()
        return await super().close(code=code, message=message, drain=False)

    def cut_off(self) -> None:
        """Drop the connection, with whatever the client has not taken."""
        self._leave()
        if self._transport is not None:
            self._transport.abort()

    def _leave(self) -> None:
        if self._catching_up is not None:
            self._catching_up.cancel()
        if self._transport is not None:
            self._hub.leave(self._transport)

    async def _catch_up(self, transport: asyncio.Transport, selection: Selection, tick: int) -> None:
        """Write the frames after that tick, and those that come meanwhile; then join the hub.

        It joins in the very step that finds nothing left in the ring: so there is no gap and no double, however long it
        takes. Frames that the ring forgets meanwhile are gone.
        """
        pause = SHORTEST_PAUSE
        while True:
            async with self._reading:  # all who catch up take turns: the stream goes first, however many they are
                stride = self._history.after(tick, STRIDE)
                if not stride:
                    self._hub.join(transport, selection)
                    return
                for entry in stride:
                    tick = entry.tick
                    if selection.wants(entry.tick, entry.before):
                        transport.write(websocket_text(_selected(entry.encoded, selection)))
                        if transport.get_write_buffer_size():
                            break
                await asyncio.sleep(0)
            # A transport tells its protocol alone that it has drained, and that one is aiohttp's: so look.
            while transport.get_write_buffer_size() and not transport.is_closing():
                await asyncio.sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE)
            if transport.is_closing():
                return
            pause = SHORTEST_PAUSE

    def _caught_up(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("back-fill failed", exc_info=error)
            self.cut_off()


async def metrics(request: web.Request) -> web.StreamResponse:
    """GET /api/ws/metrics: the welcome message, then the frames that the query asks for. What comes in is ignored."""
    if request.headers.get("Upgrade", "").lower() != "websocket":
        raise Refusal(426, "upgrade_required", "This is a WebSocket: connect with ws://", {"Upgrade": "websocket"})
    asked = read_stream(request)
    listener = Listener(request.app[HUB], request.app[HISTORY], request.app[READING])
    await listener.prepare(request)
    transport = request.transport
    if transport is None:  # gone during the handshake
        return listener
    _bound_buffers(transport)
    listeners = request.app[LISTENERS]
    listeners.add(listener)
    listener.listen(transport, asked)
    try:
        async for _ in listener:
            pass
    finally:
        listeners.discard(listener)
        await listener.close()
    return listener


async def close_listeners(app: web.Application) -> None:
    """Say goodbye (1001) to every client when the server stops; cut off those that do not answer in time."""
    goodbyes = {
        asyncio.create_task(listener.close(code=WSCloseCode.GOING_AWAY)): listener for listener in app[LISTENERS]
    }
    if goodbyes:
        _, stuck = await asyncio.wait(goodbyes, timeout=FAREWELL)
        for goodbye in stuck:
            goodbye.cancel()
    for listener in goodbyes.values():
        listener.cut_off()


def _selected(encoded: bytes, selection: Selection) -> bytes:
    return encoded if selection.fields is None else encode(selection.of(decode(encoded)))


def _bound_buffers(transport: asyncio.BaseTransport) -> None:
    connection = transport.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, SILENT_PEER)


#: The open streams; its key stands here because its type does.
LISTENERS = web.AppKey("listeners", set[Listener])
