"""For Autobahn: a route that sends back what it gets, over the very WebSocket that the stream has."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import WSMsgType, web

from monitor.history import History
from monitor.hub import Hub
from monitor.web.live import Listener


@asynccontextmanager
async def serving(app: web.Application) -> AsyncIterator[int]:
    """Serve an application on loopback as the server does; give its port. This is the door, and the only one."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


def create_echo() -> web.Application:
    """Return an application whose only route is the echo."""
    app = web.Application()
    app.router.add_get("/", echo)
    return app


async def echo(request: web.Request) -> web.StreamResponse:
    """Send every message back. The options of the connection are those of the stream, since the class is."""
    socket = Listener(Hub(), History(1.0), asyncio.Lock())
    await socket.prepare(request)
    async for message in socket:
        if message.type is WSMsgType.TEXT:
            await socket.send_str(message.data)
        elif message.type is WSMsgType.BINARY:
            await socket.send_bytes(message.data)
    await socket.close()
    return socket
