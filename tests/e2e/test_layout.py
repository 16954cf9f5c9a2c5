"""Where things stand on the dashboard, in a real Chromium: on phones, and however many probes there are."""

import json
from typing import Any, Final

import pytest
from playwright.async_api import Browser, Page, Route, ViewportSize, WebSocketRoute, expect

from tests.e2e.browser import Looks, opened
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
#: For each row of panels, the share of its width that nothing stands in.
EMPTY: Final = """() => {
    const host = document.getElementById("panels").getBoundingClientRect();
    const gap = parseFloat(getComputedStyle(document.getElementById("panels")).columnGap);
    const rows = new Map();
    for (const each of document.querySelectorAll("#panels > .panel")) {
        const { top, width } = each.getBoundingClientRect();
        rows.set(Math.round(top), (rows.get(Math.round(top)) ?? -gap) + width + gap);
    }
    return [...rows.values()].map((width) => Math.round((1 - width / host.width) * 100) / 100);
}"""


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
async def test_no_row_of_panels_has_a_hole_however_many_probes_there_are(
    server: Server, chromium: Browser, number: int
) -> None:
    async with opened(chromium, server.url, looks=Looks("light", "en", "wall")) as (page, _):
        await shown(page, server, number)
        await page.goto(f"{server.url}/demo")
        await expect(page.locator("#panels[data-filled]")).to_be_visible(timeout=60_000)
        await expect(page.locator("#panels > .panel")).to_have_count(number + 1)
        await expect(page.locator("#panels > .panel").last).to_have_id("system")
        for width in (390, 768, 1280, 1920, 2560):
            await page.set_viewport_size({"width": width, "height": 900})
            empty = await page.evaluate(EMPTY)
            assert all(abs(share) < 0.01 for share in empty), f"{width} pixels: {empty}"
