"""The live stream over WebSocket."""

import asyncio
import re
from typing import Final

from aiohttp import HttpVersion11, WSCloseCode, web

from monitor.encoder import WELCOME, websocket_ping, websocket_text
from monitor.web import credentials
from monitor.web.errors import Refusal
from monitor.web.identity import principal_of
from monitor.web.inbound import Inbound
from monitor.web.peer import STREAM, Peer, Stream
from monitor.web.query import read_stream
from monitor.web.relay import unsent

#: Clients have nothing to say that is longer; a longer message ends the connection with 1009.
LARGEST_MESSAGE: Final = 4096
#: Seconds for the closing handshake; stuck clients do not get more.
FAREWELL: Final = 1.0
#: The one version of the protocol that is a standard (RFC 6455, 4.4).
VERSION: Final = "13"

#: Why a stream is closed, by the code of the closing frame (RFC 6455, 7.4).
CLOSE_CODES: Final = {
    WSCloseCode.OK: "Whoever closes first chooses the code; this one where there is nothing to say.",
    WSCloseCode.GOING_AWAY: "The server stops: come back, after a random time.",
    WSCloseCode.PROTOCOL_ERROR: "What came in was not RFC 6455: unmasked, for one.",
    WSCloseCode.INVALID_TEXT: "A text that came in was not UTF-8.",
    WSCloseCode.POLICY_VIOLATION: "Too many messages came in, or the right to listen has ended.",
    WSCloseCode.MESSAGE_TOO_BIG: f"A message of more than {LARGEST_MESSAGE} bytes came in.",
}

#: Sixteen bytes in base64. aiohttp's decoder leaves out what is not base64, and fails at what is not ASCII.
KEY: Final = re.compile(r"[A-Za-z0-9+/]{22}==")

_WELCOME_FRAME = websocket_text(WELCOME)
#: A whole masked pong with eight bytes, as the answer to a ping arrives nearly always.
_PONG_SIZE: Final = 14
_PONG_HEAD: Final = b"\x8a\x88"


class Socket(web.WebSocketResponse):
    """A WebSocket as every connection has it: uncompressed, small messages, and a short farewell.

    aiohttp answers pings, checks what comes in, and closes. Whoever begins to close, no frame may follow the closing
    frame.
    """

    # A slot, because with one more attribute in its dict Python stops sharing the keys: 1.3 KB a client.
    __slots__ = ("peer",)

    def __init__(self) -> None:
        # aiohttp refuses what is as long as its limit, not only what is longer.
        super().__init__(
            compress=False, max_msg_size=LARGEST_MESSAGE + 1, timeout=FAREWELL, protocols=(credentials.PROTOCOL,)
        )
        self.peer: SocketPeer | None = None

    async def write_eof(self, data: bytes = b"") -> None:
        """Stay for as long as the client does, and end.

        aiohttp calls this when the handler has returned the socket. That the streaming is here and not in the handler
        gives the handler's frame and those of all middlewares back: 3 KB a client.
        """
        peer = self.peer
        if peer is None:
            return await super().write_eof()
        try:
            async for _ in self:
                pass
            await super().write_eof()
        finally:
            peer.let_go()
            self._untie()

    def _untie(self) -> None:
        # Circles that would wait for the garbage collector, which comes seldom where many clients are: one through the
        # peer, and one through an error that aiohttp keeps, whose traceback holds the frames that hold this.
        self.peer = None
        error = self.exception()
        if error is not None:
            error.__traceback__ = error.__context__ = None

    async def close(self, *, code: int = WSCloseCode.OK, message: bytes = b"", drain: bool = False) -> bool:
        """Begin the closing handshake, without waiting for a client that does not read."""
        if self.peer is not None:
            self.peer.leave()
        return await super().close(code=code, message=message, drain=False)


class SocketPeer(Peer):
    """The other end of a WebSocket: pings it, judges its pongs, and looks at what it sends before aiohttp does."""

    is_pinged = True

    __slots__ = ("_ending", "_inbound", "_nonce", "_socket")

    def __init__(self, stream: Stream, transport: asyncio.Transport, websocket: Socket) -> None:
        super().__init__(stream, transport, websocket_text)
        self._socket = websocket
        self._nonce: bytes | None = None
        self._inbound: Inbound | None = None
        self._ending: asyncio.Task[bool] | None = None

    def ping(self, nonce: bytes) -> None:
        self._nonce = nonce
        self.send_along(websocket_ping(nonce))

    def is_overdue(self) -> bool:
        if self._nonce is None or unsent(self.transport):
            return False  # while something waits for it, it is judged by whether that becomes less: it reads slowly
        waiting = self._stream.hub.enclosed(self.transport)
        if waiting is not None:  # no frame came that it could go with
            self.transport.write(waiting)
            return False
        return True

    def resume_writing(self) -> None:
        self._nonce = None  # it has read all that we had for it: as good as a pong
        super().resume_writing()

    def data_received(self, data: bytes) -> None:
        if self._ending is not None or self._is_pong(data):
            return  # told to go, and what it still sends is not read; or an answer that only we have asked for
        now = asyncio.get_running_loop().time()
        if self._inbound is None:
            self._inbound = Inbound(now)
        wrong, answered = self._inbound.take(data, now, self._nonce)
        if answered:
            self._nonce = None
        if wrong is None:
            super().data_received(data)
        else:
            code, reason = wrong.value
            self._ending = asyncio.create_task(self._socket.close(code=code, message=reason))

    def _is_pong(self, data: bytes) -> bool:
        """Tell whether this is the pong that was asked for and nothing else: the quick way, for it is nearly always."""
        nonce = self._nonce
        if nonce is None or len(data) != _PONG_SIZE or data[:2] != _PONG_HEAD:
            return False
        if self._inbound is not None and not self._inbound.is_between_frames:
            return False
        if int.from_bytes(data[6:], "big") ^ int.from_bytes(data[2:6] * 2, "big") != int.from_bytes(nonce, "big"):
            return False
        self._nonce = None
        return True

    async def goodbye(self) -> None:
        """Begin the closing handshake with 1001."""
        await self._socket.close(code=WSCloseCode.GOING_AWAY)

    async def dismiss(self) -> None:
        """Begin the closing handshake with 1008."""
        await self._socket.close(code=WSCloseCode.POLICY_VIOLATION, message=b"the credential is no longer valid")


async def metrics(request: web.Request) -> web.StreamResponse:
    """GET /api/ws/metrics: the welcome message, then the frames that the query asks for. What comes in is ignored."""
    check_handshake(request)
    asked = read_stream(request)
    stream = request.app[STREAM]
    stream.take_place()
    websocket = Socket()
    try:
        await websocket.prepare(request)
        if request.transport is None:
            raise ConnectionResetError  # gone during the handshake
        websocket.headers.clear()  # they have been sent
        request.transport.write(_WELCOME_FRAME)
        websocket.peer = peer = SocketPeer(stream, request.transport, websocket)
        peer.join(asked, principal_of(request))
    except BaseException:
        stream.give_back()
        raise
    return websocket


def check_handshake(request: web.Request) -> None:
    """Raise Refusal for what RFC 6455 (4.2) refuses and aiohttp does not."""
    if request.headers.get("Upgrade", "").lower() != "websocket":
        raise Refusal(426, "upgrade_required", "This is a WebSocket: connect with ws://", {"Upgrade": "websocket"})
    if request.version < HttpVersion11:
        raise Refusal(400, "bad_request", "A WebSocket begins with HTTP/1.1, not with HTTP/1.0.")
    protocols = credentials.offered(request)
    if credentials.PROTOCOL not in protocols and any(each.startswith(credentials.OFFERED) for each in protocols):
        # A browser gives up where nothing of what it offered is answered, and a token is no answer.
        raise Refusal(400, "bad_request", f"Offer the subprotocol {credentials.PROTOCOL} beside that of the token.")
    if not KEY.fullmatch(request.headers.get("Sec-WebSocket-Key", "")):
        raise Refusal(400, "bad_request", "Sec-WebSocket-Key must be 16 bytes in base64.")
    if request.headers.get("Sec-WebSocket-Version") != VERSION:
        raise Refusal(
            426,
            "websocket_version",
            f"The only version of WebSocket spoken here is {VERSION}.",
            {"Sec-WebSocket-Version": VERSION},
        )
