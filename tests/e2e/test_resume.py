"""After a break the page and the client of tests/test_websocket.py come back: spread, and with the frames between."""

import asyncio
import json
import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from playwright.async_api import Browser, Page, WebSocket, expect

from tests.e2e.proxy import Proxy
from tests.e2e.server import Server

CLIENT = Path(__file__).resolve().parents[1] / "test_websocket.py"
LIVE = re.compile(r"^Live$")
#: Seconds for everyone to come back: the bounds of the first retries are 5, 10 and 20, and test machines are shared.
PATIENCE = 90.0
#: Long enough that a second without a connection is several frames, and nothing is asserted about time.
INTERVAL = 0.25


class Program:
    """The documented client as a process of its own."""

    def __init__(self, url: str, folder: Path, number: int) -> None:
        self._said = folder / f"{number}.out"
        self._complained = folder / f"{number}.err"
        with self._said.open("w") as out, self._complained.open("w") as err:
            self.process = subprocess.Popen([sys.executable, str(CLIENT), "--url", url], stdout=out, stderr=err)

    @property
    def timestamps(self) -> list[float]:
        """Of the frames it has printed."""
        lines = self._said.read_text(encoding="utf-8").split("\n")[:-1]
        return [float(line.split("  ")[0]) for line in lines if not line.startswith("connected:")]

    @property
    def delays(self) -> list[float]:
        """The seconds it has said it would wait."""
        return [float(each) for each in re.findall(r"Trying again in ([\d.]+) s", self._complained.read_text())]


class Opened:
    """A page in Chromium: the frames that came to it, and where it asked for them."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.urls: list[str] = []
        self.timestamps: list[float] = []
        page.on("websocket", self._listen)

    def _listen(self, socket: WebSocket) -> None:
        self.urls.append(socket.url)
        socket.on("framereceived", self._receive)

    def _receive(self, payload: str | bytes) -> None:
        message = json.loads(payload)
        if "type" not in message:
            self.timestamps.append(message["timestamp"])


Reader = Program | Opened


@contextmanager
def programs(url: str, count: int, folder: Path) -> Iterator[list[Program]]:
    """Run so many clients; ends them all."""
    running: list[Program] = []
    try:
        running.extend(Program(url, folder, number) for number in range(count))
        yield running
    finally:
        for each in running:
            each.process.kill()
        for each in running:
            each.process.wait(10)


@asynccontextmanager
async def pages(chromium: Browser, url: str, count: int) -> AsyncIterator[list[Opened]]:
    """Open the live page so many times."""
    context = await chromium.new_context()
    opened = []
    for _ in range(count):
        opened.append(Opened(await context.new_page()))
        await opened[-1].page.goto(url + "/demo")
        await expect(opened[-1].page.locator("#state")).to_have_text(LIVE)
    yield opened
    await context.close()


async def all_have(readers: Sequence[Reader], frames: int, after: float = 0.0) -> None:
    """Wait until each of them has so many frames that are newer than `after`."""
    async with asyncio.timeout(PATIENCE):
        while any(sum(stamp > after for stamp in each.timestamps) < frames for each in readers):
            await asyncio.sleep(0.1)


def ring(server: Server) -> list[float]:
    """Return the timestamps of the frames that the server has."""
    timestamps: list[float] = server.get("/api/history?fields=cpu.count")["timestamp"]
    return timestamps


def since(url: str) -> float | None:
    """Return what an address asks to resume after; None where it does not."""
    asked = parse_qs(urlsplit(url).query).get("since")
    return None if asked is None else float(asked[0])


async def test_no_frame_is_missing_and_none_comes_twice_when_every_connection_breaks_for_two_seconds(
    chromium: Browser, tmp_path: Path
) -> None:
    with Server("--interval", str(INTERVAL)) as server:
        async with Proxy(server.port) as proxy, pages(chromium, proxy.url, 2) as opened:
            with programs(proxy.stream_url, 4, tmp_path) as clients:
                readers: list[Reader] = [*opened, *clients]
                for _ in range(2):
                    await all_have(readers, 3, after=max([0.0, *(max(each.timestamps, default=0) for each in readers)]))
                    await proxy.cut()
                    had = ring(server)[-1]
                    await asyncio.sleep(2)
                    await proxy.mend()
                    await all_have(readers, int(2 / INTERVAL) + 3, after=had)
                published = ring(server)
                for each in readers:
                    stamps = each.timestamps
                    first = published.index(stamps[0])
                    assert stamps == published[first : first + len(stamps)], "every frame, each once, in order"
                returns = [since(target) for target in proxy.requests if "since=" in target]
                assert len(returns) == 2 * len(readers)
                assert set(returns) <= {*published}, "each asked for what comes after a frame"
                for page in opened:
                    await expect(page.page.locator("#state")).to_have_text(LIVE)


async def test_after_kill_9_and_a_restart_all_come_back_spread_and_with_every_frame_the_server_has(
    chromium: Browser, tmp_path: Path
) -> None:
    with Server("--interval", str(INTERVAL)) as first:
        async with pages(chromium, first.url, 3) as opened:
            with programs(first.stream_url, 20, tmp_path) as clients:
                readers: list[Reader] = [*opened, *clients]
                await all_have(readers, 3)
                first.stop(signal.SIGKILL)
                with Server("--interval", str(INTERVAL), "--log-level", "debug", port=first.port) as second:
                    began = second.frame() and ring(second)[0]
                    await all_have(readers, 4, after=began)
                    published = ring(second)
                    before = sorted({stamp for each in readers for stamp in each.timestamps if stamp < began})
                    for each in readers:
                        old = [stamp for stamp in each.timestamps if stamp < began]
                        assert old == before[-len(old) :], "all that the first server published until it was killed"
                        new = each.timestamps[len(old) :]
                        assert new == published[: len(new)], "all that the second one has published, each once"
                        assert len(new) >= 5
                    second.stop()
                    asked = re.findall(r" GET /api/ws/metrics 101 ", second.log)
                assert len(asked) == len(readers)
                assert all(since(each.urls[-1]) == before[-1] for each in opened)
                first_delays = [client.delays[0] for client in clients]
                assert max(first_delays) <= 5
                assert max(first_delays) - min(first_delays) > 1.5, "20 at random within 5 s"


FAKE = """() => {
    window.sockets = [];
    window.WebSocket = class {
        constructor(url) { this.url = url; sockets.push(this); }
        close() {}
        say(...messages) { for (const message of messages) this.onmessage({ data: JSON.stringify(message) }); }
    };
}"""


async def test_a_burst_is_drawn_once_and_a_rate_is_right_over_a_break(server: Server, chromium: Browser) -> None:
    page = await chromium.new_page()
    await page.add_init_script(f"({FAKE})()")
    await page.goto(server.url + "/demo")
    await page.wait_for_function("window.sockets.length === 1")
    rate = page.locator('.headliner[data-path="network.bytes_recv_mb"] .big')
    await expect(rate).to_be_attached()
    clock = page.locator("#clock")
    await page.evaluate(
        """() => {
            window.drawn = 0;
            new MutationObserver((all) => (drawn += all.length)).observe(
                document.getElementById("clock"), { childList: true, characterData: true, subtree: true },
            );
            window.frame = (timestamp, received) => ({ timestamp, network: { bytes_recv_mb: received } });
            Math.random = () => 0;
        }"""
    )
    before = await clock.inner_text()
    burst = "Array.from({ length: 900 }, (_, n) => frame(1_000_000 + n, 3 * n))"
    await page.evaluate(f"sockets[0].say({{ type: 'connection' }}, ...{burst})")
    await expect(clock).not_to_have_text(before)
    await expect(rate).to_have_text("3.00 MB/s")
    assert await page.evaluate("drawn") == 1
    # The server was away for 100 s, and has none of the frames between: the counter went on.
    await page.evaluate("sockets[0].onclose()")
    await page.wait_for_function("window.sockets.length === 2")
    await page.evaluate("sockets[1].say({ type: 'connection' }, frame(1_000_999, 2697 + 50))")
    await expect(rate).to_have_text("512 KB/s")
    await page.evaluate("sockets[1].say(frame(1_001_000, 1))")  # the machine was restarted
    await expect(rate.locator(".number")).to_have_text("\N{EN DASH}")
    await page.close()
