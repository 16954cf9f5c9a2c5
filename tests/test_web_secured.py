"""TLS at the door: what holds for a connection in the clear holds over it too; and what TLS adds."""

import asyncio
import gc
import ssl
import weakref
from typing import Any

import aiohttp
import pytest

from monitor.app import create_app
from monitor.config import Settings
from monitor.probe import Probe
from monitor.web.assets import ASSETS
from monitor.web.door import PATIENCE
from monitor.web.keys import HISTORY
from monitor.web.tls import Identity, made_now
from tests.conftest import INTERVAL, Behind, Client, Connect, registry
from tests.fakes import Scripted

# These are run once more here, where `connect` below encrypts.
from tests.test_web_door import (  # noqa: F401 - pytest collects them by name
    Raw,
    beats,
    connections_of,
    test_a_body_that_does_not_become_complete_ends_in_time,
    test_a_body_that_is_too_big_is_refused,
    test_a_connection_that_says_nothing_ends_in_time_without_a_word,
    test_a_kept_connection_may_be_quiet_but_not_half_way_through_its_next_request,
    test_a_request_that_comes_drop_by_drop_has_no_more_time,
    test_a_request_that_does_not_become_complete_ends_in_time,
    test_beyond_the_limit_a_connection_hears_503_and_those_inside_notice_nothing,
    test_what_comes_half_behind_a_whole_request_ends_too,
    test_who_does_not_read_an_answer_is_dropped_and_leaves_nothing_behind,
    test_who_leaves_makes_room,
)
from tests.test_web_events import *  # noqa: F403 - all of them: what is sent, to whom, and when it ends
from tests.test_websocket import (  # noqa: F401 - likewise
    Big,
    RawClient,
    test_a_client_that_does_not_read_costs_the_others_nothing_and_is_not_queued_for,
    test_a_client_that_leaves_is_forgotten,
    test_a_client_that_vanishes_is_forgotten,
    test_a_ping_is_answered_between_whole_frames,
    test_every_client_gets_the_same_frames,
    test_no_frame_follows_the_closing_frame,
    test_the_stream_is_the_welcome_message_and_then_frames,
    test_what_a_client_says_is_ignored,
    until,
)

PATH = "/api/ws/metrics"
REQUEST = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"


def trusting(most: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3) -> ssl.SSLContext:
    """Return what a client that looks at no certificate speaks."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.maximum_version = most
    return context


@pytest.fixture
def connect(aiohttp_client: Any, monkeypatch: pytest.MonkeyPatch) -> Connect:
    """Start an application behind TLS and return a client of it; `asyncio.open_connection` speaks it too meanwhile."""
    identity = Identity(lambda: made_now([]))
    plainly = asyncio.open_connection

    async def open_connection(*place: Any, **options: Any) -> Any:
        return await plainly(*place, **{"ssl": trusting(), **options})

    monkeypatch.setattr(asyncio, "open_connection", open_connection)

    async def connect(*probes: Probe, limit: int = 1000, **settings: Any) -> Client:
        app = create_app(Settings(**{"interval": INTERVAL, **settings}), registry(*(probes or [Scripted("cpu")])))
        connector = aiohttp.TCPConnector(ssl=trusting())
        client: Client = await aiohttp_client(Behind(app, limit, identity), connector=connector)
        return client

    return connect


async def plain(client: Client) -> Raw:
    """Return a connection that speaks no TLS."""
    return Raw(*await asyncio.open_connection("127.0.0.1", client.port, ssl=None))


def client_hello() -> bytes:
    """Return the first message of a handshake."""
    outgoing = ssl.MemoryBIO()
    with pytest.raises(ssl.SSLWantReadError):
        trusting().wrap_bio(ssl.MemoryBIO(), outgoing).do_handshake()
    return outgoing.read()


@pytest.mark.parametrize("most", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
async def test_the_stream_comes_over_both_versions_of_tls(connect: Connect, most: ssl.TLSVersion) -> None:
    client = await connect()
    async with client.ws_connect(PATH, ssl=trusting(most)) as socket:
        assert (await socket.receive_json())["type"] == "connection"
        assert "cpu" in await socket.receive_json()
        assert socket.get_extra_info("ssl_object").version() == most.name.replace("_", ".")


async def test_an_older_version_is_refused(connect: Connect) -> None:
    client = await connect()
    old = trusting()
    old.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="deprecated"):
        old.minimum_version = ssl.TLSVersion.TLSv1
    with pytest.warns(DeprecationWarning, match="deprecated"):
        old.maximum_version = ssl.TLSVersion.TLSv1_1
    with pytest.raises(ssl.SSLError, match="ALERT_PROTOCOL_VERSION"):
        await asyncio.open_connection("127.0.0.1", client.port, ssl=old)


async def test_what_is_longer_than_a_record_comes_whole_both_ways(connect: Connect) -> None:
    client = await connect(Big("big"))
    assert client.app is not None
    history = client.app[HISTORY]
    for asset in client.app[ASSETS]:
        assert await (await client.get(f"/static/{asset.name}")).read() == asset.body.plain
    await until(lambda: history.latest)
    answer = await client.get("/api/history")
    assert len(await answer.read()) > 20_000
    raw = await Raw.to(client)
    body = b'{"prompt": "%s"}' % (b"x" * 60_000)
    await raw.send(b"POST /api/ask HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n")
    await raw.send(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
    assert b"prompt has 60000 characters" in (await raw.answer())[1]
    raw.close()


async def test_who_speaks_no_tls_is_told_so(connect: Connect) -> None:
    client = await connect()
    raw = await plain(client)
    await raw.send(REQUEST)
    head, body = await raw.answer()
    assert head.startswith("HTTP/1.1 400")
    assert b"https://" in body
    assert await raw.rest() == b""
    await until(lambda: not connections_of(client))


@pytest.mark.parametrize(
    ("sent", "alert"), [(b"\x16\x03\x01\x00\x04nope", b"\x15\x03"), (b"\x16" + bytes(40_000), b"")]
)
async def test_a_handshake_that_is_none_ends_the_connection_and_costs_nobody_anything(
    connect: Connect, sent: bytes, alert: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    client = await connect()
    raw = await plain(client)
    raw.writer.write(sent)
    assert (await raw.rest()).startswith(alert)
    await until(lambda: not connections_of(client))
    assert (await client.get("/demo")).status == 200
    assert not [record for record in caplog.records if record.levelname in ("WARNING", "ERROR")]


@pytest.mark.parametrize("size", [1, 100, None])
async def test_a_handshake_that_does_not_become_complete_ends_in_time_and_holds_up_nobody(
    connect: Connect, size: int | None
) -> None:
    client = await connect()
    crowd = [await plain(client) for _ in range(50)]
    for raw in crowd:
        raw.writer.write(client_hello()[:size])
    assert (await client.get("/demo")).status == 200
    await beats(client, PATIENCE - 1)
    assert len(connections_of(client)) >= len(crowd)
    await beats(client, 1)
    for raw in crowd:
        await raw.rest()
        raw.close()
    await until(lambda: len(connections_of(client)) <= 1)


@pytest.mark.parametrize("says_goodbye", [True, False])
async def test_a_client_may_leave_with_a_goodbye_or_without(
    connect: Connect, says_goodbye: bool, caplog: pytest.LogCaptureFixture
) -> None:
    client = await connect()
    raw = await RawClient.open(client)
    transport = raw.writer.transport
    if says_goodbye:
        transport.close()
    else:
        transport.abort()
    await until(lambda: not connections_of(client))
    assert not [record for record in caplog.records if record.levelname in ("WARNING", "ERROR")]


async def test_what_is_unsent_is_known_to_the_byte_so_that_nobody_is_queued_for(connect: Connect) -> None:
    client = await connect(Big("big"), interval=0.05)
    raw = await RawClient.open(client)
    transport: Any = raw.writer.transport
    transport.pause_reading()
    assert client.app is not None
    (connection,) = connections_of(client)
    secured = connection.transport
    await until(secured.get_write_buffer_size)
    sizes = set()
    for _ in range(10):
        sizes.add(secured.get_write_buffer_size())
        await asyncio.sleep(0.05)
    assert max(sizes) < 70_000, "at most the frame that did not fit, whatever the loop's own limits are"
    transport.abort()


async def test_a_connection_that_is_gone_leaves_nothing_to_the_garbage_collector(connect: Connect) -> None:
    client = await connect()
    await client.get("/healthz")
    await until(lambda: connections_of(client))
    gone = weakref.ref(connections_of(client)[0].transport.get_extra_info("ssl_object"))
    gc.collect()
    gc.disable()
    try:
        await client.session.close()
        await until(lambda: gone() is None)
    finally:
        gc.enable()


async def test_stopping_says_goodbye_over_tls_too(connect: Connect) -> None:
    client = await connect()
    socket = await client.ws_connect(PATH)
    await socket.receive()
    stopping = asyncio.create_task(client.server.close())
    async with asyncio.timeout(10):
        while (message := await socket.receive()).type is aiohttp.WSMsgType.TEXT:
            pass
    # Not its `close_code`: aiohttp's client says 1006 where it cannot answer, because the goodbye of TLS came along.
    assert (message.type, message.data) == (aiohttp.WSMsgType.CLOSE, aiohttp.WSCloseCode.GOING_AWAY)
    await stopping


async def test_addresses_on_the_page_are_encrypted_ones(connect: Connect) -> None:
    client = await connect()
    text = await (await client.get("/")).text()
    assert f"wss://127.0.0.1:{client.port}/api/ws/metrics" in text
    assert f"curl https://127.0.0.1:{client.port}/api/system-stats" in text


async def test_a_page_that_came_in_the_clear_is_of_another_origin(connect: Connect) -> None:
    client = await connect()
    async with client.ws_connect(PATH, origin=f"https://127.0.0.1:{client.port}") as socket:
        assert (await socket.receive_json())["type"] == "connection"
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await client.ws_connect(PATH, origin=f"http://127.0.0.1:{client.port}")
    assert refused.value.status == 403
