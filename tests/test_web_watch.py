"""Streams end when their credential does."""

import asyncio
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import WSCloseCode, WSMsgType

from monitor.web import watch as watch_module
from monitor.web.identity import AUTHENTICATOR
from monitor.web.peer import STREAM
from monitor.web.watch import WATCH
from tests.conftest import Client, Connect
from tests.tokens import ADMIN, AUDIENCE, READER, TOKENS, bearer, key_file, signed

STREAM_PATH = "/api/ws/metrics"


async def end_of(socket: aiohttp.ClientWebSocketResponse) -> aiohttp.WSMessage:
    """Read on until something else than a frame comes."""
    async with asyncio.timeout(20):
        while (message := await socket.receive()).type is WSMsgType.TEXT:
            pass
    return message


async def until(condition: Any) -> None:
    """Wait until `condition()` is true."""
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.01)


def revoke(client: Client, name: str) -> None:
    assert client.app is not None
    client.app[AUTHENTICATOR].replace_tokens([token for token in TOKENS.values() if token.name != name])


async def test_a_stream_ends_with_1008_when_its_token_is_revoked_and_others_go_on(connect: Connect) -> None:
    client = await connect(tokens=TOKENS)
    assert client.app is not None
    async with (
        client.ws_connect(STREAM_PATH, headers=bearer(READER)) as one,
        client.ws_connect(STREAM_PATH, headers=bearer(READER)) as two,
        client.ws_connect(STREAM_PATH, headers=bearer(ADMIN)) as other,
    ):
        await one.receive_json()
        revoke(client, "reader")
        for socket in (one, two):
            message = await end_of(socket)
            assert (message.data, message.extra) == (WSCloseCode.POLICY_VIOLATION, "the credential is no longer valid")
        await until(lambda: client.app and len(client.app[STREAM].peers) == 1)
        assert (await other.receive()).type is WSMsgType.TEXT
    await until(lambda: client.app and client.app[STREAM].taken == 0)


async def test_a_stream_ends_when_its_token_expires(connect: Connect, tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_bytes(key_file("hs256"))
    client = await connect(jwt_algorithm="hs256", jwt_key_file=str(path), jwt_audience=AUDIENCE)
    expires = int(time.time()) + 3
    async with client.ws_connect(STREAM_PATH, headers=bearer(signed("hs256", exp=expires))) as socket:
        message = await end_of(socket)
        assert message.data == WSCloseCode.POLICY_VIOLATION
        assert time.time() >= expires


async def test_a_stream_of_events_ends_too_and_its_connection(connect: Connect) -> None:
    client = await connect(tokens=TOKENS)
    async with client.get(f"/api/stream?token={READER}") as answer:
        assert answer.status == 200
        await answer.content.readuntil(b"\n\n")
        revoke(client, "reader")
        async with asyncio.timeout(20):
            await answer.content.read()
        assert answer.content.at_eof()
    await until(lambda: client.app and client.app[STREAM].taken == 0)


async def test_a_stream_that_a_ticket_opened_ends_with_the_token_behind_it(connect: Connect) -> None:
    client = await connect(tokens=TOKENS)
    ticket = (await (await client.post("/api/tickets", headers=bearer(READER))).json())["ticket"]
    async with client.ws_connect(f"{STREAM_PATH}?ticket={ticket}") as socket:
        await socket.receive_json()
        revoke(client, "reader")
        assert (await end_of(socket)).data == WSCloseCode.POLICY_VIOLATION


async def test_a_client_that_does_not_read_is_cut_off(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch_module, "FAREWELL", 0.2)
    client = await connect(tokens=TOKENS)
    assert client.app is not None
    stream = client.app[STREAM]
    reader, writer = await asyncio.open_connection(client.host, client.port, limit=1024)
    writer.write(
        f"GET {STREAM_PATH} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        f"Authorization: Bearer {READER}\r\n\r\n".encode()
    )
    await reader.readuntil(b"\r\n\r\n")
    (peer,) = stream.peers
    peer.transport.write(b"\x82\x7f" + (8_000_000).to_bytes(8, "big") + bytes(8_000_000))
    revoke(client, "reader")
    client.app[WATCH].check()
    await until(lambda: stream.taken == 0)
    writer.close()


async def test_nothing_is_watched_while_nobody_listens_or_nobody_is_asked(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = await connect()
    assert client.app is not None
    assert WATCH not in client.app
    async with client.ws_connect(STREAM_PATH) as socket:
        await socket.receive_json()
        assert list(client.app[STREAM].peers.values()) == [None]
    client = await connect(tokens=TOKENS)
    assert client.app is not None
    stream = client.app[STREAM]
    looks: list[int] = []
    watch = client.app[WATCH]
    check = watch.check

    def counted() -> None:
        looks.append(len(stream.peers))
        check()

    monkeypatch.setattr(watch, "check", counted)
    async with client.ws_connect(STREAM_PATH, headers=bearer(READER)):
        await until(lambda: looks == [1])
    await until(lambda: looks[-1] == 0)
    assert looks.count(0) == 1


async def test_a_token_with_fewer_scopes_than_before_ends_what_it_opened(connect: Connect) -> None:
    client = await connect(tokens=TOKENS)
    assert client.app is not None
    async with client.ws_connect(STREAM_PATH, headers=bearer(READER)) as socket:
        await socket.receive_json()
        client.app[AUTHENTICATOR].replace_tokens([replace(TOKENS["reader"], scopes=frozenset({"ask"}))])
        assert (await end_of(socket)).data == WSCloseCode.POLICY_VIOLATION
