"""The load of the soak, in a process of its own: `python -m tests.soak.clients PORT CLIENTS CHURN INTERVAL`.

So many clients of the stream (CHURN percent of them replaced each minute), some with a query, and a few HTTP requests a
second. It prints `ready` when all listen; then, for each line on stdin, a line of JSON, a `Report`. When stdin ends, it
closes all of them and ends.
"""

import asyncio
import json
import random
import socket
import struct
import sys
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any, Final

PATH: Final = "/api/ws/metrics"
#: Queries of clients: most have none. `{pace}` is five intervals, with which a client gets every fifth frame.
QUERIES: Final = ("", "", "", "", "", "", "", "?fields=cpu,memory.percent", "?history=60", "?interval={pace:g}")
#: Clients a loopback address: servers may allow one address few connections.
PER_ADDRESS: Final = 100
#: Seconds for a handshake, and for the server's part of a clean close.
PATIENCE: Final = 20.0
#: Seconds that half a handshake stays: a random time up to this.
HALF_OPEN: Final = 8.0
#: HTTP requests: seconds between two, and what is asked for in turn.
PAUSE: Final = 0.4
ASKED: Final = ("/api/system-stats", "/api/history?fields=cpu")
#: Frames that are remembered, to tell which of them a client did not get.
REMEMBERED: Final = 2000

TEXT, CLOSE, PING, PONG = 0x1, 0x8, 0x9, 0xA
#: SO_LINGER with no time to linger: closing resets.
RESET: Final = struct.pack("ii", 1, 0)


@dataclass(slots=True)
class Report:
    """What became of the clients so far.

    open       connections that are open now, of every kind
    listening  clients among them that get frames
    frames     received by all
    missed     frames that others got, and a client of every frame did not
    lost       clients that the server closed, or that broke, unasked
    refused    handshakes that failed
    clean, resets, vanished  clients that were closed: with a closing handshake, by a reset, without a word
    unanswered               clean ones whose closing handshake was not answered
    half_open  handshakes that were begun and never finished
    pings      of the server, answered
    asked, failed            HTTP requests, and those of them that had no good answer
    """

    open: int = 0
    listening: int = 0
    frames: int = 0
    missed: int = 0
    lost: int = 0
    refused: int = 0
    clean: int = 0
    resets: int = 0
    vanished: int = 0
    unanswered: int = 0
    half_open: int = 0
    pings: int = 0
    asked: int = 0
    failed: int = 0


class Published:
    """The frames that any client has seen, in order: who misses one that another got has missed it."""

    def __init__(self) -> None:
        self._places: dict[float, int] = {}
        self._newest = (-1, 0.0)

    def place(self, timestamp: float) -> int | None:
        """Return which frame that is, counted from the first; None for one from before the first."""
        place = self._places.get(timestamp)
        if place is None and timestamp > self._newest[1]:
            place = self._newest[0] + 1
            self._newest = (place, timestamp)
            self._places[timestamp] = place
            if len(self._places) > REMEMBERED:
                del self._places[next(iter(self._places))]
        return place


class Client(asyncio.Protocol):
    """One client of the stream. It is healthy: it reads, and answers pings."""

    def __init__(self, query: str, report: Report, published: Published, gone: Callable[["Client"], None]) -> None:
        self._report = report
        self._published = published
        self._gone = gone
        self._query = query
        self._rest = b""
        self._place: int | None = None
        self._transport: asyncio.Transport | None = None
        self._asked_to_end = False
        self._closing_answered = False
        self.open = asyncio.Event()
        self.ended = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._report.open += 1
        transport.write(request(PATH + self._query))

    def data_received(self, data: bytes) -> None:
        assert self._transport
        self._rest += data
        if not self.open.is_set():
            head, separator, rest = self._rest.partition(b"\r\n\r\n")
            if not separator:
                return
            if not head.startswith(b"HTTP/1.1 101"):
                self._transport.abort()
                return
            self._rest = rest
            self._report.listening += 1
            self.open.set()
        messages, self._rest = split(self._rest)
        for opcode, payload in messages:
            if opcode == PING:
                self._report.pings += 1
                self._transport.write(masked(PONG, payload))
            elif opcode == CLOSE:
                self._closing_answered = True
            elif opcode == TEXT and b'"timestamp":' in payload:
                self._take(json.loads(payload)["timestamp"])

    def connection_lost(self, exc: Exception | None) -> None:
        self._report.open -= 1
        if self.open.is_set():
            self._report.listening -= 1
            self._report.lost += not self._asked_to_end
        self.ended.set()
        self._gone(self)

    async def close(self) -> None:
        """Leave with a closing handshake."""
        transport = self._end()
        self._report.clean += 1
        transport.write(masked(CLOSE, b"\x03\xe8"))
        try:
            async with asyncio.timeout(PATIENCE):
                await self.ended.wait()  # the server closes the connection, after its own closing frame
        except TimeoutError:
            transport.abort()
        self._report.unanswered += not self._closing_answered

    async def reset(self) -> None:
        """Leave with a reset."""
        transport = self._end()
        self._report.resets += 1
        reset(transport)

    async def vanish(self) -> None:
        """Leave without a word."""
        self._report.vanished += 1
        self._end().close()

    def give_up(self) -> None:
        """Drop a connection whose handshake did not succeed."""
        if self._transport:
            self._transport.abort()

    def _end(self) -> asyncio.Transport:
        assert self._transport
        self._asked_to_end = True
        return self._transport

    def _take(self, timestamp: float) -> None:
        self._report.frames += 1
        place = self._published.place(timestamp)
        if place is None or "interval" in self._query or self._asked_to_end:
            return
        if self._place is not None:
            self._report.missed += max(0, place - self._place - 1)
        self._place = place


class Load:
    """All clients, kept at their number."""

    def __init__(self, port: int, count: int, pace: float) -> None:
        self.report = Report()
        self._port = port
        self._count = count
        self._pace = pace
        self._clients: set[Client] = set()
        self._published = Published()
        self._opened = 0
        self._random = random.Random(1)  # the same churn in every soak
        self._tasks: set[asyncio.Task[None]] = set()

    async def fill(self) -> None:
        """Open clients until there are enough."""
        while len(self._clients) < self._count:
            await self._open()

    async def churn(self, a_minute: float) -> None:
        """Close so many clients a minute and open others, for ever; beside every third, a handshake is left half."""
        ends: Sequence[Callable[[Client], Awaitable[None]]] = (Client.close, Client.reset, Client.vanish)
        turn = 0
        while True:
            await asyncio.sleep(60 / a_minute)
            if self._clients:
                client = self._random.choice(list(self._clients))
                self._start(ends[turn % 3](client))
            if turn % 3 == 0:
                self._start(self._half_open(turn % 2 == 0))
            turn += 1
            await self.fill()

    async def ask(self) -> None:
        """Ask over HTTP again and again."""
        turn = 0
        while True:
            await asyncio.sleep(PAUSE)
            self._start(self._get(ASKED[turn % len(ASKED)]))
            turn += 1

    async def leave(self) -> None:
        """Close all clients cleanly; those whose handshake is under way are dropped."""
        clients = [*self._clients]
        for client in clients:
            if not client.open.is_set():
                client.give_up()
        await asyncio.gather(*(client.close() for client in clients if client.open.is_set()))

    async def _open(self) -> None:
        number, self._opened = self._opened, self._opened + 1
        query = QUERIES[number % len(QUERIES)].format(pace=5 * self._pace)
        client = Client(query, self.report, self._published, self._clients.discard)
        self._clients.add(client)
        try:
            async with asyncio.timeout(PATIENCE):
                await self._connection(lambda: client, number)
                opened, ended = asyncio.ensure_future(client.open.wait()), asyncio.ensure_future(client.ended.wait())
                await asyncio.wait((opened, ended), return_when=asyncio.FIRST_COMPLETED)
                opened.cancel()
                ended.cancel()
        except (OSError, TimeoutError):
            pass
        if not client.open.is_set():
            self._clients.discard(client)
            client.give_up()
            self.report.refused += 1
            await asyncio.sleep(0.5)

    async def _half_open(self, said: bool) -> None:
        with suppress(OSError):
            transport, _ = await self._connection(asyncio.Protocol, self._opened)
            self.report.half_open += 1
            self.report.open += 1
            if said:
                transport.write(request(PATH)[:-20])
            await asyncio.sleep(self._random.uniform(0, HALF_OPEN))
            self.report.open -= 1
            if said:
                reset(transport)
            else:
                transport.close()

    async def _get(self, path: str) -> None:
        self.report.asked += 1
        self.report.open += 1
        try:
            async with asyncio.timeout(PATIENCE):
                reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
                writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
                answer = await reader.read()
                writer.close()
                self.report.failed += not answer.startswith(b"HTTP/1.1 200")
        except (OSError, TimeoutError):
            self.report.failed += 1
        finally:
            self.report.open -= 1

    async def _connection(self, factory: Callable[[], Any], number: int) -> tuple[asyncio.Transport, Any]:
        loop = asyncio.get_running_loop()
        source = (address(number % self._count), 0)
        return await loop.create_connection(factory, "127.0.0.1", self._port, local_addr=source)

    def _start(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def request(target: str) -> bytes:
    """Return the client's part of a handshake."""
    return (
        f"GET {target} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    ).encode()


def split(received: bytes) -> tuple[list[tuple[int, bytes]], bytes]:
    """Split what a server sent into whole messages, each an opcode and its payload, and the bytes left over."""
    messages, start = [], 0
    while len(received) - start >= 2:
        length, body = received[start + 1] & 0x7F, start + 2
        if length >= 126:
            size = 2 if length == 126 else 8
            length, body = int.from_bytes(received[body : body + size], "big"), body + size
        if len(received) < body + length:
            break
        messages.append((received[start] & 0x0F, received[body : body + length]))
        start = body + length
    return messages, received[start:]


def masked(opcode: int, payload: bytes) -> bytes:
    """Return a short frame of a client, masked with zeros: clients must mask, with whatever they like."""
    return bytes((0x80 | opcode, 0x80 | len(payload))) + bytes(4) + payload


def reset(transport: asyncio.Transport) -> None:
    """End a connection with a reset."""
    transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    transport.abort()


def address(number: int) -> str:
    """Return the loopback address of a client: 127.0.0.1 for the first hundred, and so on."""
    host = 1 + number // PER_ADDRESS
    return f"127.0.{host // 250}.{host % 250 or 250}"


async def main(arguments: Sequence[str]) -> None:
    """Run the load until stdin ends."""
    port, count, churn, interval = int(arguments[0]), int(arguments[1]), float(arguments[2]), float(arguments[3])
    load = Load(port, count, interval)
    await load.fill()
    print("ready", flush=True)
    asking = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(asking), sys.stdin)
    works = [asyncio.create_task(load.ask())]
    if churn:
        works.append(asyncio.create_task(load.churn(count * churn / 100)))
    while await asking.readline():
        for work in works:
            if work.done():
                work.result()  # it never ends but with an error
        print(json.dumps(asdict(load.report)), flush=True)
    for work in works:
        work.cancel()
    await load.leave()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
