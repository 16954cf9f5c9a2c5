"""Where things stand on the dashboard, in a real Chromium: on phones, and however many probes there are."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, ClassVar, Final

import pytest
from playwright.async_api import Browser, Page, Route, ViewportSize, WebSocketRoute, expect

from monitor.probe import Field, Probe
from tests.e2e.browser import Looks, has_numbers, opened
from tests.e2e.replayed import Gpu, Mounts, Ups, replayed
from tests.e2e.server import Server

#: WCAG 2.2, 2.5.8: pixels that a target has at least, each way.
LEAST_TARGET: Final = 24
#: The tops and heights of what stands in the toolbar, and its targets that are too small.
TOOLBAR: Final = """least => {
    const seen = (each) => each.checkVisibility({ visibilityProperty: true });
    const parts = [...document.querySelectorAll(".toolbar > *")].filter(seen);
    const boxes = parts.map((each) => each.getBoundingClientRect());
    const targets = [...document.querySelectorAll(".toolbar :is(button, select, summary)")].filter(seen);
    return {
        rows: new Set(boxes.map(({ top, height }) => Math.round(top + height / 2))).size,
        small: targets.filter((each) => {
            const { width, height } = each.getBoundingClientRect();
            return width < least || height < least;
        }).map((each) => each.id || each.textContent),
        cut: targets.filter((each) => each.scrollWidth > each.clientWidth + 1).map((each) => each.id),
        width: document.documentElement.scrollWidth,
    };
}"""
#: Frames that were drawn since the window has its size: the page has followed.
DRAWN: Final = "() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve())))"
#: Where the panels stand in their grid: how much of it is empty, in pixels squared; how many overlap; and whether each
#: begins on the right of the one before it, or below.
GRID: Final = """() => {
    const host = document.getElementById("panels");
    const gap = parseFloat(getComputedStyle(host).columnGap);
    const area = ({ width, height }) => (width + gap) * (height + gap);
    const boxes = [...host.children].map((each) => each.getBoundingClientRect());
    const apart = (one, other) => one.right < other.left || other.right < one.left
        || one.bottom < other.top || other.bottom < one.top;
    return {
        empty: Math.round(area(host.getBoundingClientRect()) - boxes.reduce((sum, each) => sum + area(each), 0)),
        overlapping: boxes.filter((one, place) => !boxes.slice(place + 1).every((other) => apart(one, other))).length,
        isInOrder: boxes.slice(1).every(({ left, top }, place) =>
            top > boxes[place].top + 1 || (Math.abs(top - boxes[place].top) < 1 && left > boxes[place].left)),
    };
}"""
#: Where everything stands that is in the head of the page, and the panels.
PLACES: Final = """() => [...document.querySelectorAll(".dash-head, .dash-head *, .panel")]
    .filter((each) => !each.closest("svg") && each.matches(".panel, .dash-head, button, select, summary, h1"))
    .map((each) => {
        const { left, top, width } = each.getBoundingClientRect();
        return [each.id || each.className, ...[left, top + scrollY, width].map(Math.round)].join(" ");
    })"""
#: Big numbers that have less room than they need.
CUT: Final = """() => [...document.querySelectorAll(".big .number")]
    .filter((each) => each.scrollWidth > each.clientWidth + 1).map((each) => each.textContent)"""
#: Has `moved()` tell how far the page has moved under its reader so far: the score of the Layout Instability API.
MOVED: Final = """(() => {
    let total = 0;
    const sum = (entries) => entries.forEach(({ value }) => { total += value; });
    const observer = new PerformanceObserver((list) => sum(list.getEntries()));
    observer.observe({ type: "layout-shift", buffered: true });
    window.moved = () => { sum(observer.takeRecords()); return total; };
})();"""
#: How far it may: the unit beside a number that takes a digit more. A row that is 40 pixels lower is 0.006.
STILL: Final = 0.005
#: Where the parts of the panels stand that the server wrote, by what they are, in pixels from the top left.
WRITTEN: Final = """() => Object.fromEntries([...document.querySelectorAll(".panel")]
    .flatMap((panel, place) => [...panel.querySelectorAll("h2, .headliner .big, .headliner .bar, .chart, dt, .cell")]
        .filter((each) => each.checkVisibility({ visibilityProperty: true }))
        .map((each, number) => {
            const { left, top } = each.getBoundingClientRect();
            const name = each.matches("h2, dt") ? each.textContent : each.className;
            return [`${place} ${number} ${name}`, [left, top + scrollY]];
        })))"""
#: The window that a test is for: a laptop, a screen on the wall, a small phone.
WINDOWS: Final[Mapping[str, ViewportSize]] = {
    "laptop": {"width": 1280, "height": 800},
    "wall": {"width": 1920, "height": 1080},
    "phone": {"width": 360, "height": 740},
}
WIDTHS: Final = (390, 768, 1280, 1920, 2560)


class Cores(Probe):
    """What takes the width of two."""

    name = "cores"
    fields: ClassVar = (
        Field("all", "percent", "Load of all."),
        Field("each", "percent", "Load of each.", per="core"),
    )

    def sample(self) -> Mapping[str, object]:
        return {"all": 30.0, "each": [30.0] * 128}


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("width", [320, 360, 390])
async def test_on_a_phone_the_toolbar_has_two_rows_in_every_state(
    server: Server, chromium: Browser, width: int, language: str
) -> None:
    size: ViewportSize = {"width": width, "height": 800}
    async with opened(chromium, server.url, looks=Looks("light", language, "phone"), viewport=size) as (page, _):
        await page.goto(f"{server.url}/demo")
        await expect(page.locator("#panels[data-filled]")).to_be_visible(timeout=60_000)
        for state in ("live", "paused", "zoomed"):
            if state == "paused":
                await page.locator("#pause").tap()
                await expect(page.locator("#live")).to_be_visible()
            if state == "zoomed":
                await page.locator("#closer").tap()
                await expect(page.locator("#unzoom")).to_have_attribute("aria-disabled", "false")
            found = await page.evaluate(TOOLBAR, LEAST_TARGET)
            assert found == {"rows": 2, "small": [], "cut": [], "width": width}, state
        for name in ("#farther", "#closer", "#unzoom", "#live", "#pause", "#more summary"):
            assert await page.locator(name).evaluate("each => each.ariaLabel || each.textContent.trim()"), name


def probes(told: Any, number: int) -> Any:
    """Return so many probes: those that there are, and further ones like the second."""
    listed = told["probes"][:number]
    more = [{**told["probes"][1], "name": f"extra_{place}"} for place in range(number - len(listed))]
    return {**told, "probes": [*listed, *more]}


async def shown(page: Page, server: Server, number: int) -> None:
    """Have the page show so many probes."""
    told = probes(server.get("/api/probes"), number)
    frame = server.frame()
    model = frame[told["probes"][1]["name"]]

    async def answered(route: Route) -> None:
        await route.fulfill(json=told)

    def connected(route: WebSocketRoute) -> None:
        route.send(json.dumps({"type": "connection"}))
        sections = {each["name"]: frame.get(each["name"], model) for each in told["probes"]}
        route.send(json.dumps({"timestamp": frame["timestamp"], **sections}))

    await page.route("**/api/probes", answered)
    await page.route_web_socket("**/api/ws/metrics*", connected)


@pytest.mark.parametrize("number", range(3, 10))
async def test_however_many_probes_there_are_their_panels_leave_no_hole(
    server: Server, chromium: Browser, number: int
) -> None:
    async with opened(chromium, server.url, looks=Looks("light", "en", "wall")) as (page, _):
        await shown(page, server, number)
        await page.goto(f"{server.url}/demo")
        await expect(page.locator("#panels[data-filled]")).to_be_visible(timeout=60_000)
        await expect(page.locator("#panels > .panel")).to_have_count(number + 1)
        await expect(page.locator("#panels > .panel").last).to_have_id("system")
        await without_holes(page)


@pytest.mark.parametrize(
    "others",
    [
        (Mounts(),),
        (Cores(),),
        (Gpu(), Ups(), Mounts()),
        (Gpu(), Mounts(), Ups(), Cores()),
        (Cores(), Mounts(), Gpu(), Ups()),
    ],
    ids=lambda others: " ".join(each.name for each in others),
)
async def test_tall_and_wide_panels_leave_no_hole_and_stand_in_their_order(
    chromium: Browser, others: tuple[Probe, ...]
) -> None:
    async with replayed(*others) as (url, _), opened(chromium, url, looks=Looks("light", "en", "wall")) as (page, _):
        await page.goto(f"{url}/demo")
        await expect(page.locator("#panels[data-filled]")).to_be_visible(timeout=60_000)
        for each in others:
            panel = page.locator(f'[data-probe="{each.name}"]')
            if isinstance(each, Mounts):
                await expect(panel).to_have_attribute("data-height", "tall")
            if isinstance(each, Cores):
                await expect(panel).to_have_attribute("data-width", "wide")
        await without_holes(page)


async def without_holes(page: Page) -> None:
    """Fail where the panels do not fill their grid in their order, at any width."""
    for width in WIDTHS:
        await page.set_viewport_size({"width": width, "height": 900})
        await page.evaluate(DRAWN)
        found = await page.evaluate(GRID)
        assert abs(found.pop("empty")) < width, f"{width} pixels"  # a pixel less in one place is no hole
        assert found == {"overlapping": 0, "isInOrder": True}, f"{width} pixels"


@pytest.mark.parametrize("language", ["en", "fr"])
async def test_a_button_that_is_pressed_again_and_again_stays_under_the_pointer(
    server: Server, chromium: Browser, language: str
) -> None:
    async with opened(chromium, server.url, looks=Looks("light", language, "desktop")) as (page, _):
        await page.goto(f"{server.url}/demo")
        await expect(page.locator("#panels[data-filled]")).to_be_visible(timeout=60_000)
        live, pause = page.locator("#live"), page.locator("#pause")
        for width in (320, 340, 360, 480, 520, 600, 700, 760, 820, 900, 1000, 1100, *WIDTHS):
            await page.set_viewport_size({"width": width, "height": 900})
            await page.evaluate(DRAWN)
            await expect(live).to_be_hidden()
            before = await page.evaluate(PLACES)
            await pause.click()
            await expect(live).to_be_visible()
            assert await page.evaluate(PLACES) == before, f"{width} pixels"
            await live.click()
        box = await page.locator("#back").bounding_box()
        assert box
        for _ in range(3):
            await page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
            await expect(pause).to_have_attribute("aria-pressed", "true")


class Low(Probe):
    """Two shares that are always bad."""

    name = "low"
    fields: ClassVar = (
        Field("charge", "percent", "Charge.", warning=101, critical=100),
        Field("load", "percent", "Load.", warning=0, critical=200),
    )

    def sample(self) -> Mapping[str, object]:
        return {"charge": 88.8, "load": 88.8}


async def test_paper_has_whole_numbers_and_nothing_to_press(chromium: Browser) -> None:
    async with (
        replayed(Gpu(), Ups(), Mounts()) as (url, _),
        opened(chromium, url, viewport={"width": 1280, "height": 900}) as (page, complaints),
    ):
        await page.goto(f"{url}/demo?window=900")
        await expect(page.locator(".panel .chart")).to_have_count(8)
        await has_numbers(page)
        await page.emulate_media(media="print")
        await page.set_viewport_size({"width": 720, "height": 1020})
        await page.evaluate("dispatchEvent(new Event('beforeprint'))")
        await expect(page.locator(".panel .chart canvas:visible")).to_have_count(8)
        for pressed in (".toolbar", ".panel-actions", ".about-button", "#ask", "#live"):
            assert await page.locator(f"{pressed}:visible").count() == 0, pressed
        assert await page.locator("[data-probe=mounts] tbody tr:visible").count() == 20
        assert await page.evaluate(DRAWN) is None
        assert await page.evaluate(CUT) == []
        assert complaints == []


@pytest.mark.parametrize("width", [320, 720])
async def test_no_number_is_cut_for_the_word_of_its_level(chromium: Browser, width: int) -> None:
    async with (
        replayed(Low(), Ups()) as (url, _),
        opened(chromium, url, viewport={"width": width, "height": 900}) as (page, complaints),
    ):
        await page.goto(f"{url}/demo")
        marks = page.locator("[data-probe=low] .big .mark")
        await expect(marks.first).to_be_visible()
        assert await page.evaluate(CUT) == []
        assert await marks.all_text_contents() == ["critical", "warning"]
        assert complaints == []


@asynccontextmanager
async def held_back(page: Page) -> AsyncIterator[None]:
    """Let no script come to the page until the end of the block."""
    going = asyncio.Event()

    async def held(route: Route) -> None:
        await going.wait()
        await route.continue_()

    await page.route("**/*.js", held)
    try:
        yield
    finally:
        going.set()


@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("language", ["en", "fr"])
async def test_while_the_page_comes_nothing_moves(chromium: Browser, language: str, window: str) -> None:
    looks = Looks("light", language)
    async with replayed() as (url, _), opened(chromium, url, looks=looks, viewport=WINDOWS[window]) as (page, _):
        await page.add_init_script(MOVED)
        async with held_back(page):
            await page.goto(f"{url}/demo", wait_until="commit")
            await expect(page.locator(".skeleton .number").first).to_be_visible()
            await page.evaluate(DRAWN)
        await expect(page.locator("#panels[data-filled]")).to_be_visible()
        await expect(page.locator("#state")).to_have_attribute("data-state", "live")
        await expect(page.locator(".panel canvas").first).to_be_visible()
        await page.evaluate(DRAWN)
        assert await page.evaluate("moved()") <= STILL


@pytest.mark.parametrize("query", ["", "?kiosk", "?focus=memory&window=60"])
@pytest.mark.parametrize("window", WINDOWS)
async def test_what_the_server_writes_stands_where_the_panels_have_it(
    chromium: Browser, window: str, query: str
) -> None:
    looks = Looks("dark", "fr")
    async with replayed() as (url, _), opened(chromium, url, looks=looks, viewport=WINDOWS[window]) as (page, _):
        async with held_back(page):
            await page.goto(f"{url}/demo{query}", wait_until="commit")
            await expect(page.locator("#leave-kiosk")).to_be_attached()
            await page.evaluate(DRAWN)  # with the style sheets
            before = await page.evaluate(WRITTEN)
            assert any(name.endswith(" big") for name in before)
        await expect(page.locator("#panels[data-filled]")).to_be_visible()
        await page.evaluate(DRAWN)
        after = await page.evaluate(WRITTEN)
    # System has its texts in the first place, and the other panels have theirs from the same probes.
    assert before.keys() == after.keys()
    far = {
        name: (place, after[name])
        for name, place in before.items()
        if max(abs(one - other) for one, other in zip(place, after[name], strict=True)) > 1
    }
    assert far == {}


async def test_buttons_are_out_of_reach_until_they_do_something(server: Server, chromium: Browser) -> None:
    async with opened(chromium, server.url, looks=Looks()) as (page, _):
        async with held_back(page):
            await page.goto(f"{server.url}/demo?window=60", wait_until="commit")
            await expect(page.locator("#toolbar")).to_have_attribute("inert", "")
            await expect(page.locator("#suggestions")).to_have_attribute("inert", "")
            await expect(page.locator("#ask [type=submit]")).to_be_disabled()
            await expect(page.locator('[data-window="60"]')).to_have_attribute("aria-pressed", "true")
        await expect(page.locator("#toolbar")).not_to_have_attribute("inert", "")
        await expect(page.locator("#suggestions")).not_to_have_attribute("inert", "")
        await expect(page.locator("#ask [type=submit]")).to_be_enabled()
        await expect(page.locator("#suggestions button")).to_have_count(3)


async def test_where_no_script_comes_the_page_says_so_and_its_numbers_go(server: Server, chromium: Browser) -> None:
    server.frame()
    async with opened(chromium, server.url, looks=Looks()) as (page, _), held_back(page):  # motion is reduced
        await page.goto(f"{server.url}/demo", wait_until="commit")
        await expect(page.locator(".skeleton .number").first).to_be_visible()
        await expect(page.locator("#late")).to_be_visible()
        await expect(page.locator(".skeleton .number").first).to_be_hidden()


async def test_in_kiosk_mode_a_lost_connection_is_said_in_words(server: Server, chromium: Browser) -> None:
    async with opened(chromium, server.url, looks=Looks()) as (page, _):
        await page.goto(f"{server.url}/demo?kiosk")
        await expect(page.locator("#panels[data-filled]")).to_be_visible()
        await expect(page.locator("#state")).to_be_hidden()
        server.kill()
        await expect(page.locator("#state")).to_be_visible()
        await expect(page.locator("#state")).to_contain_text("Disconnected")
