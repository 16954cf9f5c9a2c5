"""Fingers on the charts of the dashboard, in a real Chromium with a touch screen."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.async_api import Browser, CDPSession, Page, expect

from tests.e2e.browser import SIZES, opened
from tests.e2e.dashboard import PATIENCE, filled, panel
from tests.e2e.recording import Recording, replay
from tests.e2e.server import Server

Point = tuple[float, float]


class Hand:
    """Fingers on the screen, as the browser is told of them."""

    def __init__(self, page: Page, session: CDPSession) -> None:
        self.page = page
        self._session = session

    async def _tell(self, kind: str, points: tuple[Point, ...]) -> None:
        touches = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(points)]
        await self._session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})

    async def down(self, *points: Point) -> None:
        await self._tell("touchStart", points)

    async def move(self, *ways: tuple[Point, Point], steps: int = 8) -> None:
        """Move each finger along its way."""
        for step in range(1, steps + 1):
            share = step / steps
            await self._tell("touchMove", tuple((a + (c - a) * share, b + (d - b) * share) for (a, b), (c, d) in ways))

    async def up(self) -> None:
        await self._tell("touchEnd", ())

    async def magnify(self, factor: float) -> None:
        """Make the browser show the page so many times as large."""
        await self._session.send("Emulation.setPageScaleFactor", {"pageScaleFactor": factor})

    async def drag(self, *ways: tuple[Point, Point]) -> None:
        await self.down(*(begin for begin, _ in ways))
        await self.move(*ways)
        await self.up()


@asynccontextmanager
async def phone(chromium: Browser, server: Server, query: str = "", size: str = "phone") -> AsyncIterator[Hand]:
    """Open the dashboard, with a quarter of an hour behind it, in the hand of somebody."""
    recording = Recording(server.get("/api/probes"), server.frame())
    async with opened(chromium, server.url, **SIZES[size]) as (page, complaints):
        await replay(page, recording)
        await page.goto(f"{server.url}/demo{query}")
        await filled(page)
        await expect(page.locator(".panel .chart canvas").first).to_be_visible()
        yield Hand(page, await page.context.new_cdp_session(page))
        assert complaints == []


async def at(page: Page, share: float, name: str = "memory", height: float = 0.5) -> Point:
    """Return the place on the chart of a panel that is so far from its left edge, and from its top."""
    plot = panel(page, name).locator(".u-over")
    box = await plot.bounding_box()
    assert box is not None
    return box["x"] + share * box["width"], box["y"] + height * box["height"]


async def zoom(page: Page) -> tuple[float, float] | None:
    """Return the closer look that the address holds now."""
    query = parse_qs(urlsplit(await page.evaluate("location.href")).query)
    return (float(query["from"][0]), float(query["to"][0])) if "from" in query else None


async def length(page: Page) -> float:
    """Return how many seconds it shows."""
    found = await zoom(page)
    assert found is not None
    return found[1] - found[0]


async def test_a_finger_that_goes_across_reads_all_charts_and_a_tap_beside_puts_it_away(
    server: Server, chromium: Browser
) -> None:
    async with phone(chromium, server) as hand:
        page = hand.page
        await panel(page, "memory").scroll_into_view_if_needed()
        before = await page.evaluate("scrollY")
        x, y = await at(page, 0.2)
        await hand.down((x, y))
        await hand.move(((x, y), (x + 60, y + 10)))
        first = await panel(page, "memory").locator(".chart-moment").inner_text()
        await expect(panel(page, "cpu").locator(".chart-moment")).to_have_text(first)
        await hand.move(((x + 60, y + 10), (x + 120, y + 60)))
        await expect(panel(page, "memory").locator(".chart-moment")).not_to_have_text(first)
        await hand.up()
        await expect(panel(page, "memory").locator(".chart-readout")).to_be_visible()
        assert await page.evaluate("scrollY") == before
        assert await zoom(page) is None
        await panel(page, "memory").locator("h2").tap()
        await expect(page.locator(".chart-readout:visible")).to_have_count(0)


async def test_a_finger_that_goes_up_over_a_chart_scrolls_the_page_and_reads_nothing(
    server: Server, chromium: Browser
) -> None:
    async with phone(chromium, server) as hand:
        page = hand.page
        await panel(page, "memory").scroll_into_view_if_needed()
        before = await page.evaluate("scrollY")
        x, y = await at(page, 0.5)
        await hand.drag(((x, y), (x + 8, y - 250)))
        await page.wait_for_function("before => scrollY > before + 50", arg=before, timeout=PATIENCE)
        await expect(page.locator(".chart-readout:visible")).to_have_count(0)


async def test_two_fingers_zoom_all_charts_and_the_page_itself_stays_as_large(
    server: Server, chromium: Browser
) -> None:
    async with phone(chromium, server) as hand:
        page = hand.page
        await panel(page, "memory").scroll_into_view_if_needed()
        entries = await page.evaluate("history.length")
        (a, y), (b, _), (c, z), (d, _) = [await at(page, share) for share in (0.4, 0.6, 0.2, 0.8)]
        await hand.drag(((a, y), (c, z)), ((b, y), (d, z)))
        await expect(page.locator("#unzoom")).to_have_attribute("aria-disabled", "false")
        assert await length(page) == pytest.approx(100, abs=5)
        await expect(page.locator("#pause")).to_have_attribute("aria-pressed", "true")
        assert await page.evaluate("[visualViewport.scale, scrollX, document.documentElement.scrollWidth]") == [
            1,
            0,
            390,
        ]
        assert await page.evaluate("history.length") == entries + 1, "a pinch is one step back"
        # Both fingers to the right: what was before comes in sight.
        before = await zoom(page)
        await hand.drag(((a, y), (a + 60, y)), ((b, y), (b + 60, y)))
        assert await length(page) == pytest.approx(100, abs=5)
        after = await zoom(page)
        assert before is not None
        assert after is not None
        assert after[1] < before[1] - 20
        # Together again, beyond all that there was: everything, and live.
        await hand.drag(((c, y), (a, y)), ((d, y), (b, y)))
        await hand.drag(((c, y), (a, y)), ((d, y), (b, y)))
        await expect(page.locator("#unzoom")).to_have_attribute("aria-disabled", "true")
        await expect(page.locator("#pause")).to_have_attribute("aria-pressed", "false")
        assert await zoom(page) is None


async def test_two_fingers_zoom_with_one_of_them_on_the_axis(server: Server, chromium: Browser) -> None:
    async with phone(chromium, server) as hand:
        page = hand.page
        await panel(page, "memory").scroll_into_view_if_needed()
        (a, y), (b, _), (c, _) = [await at(page, share) for share in (-0.05, 0.3, 0.7)]
        is_on = "([x, y]) => document.elementFromPoint(x, y).matches('.u-over')"
        assert [await page.evaluate(is_on, [x, y]) for x in (a, b)] == [False, True]
        await hand.drag(((a, y), (a, y)), ((b, y), (c, y)))
        assert await length(page) == pytest.approx(300 * 0.35 / 0.75, abs=8)
        await expect(page.locator(".chart-readout:visible")).to_have_count(0)


async def test_a_tap_on_another_chart_reads_that_one(server: Server, chromium: Browser) -> None:
    async with phone(chromium, server) as hand:
        page = hand.page
        await panel(page, "memory").scroll_into_view_if_needed()
        x, y = await at(page, 0.2, "cpu", 0.8)
        await hand.drag(((x, y), (x + 60, y)))
        readout = panel(page, "memory").locator(".chart-readout")
        await expect(readout).to_be_visible()
        read = await readout.locator(".chart-moment").inner_text()
        await page.touchscreen.tap(*await at(page, 0.9, height=0.2))
        await expect(readout.locator(".chart-moment")).not_to_have_text(read)
        await expect(readout).to_be_visible()
        await panel(page, "memory").locator("h2").tap()
        await expect(page.locator(".chart-readout:visible")).to_have_count(0)


async def test_a_page_that_the_browser_magnified_is_moved_from_a_chart_too(server: Server, chromium: Browser) -> None:
    async with phone(chromium, server) as hand:
        page = hand.page
        await panel(page, "memory").scroll_into_view_if_needed()
        await hand.magnify(2)
        await expect(page.locator("html.is-magnified")).to_be_attached()
        plot = panel(page, "memory").locator(".chart-plot")
        await expect(plot).to_have_css("touch-action", "auto")
        await plot.scroll_into_view_if_needed()
        left, top = await page.evaluate("[visualViewport.offsetLeft, visualViewport.offsetTop]")
        x, y = await at(page, 0.5)
        await hand.drag(((x - left, y - top), (x - left - 100, y - top)))
        await page.wait_for_function("left => visualViewport.offsetLeft > left + 20", arg=left, timeout=PATIENCE)
        await expect(page.locator(".chart-readout:visible")).to_have_count(0)
        await hand.magnify(1)
        await expect(plot).to_have_css("touch-action", "pan-y")


async def test_a_closer_look_ends_now_however_the_fingers_move(server: Server, chromium: Browser) -> None:
    async with phone(chromium, server) as hand:
        page = hand.page
        await panel(page, "memory").scroll_into_view_if_needed()
        (a, y), (b, _), (c, _), (d, _) = [await at(page, share) for share in (0.7, 0.9, 0.05, 0.65)]
        await hand.drag(((a, y), (c, y)), ((b, y), (d, y)))
        assert await length(page) == pytest.approx(100, abs=8)
        newest = await page.evaluate("Date.parse(document.getElementById('clock').dateTime) / 1000")
        found = await zoom(page)
        assert found is not None
        assert found[1] == pytest.approx(newest, abs=5)


async def test_a_third_finger_and_a_lost_one_end_a_pinch(server: Server, chromium: Browser) -> None:
    async with phone(chromium, server) as hand:
        page = hand.page
        await panel(page, "memory").scroll_into_view_if_needed()
        (a, y), (b, _), (c, _), (d, _) = [await at(page, share) for share in (0.4, 0.6, 0.2, 0.8)]
        await hand.down((a, y), (b, y))
        await hand.move(((a, y), (c, y)), ((b, y), (d, y)))
        assert await zoom(page) is None, "an address is not worth it while fingers move"
        await hand.down((c, y), (d, y), (a, y))
        await expect(page.locator("#unzoom")).to_have_attribute("aria-disabled", "false")
        found = await zoom(page)
        assert found is not None
        await hand.move(((c, y), (a, y)), ((d, y), (d, y)), ((a, y), (a, y)))
        await hand.up()
        assert await zoom(page) == found


async def test_the_buttons_zoom_and_stay_under_the_finger(server: Server, chromium: Browser) -> None:
    async with phone(chromium, server) as hand:
        page = hand.page
        closer, farther = (page.get_by_role("button", name=name, exact=True) for name in ("Zoom in", "Zoom out"))
        where = [await each.bounding_box() for each in (closer, farther)]
        await closer.tap()
        assert await length(page) == pytest.approx(150, abs=1)
        await closer.tap()
        assert await length(page) == pytest.approx(75, abs=1)
        assert [await each.bounding_box() for each in (closer, farther)] == where
        await farther.tap()
        await farther.tap()
        assert await zoom(page) is None
        await expect(page.locator("#pause")).to_have_attribute("aria-pressed", "false")
        await farther.tap(force=True)  # it says that it is disabled
        assert await zoom(page) is None
        await closer.tap()
        await page.get_by_role("button", name="Undo zoom").tap()
        assert await zoom(page) is None
        await expect(page.locator("#live")).to_be_hidden()
