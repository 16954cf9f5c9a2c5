"""A connection that speaks TLS: plain text for the protocol above it, records for the connection below it.

Own code over the standard library's `ssl.SSLObject`, because asyncio's transport for TLS hides from the hub what the
connection below has not sent, waits half a minute for who does not say goodbye, and holds 256 KiB for every client.
"""

import asyncio
import logging
import ssl
from contextlib import suppress
from typing import Any, Final, cast

log = logging.getLogger(__name__)

#: The most that one record holds (RFC 8446, 5.1). No more goes through OpenSSL's buffers at a time: they never shrink.
RECORD: Final = 16 * 1024

#: What the first byte of a connection says where TLS is spoken: a handshake.
_HANDSHAKE: Final = 0x16
_SPOKEN: Final = b"This port speaks HTTPS: the address begins with https://\n"
_PLAIN: Final = (
    b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: %d\r\n"
    b"Connection: close\r\n\r\n%s" % (len(_SPOKEN), _SPOKEN)
)
_NOBODY: Final = asyncio.Protocol()


class Secured(asyncio.Transport, asyncio.Protocol):
    """The server's end of one TLS connection: to the loop a protocol, to the protocol above it a transport.

    That protocol is told of the connection at once, so that its patience covers the handshake too; what it writes until
    that is over, waits. Every other byte is encrypted and handed on when it is written: what is unsent is all in the
    connection below, whose limits, pauses and socket are therefore its own.
    """

    __slots__ = ("_below", "_context", "_early", "_incoming", "_is_open", "_outgoing", "_protocol", "_tls")

    _below: asyncio.Transport

    def __init__(self, context: ssl.SSLContext, protocol: asyncio.Protocol) -> None:
        super().__init__()
        self._context = context
        self._protocol = protocol
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self._tls: ssl.SSLObject | None = None  # from the first byte on: who says nothing costs next to nothing
        self._is_open = False
        self._early = b""

    # What the connection below tells.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._below = cast(asyncio.Transport, transport)
        self._protocol.connection_made(self)

    def data_received(self, data: bytes) -> None:
        if self._tls is None:
            if data[0] != _HANDSHAKE:
                self._below.write(_PLAIN)
                self._below.close()
                return
            self._tls = self._context.wrap_bio(self._incoming, self._outgoing, server_side=True)
        try:
            plain, is_over = self._decrypted(self._tls, data)
        except ssl.SSLError as error:
            log.debug("a connection whose TLS is wrong is closed: %s", error.reason or error)
            self._flush()  # the alert that says why
            self._below.close()
            return
        self._flush()
        if plain:
            self._protocol.data_received(plain)
        if is_over:
            self._protocol.eof_received()
            self.close()

    def eof_received(self) -> None:
        """Tell the protocol; the connection is closed then: TLS knows no half of one."""
        self._protocol.eof_received()

    def pause_writing(self) -> None:
        self._protocol.pause_writing()

    def resume_writing(self) -> None:
        self._protocol.resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        protocol, self._protocol = self._protocol, _NOBODY  # no circle for the garbage collector
        self._tls = None
        protocol.connection_lost(exc)

    # What the protocol above asks for.

    def write(self, data: bytes | bytearray | memoryview) -> None:
        if self._below.is_closing():
            return
        if self._tls is None or not self._is_open:
            self._early += data
            return
        if len(data) <= RECORD:  # a frame: nearly always
            self._tls.write(data)
        else:
            self._below.write(b"".join(self._encrypted(self._tls, memoryview(data))))
        self._flush()

    def close(self) -> None:
        """Say goodbye, without waiting for an answer, and close when what was written has been taken."""
        if self._below.is_closing():
            return
        if self._tls is not None and self._is_open:
            with suppress(ssl.SSLError):  # it would wait for the other's goodbye
                self._tls.unwrap()
            self._flush()
        self._below.close()

    def abort(self) -> None:
        self._below.abort()

    def is_closing(self) -> bool:
        return self._below.is_closing()

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        self._protocol = cast(asyncio.Protocol, protocol)

    def get_protocol(self) -> asyncio.BaseProtocol:
        return self._protocol

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        if name == "sslcontext":  # by this aiohttp knows that the scheme is https
            return self._context
        if name == "ssl_object":
            return self._tls
        return self._below.get_extra_info(name, default)

    def get_write_buffer_size(self) -> int:
        return self._below.get_write_buffer_size() + len(self._early)

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        self._below.set_write_buffer_limits(high, low)

    def get_write_buffer_limits(self) -> tuple[int, int]:
        return self._below.get_write_buffer_limits()

    def pause_reading(self) -> None:
        self._below.pause_reading()

    def resume_reading(self) -> None:
        self._below.resume_reading()

    def is_reading(self) -> bool:
        return self._below.is_reading()

    def can_write_eof(self) -> bool:
        return False

    def _decrypted(self, tls: ssl.SSLObject, data: bytes) -> tuple[bytes, bool]:
        """Return the plain text that has become whole, and whether the peer said goodbye after it. Raises SSLError."""
        pieces = []
        for start in range(0, len(data), RECORD):
            self._incoming.write(data[start : start + RECORD])
            try:
                if not self._is_open:
                    tls.do_handshake()
                    self._opened()
                while piece := tls.read(RECORD):
                    pieces.append(piece)
            except ssl.SSLWantReadError:
                continue
            except ssl.SSLZeroReturnError:
                pass
            return b"".join(pieces), True
        return b"".join(pieces), False

    def _opened(self) -> None:
        self._is_open = True
        early, self._early = self._early, b""
        self.write(early)

    def _encrypted(self, tls: ssl.SSLObject, data: memoryview) -> list[bytes]:
        records = []
        for start in range(0, len(data), RECORD):
            tls.write(data[start : start + RECORD])
            records.append(self._outgoing.read())
        return records

    def _flush(self) -> None:
        if data := self._outgoing.read():
            self._below.write(data)
