"""The pages in a real Chromium: their numbers live, quiet in the console, back after a restart."""

import asyncio
import json
import re

import pytest
from playwright.async_api import Browser, WebSocketRoute, expect

from tests.e2e.browser import LIVE, opened
from tests.e2e.server import Server


@pytest.mark.parametrize(
    ("path", "place"),
    [("/", '[data-value="cpu.percent_total"]'), ("/demo", '[data-path="cpu.percent_total"] .number')],
    ids=["home", "dashboard"],
)
async def test_numbers_appear_and_change_and_nothing_is_complained_about(
    server: Server, chromium: Browser, path: str, place: str
) -> None:
    async with opened(chromium, server.url) as (page, complaints):
        await page.goto(server.url + path)
        await expect(page.locator("#state")).to_have_text(LIVE)
        await expect(page.locator(place)).to_have_text(re.compile(r"^\d+\.\d$"))
        uptime = page.locator("[data-since]").first
        await expect(uptime).not_to_have_text("\N{EN DASH}")
        seen: set[str] = set()
        async with asyncio.timeout(30):  # on a busy machine numbers may stand still for a while
            while len(seen) < 3:
                seen.add(await page.locator("main").inner_text())
                await page.wait_for_timeout(200)
        assert complaints == []


async def test_the_dashboard_shows_every_documented_number_and_the_machine(server: Server, chromium: Browser) -> None:
    async with opened(chromium, server.url) as (page, _):
        await page.goto(server.url + "/demo")
        await expect(page.locator("#state")).to_have_text(LIVE)
        frame = server.frame()
        await expect(page.locator('[data-path="cpu.percent_per_core"] .cell')).to_have_count(
            len(frame["cpu"]["percent_per_core"]) + 2  # and two of the legend
        )
        for name in frame.keys() - {"timestamp", "stale"}:
            for field, value in frame[name].items():
                shown = page.locator(f'.panel[data-probe="{name}"] [data-path="{name}.{field}"]').first
                await expect(shown).to_contain_text("\N{EN DASH}" if value is None else re.compile(r"\d"))
        bar = page.locator('[data-path="memory.percent"] [role="meter"]')
        assert abs(float(str(await bar.get_attribute("aria-valuenow"))) - frame["memory"]["percent"]) < 5
        await expect(page.get_by_text("Kernel")).to_be_visible()


async def test_the_page_says_that_it_lost_the_server_and_comes_back_by_itself(chromium: Browser) -> None:
    with Server() as first:
        async with opened(chromium, first.url) as (page, _):
            # Chance spreads the retries of many pages; this one need not wait.
            await page.add_init_script("Math.random = () => 0.2")
            await page.goto(first.url + "/demo")
            await expect(page.locator("#state")).to_have_text(LIVE)
            first.stop()
            await expect(page.locator("#state")).to_have_text(re.compile("Disconnected, trying again in"))
            with Server(port=first.port):
                await expect(page.locator("#state")).to_have_text(LIVE, timeout=30_000)
                clock = page.locator("#clock")
                before = await clock.inner_text()
                await expect(clock).not_to_have_text(before)


@pytest.mark.parametrize("path", ["/", "/demo"])
async def test_the_uptime_is_by_the_clock_of_the_server(server: Server, chromium: Browser, path: str) -> None:
    async with opened(chromium, server.url) as (page, _):
        newest = server.frame()
        uptime = page.locator("[data-since]")

        async def stream(socket: WebSocketRoute) -> None:
            since = float(str(await uptime.get_attribute("data-since")))
            socket.send(json.dumps(newest | {"timestamp": since + 400 * 86_400 + 7_200}))

        await page.route_web_socket(re.compile("/api/ws/"), stream)
        await page.goto(server.url + path)
        await expect(uptime).to_have_text("400 d 2 h")


async def test_the_home_page_bears_a_clock_that_goes_back(server: Server, chromium: Browser) -> None:
    async with opened(chromium, server.url) as (page, complaints):
        newest = server.frame()

        def frame(seconds: int, received: float) -> str:
            network = newest["network"] | {"bytes_recv_mb": received}
            return json.dumps(newest | {"timestamp": newest["timestamp"] + seconds, "network": network})

        async def stream(socket: WebSocketRoute) -> None:
            # Ten frames, then an hour earlier: twenty more, of 3 MB a second.
            for second in range(10):
                socket.send(frame(second, 1e6 + second))
            for second in range(20):
                socket.send(frame(second - 3600, 2e6 + 3 * second))

        await page.route_web_socket(re.compile("/api/ws/"), stream)
        await page.goto(server.url + "/")
        await expect(page.locator('[data-rate="network.bytes_recv_mb"] b')).to_have_text("3.00")
        line = await page.locator('[data-spark="network.bytes_recv_mb"] .line').get_attribute("d")
        places = [float(x) for x in re.findall(r"[ML]([\d.-]+) ", str(line))]
        assert places
        assert 50 < min(places) <= max(places) <= 100
        assert complaints == []


async def test_a_page_waits_for_frames_that_are_far_apart(chromium: Browser) -> None:
    with Server("--interval", "12") as server:
        async with opened(chromium, server.url) as (page, _):
            sockets: list[str] = []
            page.on("websocket", lambda socket: sockets.append(socket.url))
            await page.goto(server.url + "/demo")
            await expect(page.locator("#state")).to_have_text(LIVE, timeout=20_000)
            assert len(sockets) == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 768, 1920])
async def test_no_page_is_wider_than_the_screen(server: Server, chromium: Browser, scheme: str, width: int) -> None:
    size = {"width": width, "height": 800}
    async with opened(chromium, server.url, viewport=size, color_scheme=scheme) as (page, _):
        for path in ("/", "/demo", "/nothing"):
            await page.goto(server.url + path)
            assert await page.evaluate("document.documentElement.scrollWidth") <= width
