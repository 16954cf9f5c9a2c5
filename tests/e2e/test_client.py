"""The client module in a real Chromium: whole and in order over breaks, and through what stands in the way."""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page

from monitor.auth.tokens import new_token
from tests.e2e.command import run
from tests.e2e.conftest import FRONTEND
from tests.e2e.proxy import Gate, Proxy
from tests.e2e.server import Server, wait_for
from tests.e2e.test_snippets import serve

INTERVAL = 0.1
PATIENCE = 60.0
#: Frames that a page takes at once.
BACK_FILL = 300

#: Follows the stream in a page; what came of it is in `seen`. Retries come soon, and so does the look for a better way.
FOLLOW = """async (options) => {
    const { follow } = await import(options.module ?? "/static/client.js");
    Math.random = () => 0.1;
    const timer = window.setTimeout;
    window.setTimeout = (call, ms) => timer(call, ms === 180_000 ? 1000 : ms);
    window.seen = { stamps: [], states: [], newest: null };
    window.subscription = follow({
        ...options,
        onFrame: (frame) => { seen.stamps.push(frame.timestamp); seen.newest = frame; },
        onState: (state) => seen.states.push(state),
    });
}"""


class Follower:
    """A page that follows the stream with the client."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    async def follow(self, **options: Any) -> None:
        await self.page.evaluate(FOLLOW, options)

    async def stamps(self) -> list[float]:
        found: list[float] = await self.page.evaluate("seen.stamps")
        return found

    async def states(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = await self.page.evaluate("seen.states")
        return found

    async def more(self, count: int) -> None:
        """Wait for so many further frames."""
        have = len(await self.stamps())
        await self.until(lambda stamps, _: len(stamps) >= have + count)

    async def until(self, condition: Callable[[list[float], list[dict[str, Any]]], bool]) -> None:
        """Wait until this is true of the timestamps and the states."""
        try:
            async with asyncio.timeout(PATIENCE):
                while not condition(await self.stamps(), await self.states()):
                    await asyncio.sleep(0.05)
        except TimeoutError:
            pytest.fail(f"{len(await self.stamps())} frames; {await self.states()}; {self.errors}")

    async def until_live(self, transport: str, problem: str | None) -> None:
        def is_so(_: list[float], states: list[dict[str, Any]]) -> bool:
            newest = states[-1]
            return (newest["name"], newest["transport"], newest["problem"]) == ("live", transport, problem)

        await self.until(is_so)


@asynccontextmanager
async def follower(chromium: Browser, url: str) -> AsyncIterator[Follower]:
    """Open a page of this origin that has nothing on it."""
    page = await chromium.new_page()
    await page.goto(url + "/healthz")
    made = Follower(page)
    yield made
    assert made.errors == []
    await page.close()


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A server that has run for long enough to have a past."""
    with Server("--interval", str(INTERVAL)) as server:
        wait_for(lambda: len(ring(server)) > BACK_FILL, PATIENCE)
        yield server


def ring(server: Server) -> list[float]:
    """Return the timestamps of the frames that the server has."""
    found: list[float] = server.get("/api/history?fields=cpu.count").get("timestamp", [])
    return found


def check_whole(stamps: list[float], published: list[float]) -> None:
    first = published.index(stamps[0])
    assert stamps == published[first : first + len(stamps)], "every frame, each once, in order"


async def test_several_hundred_frames_of_back_fill_come_at_once_and_the_live_ones_after_them(
    server: Server, chromium: Browser
) -> None:
    async with follower(chromium, server.url) as page:
        await page.follow(history=3600)
        await page.until(lambda stamps, _: len(stamps) > BACK_FILL + 5)
        check_whole(await page.stamps(), ring(server))


async def test_nothing_is_lost_or_comes_twice_when_the_connection_is_cut(server: Server, chromium: Browser) -> None:
    async with Proxy(server.port) as proxy, follower(chromium, proxy.url) as page:
        await page.follow()
        await page.more(3)
        await proxy.cut()
        await asyncio.sleep(1)
        await proxy.mend()
        await page.more(20)
        check_whole(await page.stamps(), ring(server))
        assert "waiting" in {state["name"] for state in await page.states()}
        await page.until_live("websocket", None)


@pytest.mark.parametrize("transport", ["websocket", "events", "polling"])
async def test_after_a_restart_comes_all_that_the_new_server_has(chromium: Browser, transport: str) -> None:
    with Server("--interval", str(INTERVAL)) as first:
        first.frame()
        async with follower(chromium, first.url) as page:
            await page.follow(transports=[transport])
            await page.more(5)
            first.stop(signal.SIGKILL)
            before = await page.stamps()
            with Server("--interval", str(INTERVAL), port=first.port) as second:
                await page.more(10)
                after = (await page.stamps())[len(before) :]
                published = ring(second)
                assert after == published[: len(after)]


async def test_where_upgrades_are_refused_events_come_instead_and_websockets_again_when_they_open(
    server: Server, chromium: Browser
) -> None:
    gate = Gate()
    async with Proxy(server.port, gate) as proxy, follower(chromium, proxy.url) as page:
        await page.follow(history=1)
        await page.until_live("events", "websocket-blocked")
        await page.more(20)
        gate.blocks = False
        await page.until_live("websocket", None)
        await page.more(20)
        check_whole(await page.stamps(), ring(server))


async def test_where_events_are_kept_back_too_it_polls_and_loses_nothing(server: Server, chromium: Browser) -> None:
    gate = Gate()
    async with Proxy(server.port, gate, holds=True) as proxy, follower(chromium, proxy.url) as page:
        await page.follow(history=5)
        await page.until_live("polling", "events-blocked")
        await page.more(30)
        proxy.holds = gate.blocks = False
        await page.until_live("websocket", None)
        await page.more(10)
        check_whole(await page.stamps(), ring(server))


async def test_interval_and_fields_change_without_a_hole(server: Server, chromium: Browser) -> None:
    async with follower(chromium, server.url) as page:
        await page.follow(fields=["cpu.count"])
        await page.more(3)
        assert set(await page.page.evaluate("seen.newest")) == {"timestamp", "cpu"}
        await page.page.evaluate("subscription.update({ fields: ['memory', 'cpu.count'] })")
        await page.more(3)
        assert list((await page.page.evaluate("seen.newest"))["cpu"]) == ["count"]
        assert "memory" in await page.page.evaluate("seen.newest")
        check_whole(await page.stamps(), ring(server))
        await page.page.evaluate("seen.stamps.length = 0; subscription.update({ interval: 0.5 })")
        await page.more(4)
        paced: list[float] = server.get("/api/history?fields=cpu.count&step=0.5")["timestamp"]
        check_whole(await page.stamps(), paced)
        await page.page.evaluate("subscription.update({ interval: 0.55 })")
        await page.until(lambda _, states: states[-1]["problem"] == "bad-query")
        assert "whole multiple" in (await page.states())[-1]["message"]
        await page.page.evaluate("subscription.update({ interval: undefined })")
        await page.more(3)


async def test_a_page_of_another_origin_follows_with_a_token_by_every_transport(
    chromium: Browser, tmp_path: Path
) -> None:
    site = tmp_path / "site"
    site.mkdir()
    (site / "index.html").write_text("<!doctype html><title>Elsewhere</title>", encoding="utf-8")
    token, table = new_token("page", ["read"])
    file = tmp_path / "monitor.toml"
    file.write_text(table, encoding="utf-8")
    with serve(site) as origin, Server("--config", str(file), "--cors-origin", origin) as server:
        module = f"{server.url}/static/client.js"
        for transport in ("websocket", "events", "polling"):
            page = Follower(await chromium.new_page())
            await page.page.goto(origin)
            await page.follow(module=module, token=token, transports=[transport])
            await page.more(3)
            await page.until_live(transport, None)
            await page.page.evaluate("subscription.close()")
            await page.follow(module=module, token="wrong", transports=[transport])  # noqa: S106 - of nobody
            await page.until(lambda _, states: states[-1]["name"] == "closed")
            assert (await page.states())[-1]["problem"] == "unauthenticated"
            assert page.errors == []


async def test_a_page_that_was_left_ends_its_stream_and_goes_on_when_it_comes_back(
    server: Server, chromium: Browser
) -> None:
    async with follower(chromium, server.url) as page:
        await page.follow()
        await page.more(3)
        await page.page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))")
        left = await page.stamps()
        await asyncio.sleep(5 * INTERVAL)
        assert await page.stamps() == left
        await page.page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
        await page.more(10)
        check_whole(await page.stamps(), ring(server))


def test_the_unit_tests_pass_in_node() -> None:
    run("node", "--test", "unit/client.test.js", cwd=FRONTEND, seconds=PATIENCE)
