"""A protocol that stands between a transport and aiohttp's own."""

import asyncio
import socket
import struct
from contextlib import suppress


class Relay(asyncio.Protocol):
    """Passes everything on to the protocol behind it; subclasses look at what they care about."""

    __slots__ = ("inner",)

    def __init__(self, inner: asyncio.Protocol) -> None:
        self.inner = inner

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.inner.connection_made(transport)

    def data_received(self, data: bytes) -> None:
        self.inner.data_received(data)

    def eof_received(self) -> bool | None:
        return self.inner.eof_received()

    def pause_writing(self) -> None:
        self.inner.pause_writing()

    def resume_writing(self) -> None:
        self.inner.resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        self.inner.connection_lost(exc)


def unsent(transport: asyncio.WriteTransport) -> int:
    """Return the bytes in this process that the peer has not taken."""
    try:
        return transport.get_write_buffer_size()
    except (AttributeError, RuntimeError):  # asyncio's transport for TLS, once it is closed, has none and does not know
        return 0


def reset(transport: asyncio.WriteTransport) -> None:
    """Drop a connection at once, and what its peer has not taken with it: from this process and from the kernel.

    Harmless when it has ended already.
    """
    connection = transport.get_extra_info("socket")
    if connection is not None:
        if connection.fileno() < 0:
            return  # asyncio's transports cannot be aborted once they are closed
        with suppress(OSError, ValueError):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


def finish(transport: asyncio.WriteTransport, seconds: float) -> None:
    """Close a connection when its peer has taken what is there for it, and drop it when that takes too long."""
    transport.close()
    if unsent(transport):
        asyncio.get_running_loop().call_later(seconds, reset, transport)
