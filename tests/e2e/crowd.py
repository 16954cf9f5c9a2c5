"""Clients of all kinds against a real server: those who read, and those who should not be served for ever."""

import asyncio
import json
import socket
import struct
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from tests.bench import slow_clients

HANDSHAKE = (
    b"GET /api/ws/metrics HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
#: The environment that shows a server the bench's plugin: frames of 50 KB.
FAT = {"PYTHONPATH": str(slow_clients.FAT)}


def faulty_probe(folder: Path) -> dict[str, str]:
    """Install a package whose probe raises, lies, hangs for 3 s and works, in turn; return the environment."""
    return install(
        folder,
        "turn = next(self.turns)",
        "if turn == 0: raise RuntimeError('no')",
        "if turn == 2: time.sleep(3)",
        'return {"values": [math.nan if turn == 1 else 1.0]}',
    )


def install(folder: Path, *sample: str) -> dict[str, str]:
    """Install a package with one probe, `extra`, whose `sample` has these lines; return the environment."""
    body = "\n".join(f"        {line}" for line in sample)
    (folder / "extra_probe.py").write_text(
        "import itertools, math, time\n"
        "from monitor import Field, Probe, hookimpl\n\n\n"
        "class Extra(Probe):\n"
        '    name = "extra"\n'
        '    fields = (Field("values", "count", "Much.", per="thing"),)\n\n'
        "    def open(self):\n        self.turns = itertools.cycle(range(4))\n\n"
        f"    def sample(self):\n{body}\n\n\n"
        "@hookimpl\n"
        "def monitor_probes():\n"
        "    return [Extra()]\n"
    )
    info = folder / "monitor_extra-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: monitor-extra\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[monitor]\nextra = extra_probe\n")
    return {"PYTHONPATH": str(folder)}


@dataclass
class Reader:
    """A client as it should be: what it got, and when."""

    stamps: list[float] = field(default_factory=list)
    arrivals: list[float] = field(default_factory=list)
    close_code: int | None = None

    async def follow(self, session: aiohttp.ClientSession, url: str) -> None:
        async with session.ws_connect(url, max_msg_size=0) as websocket:
            async for message in websocket:
                frame = json.loads(message.data)
                if "type" not in frame:
                    self.stamps.append(frame["timestamp"])
                    self.arrivals.append(time.monotonic())
            self.close_code = websocket.close_code

    def missed(self, interval: float) -> int:
        """Return how many frames did not come between the first and the last."""
        spans = zip(self.stamps, self.stamps[1:], strict=False)
        return sum(round((later - earlier) / interval) - 1 for earlier, later in spans)

    def longest_gap(self) -> float:
        """Return the longest time between two arrivals, in seconds."""
        return max(later - earlier for earlier, later in zip(self.arrivals, self.arrivals[1:], strict=False))


@asynccontextmanager
async def reading(url: str, count: int) -> AsyncIterator[list[Reader]]:
    """Hold so many readers while the context lasts, each with a frame before it begins."""
    readers = [Reader() for _ in range(count)]
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as session:
        tasks = [asyncio.create_task(reader.follow(session, url)) for reader in readers]
        async with asyncio.timeout(60):
            while not all(reader.stamps for reader in readers):
                await asyncio.sleep(0.05)
                ended = [task for task in tasks if task.done()]
                assert not ended, ended[0].exception()
        try:
            yield readers
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


class Raw:
    """A connection that does what a test says, and reads only when told to."""

    def __init__(self, port: int, opening: bytes = b"") -> None:
        self.connection = socket.socket()
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.connection.connect(("127.0.0.1", port))
        self.connection.setblocking(False)
        self.send(opening)

    def send(self, data: bytes) -> None:
        with suppress(OSError):  # dropped by now, or full
            self.connection.send(data)

    def reset(self) -> None:
        """Close with RST."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def is_dropped(self) -> bool:
        """Tell whether the server has closed or reset the connection; reads what is there."""
        try:
            while self.connection.recv(65536):
                pass
        except BlockingIOError:
            return False
        except OSError:
            return True
        return True


@asynccontextmanager
async def holding(port: int, count: int, opening: bytes) -> AsyncIterator[list[Raw]]:
    """Hold so many connections that send this and then nothing."""
    raws = [Raw(port, opening) for _ in range(count)]
    try:
        yield raws
    finally:
        for raw in raws:
            raw.connection.close()


async def again_and_again(action: Callable[[], Any], seconds: float) -> None:
    """Do something for as long as the task lives, every so many seconds."""
    while True:
        action()
        await asyncio.sleep(seconds)


@asynccontextmanager
async def meanwhile(actions: Iterable[tuple[Callable[[], Any], float]]) -> AsyncIterator[None]:
    """Do these things again and again while the context lasts."""
    tasks = [asyncio.create_task(again_and_again(action, seconds)) for action, seconds in actions]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        for result in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(result, Exception):
                raise result
