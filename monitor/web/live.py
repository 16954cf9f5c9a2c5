"""The live stream over WebSocket."""

import asyncio
import socket

from aiohttp import WSCloseCode, web

from monitor.encoder import WELCOME, websocket_text
from monitor.hub import Hub
from monitor.web.errors import Refusal
from monitor.web.keys import HUB

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


class Listener(web.WebSocketResponse):
    """A WebSocket that gets every frame from `listen` to `close`.

    Frames are written past aiohttp, straight to the transport: one write for bytes that all clients share. aiohttp
    answers pings, checks what comes in, and closes; whoever begins to close, no frame may follow the closing frame.
    """

    def __init__(self, hub: Hub) -> None:
        # aiohttp refuses what is as long as its limit, not only what is longer.
        super().__init__(compress=False, max_msg_size=LARGEST_MESSAGE + 1, timeout=FAREWELL)
        self._hub = hub
        self._transport: asyncio.Transport | None = None

    def listen(self, transport: asyncio.Transport) -> None:
        """Send the welcome message now, and the frames from the next one on."""
        self._transport = transport
        transport.write(_WELCOME_FRAME)
        self._hub.join(transport)

    async def close(self, *, code: int = WSCloseCode.OK, message: bytes = b"", drain: bool = False) -> bool:
        """Begin the closing handshake, without waiting for a client that does not read."""
        if self._transport is not None:
            self._hub.leave(self._transport)
        return await super().close(code=code, message=message, drain=False)

    def cut_off(self) -> None:
        """Drop the connection, with whatever the client has not taken."""
        if self._transport is not None:
            self._hub.leave(self._transport)
            self._transport.abort()


async def metrics(request: web.Request) -> web.StreamResponse:
    """GET /api/ws/metrics: the welcome message, then every frame. What the client says is ignored."""
    if request.headers.get("Upgrade", "").lower() != "websocket":
        raise Refusal(426, "upgrade_required", "This is a WebSocket: connect with ws://", {"Upgrade": "websocket"})
    listener = Listener(request.app[HUB])
    await listener.prepare(request)
    transport = request.transport
    if transport is None:  # gone during the handshake
        return listener
    _bound_buffers(transport)
    listeners = request.app[LISTENERS]
    listeners.add(listener)
    listener.listen(transport)
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


def _bound_buffers(transport: asyncio.BaseTransport) -> None:
    connection = transport.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, SILENT_PEER)


#: The open streams; its key stands here because its type does.
LISTENERS = web.AppKey("listeners", set[Listener])
