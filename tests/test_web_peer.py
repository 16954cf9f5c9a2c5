"""Pings, pongs, floods, and who does not read."""

import asyncio
import struct
from typing import Any

import aiohttp
import pytest

from monitor.web.inbound import BURST
from monitor.web.keeper import PING_EVERY, PONG_WITHIN
from monitor.web.keys import HUB
from monitor.web.peer import STREAM
from tests.conftest import Client, Connect
from tests.fakes import Scripted
from tests.test_web_door import beats, connections_of
from tests.test_websocket import PATH, Big, RawClient, clients_of, until
from tests.test_websocket_rfc import frame

PONG, PING, CLOSE = 0x8A, 0x89, 0x88


async def next_of(raw: RawClient, opcode: int) -> bytes:
    """Return the payload of the next WebSocket frame of that kind."""
    async with asyncio.timeout(10):
        while True:
            first, payload = await raw.frame()
            if first == opcode:
                return payload


async def ended(raw: RawClient) -> bool:
    """Read until the connection ends; tell whether a closing frame came first."""
    last = 0
    async with asyncio.timeout(10):
        try:
            while True:
                last, _ = await raw.frame()
        except (asyncio.IncompleteReadError, ConnectionResetError):
            raw.writer.close()
            return last == CLOSE


async def seen(client: Client, raw: RawClient) -> None:
    """Wait until the server has read what the client sent before: it answers this ping after that."""
    raw.writer.write(frame(PING, b"seen?"))
    while await next_of(raw, PONG) != b"seen?":
        pass


async def test_a_pong_with_the_payload_of_the_ping_keeps_the_client(connect: Connect) -> None:
    client = await connect()
    raw = await RawClient.open(client)
    nonces = []
    for _ in range(3):
        await beats(client, PING_EVERY)
        nonces.append(await next_of(raw, PING))
        raw.writer.write(frame(PONG, nonces[-1]))
        await seen(client, raw)
    await beats(client, PONG_WITHIN)
    assert clients_of(client) == 1
    assert len(set(nonces)) == 3
    await raw.close()


async def test_a_pong_in_pieces_between_other_frames_counts_too(connect: Connect) -> None:
    client = await connect()
    raw = await RawClient.open(client)
    await beats(client, PING_EVERY)
    data = frame(0x81, b"hello") + frame(PONG, await next_of(raw, PING)) + frame(0x81, b"bye")
    for start in range(0, len(data), 5):
        raw.writer.write(data[start : start + 5])
        await asyncio.sleep(0.02)
    await seen(client, raw)
    await beats(client, PONG_WITHIN)
    assert clients_of(client) == 1
    await raw.close()


@pytest.mark.parametrize("lie", [b"", frame(PONG), frame(PONG, b"12345678"), frame(0x81, b"I do read")])
async def test_who_does_not_answer_the_ping_is_dropped_whatever_else_comes(connect: Connect, lie: bytes) -> None:
    client = await connect()
    assert client.app is not None
    raw = await RawClient.open(client)
    await beats(client, PING_EVERY)
    await next_of(raw, PING)
    raw.writer.write(lie * 10)
    await seen(client, raw)
    await beats(client, PONG_WITHIN - 1)
    assert clients_of(client) == 1
    await beats(client, 1)
    assert not await ended(raw), "nobody is told who does not listen"
    await until(lambda: not connections_of(client))
    assert (len(client.app[HUB]), client.app[STREAM].taken) == (0, 0)


async def test_a_slow_client_that_takes_what_is_there_for_it_is_kept_without_a_pong(connect: Connect) -> None:
    client = await connect(Big("big"), interval=0.05)
    assert client.app is not None
    hub = client.app[HUB]
    raw = await RawClient.open(client)
    transport: Any = raw.writer.transport
    transport.pause_reading()
    await until(lambda: hub._newest)  # noqa: SLF001 - it has fallen behind
    await beats(client, PING_EVERY)
    transport.resume_reading()
    async with asyncio.timeout(10):
        while hub._newest:  # noqa: SLF001
            await raw.frame()
    await beats(client, PONG_WITHIN)
    assert clients_of(client) == 1
    await raw.close()


async def test_a_client_that_was_behind_gets_the_newest_frame_as_soon_as_it_reads(connect: Connect) -> None:
    client = await connect(Scripted("cpu", *range(10_000)), Big("big"), interval=0.05)
    assert client.app is not None
    hub = client.app[HUB]
    raw = await RawClient.open(client, "?interval=0.1")
    transport: Any = raw.writer.transport
    transport.pause_reading()
    await until(lambda: hub._newest)  # noqa: SLF001 - what waits for the client is the point
    (newest,) = hub._newest.values()  # noqa: SLF001
    await until(lambda: list(hub._newest.values()) != [newest])  # noqa: SLF001 - a newer one has come
    transport.resume_reading()
    await until(lambda: not hub._newest)  # noqa: SLF001
    assert clients_of(client) == 1
    await raw.close()


@pytest.mark.parametrize("flood", [frame(0x81, b"spam"), frame(PING, b"spam"), frame(PONG, b"spam")])
async def test_a_flood_ends_the_connection_with_1008_and_no_other(connect: Connect, flood: bytes) -> None:
    client = await connect()
    async with client.ws_connect(PATH) as quiet:
        raw = await RawClient.open(client)
        raw.writer.write(flood * (BURST + 1))
        assert struct.unpack("!H", (await next_of(raw, CLOSE))[:2]) == (1008,)
        raw.writer.write(flood * 1000)
        await ended(raw)
        await until(lambda: clients_of(client) == 1)
        await quiet.receive()
        assert "cpu" in await quiet.receive_json()


async def test_a_burst_is_taken(connect: Connect) -> None:
    client = await connect()
    async with client.ws_connect(PATH) as websocket:
        for _ in range(BURST):
            await websocket.send_str("hello")
        for _ in range(5):
            assert (await websocket.receive()).type is aiohttp.WSMsgType.TEXT


async def test_an_unmasked_frame_ends_the_connection_with_1002(connect: Connect) -> None:
    client = await connect()
    raw = await RawClient.open(client)
    raw.writer.write(b"\x81\x05hello")
    assert struct.unpack("!H", (await next_of(raw, CLOSE))[:2]) == (1002,)
    await ended(raw)
    await until(lambda: clients_of(client) == 0)


@pytest.mark.parametrize(
    ("version", "headers", "status", "code"),
    [
        ("1.0", {}, 400, "bad_request"),
        ("1.1", {"Sec-WebSocket-Version": "8"}, 426, "websocket_version"),
        ("1.1", {"Sec-WebSocket-Version": "14"}, 426, "websocket_version"),
        ("1.1", {"Sec-WebSocket-Version": ""}, 426, "websocket_version"),
        ("1.1", {"Upgrade": "h2c"}, 426, "upgrade_required"),
    ],
)
async def test_a_handshake_that_the_standard_refuses_is_refused(
    connect: Connect, version: str, headers: dict[str, str], status: int, code: str
) -> None:
    client = await connect()
    reader, writer = await asyncio.open_connection("127.0.0.1", client.port)
    given = {
        "Host": "localhost",
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    } | headers
    lines = "".join(f"{name}: {value}\r\n" for name, value in given.items())
    writer.write(f"GET {PATH} HTTP/{version}\r\n{lines}\r\n".encode())
    async with asyncio.timeout(10):
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        assert head.split()[1] == str(status)
        assert f'"{code}"' in (await reader.readuntil(b"}}")).decode()
    if code == "websocket_version":
        assert "Sec-WebSocket-Version: 13" in head
    writer.close()
