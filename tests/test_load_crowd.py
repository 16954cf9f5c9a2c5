"""The clients of one process, against a server that does what a test says."""

import asyncio
import errno
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing, suppress
from typing import Any

import pytest

from monitor.encoder import WELCOME, websocket_text
from monitor.load import client, crowd
from monitor.load.client import source
from monitor.load.crowd import CannotLoad, Crowd
from monitor.load.tally import Tally
from monitor.load.target import Target

#: Seconds between two frames, and for a client to have surely had some.
PACE = 0.05
WHILE = 0.8

UNFINISHED = b"HTTP/1.1 101 Swi"
WELCOMING = b"HTTP/1.1 101 Switching Protocols\r\n\r\n"

Part = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Stage:
    """A server whose connections each play a part; `requests` and `peers` are theirs, in the order they came."""

    def __init__(self) -> None:
        self.requests: list[str] = []
        self.peers: list[str] = []
        self.unanswered = self.most_unanswered = 0


@asynccontextmanager
async def playing(part: Part, *, answer: bytes = WELCOMING) -> AsyncIterator[tuple[Stage, str]]:
    """Serve on loopback: answer each handshake, welcome, play the part, close. Gives the stage and its URL."""
    stage = Stage()

    async def play(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        stage.peers.append(writer.get_extra_info("peername")[0])
        stage.unanswered += 1
        stage.most_unanswered = max(stage.unanswered, stage.most_unanswered)
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            stage.requests.append((await reader.readuntil(b"\r\n\r\n")).decode())
            await asyncio.sleep(0.01)
            stage.unanswered -= 1
            if answer:
                writer.write(answer)
            if answer == WELCOMING:
                writer.write(websocket_text(WELCOME))
                await part(reader, writer)
            elif answer == UNFINISHED:
                await reader.read()

    plays: set[asyncio.Task[None]] = set()

    async def begin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(play(reader, writer))
        plays.add(task)
        task.add_done_callback(lambda _: writer.close())

    server = await asyncio.start_server(begin, "127.0.0.1", 0)
    async with server:
        yield stage, f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/stream"
        for task in plays:
            task.cancel()
        for result in await asyncio.gather(*plays, return_exceptions=True):
            assert result is None or isinstance(result, asyncio.CancelledError), result
        await asyncio.sleep(0.05)  # transports close in a step of their own


def frame(timestamp: float, size: int = 40) -> bytes:
    return websocket_text(f'{{"timestamp":{timestamp},"x":"'.encode().ljust(size - 2, b".") + b'"}')


async def stream(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Send frames for ever."""
    while not reader.at_eof():
        writer.write(frame(round(time.time(), 3)))
        await asyncio.sleep(PACE)


async def silence(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    await reader.read()


async def watched(
    url: str,
    clients: int = 1,
    *,
    stuck: int = 0,
    queries: tuple[str, ...] = (),
    counting: asyncio.Event | None = None,
) -> list[Tally]:
    """Open, settle and count, in a thread of its own; what is sent after `counting` is set is counted."""
    loop = asyncio.get_running_loop()

    def watch() -> list[Tally]:
        with closing(Crowd(Target.of(url).asking(queries), range(clients), stuck)) as crowd:
            assert crowd.open(window=10).refused == {}
            crowd.settle()
            now = time.monotonic()
            if counting is not None:
                loop.call_soon_threadsafe(counting.set)
            return crowd.count(now, now + WHILE)

    return await asyncio.to_thread(watch)


async def test_frames_of_all_clients_are_counted_and_the_welcome_is_none() -> None:
    async with playing(stream) as (stage, url):
        (tally,) = await watched(url, 3)
    assert tally.clients == 3
    assert tally.least is not None
    assert tally.most is not None
    assert 1 <= tally.least <= tally.most
    assert tally.least * 3 <= tally.frames == len(tally.lateness) <= tally.most * 3
    assert tally.sizes.counts == {40: tally.frames}
    assert tally.lateness.largest is not None
    assert -1 <= tally.lateness.largest < 10_000
    assert PACE / 2 < tally.gap < 10
    assert stage.requests[0].startswith("GET /stream HTTP/1.1\r\nHost: 127.0.0.1:")


async def test_clients_are_dealt_the_queries_in_turn_and_counted_by_them() -> None:
    async with playing(stream) as (stage, url):
        tallies = await watched(url, 5, queries=("fields=cpu", "fields=memory"))
    assert [tally.clients for tally in tallies] == [3, 2]
    asked = [request.split(" ")[1] for request in stage.requests]
    assert sorted(asked) == ["/stream?fields=cpu"] * 3 + ["/stream?fields=memory"] * 2


async def test_a_gap_in_the_timestamps_is_a_missed_frame() -> None:
    counting = asyncio.Event()

    async def skip(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(frame(1) + frame(2) + frame(3))
        await counting.wait()  # the first ones are for settling
        for second in (4, 5, 8, 9, 10):
            writer.write(frame(second))
        await asyncio.sleep(10)

    async with playing(skip) as (_, url):
        (tally,) = await watched(url, counting=counting)
    assert (tally.frames, tally.interval, tally.missed) == (5, 1.0, 2)


async def test_a_client_that_gets_no_more_frames_has_missed_what_others_got() -> None:
    second = 0

    async def favour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal second
        first = second == 0
        writer.write(frame(1) + frame(2) + frame(3))
        second = max(second, 3)
        while first and not reader.at_eof():
            await asyncio.sleep(PACE)
            second += 1
            writer.write(frame(second))
        await reader.read()

    async with playing(favour) as (_, url):
        (tally,) = await watched(url, 2)
    assert tally.least == 0
    assert tally.most is not None
    assert tally.missed >= tally.most > 0
    assert tally.gap >= WHILE


async def test_pings_are_answered_with_their_payload_masked() -> None:
    heard = bytearray()

    async def ping(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for number in range(100):
            writer.write(b"\x89\x02p" + bytes([number]) + frame(time.time()))
            heard.extend(await reader.readexactly(8))
            await asyncio.sleep(PACE)

    async with playing(ping) as (_, url):
        (tally,) = await watched(url)
    assert tally.pings > 0
    assert heard[:16] == b"\x8a\x82\0\0\0\0p\0" + b"\x8a\x82\0\0\0\0p\1"


@pytest.mark.parametrize("goodbye", [b"\x88\x02\x03\xe9", b""], ids=["close frame", "hang up"])
async def test_a_connection_that_the_server_ends_is_told(goodbye: bytes) -> None:
    heard = b""
    counting = asyncio.Event()

    async def leave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal heard
        for second in (1, 2, 3):
            writer.write(frame(second))
        await counting.wait()
        writer.write(goodbye)
        heard = await reader.read(8) if goodbye else b""

    async with playing(leave) as (_, url):
        (tally,) = await watched(url, counting=counting)
    assert (tally.closed, tally.evicted, tally.clients) == (1, 0, 1)
    assert heard == (b"\x88\x82\0\0\0\0\x03\xe9" if goodbye else b"")


async def test_a_stuck_client_reads_its_first_frame_alone_and_its_eviction_is_noticed() -> None:
    turn = 0

    async def evict(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal turn
        turn += 1
        if turn > 1:
            await stream(reader, writer)
        writer.write(frame(1))
        await asyncio.sleep(0.2)
        writer.write(frame(2))
        writer.transport.abort()

    async with playing(evict) as (_, url):
        (tally,) = await watched(url, 2, stuck=1)
    assert (tally.clients, tally.stuck, tally.evicted, tally.closed) == (1, 1, 1, 0)
    assert tally.least is not None
    assert tally.least > 1


async def test_a_stuck_client_that_is_still_connected_is_not_evicted() -> None:
    async with playing(stream) as (_, url):
        (tally,) = await watched(url, 2, stuck=1)
    assert (tally.clients, tally.stuck, tally.evicted) == (1, 1, 0)


async def opened(url: str, clients: int, window: int = 10) -> dict[str, int]:
    with closing(Crowd(Target.of(url), range(clients), 0)) as crowd:
        return (await asyncio.to_thread(crowd.open, window)).refused


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\n\r\n", "HTTP 503"),
        (b"hello\r\n\r\n", "an answer that is not HTTP"),
        (b"", "a closed connection"),
    ],
)
async def test_what_a_handshake_was_refused_by_is_counted(answer: bytes, said: str) -> None:
    async with playing(silence, answer=answer) as (_, url):
        assert await opened(url, 3) == {said: 3}


async def test_no_more_handshakes_are_under_way_than_the_window() -> None:
    async with playing(silence) as (stage, url):
        assert await opened(url, 30, window=4) == {}
    assert len(stage.requests) == 30
    assert stage.most_unanswered <= 4


async def test_clients_come_from_several_addresses() -> None:
    async with playing(silence) as (stage, url):
        await opened(url, client.PER_ADDRESS + 1)
    assert set(stage.peers) == {"127.0.0.1", "127.0.0.2"}


def test_every_address_of_a_client_is_on_loopback_and_serves_a_hundred() -> None:
    addresses = [source(number) for number in range(0, 7_000_000, client.PER_ADDRESS)]
    assert len(set(addresses)) == len(addresses)
    assert source(99) == "127.0.0.1"
    assert source(24_999) == "127.0.1.250"
    assert all(0 <= int(part) <= 250 for address in addresses for part in address.split(".")[1:])


async def test_nobody_listening_is_told() -> None:
    async with playing(silence) as (_, url):
        pass
    with pytest.raises(CannotLoad, match="nobody listens on ws:"):
        await opened(url, 1)


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (OSError(errno.EMFILE, "Too many open files"), "too few file descriptors"),
        (TimeoutError(), "takes no more connections"),
        (OSError(errno.EADDRNOTAVAIL, "x"), "cannot assign requested address"),
        (OSError("odd"), "odd"),
    ],
)
async def test_a_connection_that_cannot_be_made_is_told(
    error: OSError, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise error

    monkeypatch.setattr(crowd, "Client", refuse)
    with pytest.raises(CannotLoad, match=told):
        await opened("ws://127.0.0.1:1/", 1)


async def test_a_connection_that_is_reset_before_it_can_ask_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def reset(*_: Any, **__: Any) -> None:
        raise ConnectionResetError

    monkeypatch.setattr(crowd, "Client", reset)
    assert await opened("ws://127.0.0.1:1/", 2) == {"a reset connection": 2}


async def test_a_handshake_without_an_answer_is_not_waited_for_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crowd, "PATIENCE", 0.2)
    async with playing(silence, answer=UNFINISHED) as (_, url):
        with pytest.raises(CannotLoad, match="1 handshakes had no answer"):
            await opened(url, 1)


async def test_a_stream_without_frames_is_not_waited_for_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crowd, "PATIENCE", 0.2)
    async with playing(silence) as (_, url):
        with pytest.raises(CannotLoad, match="not every client had a frame"):
            await watched(url)


async def test_a_server_that_closes_all_before_it_is_steady_is_told() -> None:
    async def leave(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(frame(1))
        await asyncio.sleep(0.2)

    async with playing(leave) as (_, url):
        with pytest.raises(CannotLoad, match="has closed every connection"):
            await watched(url)


async def test_a_server_of_something_else_is_told() -> None:
    async def chat(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(websocket_text(b'{"timestamp":"noon"}'))
        await reader.read()

    async with playing(chat) as (_, url):
        with pytest.raises(CannotLoad, match="is no monitor"):
            await watched(url)
