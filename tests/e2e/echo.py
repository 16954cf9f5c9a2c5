"""For Autobahn: a route that sends back what it gets, over the very WebSocket that the stream has, behind its door."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import WSMsgType, web

from monitor.history import History
from monitor.hub import Hub
from monitor.web.door import Admission, Door, in_time
from monitor.web.inbound import Inbound
from monitor.web.keeper import Keeper
from monitor.web.live import Socket, SocketPeer, check_handshake
from monitor.web.peer import STREAM, Stream
from monitor.web.query import LIVE


@asynccontextmanager
async def serving(app: web.Application) -> AsyncIterator[int]:
    """Serve an application on loopback as the server does; give its port."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        door = Door(runner, "127.0.0.1", 0, keeper=app[STREAM].keeper, admission=Admission(limit=100), access_log=None)
        await door.start()
        yield door.port
    finally:
        await runner.cleanup()


def create_echo() -> web.Application:
    """Return an application whose only route is the echo."""
    app = web.Application(middlewares=[in_time])
    app[STREAM] = Stream(Hub(), History(1.0), Keeper(), interval=60.0, room=100)
    app.router.add_get("/", echo)
    return app


async def echo(request: web.Request) -> web.StreamResponse:
    """Send every message back. The connection is the stream's in all but its frames."""
    check_handshake(request)
    stream = request.app[STREAM]
    stream.take_place()
    socket = Socket()
    await socket.prepare(request)
    assert request.transport is not None
    socket.peer = SocketPeer(stream, request.transport, socket)
    socket.peer._inbound = Inbound(at=0.0)  # noqa: SLF001 - of whom nothing has come for long: the whole burst is his
    socket.peer.join(LIVE)
    async for message in socket:
        if message.type is WSMsgType.TEXT:
            await socket.send_str(message.data)
        elif message.type is WSMsgType.BINARY:
            await socket.send_bytes(message.data)
    return socket
