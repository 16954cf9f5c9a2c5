"""The stream as server-sent events."""

import asyncio
import json
from typing import Any

import aiohttp
import pytest

from monitor.web.keeper import PING_EVERY
from monitor.web.keys import HUB
from monitor.web.peer import STREAM
from tests.conftest import Client, Connect
from tests.fakes import Scripted
from tests.test_web_door import Raw, beats
from tests.test_websocket import WELCOME, until


async def event(answer: aiohttp.ClientResponse) -> dict[str, str]:
    """Return the next event, by field."""
    fields: dict[str, str] = {}
    async with asyncio.timeout(10):
        while (line := (await answer.content.readline()).decode()) != "\n" or not fields:
            assert line, "the stream has ended"
            name, _, value = line.rstrip("\n").partition(": ")
            fields[name] = value
    return fields


async def opened(client: Client, query: str = "", **options: Any) -> aiohttp.ClientResponse:
    answer = await client.get("/api/stream" + query, **options)
    assert answer.status == 200
    assert answer.content_type == "text/event-stream"
    first = await event(answer)
    assert json.loads(first["data"]) == WELCOME
    assert 500 <= int(first["retry"]) <= 6000
    assert "id" not in first
    return answer


async def test_the_events_are_the_messages_of_the_websocket(connect: Connect) -> None:
    client = await connect(Scripted("cpu", *range(10_000)), interval=0.05)
    events = await opened(client)
    async with client.ws_connect("/api/ws/metrics") as websocket:
        await websocket.receive()
        messages = [(await websocket.receive()).data for _ in range(10)]
    datas = {(await event(events))["data"] for _ in range(30)}
    assert set(messages) <= datas
    events.close()


async def test_the_id_is_the_timestamp_and_resumes(connect: Connect) -> None:
    client = await connect(Scripted("cpu", *range(10_000)), interval=0.05)
    events = await opened(client, "?history=60")
    last = await event(events)
    assert float(last["id"]) == json.loads(last["data"])["timestamp"]
    events.close()
    value = json.loads(last["data"])["cpu"]["value"]
    await asyncio.sleep(0.3)
    # A browser sends the query of the first time again.
    again = await opened(client, "?history=60", headers={"Last-Event-ID": last["id"]})
    values = [json.loads((await event(again))["data"])["cpu"]["value"] for _ in range(15)]
    assert values == list(range(value + 1, value + 16))
    again.close()


async def test_pace_and_fields_are_as_over_the_websocket(connect: Connect) -> None:
    client = await connect(Scripted("cpu", *range(10_000)), Scripted("fan", 2), interval=0.05)
    events = await opened(client, "?fields=cpu&interval=0.2&history=1")
    frames = [json.loads((await event(events))["data"]) for _ in range(5)]
    assert all(list(frame) == ["timestamp", "cpu"] for frame in frames)
    # The grid of the ticks, and not the values: those of a probe that is late come twice.
    ticks = [round((frame["timestamp"] - frames[0]["timestamp"]) / 0.05) for frame in frames]
    assert ticks == [0, 4, 8, 12, 16]
    events.close()


@pytest.mark.parametrize(
    ("query", "headers", "parameter"),
    [
        ("?interval=x", {}, "interval"),
        ("", {"Last-Event-ID": "yesterday"}, "Last-Event-ID"),
        ("?field=cpu", {}, "field"),
    ],
)
async def test_what_makes_no_sense_is_refused(
    connect: Connect, query: str, headers: dict[str, str], parameter: str
) -> None:
    client = await connect()
    answer = await client.get("/api/stream" + query, headers=headers)
    assert answer.status == 400
    error = (await answer.json())["error"]
    assert error["code"] == "bad_query"
    assert error["message"].startswith(parameter + " is ")


async def test_an_old_proxy_gets_a_body_without_chunks(connect: Connect) -> None:
    client = await connect()
    raw = await Raw.to(client)
    await raw.send(b"GET /api/stream HTTP/1.0\r\nHost: localhost\r\n\r\n")
    async with asyncio.timeout(10):
        head = (await raw.reader.readuntil(b"\r\n\r\n")).decode()
        assert "chunked" not in head
        assert (await raw.reader.readline()).startswith(b"retry: ")
        assert json.loads((await raw.reader.readline()).removeprefix(b"data: ")) == WELCOME
        await raw.reader.readline()
        assert (await raw.reader.readline()).startswith(b"id: ")
    raw.close()


async def test_a_quiet_stream_is_kept_open_by_comments(connect: Connect) -> None:
    client = await connect(interval=3600.0)
    events = await opened(client)
    await beats(client, PING_EVERY)
    async with asyncio.timeout(10):
        while await events.content.readline() != b":\n":
            pass
    events.close()


async def test_who_leaves_is_forgotten(connect: Connect) -> None:
    client = await connect()
    assert client.app is not None
    stream, hub = client.app[STREAM], client.app[HUB]
    events = await opened(client)
    assert (len(stream.peers), len(hub)) == (1, 1)
    events.close()
    await until(lambda: (len(stream.peers), len(hub), stream.taken) == (0, 0, 0))


async def test_stopping_ends_the_stream_as_http_ends_a_body(connect: Connect) -> None:
    client = await connect()
    events = await opened(client)
    stopping = asyncio.create_task(client.server.close())
    async with asyncio.timeout(10):
        await events.content.read()  # raises when the body is cut off
        await stopping


@pytest.mark.parametrize("more", ["", "Upgrade: x\r\nConnection: Upgrade\r\n"])
async def test_what_a_client_sends_after_its_request_is_kept_nowhere(connect: Connect, more: str) -> None:
    client = await connect(Scripted("cpu", *range(10_000)), interval=0.05)
    raw = await Raw.to(client)
    await raw.send(f"GET /api/stream HTTP/1.1\r\nHost: localhost\r\n{more}\r\n".encode())
    async with asyncio.timeout(20):
        for _ in range(64):  # more than the kernel holds: it is read, or this does not end
            raw.writer.write(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n" * 12_000)
            await raw.writer.drain()
        await raw.reader.readuntil(b'"cpu"')
    assert client.app is not None
    assert len(client.app[STREAM].peers) == 1
    raw.writer.close()
