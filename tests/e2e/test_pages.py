"""The pages in a real Chromium: their numbers live, quiet in the console, back after a restart."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from tests.e2e.server import Server
from tests.e2e.test_third_party import PLUGIN

LIVE = re.compile(r"^Live$")


@asynccontextmanager
async def opened(chromium: Browser, url: str, **options: Any) -> AsyncIterator[tuple[Page, list[str]]]:
    """Open an address; give the page, and what it complained about."""
    context = await chromium.new_context(**options)
    page = await context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: complaints.append(request.url) if not request.url.startswith(url) else None)
    yield page, complaints
    await context.close()


@pytest.mark.parametrize("path", ["/", "/demo"])
async def test_numbers_appear_and_change_and_nothing_is_complained_about(
    server: Server, chromium: Browser, path: str
) -> None:
    async with opened(chromium, server.url) as (page, complaints):
        await page.goto(server.url + path)
        await expect(page.locator("#state")).to_have_text(LIVE)
        cpu = page.locator('[data-value="cpu.percent_total"]')
        await expect(cpu).to_have_text(re.compile(r"^\d+\.\d$"))
        uptime = page.locator("[data-since]").first
        await expect(uptime).not_to_have_text("\N{EN DASH}")
        seen: set[str] = set()
        async with asyncio.timeout(30):  # on a busy machine numbers may stand still for a while
            while len(seen) < 3:
                seen.add(await page.locator("main").inner_text())
                await page.wait_for_timeout(200)
        assert complaints == []


async def test_the_demo_shows_every_documented_number_and_the_machine(server: Server, chromium: Browser) -> None:
    async with opened(chromium, server.url) as (page, _):
        await page.goto(server.url + "/demo")
        await expect(page.locator("#state")).to_have_text(LIVE)
        frame = server.frame()
        await expect(page.locator("#cores > div")).to_have_count(frame["cpu"]["count"])
        for element in await page.locator("[data-value]").all():
            section, field = str(await element.get_attribute("data-value")).split(".")
            if frame[section][field] is not None:
                assert re.match(r"^[\d,.]+$", await element.inner_text()), f"{section}.{field}"
        shown = {await element.get_attribute("data-value") for element in await page.locator("[data-value]").all()}
        documented = {f"{name}.{field}" for name in frame if name != "timestamp" for field in frame[name]}
        assert shown == documented - {"cpu.percent_per_core"}
        bar = page.locator('[data-bar="memory.percent"]')
        assert abs(float(await bar.evaluate("bar => bar.value")) - frame["memory"]["percent"]) < 5
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


async def test_retries_of_many_pages_are_spread_and_the_bound_doubles(server: Server, chromium: Browser) -> None:
    async with opened(chromium, server.url) as (page, _):
        await page.goto(server.url + "/healthz")
        bounds = await page.evaluate(
            """async () => {
                const { follow } = await import("/static/stream.js");
                Math.random = () => 1;
                window.setTimeout = (call) => (queueMicrotask(call), 1);
                window.WebSocket = class { constructor() { queueMicrotask(() => this.onclose?.()); } close() {} };
                const bounds = [];
                await new Promise((done) => follow("ws://nowhere", 1, () => {}, (state, seconds) => {
                    if (state === "waiting" && bounds.push(seconds) === 6) { window.setTimeout = () => 0; done(); }
                }));
                return bounds;
            }"""
        )
        assert bounds[0] == 5
        assert bounds == sorted(bounds)
        assert bounds[-1] == 30


async def test_a_page_waits_for_frames_that_are_far_apart(chromium: Browser) -> None:
    with Server("--interval", "12") as server:
        async with opened(chromium, server.url) as (page, _):
            sockets: list[str] = []
            page.on("websocket", lambda socket: sockets.append(socket.url))
            await page.goto(server.url + "/demo")
            await expect(page.locator("#state")).to_have_text(LIVE, timeout=20_000)
            assert len(sockets) == 1


async def test_a_stale_probe_and_a_third_partys_probe_are_shown_and_names_stay_text(
    chromium: Browser, tmp_path: Path
) -> None:
    mood = tmp_path / "mood"
    mood.write_text("calm")
    package = tmp_path / "package"
    package.mkdir()
    (package / "monitor_tide.py").write_text((PLUGIN / "monitor_tide.py").read_text())
    metadata = package / "monitor_tide-1.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: monitor-tide\nVersion: 1\n")
    (metadata / "entry_points.txt").write_text("[monitor]\ntide = monitor_tide\n")
    environment = {"PYTHONPATH": str(package), "TIDE_MOOD": str(mood)}
    with Server(environment=environment) as server:
        async with opened(chromium, server.url) as (page, complaints):
            await page.goto(server.url + "/demo")
            card = page.locator('[data-section="tide"]')
            await expect(card).to_be_visible()
            await expect(card.get_by_text("gauges <b>Brest</b>")).to_be_visible()
            await expect(card.locator(".badge")).to_have_count(0)
            mood.write_text("raise")
            await expect(card.locator(".badge")).to_have_text(re.compile(r"^\d+ s old$"))
            await expect(page.locator('[data-section="cpu"] .badge')).to_have_count(0)
            assert complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 768, 1920])
async def test_no_page_is_wider_than_the_screen(server: Server, chromium: Browser, scheme: str, width: int) -> None:
    size = {"width": width, "height": 800}
    async with opened(chromium, server.url, viewport=size, color_scheme=scheme) as (page, _):
        for path in ("/", "/demo", "/nothing"):
            await page.goto(server.url + path)
            assert await page.evaluate("document.documentElement.scrollWidth") <= width
