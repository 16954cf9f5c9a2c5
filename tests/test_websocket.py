"""The live stream: these are its tests, and this file is also a client to run by hand.

    python3 tests/test_websocket.py [--url ws://localhost:4000/api/ws/metrics] [--count 5]

A server with a certificate of its own making is reached with wss://... and --fingerprint, the SHA-256 that it prints.

It prints the welcome message and each frame in a readable line. When the connection is lost it says so, comes back, and
prints the frames that came meanwhile; with --once it ends instead. A server that asks for a token gets the one in the
environment variable MONITOR_TOKEN: what stands on a command line, every user of the machine can read. A python3 without
aiohttp will do: the project's own .venv is used where there is one.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

ROOT = Path(__file__).resolve().parent.parent

try:
    import aiohttp
except ImportError:
    VENV = next((p for p in (ROOT / ".venv/bin/python", ROOT / ".venv/Scripts/python.exe") if p.exists()), None)
    if __name__ != "__main__":
        raise
    if VENV is None or Path(sys.executable).absolute() == VENV.absolute():
        sys.exit("This client needs aiohttp. Run `make install` here once, or: pip install aiohttp")
    os.execv(VENV, [str(VENV), __file__, *sys.argv[1:]])  # noqa: S606 - no shell is the point

URL = "ws://localhost:4000/api/ws/metrics"


def line(frame: dict) -> str:  # type: ignore[type-arg]  # must also run where only aiohttp is installed
    """Return a frame as one line; sections that this server does not have are left out."""

    def show(section: str, text: str) -> str:
        try:
            return text.format(**{key: "?" if value is None else value for key, value in frame[section].items()})
        except KeyError:
            return ""

    stamp = f"{frame['timestamp']:.3f}"
    parts = [
        show("cpu", "CPU {percent_total} % of {count} cores"),
        show("memory", "memory {percent} % ({used_mb} of {total_mb} MB)"),
        show("disk", "disk {percent} % ({free_gb} GB free)"),
        show("network", "sent {bytes_sent_mb} MB, received {bytes_recv_mb} MB"),
        show("process", "server {memory_mb} MB, {cpu_percent} %"),
        *(f"stale: {name} for {age} s" for name, age in frame.get("stale", {}).items()),
    ]
    return f"{stamp}  " + " | ".join(part for part in parts if part)


#: A retry waits a random time up to a bound that doubles: a thousand clients must not come back in the same moment.
FIRST_BOUND, LAST_BOUND = 5.0, 30.0
#: Seconds that a handshake may take; and after which a silent server is asked whether it is there.
PATIENCE = 10.0
SILENCE = 20.0


def retry_delay(attempt: int) -> float:
    """Return the seconds until the next attempt, after so many that failed."""
    return random.random() * min(LAST_BOUND, FIRST_BOUND * 2.0 ** min(attempt, 10))


def resumed(url: str, timestamp: float | None) -> str:
    """Return the address of the frames after the one of that timestamp; None changes nothing."""
    if timestamp is None:
        return url
    parts = urlsplit(url)
    # `history` says where to begin, and so does `since`: a server refuses both.
    query = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] not in ("since", "history")]
    return urlunsplit(parts._replace(query=urlencode([*query, ("since", str(timestamp))])))


@dataclass
class Progress:
    """How far a client is, over all its connections.

    frames   printed so far
    last     timestamp of the last one
    attempt  attempts to come back that failed since then
    greeted  whether it has ever been connected
    """

    frames: int = 0
    last: float | None = None
    attempt: int = 0
    greeted: bool = False


async def follow(url: str, count: int | None, once: bool = False, fingerprint: str = "") -> int:
    """Print the welcome message and `count` frames, or frames for ever; return an exit code.

    once         end when the connection is lost, instead of coming back
    fingerprint  SHA-256 of the one certificate that is trusted, in place of those that this machine trusts
    """
    try:
        trusted = aiohttp.Fingerprint(bytes.fromhex(fingerprint.replace(":", ""))) if fingerprint else True
    except ValueError:
        print(f"{fingerprint} is no SHA-256: it must be 64 hexadecimal digits", file=sys.stderr)
        return 2
    progress = Progress()
    while True:
        come_back = not once
        try:
            if await listen(url, count, progress, trusted):
                return 0
            reason = "The server closed the connection."
        except aiohttp.WSServerHandshakeError as error:
            reason = f"{url} refused the connection: {error.status} {error.message}"
            come_back = come_back and error.status >= 500  # it is starting, or full, or a proxy waits for it
        except aiohttp.InvalidURL:
            print(f"{url} is no address; it must be like {URL}", file=sys.stderr)
            return 2
        except (aiohttp.ClientConnectorCertificateError, aiohttp.ServerFingerprintMismatch) as error:
            print(f"The certificate of {url} is not trusted ({error}). See --fingerprint.", file=sys.stderr)
            return 1
        except aiohttp.ClientConnectionError as error:
            reason = f"Nothing listens at {url} ({error}). Start the server with `make run`."
        except TimeoutError:
            reason = f"Nothing answers at {url}."
        if not come_back or not progress.greeted:
            print(reason, file=sys.stderr)
            return 1
        seconds = retry_delay(progress.attempt)
        progress.attempt += 1
        print(f"{reason} Trying again in {seconds:.1f} s.", file=sys.stderr, flush=True)
        await asyncio.sleep(seconds)


async def listen(url: str, count: int | None, progress: Progress, trusted: aiohttp.Fingerprint | bool = True) -> bool:
    """Print what one connection brings; tell whether that was enough. Raises aiohttp's errors, and TimeoutError."""
    token = os.environ.get("MONITOR_TOKEN")
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with aiohttp.ClientSession(headers=headers) as session:
        async with asyncio.timeout(PATIENCE):
            socket = await session.ws_connect(resumed(url, progress.last), heartbeat=SILENCE, ssl=trusted)
        async with socket:
            async for message in socket:
                if message.type is not aiohttp.WSMsgType.TEXT:
                    break  # an error: the connection is over
                data = json.loads(message.data)
                if data.get("type") == "connection":
                    if not progress.greeted:
                        print(f"{data['status']}: {data['message']}", flush=True)
                    progress.greeted = True
                    continue
                progress.attempt = 0
                if data["timestamp"] == progress.last:
                    continue
                progress.last = data["timestamp"]
                print(line(data), flush=True)
                progress.frames += 1
                if progress.frames == count:
                    return True
    return False


def main(arguments: list[str] | None = None) -> int:
    """Read the command line and follow the stream."""
    parser = argparse.ArgumentParser(description="Print the live stream of a monitor, one line a frame.")
    parser.add_argument("--url", default=URL, help=f"of the stream [{URL}]")
    parser.add_argument("--count", type=int, help="frames to print, then end; without it until Ctrl-C")
    parser.add_argument("--once", action="store_true", help="end when the connection is lost, instead of coming back")
    parser.add_argument("--fingerprint", default="", metavar="SHA256", help="of the one certificate to trust")
    options = parser.parse_args(arguments)
    try:
        return asyncio.run(follow(options.url, options.count, options.once, options.fingerprint))
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())


# The tests. Nothing below is needed to run the client.

import re  # noqa: E402 - a client without the tests' packages must not come this far
import socket as sockets  # noqa: E402
import time  # noqa: E402
from typing import TYPE_CHECKING, Any, cast  # noqa: E402

import pytest  # noqa: E402
from aiohttp import web  # noqa: E402
from aiohttp.test_utils import TestServer  # noqa: E402

from monitor import Field  # noqa: E402
from monitor.encoder import websocket_text  # noqa: E402
from monitor.frame import Frame  # noqa: E402
from monitor.selection import Selection  # noqa: E402
from monitor.web.keys import HISTORY, HUB  # noqa: E402
from monitor.web.peer import STREAM, Peer  # noqa: E402
from monitor.web.query import Asked  # noqa: E402
from tests.fakes import Client as FakeClient  # noqa: E402
from tests.fakes import Scripted  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.conftest import Client, Connect

PATH = "/api/ws/metrics"
WELCOME = {"type": "connection", "status": "connected", "message": "Streaming des métriques démarré"}


def clients_of(client: Client) -> int:
    assert client.app is not None
    assert len(client.app[HUB]) == len(client.app[STREAM].peers)
    return len(client.app[HUB])


async def until(condition: Any) -> None:
    """Wait until `condition()` is true."""
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.01)


async def test_the_stream_is_the_welcome_message_and_then_frames(connect: Connect) -> None:
    client = await connect(Scripted("cpu", *range(100)))
    async with client.ws_connect(PATH) as socket:
        assert await socket.receive_json() == WELCOME
        frames = [await socket.receive_json() for _ in range(3)]
    values = [frame["cpu"]["value"] for frame in frames]
    assert values == list(range(values[0], values[0] + 3)), "none left out, none twice"
    assert all(set(frame) == {"timestamp", "cpu"} for frame in frames)


async def test_every_client_gets_the_same_frames(connect: Connect) -> None:
    client = await connect(Scripted("cpu", *range(100)))
    async with client.ws_connect(PATH) as one, client.ws_connect(PATH) as two:
        for socket in (one, two):
            assert await socket.receive_json() == WELCOME
        first = [(await one.receive()).data for _ in range(4)]
        second = [(await two.receive()).data for _ in range(4)]
    assert len(set(first) & set(second)) >= 3


async def test_a_client_that_leaves_is_forgotten(connect: Connect) -> None:
    client = await connect()
    async with client.ws_connect(PATH) as socket:
        await socket.receive()
        assert clients_of(client) == 1
    await until(lambda: clients_of(client) == 0)


async def test_a_client_that_vanishes_is_forgotten(connect: Connect) -> None:
    client = await connect()
    socket = await client.ws_connect(PATH)
    await socket.receive()
    transport = socket.get_extra_info("socket")
    transport.setsockopt(sockets.SOL_SOCKET, sockets.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
    await client.session.close()
    await until(lambda: clients_of(client) == 0)


async def test_what_a_client_says_is_ignored(connect: Connect) -> None:
    client = await connect()
    async with client.ws_connect(PATH) as socket:
        assert await socket.receive_json() == WELCOME
        await socket.send_str("{not json")
        await socket.send_bytes(b"\x00" * 4096)
        await socket.ping(b"?")
        assert "cpu" in await socket.receive_json()
        assert "cpu" in await socket.receive_json()


async def test_a_message_that_is_too_big_ends_this_connection_alone(connect: Connect) -> None:
    client = await connect()
    async with client.ws_connect(PATH) as loud, client.ws_connect(PATH) as quiet:
        await loud.send_str("x" * 5000)
        async with asyncio.timeout(5):
            while (message := await loud.receive()).type is aiohttp.WSMsgType.TEXT:
                pass
        assert (message.type, loud.close_code) == (aiohttp.WSMsgType.CLOSE, aiohttp.WSCloseCode.MESSAGE_TOO_BIG)
        assert await quiet.receive_json() == WELCOME
        assert "cpu" in await quiet.receive_json()
    await until(lambda: clients_of(client) == 0)


async def read_frame(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """Return the first byte and the payload of the next WebSocket frame from a server."""
    first, length = await reader.readexactly(2)
    assert length < 128, "frames from a server are not masked"
    if length == 126:
        length = int.from_bytes(await reader.readexactly(2), "big")
    return first, await reader.readexactly(length)


class RawClient:
    """A WebSocket client that sees every byte, in order."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    @classmethod
    async def open(cls, client: Client, query: str = "") -> RawClient:
        reader, writer = await asyncio.open_connection("127.0.0.1", client.port)
        writer.write(
            f"GET {PATH}{query} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n".encode()
        )
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 101")
        assert b"Extensions" not in head, "the bytes that all clients share are not compressed"
        return cls(reader, writer)

    async def frame(self) -> tuple[int, bytes]:
        """Return the first byte and the payload of the next WebSocket frame."""
        return await read_frame(self.reader)

    async def close(self) -> None:
        self.writer.close()
        await self.writer.wait_closed()


async def test_no_frame_follows_the_closing_frame(connect: Connect) -> None:
    client = await connect(interval=0.05)
    for goodbye in (b"\x88\x82\0\0\0\0\x03\xe8", b"\x82\xfe\xff\xff\0\0\0\0" + b"x" * 1000):  # a close; a huge message
        raw = await RawClient.open(client)
        raw.writer.write(goodbye)
        opcodes = []
        async with asyncio.timeout(10):
            while True:
                try:
                    opcodes.append((await raw.frame())[0])
                except asyncio.IncompleteReadError:
                    break
        await raw.close()
        assert opcodes[-1] == 0x88
        assert opcodes.count(0x88) == 1
    await until(lambda: clients_of(client) == 0)


async def test_a_ping_is_answered_between_whole_frames(connect: Connect) -> None:
    client = await connect(interval=0.05)
    raw = await RawClient.open(client)
    for number in range(20):
        raw.writer.write(bytes((0x89, 0x81, 0, 0, 0, 0, number)))
    pongs: list[bytes] = []
    async with asyncio.timeout(10):
        while len(pongs) < 20:
            first, payload = await raw.frame()
            if first == 0x8A:
                pongs.append(payload)
            else:
                json.loads(payload)
    assert pongs == [bytes((number,)) for number in range(20)]
    await raw.close()


async def test_a_client_that_does_not_read_costs_the_others_nothing_and_is_not_queued_for(connect: Connect) -> None:
    # 30 KB a frame, so that the buffers of the kernel are full within the test.
    client = await connect(Scripted("cpu", *range(1000)), Big("big"), interval=0.05)
    stuck = await RawClient.open(client)
    transport: Any = stuck.writer.transport
    transport.pause_reading()
    async with client.ws_connect(PATH, max_msg_size=0) as healthy:
        await healthy.receive()
        values = [(await healthy.receive_json())["cpu"]["value"] for _ in range(60)]
    assert values == list(range(values[0], values[0] + 60)), "none missed"
    assert client.app is not None
    (server_side,) = client.app[HUB]._channel_of  # noqa: SLF001 - what is queued for the stuck client is the point
    assert 0 < server_side.get_write_buffer_size() < 70_000, "at most the frame that did not fit"
    transport.abort()


class Big(Scripted):
    """A probe whose section is big."""

    fields = (Field("value", "count", "Much.", per="thing"),)

    def sample(self) -> dict[str, object]:
        return {"value": [1_000_000_000] * 3000}


async def test_stopping_says_goodbye_to_readers_and_cuts_off_who_is_stuck(connect: Connect) -> None:
    client = await connect(Big("big"), interval=0.05)
    stuck = await RawClient.open(client)
    transport: Any = stuck.writer.transport
    transport.pause_reading()
    async with client.ws_connect(PATH, max_msg_size=0) as reader:
        await asyncio.sleep(1.5)
        began = time.monotonic()
        stopping = asyncio.create_task(client.server.close())
        async with asyncio.timeout(10):
            while (message := await reader.receive()).type is aiohttp.WSMsgType.TEXT:
                pass
            assert (message.type, reader.close_code) == (aiohttp.WSMsgType.CLOSE, aiohttp.WSCloseCode.GOING_AWAY)
        await stopping
    assert time.monotonic() - began < 5
    transport.abort()


async def values_of(client: Client, query: str, count: int) -> list[int]:
    """Return the values of so many frames of a stream; the welcome message comes before them."""
    async with client.ws_connect(PATH + query) as socket:
        assert await socket.receive_json() == WELCOME
        return [(await socket.receive_json())["cpu"]["value"] for _ in range(count)]


async def test_back_fill_and_live_have_no_gap_and_no_double_whatever_the_moment_of_joining(connect: Connect) -> None:
    client = await connect(Scripted("cpu", *range(10_000)), interval=0.05)
    await asyncio.sleep(1)
    streams = await asyncio.gather(*(late(client, number * 0.013) for number in range(20)))
    assert client.app is not None
    kept = [entry.timestamp for entry in client.app[HISTORY].after(-1)]
    for timestamps in streams:  # and not the values: those of a probe that is late come twice
        assert timestamps == kept[:40], "from the beginning on"


async def late(client: Client, seconds: float) -> list[float]:
    await asyncio.sleep(seconds)
    async with client.ws_connect(f"{PATH}?history=60") as socket:
        await socket.receive()
        return [(await socket.receive_json())["timestamp"] for _ in range(40)]


async def test_a_client_resumes_after_the_last_frame_it_has(connect: Connect) -> None:
    client = await connect(Scripted("cpu", *range(10_000)), interval=0.05)
    async with client.ws_connect(PATH) as socket:
        await socket.receive()
        last = await socket.receive_json()
    await asyncio.sleep(0.5)
    value = last["cpu"]["value"]
    assert await values_of(client, f"?since={last['timestamp']}", 20) == list(range(value + 1, value + 21))


async def test_a_frame_that_comes_between_the_handshake_and_the_first_step_is_not_lost(connect: Connect) -> None:
    client = await connect(Scripted("cpu", *range(10_000)), interval=10.0)
    assert client.app is not None
    hub, history = client.app[HUB], client.app[HISTORY]
    await until(lambda: history.latest)
    transport = FakeTransport()
    peer = Quiet(client.app[STREAM], cast(asyncio.Transport, transport), websocket_text)
    assert history.latest is not None
    peer.join(Asked(Selection(), since=history.latest.timestamp))
    for tick in (1, 2):  # before the task has had its first step
        frame = Frame(float(tick), {}, {}, tick, tick - 1)
        history.keep(frame, b"%d" % tick)
        hub.publish(frame, b"%d" % tick)
    await until(lambda: len(hub) == 1)
    frame = Frame(3.0, {}, {}, 3, 2)
    history.keep(frame, b"3")
    hub.publish(frame, b"3")
    assert [data[2:] for data in transport.received] == [b"1", b"2", b"3"]


async def test_a_back_fill_that_fails_ends_the_connection_and_is_told_of(
    connect: Connect, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: Any) -> Any:
        raise RuntimeError("selection")

    client = await connect()
    await asyncio.sleep(0.5)
    monkeypatch.setattr("monitor.web.peer._selected", broken)
    async with client.ws_connect(PATH + "?history=60") as socket:
        assert await socket.receive_json() == WELCOME
        assert (await socket.receive()).type in (aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR)
    assert "back-fill failed" in caplog.text


class Quiet(Peer):
    """A peer of no particular protocol."""

    is_pinged = False

    def ping(self, nonce: bytes) -> None:
        pass

    async def goodbye(self) -> None:
        pass


class FakeTransport(FakeClient):
    """As much of a transport as a peer needs."""

    def get_protocol(self) -> asyncio.Protocol:
        return asyncio.Protocol()

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        pass

    def set_write_buffer_limits(self, high: int, low: int) -> None:
        pass

    def get_extra_info(self, name: str) -> FakeSocket:
        return FakeSocket()


class FakeSocket:
    """The socket of a fake transport."""

    family = sockets.AF_UNIX

    def setsockopt(self, *option: int) -> None:
        pass


async def test_a_client_gets_its_pace_in_back_fill_and_live(connect: Connect) -> None:
    client = await connect(Scripted("cpu", *range(10_000)), interval=0.05)
    await asyncio.sleep(0.6)
    values = await values_of(client, "?interval=0.2&history=60", 8)
    assert client.app is not None
    paced = Selection(every=4)
    entries = [each for each in client.app[HISTORY].after(-1) if paced.wants(each.tick, each.before)]
    assert values == [json.loads(each.encoded)["cpu"]["value"] for each in entries[:8]]


async def test_a_client_gets_the_fields_it_asked_for_and_no_more(connect: Connect) -> None:
    client = await connect(Scripted("cpu", 1), Scripted("gpu", OSError("no")), Scripted("fan", 2))
    for query in ("?fields=fan,gpu.value", "?fields=fan,gpu.value&history=60"):
        async with client.ws_connect(PATH + query) as socket:
            await socket.receive()
            frame = await socket.receive_json()
            assert list(frame) == ["timestamp", "gpu", "fan", "stale"]
            assert (frame["fan"], list(frame["stale"])) == ({"value": 2}, ["gpu"])


async def test_a_client_that_leaves_while_it_catches_up_is_forgotten(connect: Connect) -> None:
    client = await connect(Big("big"), interval=0.05)
    await asyncio.sleep(3)
    raw = await RawClient.open(client, "?history=60")
    transport: Any = raw.writer.transport
    transport.pause_reading()
    await asyncio.sleep(0.3)
    assert client.app is not None
    assert (len(client.app[HUB]), len(client.app[STREAM].peers)) == (0, 1), "still catching up"
    transport.abort()
    await until(lambda: not client.app[STREAM].peers)
    assert len(client.app[HUB]) == 0


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("interval=0.15", "interval is '0.15'; it must be a whole multiple of the server's interval, 0.1 s."),
        ("interval=", "interval is ''; it must be a number of seconds above 0."),
        (
            "fields=cpu.percent",
            "fields is 'cpu.percent'; it must be sections or fields, with commas, of: cpu, cpu.value.",
        ),
        ("history=-1", "history is '-1'; it must be a number of seconds above 0."),
        ("since=yesterday", "since is 'yesterday'; it must be a Unix time in seconds."),
        ("history=1&since=1", "since is '1'; it must be left out where history is given: each says where to begin."),
        ("intervall=5", "intervall is '5'; it must be left out: did you mean interval?"),
        ("colour=red", "colour is 'red'; it must be one of interval, fields, history, since."),
        ("interval=1&interval=2", "interval is '1'; it must be given once."),
    ],
)
async def test_a_query_that_makes_no_sense_is_refused_before_the_upgrade(
    connect: Connect, query: str, message: str
) -> None:
    client = await connect()
    upgrade = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13"}
    answer = await client.get(f"{PATH}?{query}", headers={**upgrade, "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="})
    assert answer.status == 400
    error = (await answer.json())["error"]
    assert error["code"] == "bad_query"
    assert error["message"].rstrip(".") == message.rstrip(".")


async def test_a_request_that_is_no_handshake_is_refused_as_json(connect: Connect) -> None:
    client = await connect()
    upgrade = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13"}
    answer = await client.get(PATH, headers=upgrade)
    assert answer.status == 400
    assert answer.content_type == "application/json"


@pytest.mark.parametrize("count", [1, 3])
async def test_the_client_of_this_file_prints_a_line_a_frame(
    connect: Connect, count: int, capsys: pytest.CaptureFixture[str]
) -> None:
    client = await connect()
    assert await follow(str(client.make_url(PATH).with_scheme("ws")), count) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "connected: Streaming des métriques démarré"
    assert len(lines) == 1 + count
    assert all(re.match(r"\d+\.\d{3}  ", text) for text in lines[1:])


async def test_the_client_says_why_it_was_refused(connect: Connect, capsys: pytest.CaptureFixture[str]) -> None:
    client = await connect()
    assert await follow(str(client.make_url("/api/probes").with_scheme("ws")), 1) == 1
    assert "refused the connection: 200" in capsys.readouterr().err


async def test_the_client_ends_when_the_server_goes_where_it_is_told_to(
    connect: Connect, capsys: pytest.CaptureFixture[str]
) -> None:
    client = await connect()
    following = asyncio.create_task(follow(str(client.make_url(PATH).with_scheme("ws")), None, once=True))
    await until(lambda: clients_of(client) == 1)
    await client.server.close()
    assert await following == 1
    assert "The server closed the connection." in capsys.readouterr().err


class Breaking:
    """A server of the stream whose connections break; each plays the next step of its script, the last one for ever.

    A step is the timestamps of the frames it sends before it closes, or the status with which it refuses.
    """

    def __init__(self, *script: list[float] | int) -> None:
        self._script = list(script)
        self.queries: list[str] = []

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.queries.append(request.query_string)
        step = self._script.pop(0) if len(self._script) > 1 else self._script[0]
        if isinstance(step, int):
            return web.Response(status=step)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json(WELCOME)
        for timestamp in step:
            await socket.send_json({"timestamp": timestamp})
        return socket


@pytest.fixture
async def breaking(
    aiohttp_client: Any, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Awaitable[tuple[str, Breaking]]]:
    """Start such a server; gives the address, and what it was asked. Nobody waits for a retry."""
    monkeypatch.setattr(random, "random", lambda: 0.001)

    async def start(*script: list[float] | int) -> tuple[str, Breaking]:
        server = Breaking(*script)
        app = web.Application()
        app.router.add_get("/", server.answer)
        client = await aiohttp_client(TestServer(app, host="127.0.0.1"))
        return str(client.make_url("/").with_scheme("ws")), server

    return start


async def test_the_client_comes_back_after_the_last_frame_it_has_and_prints_none_twice(
    breaking: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    url, server = await breaking([1.5, 2.5], 503, [], [2.5, 3.25, 1.0], [4.0])
    assert await follow(url + "?interval=5&history=60&fields=cpu,memory", 5) == 0
    printed = capsys.readouterr()
    assert [text.strip() for text in printed.out.splitlines()] == [
        "connected: Streaming des métriques démarré", "1.500", "2.500", "3.250", "1.000", "4.000",
    ]  # fmt: skip
    rest = "interval=5&fields=cpu,memory&since="
    assert server.queries == [
        "interval=5&history=60&fields=cpu,memory", rest + "2.5", rest + "2.5", rest + "2.5", rest + "1.0",
    ]  # fmt: skip
    assert re.match(r"The server closed the connection. Trying again in \d+\.\d s.\n", printed.err)
    assert "refused the connection: 503" in printed.err


async def test_the_client_ends_when_its_return_is_refused_for_good(
    breaking: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    url, server = await breaking([1.5], 400)
    assert await follow(url, None) == 1
    assert len(server.queries) == 2
    assert capsys.readouterr().err.endswith("refused the connection: 400 Invalid response status\n")


async def test_the_client_keeps_trying_while_connections_bring_nothing(
    breaking: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    url, server = await breaking([1.5], [])
    following = asyncio.create_task(follow(url, None))
    await until(lambda: len(server.queries) > 3)
    following.cancel()
    with pytest.raises(asyncio.CancelledError):
        await following
    assert {*server.queries[1:]} == {"since=1.5"}


def test_retries_are_spread_over_the_whole_of_a_bound_that_doubles() -> None:
    for attempt, bound in ((0, 5), (1, 10), (2, 20), (3, 30), (4, 30), (100_000, 30)):
        delays = [retry_delay(attempt) for _ in range(2000)]
        assert 0 <= min(delays) < bound / 20
        assert bound * 19 / 20 < max(delays) <= bound
        quarters = [sum(bound * each / 4 <= delay < bound * (each + 1) / 4 for delay in delays) for each in range(4)]
        assert min(quarters) > 300, "none of them much rarer than another"


def test_the_client_says_when_nothing_listens(capsys: pytest.CaptureFixture[str]) -> None:
    with sockets.socket() as taken:  # bound and not listening: nobody else can listen there meanwhile
        taken.bind(("127.0.0.1", 0))
        assert main(["--url", f"ws://127.0.0.1:{taken.getsockname()[1]}{PATH}"]) == 1
    assert "Nothing listens at ws://127.0.0.1" in capsys.readouterr().err
    assert main(["--url", "http://"]) == 2


def test_a_line_leaves_out_what_a_server_does_not_have() -> None:
    frame = {"timestamp": 1.0, "cpu": {"percent_total": None, "count": 2}, "stale": {"cpu": 3.0}}
    assert line(frame) == "1.000  CPU ? % of 2 cores | stale: cpu for 3.0 s"
