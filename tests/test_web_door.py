"""The door: how many are let in, and how long they may take to ask."""

import asyncio
import errno
import json
import socket
import struct
from typing import Any, cast

import pytest

from monitor.loop import ASYNCIO, UVLOOP, loop_factory
from monitor.web import door as module
from monitor.web.door import HEARING, KEEP_ALIVE, PATIENCE, Admission, Door
from monitor.web.keeper import STUCK_AFTER, Keeper
from monitor.web.peer import STREAM
from monitor.web.relay import finish, reset
from tests.conftest import Client, Connect
from tests.fakes import Scripted
from tests.test_websocket import Big, RawClient, until

LOOPS = [ASYNCIO, UVLOOP]
REQUEST = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"


def keeper_of(client: Client) -> Keeper:
    assert client.app is not None
    return client.app[STREAM].keeper


def connections_of(client: Client) -> list[Any]:
    """Return what aiohttp holds of the connections that are open."""
    assert client.server.runner is not None
    assert client.server.runner.server is not None
    return client.server.runner.server.connections


async def beats(client: Client, count: int) -> None:
    """Let so many seconds of the keeper's time pass, and what follows from them."""
    for _ in range(count):
        keeper_of(client).beat()
        await asyncio.sleep(0)


class Raw:
    """A TCP connection to the server of a test."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    @classmethod
    async def to(cls, client: Client) -> "Raw":
        return cls(*await asyncio.open_connection("127.0.0.1", client.port))

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()
        await asyncio.sleep(0.05)  # on loopback, long enough to have been read

    async def answer(self) -> tuple[str, bytes]:
        """Return the status line and headers of one answer, and its body."""
        async with asyncio.timeout(10):
            head = (await self.reader.readuntil(b"\r\n\r\n")).decode()
            size = int(next(line for line in head.split("\r\n") if line.lower().startswith("content-length"))[15:])
            return head, await self.reader.readexactly(size)

    async def rest(self) -> bytes:
        """Return everything until the end of the connection."""
        async with asyncio.timeout(10):
            try:
                return await self.reader.read()
            except ConnectionResetError:
                return b""
            finally:
                self.writer.close()

    def close(self, *, reset: bool = False) -> None:
        if reset:
            connection = self.writer.get_extra_info("socket")
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.close()


async def test_beyond_the_limit_a_connection_hears_503_and_those_inside_notice_nothing(connect: Connect) -> None:
    client = await connect(limit=2)
    inside = [await Raw.to(client) for _ in range(2)]
    for raw in inside:
        await raw.send(REQUEST)
        assert (await raw.answer())[0].startswith(("HTTP/1.1 200", "HTTP/1.1 503 Service Unavailable"))
    outside = await Raw.to(client)
    head, body = await outside.answer()
    assert head.startswith("HTTP/1.1 503")
    assert "Retry-After: 5" in head
    assert json.loads(body)["error"]["code"] == "too_many_clients"
    assert await outside.rest() == b"", "and the connection ends"
    for raw in inside:
        await raw.send(REQUEST)
        assert (await raw.answer())[0].startswith("HTTP/1.1 200")
        raw.close()


@pytest.mark.parametrize("reset", [False, True])
async def test_who_leaves_makes_room(connect: Connect, reset: bool) -> None:
    client = await connect(limit=1)
    for _ in range(20):
        raw = await Raw.to(client)
        await raw.send(REQUEST)
        assert "frame" in (await raw.answer())[1].decode()
        raw.close(reset=reset)
        await asyncio.sleep(0.05)


async def test_when_many_hear_that_there_is_no_room_the_next_ones_wait_to_be_let_in(connect: Connect) -> None:
    client = await connect(limit=1)
    inside = await Raw.to(client)
    await inside.send(REQUEST)
    crowd = [await Raw.to(client) for _ in range(HEARING + 10)]
    answers = await asyncio.gather(*(raw.answer() for raw in crowd))
    assert all(head.startswith("HTTP/1.1 503") for head, _ in answers)
    for raw in (inside, *crowd):
        raw.close()


async def test_when_file_descriptors_run_out_the_door_waits_says_so_once_and_goes_on(
    connect: Connect, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(module, "PAUSE", 0.01)
    loop = asyncio.get_running_loop()
    accept, failures = loop.sock_accept, [errno.EMFILE, errno.ENFILE, errno.ECONNABORTED, errno.EMFILE]

    async def failing(listening: socket.socket) -> Any:
        if failures:
            raise OSError(failures.pop(0), "no")
        return await accept(listening)

    monkeypatch.setattr(loop, "sock_accept", failing)
    client = await connect()
    raw = await Raw.to(client)
    await raw.send(REQUEST)
    await raw.answer()
    raw.close()
    messages = [record.message for record in caplog.records if record.name == "monitor.web.door"]
    assert messages == ["no further connection can be taken in: too many open files", "connections are taken in again"]


@pytest.mark.parametrize("sent", [b"GET / HT", b"GET / HTTP/1.1\r\nHost: localhost\r\nX: "])
async def test_a_request_that_does_not_become_complete_ends_in_time(connect: Connect, sent: bytes) -> None:
    client = await connect()
    raw = await Raw.to(client)
    await raw.send(sent)
    await beats(client, PATIENCE - 1)
    assert not raw.reader.at_eof()
    await beats(client, 1)
    assert (await raw.rest()).startswith(b"HTTP/1.1 408")


async def test_a_connection_that_says_nothing_ends_in_time_without_a_word(connect: Connect) -> None:
    client = await connect()
    raw = await Raw.to(client)
    await asyncio.sleep(0.05)
    await beats(client, PATIENCE)
    assert await raw.rest() == b""


@pytest.mark.parametrize(
    ("behind", "seconds"),
    [
        (b"POST /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nhalf", PATIENCE),
        (b"GET /x", KEEP_ALIVE),
    ],
)
async def test_what_comes_half_behind_a_whole_request_ends_too(connect: Connect, behind: bytes, seconds: int) -> None:
    client = await connect()
    raw = await Raw.to(client)
    await raw.send(REQUEST + behind)
    await raw.answer()
    await asyncio.sleep(0.05)
    await beats(client, seconds)
    await raw.rest()
    await until(lambda: not connections_of(client))


async def test_a_kept_connection_on_which_nothing_comes_ends_at_last(connect: Connect) -> None:
    client = await connect()
    raw = await Raw.to(client)
    await raw.send(REQUEST)
    await raw.answer()
    await beats(client, KEEP_ALIVE - 1)
    assert connections_of(client)
    await beats(client, 1)
    assert await raw.rest() == b""


async def test_a_request_that_comes_drop_by_drop_has_no_more_time(connect: Connect) -> None:
    client = await connect()
    raw = await Raw.to(client)
    for place in range(PATIENCE):
        await raw.send(REQUEST[place : place + 1])
        await beats(client, 1)
    assert b"HTTP/1.1 408" in await raw.rest()


async def test_a_body_that_does_not_become_complete_ends_in_time(connect: Connect) -> None:
    client = await connect()
    raw = await Raw.to(client)
    await raw.send(b"POST /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nhalf")
    await beats(client, PATIENCE)
    assert (await raw.rest()).startswith(b"HTTP/1.1 408")


async def test_a_kept_connection_may_be_quiet_but_not_half_way_through_its_next_request(connect: Connect) -> None:
    client = await connect()
    raw = await Raw.to(client)
    for _ in range(3):
        await raw.send(REQUEST)
        await raw.answer()
        await beats(client, 3 * PATIENCE)
    await raw.send(REQUEST[:10])
    await beats(client, PATIENCE - 1)
    await raw.send(REQUEST[10:])
    await raw.answer()
    await raw.send(REQUEST[:10])
    await beats(client, PATIENCE)
    assert (await raw.rest()).startswith(b"HTTP/1.1 408")


async def test_a_body_that_is_too_big_is_refused(connect: Connect) -> None:
    client = await connect()
    answer = await client.post("/healthz", data=b"x" * 100_000)
    assert answer.status == 413
    assert (await answer.json())["error"]["code"] == "request_entity_too_large"


async def test_a_stream_is_no_request_that_takes_long(connect: Connect) -> None:
    client = await connect(Scripted("cpu", *range(10_000)))
    async with client.ws_connect("/api/ws/metrics") as websocket, client.get("/api/stream") as events:
        for _ in range(5):
            await websocket.send_str("still here")
            await websocket.receive()
            await events.content.readline()
            keeper = keeper_of(client)
            for _ in range(PATIENCE // 2):
                keeper._beat += 1  # noqa: SLF001 - time that passes for requests, without pings that have no time to be answered
                keeper._end_waits()  # noqa: SLF001
        assert not websocket.closed
        assert (await events.content.readline()) is not None


async def test_who_does_not_read_an_answer_is_dropped_and_leaves_nothing_behind(connect: Connect) -> None:
    client = await connect(Big("big"), interval=0.05)
    assert client.app is not None
    await asyncio.sleep(2)
    raw = await Raw.to(client)
    transport: Any = raw.writer.transport
    transport.pause_reading()
    for _ in range(20):
        await raw.send(b"GET /api/history HTTP/1.1\r\nHost: localhost\r\n\r\n")
    backlogs = keeper_of(client)._backlogs  # noqa: SLF001 - what is held for the stuck client is the point
    await until(lambda: backlogs)
    while True:  # until the buffers of the kernel are full
        sizes = [backlog.size for backlog in backlogs.values()]
        await beats(client, 1)
        await asyncio.sleep(0.3)
        if sizes and sizes == [backlog.size for backlog in backlogs.values()]:
            break
    await beats(client, STUCK_AFTER - 3)
    assert backlogs
    await beats(client, 3)
    assert not backlogs
    await until(lambda: not connections_of(client))
    transport.abort()


async def test_the_door_goes_on_after_a_connection_that_cannot_be_made(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop = asyncio.get_running_loop()
    make, failures = loop.connect_accepted_socket, [OSError(errno.EINVAL, "gone"), RuntimeError("what?")] * 3

    async def failing(protocol: Any, connection: socket.socket) -> Any:
        if failures:
            protocol()
            raise failures.pop()
        return await make(protocol, connection)

    monkeypatch.setattr(loop, "connect_accepted_socket", failing)
    client = await connect(limit=1)
    for _ in range(6):
        raw = await Raw.to(client)
        assert await raw.rest() == b""
    raw = await Raw.to(client)
    await raw.send(REQUEST)
    assert b"too_many_clients" not in (await raw.answer())[1], "none of those took the one place"
    raw.close()


async def test_a_name_with_an_address_that_this_machine_has_not_is_listened_on_at_the_other(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = await connect()
    assert client.server.runner is not None
    loop = asyncio.get_running_loop()

    async def two(*_: Any, **__: Any) -> Any:
        return [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("192.0.2.1", 0)),  # reserved for documentation
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 0)),
        ]

    monkeypatch.setattr(loop, "getaddrinfo", two)
    door = Door(client.server.runner, "localhost", 0, keeper=keeper_of(client), admission=Admission(limit=1))  # type: ignore[arg-type]  # it is
    await door.start()
    _, writer = await asyncio.open_connection("127.0.0.1", door.port)
    writer.close()
    await door.stop()
    monkeypatch.setattr(
        loop, "getaddrinfo", lambda *_, **__: asyncio.sleep(0, result=[(socket.AF_INET, 1, 6, "", ("192.0.2.1", 0))])
    )
    with pytest.raises(OSError, match="assign"):
        await Door(client.server.runner, "x", 0, keeper=keeper_of(client), admission=Admission(limit=1)).start()  # type: ignore[arg-type]


@pytest.mark.parametrize("name", LOOPS)
def test_a_connection_that_has_ended_can_be_dropped_again(name: str) -> None:
    async def close_and_reset() -> None:
        made: list[asyncio.Transport] = []

        class Kept(asyncio.Protocol):
            """Keeps its transport."""

            def connection_made(self, transport: asyncio.BaseTransport) -> None:
                made.append(cast(asyncio.Transport, transport))

        loop = asyncio.get_running_loop()
        server = await loop.create_server(Kept, "127.0.0.1", 0)
        _, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        await until(lambda: made)
        socket_of = made[0].get_extra_info("socket")  # asked for while it was open
        assert socket_of.fileno() >= 0
        for _ in range(3):
            reset(made[0])
            await asyncio.sleep(0.02)
        finish(made[0], 0.01)
        await asyncio.sleep(0.05)
        writer.close()
        server.close()

    faults: list[dict[str, Any]] = []
    loop = loop_factory(name)()
    loop.set_exception_handler(lambda _, context: faults.append(context))
    loop.run_until_complete(close_and_reset())
    loop.close()
    assert faults == []


async def test_streams_beyond_the_setting_are_refused_and_other_requests_answered(connect: Connect) -> None:
    client = await connect(max_connections=2)
    one = await RawClient.open(client)
    two = await client.get("/api/stream")
    for path in ("/api/stream", "/api/ws/metrics"):
        upgrade = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13"}
        answer = await client.get(path, headers={**upgrade, "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="})
        assert answer.status == 503
        assert answer.headers["Retry-After"] == "5"
        assert (await answer.json())["error"]["code"] == "too_many_clients"
    assert (await client.get("/api/probes")).status == 200
    two.close()
    await one.close()
    assert client.app is not None
    stream = client.app[STREAM]
    await until(lambda: stream.taken == 0)
    (await client.get("/api/stream")).close()
    await until(lambda: stream.taken == 0)


async def test_a_handshake_that_fails_gives_its_place_back(connect: Connect) -> None:
    client = await connect(max_connections=1)
    assert client.app is not None
    for _ in range(3):
        upgrade = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13"}
        assert (await client.get("/api/ws/metrics", headers=upgrade)).status == 400
    assert client.app[STREAM].taken == 0
