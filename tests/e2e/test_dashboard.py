"""The dashboard in a real Chromium: whole over breaks, quiet while hidden, keys for everything, a view an address."""

import asyncio
import csv
import io
import json
import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from functools import partial
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.async_api import Browser, Locator, Page, Route, WebSocketRoute, expect

from tests.e2e.browser import opened
from tests.e2e.proxy import Proxy
from tests.e2e.recording import Recording, replay
from tests.e2e.server import Server, wait_for
from tests.e2e.test_client import Gate
from tests.e2e.test_pages import LIVE
from tests.e2e.tide import Tide
from tests.frontend.fixtures.make import EVIL
from tests.fuzz.model import model

FIXTURES: Final = Path(__file__).resolve().parents[1] / "frontend" / "fixtures"
#: Milliseconds for what takes a few seconds: test machines are shared.
PATIENCE: Final = 60_000
#: A pace at which seconds are many frames.
INTERVAL: Final = 0.25
DASH: Final = "\N{EN DASH}"

#: Retries come soon, and so does the look for a better way.
SOON: Final = """(() => {
    Math.random = () => 0.1;
    const timer = window.setTimeout;
    window.setTimeout = (call, ms, ...rest) => timer(call, ms === 180_000 ? 1000 : ms, ...rest);
})()"""

#: A tab that a test hides: it says so, and has no animation frame, as browsers do it. Counts what is drawn.
HIDING: Final = """(() => {
    let isHidden = false;
    const held = [];
    const frame = window.requestAnimationFrame.bind(window);
    Object.defineProperty(document, "hidden", { get: () => isHidden });
    Object.defineProperty(document, "visibilityState", { get: () => (isHidden ? "hidden" : "visible") });
    window.requestAnimationFrame = (call) => (isHidden ? 1_000_000 + held.push(call) : frame(call));
    window.frames = () => new Promise((done) => frame(() => frame(done)));
    window.hide = (value) => {
        isHidden = value;
        document.dispatchEvent(new Event("visibilitychange"));
        if (!isHidden) held.splice(0).forEach((call) => frame(call));
    };
    window.painted = 0;
    window.written = 0;
    for (const name of ["clearRect", "stroke", "fill", "fillText"]) {
        const paint = CanvasRenderingContext2D.prototype[name];
        CanvasRenderingContext2D.prototype[name] = function (...all) { painted += 1; return paint.apply(this, all); };
    }
    addEventListener("DOMContentLoaded", () => {
        new MutationObserver((all) => { written += all.length; }).observe(
            document.getElementById("panels"),
            { subtree: true, childList: true, attributes: true, characterData: true },
        );
    });
})()"""

#: What has the focus: whether it is seen there, and seen to have it. Null is the page itself.
FOCUS: Final = """() => {
    const element = document.activeElement;
    if (!element || element === document.body) return null;
    const { outlineStyle, outlineWidth } = getComputedStyle(element);
    const { width, height } = element.getBoundingClientRect();
    return {
        name: element.id || element.getAttribute("aria-label") || element.textContent.trim().slice(0, 60),
        isSeen: width > 0 && height > 0 && outlineStyle !== "none" && parseFloat(outlineWidth) > 0,
    };
}"""


@asynccontextmanager
async def dashboard(chromium: Browser, url: str, query: str = "", **options: Any) -> AsyncIterator[Page]:
    """Open the dashboard and wait until it is filled; nothing may be complained about."""
    async with opened(chromium, url, **options) as (page, complaints):
        await page.goto(f"{url}/demo{query}")
        await filled(page)
        yield page
        assert complaints == []


async def filled(page: Page) -> None:
    await expect(page.locator("#state")).to_have_text(LIVE, timeout=PATIENCE)
    await expect(page.locator("#panels[data-filled]")).to_be_visible(timeout=PATIENCE)


def panel(page: Page, name: str) -> Locator:
    return page.locator(f'.panel[data-probe="{name}"]')


def number(page: Page, path: str) -> Locator:
    return page.locator(f'[data-path="{path}"] .number').first


async def eventually(condition: Callable[[], Any]) -> Any:
    """Return the first true value of what blocks for a moment."""
    return await asyncio.to_thread(wait_for, condition, PATIENCE / 1000)


def past(server: Server) -> Mapping[float, float]:
    """Return the share of memory in use, by timestamp, of all frames that the server has."""
    history = server.get("/api/history?fields=memory.percent")
    return dict(zip(history["timestamp"], history["fields"]["memory.percent"], strict=True))


def has_more(server: Server, since: float, count: int) -> bool:
    """Return whether the server has so many frames that are newer."""
    return sum(each > since for each in past(server)) > count


async def moment(page: Page) -> float:
    """Return the time whose numbers are shown."""
    shown: float = await page.evaluate("Date.parse(document.getElementById('clock').dateTime) / 1000")
    return shown


async def moves(page: Page) -> None:
    """Wait until the numbers of another moment are shown."""
    clock = page.locator("#clock")
    before = str(await clock.get_attribute("datetime"))
    await expect(clock).not_to_have_attribute("datetime", before, timeout=PATIENCE)


def read(path: Path) -> str:
    return path.read_bytes().decode()


async def saved(page: Page, key: str) -> str:
    """Press the key for a download; return what is in the file."""
    async with page.expect_download() as download:
        await page.keyboard.press(key)
    return read(await (await download.value).path())


async def stamps(page: Page) -> list[float]:
    """Return the timestamps of all that is kept for the charts and within what they show."""
    found: list[float] = json.loads(await saved(page, "j"))["timestamp"]
    return found


async def rows(page: Page, name: str) -> list[list[str]]:
    """Return the table of the data of a panel's chart, where a hole would be a row of dashes."""
    await panel(page, name).get_by_role("button", name="About").click()
    found: list[list[str]] = await page.locator("dialog.about tbody tr").evaluate_all(
        "all => all.map(row => [...row.cells].map(cell => cell.textContent))"
    )
    await page.keyboard.press("Escape")
    return found


async def check_whole(page: Page, server: Server, since: float) -> None:
    """Pause; the charts have every frame of the server from `since` on, each once, and no hole."""
    await page.locator("#pause").click()
    shown = await stamps(page)
    table = await rows(page, "memory")
    await page.keyboard.press("l")
    assert shown[0] <= since < shown[-1]
    assert shown == [each for each in past(server) if shown[0] <= each <= shown[-1]]
    assert len(table) >= min(len(shown), 50)
    assert [row for row in table if DASH in row[1]] == []


async def test_after_a_break_the_charts_have_every_frame_of_it_and_no_hole(chromium: Browser) -> None:
    with Server("--interval", str(INTERVAL)) as server:
        async with Proxy(server.port) as proxy, opened(chromium, proxy.url) as (page, _):
            await page.add_init_script(SOON)
            await page.goto(f"{proxy.url}/demo?window=60")
            await filled(page)
            await eventually(lambda: len(past(server)) > 8)
            for _ in range(2):
                await proxy.cut()
                await expect(page.locator("#state")).to_have_text(re.compile("Disconnected"), timeout=PATIENCE)
                lost = await moment(page)
                await eventually(partial(has_more, server, lost, 10))
                await proxy.mend()
                await expect(page.locator("#state")).to_have_text(LIVE, timeout=PATIENCE)
                await moves(page)
                await check_whole(page, server, lost)
            await expect(page.locator("#announcements")).to_have_text("Connected again.")


async def test_a_hidden_tab_draws_nothing_and_shows_all_that_came_when_it_is_seen(chromium: Browser) -> None:
    """Headless Chromium calls every tab visible, so the test hides it as far as scripts can tell (see HIDING)."""
    with Server("--interval", str(INTERVAL)) as server:
        async with opened(chromium, server.url) as (page, complaints):
            await page.add_init_script(HIDING)
            await page.goto(f"{server.url}/demo?window=60")
            await filled(page)
            await moves(page)
            assert await page.evaluate("painted") > 0
            await page.evaluate("hide(true)")
            await page.evaluate("frames()")  # one may have been under way
            hidden, title = await moment(page), await page.title()
            await page.evaluate("painted = written = 0")
            await eventually(partial(has_more, server, hidden, 12))
            await expect(page).not_to_have_title(title, timeout=PATIENCE)  # it is what is seen of a hidden tab
            assert await page.evaluate("[painted, written]") == [0, 0]
            assert await moment(page) == hidden
            newest = max(past(server))
            await page.evaluate("hide(false)")
            await page.wait_for_function(
                "then => Date.parse(document.getElementById('clock').dateTime) / 1000 >= then", arg=newest - 0.01
            )
            assert await page.evaluate("painted") > 0
            await check_whole(page, server, hidden)
            assert complaints == []


@pytest.mark.parametrize(
    ("holds", "sentence"),
    [
        (False, "A proxy blocks WebSockets: the numbers come as an event stream instead."),
        (True, "A proxy holds back streams: the numbers are fetched one by one instead."),
    ],
    ids=["events", "polling"],
)
async def test_where_a_proxy_is_in_the_way_the_page_is_live_and_says_so_until_it_is_gone(
    chromium: Browser, holds: bool, sentence: str
) -> None:
    gate = Gate()
    with Server("--interval", str(INTERVAL)) as server:
        async with Proxy(server.port, gate, holds=holds) as proxy, opened(chromium, proxy.url) as (page, _):
            await page.add_init_script(SOON)
            await page.goto(f"{proxy.url}/demo?window=60")
            await filled(page)
            await expect(page.locator("#problem")).to_have_text(sentence)
            await moves(page)
            began = await moment(page)
            await moves(page)
            asked = "/api/history" if holds else "/api/stream"
            assert any(target.startswith(asked) for target in proxy.requests)
            await check_whole(page, server, began)
            gate.blocks = proxy.holds = False
            await expect(page.locator("#problem")).to_be_hidden(timeout=PATIENCE)
            await moves(page)
            await check_whole(page, server, began)


class Keyboard:
    """Somebody without a pointer, who is lost where the focus is not seen."""

    def __init__(self, page: Page) -> None:
        self.page = page

    async def go(self, place: Locator) -> None:
        """Press Tab until the focus is there; it is seen at every stop."""
        await place.wait_for()
        target = await place.element_handle()
        ends = 0
        for _ in range(150):
            if await self.page.evaluate("target => target === document.activeElement", target):
                return
            await self.page.keyboard.press("Tab")
            if (stop := await self.page.evaluate(FOCUS)) is None:
                ends += 1
                assert ends <= 2, "it begins and ends on the page"
            else:
                assert stop["isSeen"], f"the focus is not seen on {stop['name']}"
        pytest.fail(f"no way by Tab to {place}")

    async def press(self, place: Locator, *keys: str) -> None:
        """Go there and press these keys; something has the focus afterwards."""
        await self.go(place)
        for key in keys:
            await self.page.keyboard.press(key)
            await self.is_somewhere()

    async def is_somewhere(self) -> None:
        await self.page.evaluate(
            "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
        )
        stop = await self.page.evaluate(FOCUS)
        assert stop is not None, "the focus is lost"
        assert stop["isSeen"], f"the focus is not seen on {stop['name']}"


@asynccontextmanager
async def keyboard(chromium: Browser, url: str, query: str = "", **options: Any) -> AsyncIterator[Keyboard]:
    async with dashboard(chromium, url, query, **options) as page:
        yield Keyboard(page)


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


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


async def test_by_keyboard_alone_time_is_chosen_stopped_stepped_through_and_zoomed(
    server: Server, chromium: Browser
) -> None:
    async with keyboard(chromium, server.url) as by:
        page = by.page
        await by.press(button(page, "1 min"), "Enter")
        await expect(button(page, "1 min")).to_have_attribute("aria-pressed", "true")
        assert "window=60" in page.url
        await by.press(button(page, "Step back"), "Enter")
        await expect(page.locator("#pause")).to_have_text("Paused")
        assert "at=" in page.url
        await by.press(button(page, "Step forward"), "Enter")
        await by.press(button(page, "Step back"), "Space")
        await by.press(button(page, "Back to live"), "Enter")
        await expect(page.locator("#pause")).to_be_focused()
        await expect(page.locator("#live")).to_be_hidden()
        assert "at=" not in page.url
        await by.press(page.locator("#pause"), "Space")
        await expect(page.locator("#pause")).to_have_attribute("aria-pressed", "true")
        await by.press(page.locator("#pause"), "Enter")
        await expect(page.locator("#pause")).to_have_attribute("aria-pressed", "false")

        chart = panel(page, "cpu").locator(".chart")
        await by.press(chart, "End", "ArrowLeft")
        await expect(chart.locator(".chart-readout")).to_be_visible()
        await expect(panel(page, "memory").locator(".chart-readout")).to_be_visible()
        await by.press(chart, "Escape")
        await expect(chart.locator(".chart-readout")).to_be_hidden()
        await by.press(chart, "+")
        await expect(page.locator("#unzoom")).to_have_attribute("aria-disabled", "false")
        assert "from=" in page.url
        await by.press(chart, "0")
        await expect(page.locator("#unzoom")).to_have_attribute("aria-disabled", "true")
        await by.press(chart, "+")
        await by.press(page.locator("#unzoom"), "Enter")
        await expect(page.locator("#unzoom")).to_be_focused()
        assert "from=" not in page.url
        await by.press(button(page, "Zoom in"), "Enter", "Space")
        assert "from=" in page.url
        await by.press(button(page, "Zoom out"), "Enter", "Space")
        await expect(button(page, "Zoom out")).to_be_focused()
        assert "from=" not in page.url

        interval = page.get_by_label("Every")
        await by.press(interval, "ArrowDown")
        await expect(interval).to_have_value("2")
        assert "interval=2" in page.url
        await by.press(interval, "ArrowUp")
        assert "interval" not in page.url
        await expect(page.locator("#state")).to_have_text(LIVE)


async def test_by_keyboard_alone_the_menu_saves_copies_prints_and_helps(server: Server, chromium: Browser) -> None:
    allowed = ["clipboard-read", "clipboard-write"]
    async with keyboard(chromium, server.url, "?window=60", permissions=allowed) as by:
        page = by.page
        more = page.locator("#more summary")
        await by.press(more, "Enter", "Escape")
        await expect(page.locator("#csv")).to_be_hidden()
        await expect(more).to_be_focused()
        for name, suffix in (("Download as CSV", ".csv"), ("Download as JSON", ".json")):
            await by.press(more, "Enter")
            async with page.expect_download() as download:
                await by.press(button(page, name), "Enter")
            assert (await download.value).suggested_filename.endswith(suffix)
            await expect(more).to_be_focused()
        await by.press(more, "Enter")
        await by.press(button(page, "Copy the address of this view"), "Enter")
        await expect(page.locator("#announcements")).to_have_text("Copied.")
        assert await page.evaluate("navigator.clipboard.readText()") == page.url
        await by.press(more, "Enter")
        await page.evaluate("window.print = () => { window.isPrinted = true; }")
        await by.press(button(page, "Print"), "Enter")
        assert await page.evaluate("window.isPrinted")
        await by.press(more, "Enter")
        await by.press(button(page, "Kiosk mode"), "Enter")
        await expect(page.locator(".toolbar")).to_be_hidden()
        assert "kiosk=1" in page.url
        await page.keyboard.press("Escape")
        await by.is_somewhere()
        await expect(more).to_be_focused()
        assert "kiosk" not in page.url
        # Elsewhere, the menu is shut.
        await by.press(more, "Enter")
        await by.go(panel(page, "cpu").get_by_role("button", name="About"))
        await expect(page.locator("#csv")).to_be_hidden()


async def test_by_keyboard_alone_shortcuts_are_read_about_and_switched_off_and_on(
    server: Server, chromium: Browser
) -> None:
    async with keyboard(chromium, server.url, "?window=60") as by:
        page = by.page
        more = page.locator("#more summary")
        await by.press(more, "Enter")
        await by.press(button(page, "Keyboard and help"), "Enter")
        help_ = page.get_by_role("dialog", name="Keyboard and help")
        await expect(help_.get_by_text("Step back")).to_be_visible()
        await by.press(help_.get_by_label("Single-key shortcuts"), "Space")
        await page.keyboard.press("Escape")
        await expect(help_).to_be_hidden()
        await expect(more).to_be_focused()
        await page.keyboard.press("3")
        assert "window=60" in page.url, "shortcuts are off"
        await page.reload()
        await filled(page)
        await page.keyboard.press("3")
        assert "window=60" in page.url, "and stay so"
        await by.press(more, "Enter")
        await by.press(button(page, "Keyboard and help"), "Enter")
        await by.press(help_.get_by_label("Single-key shortcuts"), "Space")
        await by.press(help_.get_by_role("button", name="Close"), "Enter")
        await page.keyboard.press("3")
        assert "window=900" in page.url


async def test_by_keyboard_alone_a_panel_is_explained_enlarged_and_copied(server: Server, chromium: Browser) -> None:
    allowed = ["clipboard-read", "clipboard-write"]
    async with keyboard(chromium, server.url, permissions=allowed) as by:
        page = by.page
        memory = panel(page, "memory")
        about = memory.get_by_role("button", name="About Memory")
        await by.press(about, "Enter")
        dialog = page.get_by_role("dialog", name="Memory")
        await by.go(dialog.get_by_role("group", name="Data of the chart"))
        await expect(dialog.locator("tbody td").first).to_have_text(re.compile(r"^\d+\.\d$"))
        await page.keyboard.press("Escape")
        await expect(dialog).to_have_count(0)
        await expect(about).to_be_focused()
        await by.press(about, "Enter")
        await by.press(dialog.get_by_role("button", name="Close"), "Enter")
        await expect(about).to_be_focused()

        enlarge = button(page, "Enlarge Memory")
        await by.press(enlarge, "Enter")
        await expect(panel(page, "cpu")).to_be_hidden()
        assert "focus=memory" in page.url
        await by.press(enlarge, "Escape")
        await expect(panel(page, "cpu")).to_be_visible()

        await by.press(button(page, "Copy Memory as a picture"), "Enter")
        await expect(page.locator("#announcements")).to_have_text("Copied.")
        types = "navigator.clipboard.read().then((items) => items.flatMap((item) => item.types))"
        assert "image/png" in await page.evaluate(types)


async def test_by_keyboard_alone_one_core_of_many_is_read(server: Server, chromium: Browser) -> None:
    async with opened(chromium, server.url) as (page, _):
        await replay(page, Recording(server.get("/api/probes"), server.frame(), cores=64, seconds=60))
        await page.goto(f"{server.url}/demo")
        await filled(page)
        by = Keyboard(page)
        cells = panel(page, "cpu").get_by_role("gridcell")
        await expect(cells).to_have_count(64)
        await by.press(cells.first, "ArrowRight", "ArrowDown")
        reached = await page.evaluate("document.activeElement.getAttribute('aria-label')")
        assert re.match(r"^Core (?!0|1:)\d+: ", reached)
        await moves(page)
        await by.is_somewhere()
        await expect(panel(page, "cpu").locator(".readout")).to_have_text(re.compile(f"^{reached.split(':')[0]}: "))


async def test_by_keyboard_alone_a_question_is_asked_stopped_and_its_facts_looked_at(chromium: Browser) -> None:
    with model() as parrot, Server("--llama-url", parrot) as server:
        async with keyboard(chromium, server.url) as by:
            page = by.page
            field, stop, note = (
                page.get_by_role("textbox", name="Question"),
                button(page, "Stop"),
                page.locator("#ask-note"),
            )

            async def unanswered(_: Route) -> None:
                """Let the page wait."""

            await page.route("**/api/ask", unanswered)
            await page.keyboard.press("/")
            await expect(field).to_be_focused()
            await page.keyboard.type("How much memory is in use?")
            await by.press(button(page, "Ask"), "Enter")
            await expect(stop).to_be_focused()
            await by.press(stop, "Enter")
            await expect(note).to_have_text("Stopped.")
            await expect(field).to_be_focused()
            await by.press(field, "Enter")
            await by.press(stop, "Space")
            await expect(note).to_have_text("Stopped.")
            await page.unroute("**/api/ask")

            await by.press(field, "Enter")
            await expect(page.locator("#ask-answer")).not_to_be_empty(timeout=PATIENCE)
            chip = page.locator("#ask-facts button").first
            await expect(panel(page, "memory")).to_have_attribute("data-highlight", "")
            await by.press(chip, "Enter")
            await expect(panel(page, "memory").locator("[data-highlight]").first).to_be_visible()
            suggestion = page.locator("#suggestions button").first
            await by.press(suggestion, "3")  # other questions, and the same button
            await expect(suggestion).to_contain_text("15 minutes")
            await by.press(suggestion, "Enter")
            await expect(field).to_have_value(re.compile("15 minutes"))
            await expect(panel(page, "cpu")).to_have_attribute("data-highlight", "", timeout=PATIENCE)


async def test_by_keyboard_alone_colours_and_language_are_chosen(server: Server, chromium: Browser) -> None:
    async with keyboard(chromium, server.url, "?window=60", color_scheme="light") as by:
        page, root = by.page, by.page.locator("html")
        await by.press(page.get_by_label("Theme"), "d")
        await expect(root).to_have_attribute("data-theme", "dark")
        await page.keyboard.press("Tab")
        for theme in ("", "light", "dark"):
            await page.keyboard.press("t")
            await expect(page.locator("#theme")).to_have_value(theme)
        await by.go(page.get_by_role("link", name="Français"))
        await page.keyboard.press("Enter")
        await expect(root).to_have_attribute("lang", "fr")
        await filled_in(page, "En direct")
        assert "window=60" in page.url
        await expect(panel(page, "memory").get_by_role("heading").first).to_have_text("Mémoire")


async def filled_in(page: Page, words: str) -> None:
    await expect(page.locator("#state")).to_have_text(words, timeout=PATIENCE)
    await expect(page.locator("#panels[data-filled]")).to_be_visible(timeout=PATIENCE)


async def test_a_round_by_tab_stops_at_everything_and_is_seen_at_each_stop(server: Server, chromium: Browser) -> None:
    async with dashboard(chromium, server.url) as page:
        names: list[str] = []
        for _ in range(150):
            await page.keyboard.press("Tab")
            stop = await page.evaluate(FOCUS)
            if stop is None:
                break
            assert stop["isSeen"], f"the focus is not seen on {stop['name']}"
            names.append(stop["name"])
        reachable = await page.evaluate(
            "[...document.querySelectorAll('a[href], button:enabled, select, input, summary, [tabindex=\"0\"]')]"
            ".filter((each) => each.checkVisibility({ visibilityProperty: true })).length"
        )
        assert len(names) == reachable
        assert {"back", "pause", "forward", "interval", "theme", "About CPU", "Enlarge CPU", "Question"} <= set(names)


def fixture(name: str) -> Any:
    return json.loads((FIXTURES / f"{name}.json").read_text(encoding="utf-8"))


async def play(page: Page, told: Any) -> None:
    """Have the page hear of probes and frames that no server has. Call this before it is opened."""

    def connected(route: WebSocketRoute) -> None:
        route.send(json.dumps({"type": "connection"}))
        for frame in told["frames"]:
            route.send(json.dumps(frame))

    async def nothing_else(route: Route) -> None:
        await route.fulfill(json={"interval": 5, "timestamp": [], "fields": {}})

    async def probes(route: Route) -> None:
        await route.fulfill(json=told["probes"])

    await page.route_web_socket("**/api/ws/metrics*", connected)
    await page.route("**/api/history*", nothing_else)
    await page.route("**/api/probes", probes)


EVIL_FACT: Final = {"field": EVIL, "value": 1.0, "text": EVIL, "unit": None, "aggregate": None}


@pytest.mark.parametrize("width", [360, 1280])
async def test_evil_names_of_interfaces_mounts_and_probes_are_text_in_every_place(
    server: Server, chromium: Browser, width: int
) -> None:
    told = fixture("evil")
    paths = [f"names.keyed[{key}]" for key in told["frames"][-1]["names"]["keyed"]]
    facts = [EVIL_FACT, *({**EVIL_FACT, "field": path, "text": path} for path in paths)]
    said = [("facts", {"facts": facts}), ("token", {"text": EVIL}), ("error", {"message": EVIL})]

    async def answer(route: Route) -> None:
        events = "".join(f"event: {name}\ndata: {json.dumps(data)}\n\n" for name, data in said)
        await route.fulfill(content_type="text/event-stream", body=events)

    async with opened(chromium, server.url, viewport={"width": width, "height": 800}) as (page, complaints):
        await play(page, told)
        await page.route("**/api/ask", answer)
        await page.goto(server.url + "/demo")
        await filled(page)
        names = panel(page, "names")
        await names.scroll_into_view_if_needed()
        await expect(names.locator(".headliner .name")).to_have_text(EVIL)
        await expect(names.get_by_text(EVIL).nth(1)).to_be_visible()
        await page.get_by_role("textbox", name="Question").fill(EVIL)
        await page.keyboard.press("Enter")
        await expect(page.locator("#ask-note")).to_have_text(EVIL)
        await expect(page.locator("#ask-facts li").first).to_contain_text(EVIL)
        await page.locator("#ask-facts button").nth(1).click()
        await expect(names.locator("[data-highlight]").first).to_be_visible()
        await check_harmless(page, width)
        for each in await page.locator(".panel[data-probe]").all():
            await each.scroll_into_view_if_needed()
            await each.get_by_role("button", name="About").click()
            await check_harmless(page, width)
            await page.keyboard.press("Escape")
        await names.get_by_role("button", name=re.compile("^Copy")).click()
        await expect(page.locator("#announcements")).to_have_text(re.compile(r"^(Copied|Saved as a file)\.$"))
        lines = list(csv.reader(io.StringIO(await saved_from_menu(page, "csv"))))
        assert any(EVIL in cell for cell in lines[0])
        assert {len(line) for line in lines} == {len(lines[0])}
        assert complaints == []


async def saved_from_menu(page: Page, item: str) -> str:
    await page.locator("#more summary").click()
    async with page.expect_download() as download:
        await page.locator(f"#{item}").click()
    return read(await (await download.value).path())


async def check_harmless(page: Page, width: int) -> None:
    assert await page.evaluate("window.pwned ?? null") is None
    await expect(page.locator("main :is(img, b:not(#ask-facts b), script), dialog :is(img, b, script)")).to_have_count(
        0
    )
    assert await page.evaluate("document.documentElement.scrollWidth") <= width


EVIL_PROBE: Final = f"""
from monitor import Field, Probe, hookimpl

EVIL = {EVIL!r}


class Evil(Probe):
    name = "evil"
    fields = (
        Field("mounts", "percent", EVIL, per="mount", keyed=True, phrases={{"en": [EVIL]}}),
        Field("interfaces", "MB", EVIL, per="interface", keyed=True, kind="counter"),
    )

    def sample(self):
        return {{"mounts": {{EVIL: 12.5, "/": 50.0}}, "interfaces": {{EVIL: 1.5, "eth0": 2.5}}}}


@hookimpl
def monitor_probes():
    return [Evil()]
"""


async def test_evil_names_of_a_third_partys_probe_are_text_and_its_panel_is_whole(
    chromium: Browser, tmp_path: Path
) -> None:
    (tmp_path / "monitor_evil.py").write_text(EVIL_PROBE, encoding="utf-8")
    metadata = tmp_path / "monitor_evil-1.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: monitor-evil\nVersion: 1\nSummary: {EVIL}\n")
    (metadata / "entry_points.txt").write_text("[monitor]\nevil = monitor_evil\n")
    with Server(environment={"PYTHONPATH": str(tmp_path)}) as server:
        assert server.frame()["evil"]["mounts"][EVIL] == 12.5
        async with dashboard(chromium, server.url, viewport={"width": 360, "height": 800}) as page:
            evil = panel(page, "evil")
            await evil.scroll_into_view_if_needed()
            await expect(evil.get_by_role("heading", name=EVIL)).to_be_visible()
            for field in ("mounts", "interfaces"):
                await expect(evil.locator(f'[data-path="evil.{field}"]')).to_contain_text(EVIL)
            await evil.get_by_role("button", name="About").click()
            await expect(page.get_by_role("dialog")).to_contain_text(EVIL)
            await check_harmless(page, 360)


async def test_paused_and_stepped_back_the_numbers_are_those_of_that_moment(chromium: Browser) -> None:
    with Server("--interval", str(INTERVAL)) as server:
        await eventually(lambda: len(past(server)) > 13 / INTERVAL)
        async with dashboard(chromium, server.url, "?window=60") as page:
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


async def test_a_probe_that_comes_with_a_restart_gets_a_panel_and_one_that_is_gone_loses_it(
    chromium: Browser, tmp_path: Path
) -> None:
    tide = Tide(tmp_path)
    with Server() as first:
        async with opened(chromium, first.url) as (page, _):
            await page.add_init_script(SOON)
            await page.goto(first.url + "/demo")
            await filled(page)
            assert await panel(page, "tide").count() == 0
            first.stop()
            with Server(port=first.port, environment=tide.environment) as second:
                await expect(panel(page, "tide")).to_be_visible(timeout=PATIENCE)
                await expect(number(page, "tide.height")).to_have_text(re.compile(r"\d"), timeout=PATIENCE)
                await panel(page, "tide").get_by_role("button", name="About").focus()
                second.stop()
                with Server(port=first.port):
                    await expect(panel(page, "tide")).to_have_count(0, timeout=PATIENCE)
                    await expect(page.locator("#pause")).to_be_focused()
                    await expect(panel(page, "cpu")).to_be_visible()
                    await moves(page)


async def test_a_stale_probe_has_a_badge_and_its_reason_and_is_well_again_without_a_reload(
    chromium: Browser, tmp_path: Path
) -> None:
    tide = Tide(tmp_path)
    with Server("--interval", str(INTERVAL), environment=tide.environment) as server:
        wait_for(lambda: server.frame().get("tide"))
        async with dashboard(chromium, server.url) as page:
            badge, reason = panel(page, "tide").locator(".badge"), panel(page, "tide").locator(".reason")
            await expect(panel(page, "tide").get_by_text("<b>Brest</b>")).to_be_visible()
            await expect(badge).to_be_hidden()
            tide.become("raise")
            await expect(badge).to_have_text(re.compile(r"^\d+ s old$"), timeout=PATIENCE)
            await expect(reason).to_have_text("ValueError: the almanac is wet", timeout=PATIENCE)
            await expect(panel(page, "cpu").locator(".badge")).to_be_hidden()
            await moves(page)
            tide.become("calm")
            await expect(badge).to_be_hidden(timeout=PATIENCE)
            await expect(reason).to_be_hidden(timeout=PATIENCE)


async def test_a_chosen_interval_is_asked_of_the_server_and_makes_no_hole(chromium: Browser) -> None:
    with Server("--interval", str(INTERVAL)) as server:
        async with dashboard(chromium, server.url, "?window=60") as page:
            sockets: list[str] = []
            page.on("websocket", lambda socket: sockets.append(socket.url))
            await moves(page)
            began = await moment(page)
            chosen = 5 * INTERVAL
            await page.get_by_label("Every").select_option(f"{chosen:g}")
            await expect(page.locator("#state")).to_have_text(LIVE, timeout=PATIENCE)
            for _ in range(5):
                await moves(page)
            assert [parse_qs(urlsplit(url).query)["interval"] for url in sockets] == [[f"{chosen:g}"]]
            await page.keyboard.press("Tab")  # a key on the choice would choose
            await page.locator("#pause").click()
            await page.evaluate("document.activeElement.blur()")
            shown = await stamps(page)
            assert [row for row in await rows(page, "memory") if DASH in row[1]] == []
            slow = [later - sooner for sooner, later in pairwise(shown) if sooner > began + chosen]
            # A tick may be late where there is much to do; it is one tick all the same, and none comes in between.
            assert len(slow) >= 3
            assert abs(median(slow) / chosen - 1) < 0.2
            assert min(slow) > chosen / 2
            assert "interval=1.25" in page.url


async def test_the_title_shows_the_cpu(server: Server, chromium: Browser) -> None:
    async with dashboard(chromium, server.url) as page:
        await expect(page).to_have_title(re.compile(r"^\d+\s% CPU · Live · .+ · monitor$"))
