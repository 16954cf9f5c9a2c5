"""A TCP proxy on loopback whose connections a test can cut; the server behind it lives on."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Self

Change = Callable[[bytes], bytes]

STREAMS = (b"/api/stream", b"/api/ws/metrics")


class Proxy:
    """Carries bytes to `target`, a port of this machine, and back.

    change    what it makes of the head of each connection's first request
    holds     it keeps back what comes after the head of an answer that is a stream; may be changed
    requests  the target of each connection's first request, in the order they came
    """

    def __init__(self, target: int, change: Change = bytes, *, holds: bool = False) -> None:
        self._change = change
        self.holds = holds
        self.requests: list[str] = []
        self.port = 0
        self._target = target
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()

    async def __aenter__(self) -> Self:
        await self.mend()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.cut()

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def stream_url(self) -> str:
        return f"ws://localhost:{self.port}/api/ws/metrics"

    async def mend(self) -> None:
        """Listen, again on the same port."""
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        """Break every connection without a word, and refuse new ones."""
        assert self._server
        self._server.close()
        for writer in self._open:
            writer.transport.abort()
        async with asyncio.timeout(10):
            await self._server.wait_closed()
            while self._open:
                await asyncio.sleep(0.01)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            with suppress(OSError, asyncio.IncompleteReadError):
                head = await reader.readuntil(b"\r\n\r\n")
                self.requests.append(head.split(b" ")[1].decode())
                there, here = await asyncio.open_connection("127.0.0.1", self._target)
                here.write(self._change(head))
                ways = [asyncio.create_task(way) for way in (_pump(reader, here), self._back(head, there, writer))]
                await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
                for way in ways:
                    way.cancel()
                here.transport.abort()
        finally:
            writer.transport.abort()
            self._open.discard(writer)

    async def _back(self, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.holds and any(path in head for path in STREAMS):
            with suppress(OSError, asyncio.IncompleteReadError):
                writer.write(await reader.readuntil(b"\r\n\r\n"))
                while await reader.read(65536):
                    pass
        else:
            await _pump(reader, writer)


class Gate:
    """What a proxy does to the head of a request: every one has a connection of its own, upgrades may be left out."""

    def __init__(self) -> None:
        self.blocks = True

    def __call__(self, head: bytes) -> bytes:
        lines = head.split(b"\r\n")
        is_upgrade = any(line.lower().startswith(b"upgrade:") for line in lines)
        if is_upgrade and not self.blocks:
            return head
        kept = [line for line in lines if not line.lower().startswith((b"upgrade:", b"connection:"))]
        return b"\r\n".join([kept[0], b"Connection: close", *kept[1:]])


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
