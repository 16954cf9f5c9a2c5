"""The dashboard in a real Chromium: a view has an address, a moment its numbers, and downloads hold what is seen."""

import csv
import io
import json
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.async_api import Browser, Page, expect

from tests.e2e.browser import opened
from tests.e2e.dashboard import (
    DASH,
    INTERVAL,
    button,
    dashboard,
    eventually,
    filled,
    moment,
    moves,
    number,
    panel,
    past,
    saved,
)
from tests.e2e.server import Server


async def test_the_way_back_leaves_a_closer_look_at_once(server: Server, chromium: Browser) -> None:
    async with opened(chromium, server.url) as (page, _):
        await page.goto(f"{server.url}/demo")
        await filled(page)
        for key in "+++,,":
            await page.keyboard.press(key)
        await expect(page.locator("#unzoom")).to_have_attribute("aria-disabled", "false")
        closer = page.url
        assert "from=" in closer
        await page.go_back()
        await expect(page.locator("#pause")).to_have_attribute("aria-pressed", "false")
        assert page.url == f"{server.url}/demo"
        await page.go_forward()
        await expect(page.locator("#pause")).to_have_attribute("aria-pressed", "true")
        assert page.url == closer


async def test_a_closer_look_ends_with_a_few_frames(server: Server, chromium: Browser) -> None:
    async with opened(chromium, server.url) as (page, _):
        await page.goto(f"{server.url}/demo")
        await filled(page)
        pace = await page.evaluate("Number(document.body.dataset.interval)")
        closer = page.locator("#closer")
        for _ in range(15):
            await page.keyboard.press("+")
        await expect(closer).to_have_attribute("aria-disabled", "true")
        shown = parse_qs(urlsplit(page.url).query)
        assert 3 * pace <= float(shown["to"][0]) - float(shown["from"][0]) <= 6 * pace


async def test_paused_and_stepped_back_the_numbers_are_those_of_that_moment(chromium: Browser) -> None:
    with Server("--interval", str(INTERVAL)) as server:
        await eventually(lambda: len(past(server)) > 13 / INTERVAL)
        async with dashboard(chromium, server.url, "?window=60") as page:
            await page.wait_for_function(  # the past has come
                "then => Date.parse(document.getElementById('clock').dateTime) / 1000 > then", arg=max(past(server))
            )
            await page.keyboard.press(" ")
            shown = [await check_moment(page, server)]
            for _ in range(2):
                await page.keyboard.press(",")
                await page.wait_for_function(
                    "then => Date.parse(document.getElementById('clock').dateTime) / 1000 < then - 3", arg=shown[-1]
                )
                shown.append(await check_moment(page, server))
            paused = page.url
            await eventually(lambda: max(past(server)) > shown[0] + 2)
            assert await check_moment(page, server) == shown[-1], "it stands still"
            await page.keyboard.press(".")
            await page.wait_for_function(
                "then => Date.parse(document.getElementById('clock').dateTime) / 1000 > then + 3", arg=shown[-1]
            )
            await check_moment(page, server)
            await page.keyboard.press("l")
            await page.wait_for_function(
                "then => Date.parse(document.getElementById('clock').dateTime) / 1000 > then", arg=shown[0]
            )
            await page.goto(paused)
            await filled(page)
            assert await check_moment(page, server) == shown[-1], "its address shows the same"


async def check_moment(page: Page, server: Server) -> float:
    """Check that the number of memory is that of the time that is shown, which is that of a frame; return this."""
    await page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    at = await moment(page)
    (value,) = [value for time, value in past(server).items() if abs(time - at) < 0.002]
    assert float(await number(page, "memory.percent").inner_text()) == pytest.approx(value, abs=0.051)
    return at


async def test_of_a_moment_before_all_that_is_known_there_are_no_numbers(server: Server, chromium: Browser) -> None:
    async with dashboard(chromium, server.url, "?at=1700000000") as page:
        await expect(number(page, "memory.percent")).to_have_text(DASH)
        await expect(panel(page, "memory").locator(".badge")).to_have_text("no data")
        assert await moment(page) == 1_700_000_000
        await page.keyboard.press("l")
        await expect(number(page, "memory.percent")).not_to_have_text(DASH)
        await expect(panel(page, "memory").locator(".badge")).to_be_hidden()


async def test_the_address_is_the_view_and_opens_it_again(server: Server, chromium: Browser) -> None:
    now = server.frame()["timestamp"]
    async with dashboard(chromium, server.url) as page:
        sockets: list[str] = []
        page.on("websocket", lambda socket: sockets.append(socket.url))

        async def open_view(query: str) -> None:
            for _ in range(2):
                await page.goto(f"{server.url}/demo{query}")
                await filled(page)
                assert urlsplit(page.url).query == query[1:]

        await open_view("?window=900")
        await expect(button(page, "15 min")).to_have_attribute("aria-pressed", "true")
        await open_view(f"?at={now:.3f}".rstrip("0"))
        await expect(page.locator("#pause")).to_have_attribute("aria-pressed", "true")
        await expect(page.locator("#live")).to_be_visible()
        await open_view("?from=1700000000&to=1700000030")
        await expect(page.locator("#unzoom")).to_have_attribute("aria-disabled", "false")
        await open_view("?interval=5")
        await expect(page.get_by_label("Every")).to_have_value("5")
        assert parse_qs(urlsplit(sockets[-1]).query)["interval"] == ["5"]
        await open_view("?interval=3")  # no choice of the page, and yet a possible one
        await expect(page.get_by_label("Every")).to_have_value("3")
        await open_view("?focus=disk")
        await expect(panel(page, "disk")).to_be_visible()
        await expect(panel(page, "cpu")).to_be_hidden()
        await open_view("?kiosk=1")
        await expect(page.locator(".toolbar")).to_be_hidden()
        await page.goto(f"{server.url}/demo?kiosk")
        await expect(page.locator(".toolbar")).to_be_hidden()


@pytest.mark.parametrize(
    "query",
    [
        "?window=7&at=now&from=30&to=10&interval=-1&kiosk=no&focus=%3Cb%3E",
        "?window=&at=&from=&to=&interval=&focus=",
        "?window=60e0&at=-1&from=1&interval=1e3&focus=../x",
        "?at=999999999999999999999&interval=Infinity",
    ],
)
async def test_what_makes_no_sense_in_an_address_is_left_out_of_it(
    server: Server, chromium: Browser, query: str
) -> None:
    async with dashboard(chromium, server.url, query) as page:
        assert page.url == f"{server.url}/demo"
        await expect(button(page, "5 min")).to_have_attribute("aria-pressed", "true")
        await moves(page)


async def test_an_interval_that_the_server_does_not_have_gives_way_to_its_own(
    server: Server, chromium: Browser
) -> None:
    async with opened(chromium, server.url) as (page, _):  # the server refuses, and the console tells
        await page.goto(f"{server.url}/demo?interval=0.7&window=60")
        await filled(page)
        assert page.url == f"{server.url}/demo?window=60"
        await expect(page.get_by_label("Every")).to_have_value("1")
        await moves(page)


async def test_downloads_hold_what_is_on_screen_and_nothing_else(chromium: Browser) -> None:
    with Server("--interval", str(INTERVAL)) as server:
        await eventually(lambda: len(past(server)) > 20)
        known = list(past(server))
        begin, end = known[5], known[15]
        async with dashboard(chromium, server.url, f"?from={begin:.3f}&to={end:.3f}") as page:
            told = json.loads(await saved(page, "j"))
            inside = past(server)
            wanted = [each for each in inside if round(begin, 3) <= each <= round(end, 3)]
            assert told["timestamp"] == wanted
            assert told["interval"] == pytest.approx(INTERVAL, abs=0.05)
            assert told["fields"]["memory.percent"] == [inside[each] for each in wanted]
            head, *lines = csv.reader(io.StringIO(await saved(page, "c"), newline=""))
            assert [float(line[1]) for line in lines] == wanted
            place = head.index("memory.percent")
            assert [float(line[place]) for line in lines] == told["fields"]["memory.percent"]
            assert "cpu.percent_per_core[0]" in head
            await page.locator("#panel-memory").get_by_role("button", name="Enlarge Memory").click()
            assert {key.split(".")[0] for key in json.loads(await saved(page, "j"))["fields"]} == {"memory"}
            (head, *_) = csv.reader(io.StringIO(await saved(page, "c"), newline=""))
            assert {name.split(".")[0] for name in head} == {"time", "timestamp", "memory"}


async def test_the_title_shows_the_cpu(server: Server, chromium: Browser) -> None:
    async with dashboard(chromium, server.url) as page:
        await expect(page).to_have_title(re.compile(r"^\d+\s% CPU · Live · .+ · monitor$"))
