"""The live stream as server-sent events, for networks whose proxies break WebSockets."""

import asyncio
import random
from typing import Final

from aiohttp import HttpVersion11, web

from monitor.encoder import WELCOME, chunk, event, event_chunk
from monitor.web.identity import principal_of
from monitor.web.peer import STREAM, Peer, Stream
from monitor.web.query import read_stream
from monitor.web.relay import unsent

#: A line that clients ignore: it keeps a quiet connection open through proxies.
_COMMENT: Final = b":\n\n"
#: Milliseconds until a browser comes back after a break, at random between these, so that not all do at once.
RETRY: Final = (500, 6000)


class EventPeer(Peer):
    """The other end of a stream of events; `ended` is set when it has ended, from whichever side."""

    is_pinged = False

    __slots__ = ("_chunked", "ended")

    def __init__(self, stream: Stream, transport: asyncio.Transport, *, chunked: bool) -> None:
        super().__init__(stream, transport, event_chunk if chunked else event)
        self._chunked = chunked
        self.ended = asyncio.Event()

    def greet(self) -> None:
        """Write what comes before all frames."""
        greeting = b"retry: %d\n" % random.randint(*RETRY) + event(WELCOME)  # noqa: S311 - to spread them, not to hide
        self.transport.write(chunk(greeting) if self._chunked else greeting)

    def ping(self, nonce: bytes) -> None:
        if not unsent(self.transport):
            self.send_along(chunk(_COMMENT) if self._chunked else _COMMENT)

    def data_received(self, data: bytes) -> None:
        """Drop it: no further request is read from this connection, and aiohttp would keep it for one, megabytes."""

    async def goodbye(self) -> None:
        """Let the handler end the body."""
        self.leave()
        self.ended.set()

    def connection_lost(self, exc: Exception | None) -> None:
        self.ended.set()
        super().connection_lost(exc)


def event_response() -> web.StreamResponse:
    """Return an answer of server-sent events, which no proxy holds back."""
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream; charset=utf-8"})
    response.headers["Cache-Control"] = "no-store, no-transform"  # and no proxy compresses, for which it would wait
    response.headers["X-Accel-Buffering"] = "no"  # nginx passes on what it gets
    return response


async def stream(request: web.Request) -> web.StreamResponse:
    """GET /api/stream: what /api/ws/metrics sends, as server-sent events; `Last-Event-ID` resumes as `since` does."""
    asked = read_stream(request, resume=request.headers.get("Last-Event-ID"))
    shared = request.app[STREAM]
    shared.take_place()
    response = event_response()
    try:
        await response.prepare(request)
        if request.transport is None:
            raise ConnectionResetError  # gone meanwhile
        peer = EventPeer(shared, request.transport, chunked=request.version >= HttpVersion11)
        peer.greet()
        peer.join(asked, principal_of(request))
    except BaseException:
        shared.give_back()
        raise
    try:
        await peer.ended.wait()
    finally:
        peer.leave()
    response.force_close()  # our protocol stands before the transport: no further request is read from it
    return response
