"""That all of the dashboard is about one moment: charts, tables, their readouts and what screen readers hear."""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

from playwright.async_api import Browser, Page, Route, expect

from tests.e2e.browser import opened
from tests.e2e.dashboard import filled, moves, panel
from tests.e2e.replayed import Gpu, Mounts, Replayed, Ups, replayed
from tests.e2e.server import Server
from tests.e2e.tide import Tide

#: All panels are on screen.
TALL: Final[Any] = {"viewport": {"width": 1280, "height": 2400}}
CLOCK: Final = "document.getElementById('clock').textContent"
#: Where each chart ends, by what it says to screen readers: the words after "to", before the colon.
ENDS: Final = """[...document.querySelectorAll('.panel .chart[role=img]')]
    .map((chart) => /^.+, .+ to (.+?): /.exec(chart.getAttribute('aria-label'))?.[1])"""
ROWS: Final = """Object.fromEntries([...document.querySelectorAll('[data-probe=mounts] tbody tr')]
    .map((row) => [row.querySelector('th').textContent, row.querySelector('.number').textContent]))"""


@asynccontextmanager
async def watched(chromium: Browser, query: str = "?window=900") -> AsyncIterator[tuple[Page, Replayed]]:
    """Open a dashboard of eight charts with 15 minutes in each."""
    async with (
        replayed(Gpu(), Ups(), Mounts()) as (url, sampler),
        opened(chromium, url, **TALL) as (page, complaints),
    ):
        await page.goto(f"{url}/demo{query}")
        await filled(page)
        await moves(page)
        yield page, sampler
        assert complaints == []


async def stopped(page: Page, sampler: Replayed) -> None:
    """Let no more frames come, and wait until the page has all there are."""
    sampler.going.clear()
    await page.wait_for_function(
        "(time) => Date.parse(document.getElementById('clock').dateTime) >= time", arg=sampler.timestamp * 1000 - 1
    )


async def newest(page: Page) -> Mapping[str, str]:
    """Return what the rows of the table should say."""
    frame = await page.evaluate("fetch('api/system-stats').then((answer) => answer.json())")
    return {name: f"{value:.1f}" for name, value in frame["mounts"]["full"].items()}


async def test_charts_are_read_at_one_moment_wherever_the_pointer_rests(chromium: Browser) -> None:
    async with watched(chromium) as (page, _):
        area = await page.locator(".panel .u-over").first.bounding_box()
        assert area is not None
        await page.mouse.move(area["x"] + 0.7 * area["width"], area["y"] + area["height"] / 2)
        for _ in range(5):
            await moves(page)
            moments = await page.locator(".chart-readout:visible .chart-moment").all_inner_texts()
            assert (len(moments), len(set(moments))) == (8, 1), moments


async def test_when_no_frame_comes_any_more_all_of_the_last_one_is_shown(chromium: Browser) -> None:
    async with watched(chromium) as (page, sampler):
        await stopped(page, sampler)
        clock = await page.evaluate(CLOCK)
        await page.wait_for_function(f"(time) => {ENDS}.every((end) => end === time)", arg=clock)
        assert await page.evaluate(f"{ENDS}.length") == 8
        assert await page.evaluate(ROWS) == await newest(page)


async def test_paper_has_all_of_one_moment(chromium: Browser) -> None:
    async with watched(chromium) as (page, sampler):
        await stopped(page, sampler)
        wanted = await newest(page)
        assert await page.evaluate(f"dispatchEvent(new Event('beforeprint')), {ROWS}") == wanted


async def test_a_picture_has_all_of_one_moment(chromium: Browser) -> None:
    async with watched(chromium) as (page, _):
        await moves(page)
        ends, clock = await page.evaluate(f"""async () => {{
            document.querySelector('[data-probe=memory] .panel-actions button:last-child').click();
            const clock = {CLOCK};
            await new Promise((resolve) => setTimeout(resolve));
            return [{ENDS}, clock];
        }}""")
        assert ends == [clock] * 8
        await expect(page.locator("#announcements")).to_have_text(re.compile("Copied|Saved"))


async def test_the_numbers_are_of_a_moment_that_is_shown(chromium: Browser) -> None:
    async with watched(chromium) as (page, _):
        await page.locator("#pause").click()
        ends = await page.evaluate(CLOCK)
        await page.locator(".panel .chart").first.focus()
        await page.keyboard.press("Home")
        await expect(page.locator("#clock")).not_to_have_text(ends)
        await page.keyboard.press("1")  # the last minute: the cursor is before it
        await expect(page.locator("#clock")).to_have_text(ends)


async def test_another_stretch_is_told_at_once_and_aloud_where_the_focus_is(chromium: Browser) -> None:
    async with watched(chromium, "?window=300") as (page, _):
        chart = page.locator(".panel .chart").first
        before = str(await chart.get_attribute("aria-label"))
        await page.locator("#closer").click()
        await expect(chart).not_to_have_attribute("aria-label", before)
        seen = await page.evaluate(ENDS)
        assert len(set(seen)) == 1
        await chart.focus()
        await page.keyboard.press("+")
        await expect(page.locator(".chart-voice")).to_have_text(re.compile(r"^CPU, \S.* to \S"))


async def test_a_panel_alone_that_is_made_anew_keeps_the_focus(chromium: Browser, tmp_path: Path) -> None:
    tide = Tide(tmp_path)
    with Server("--interval", "0.25", environment=tide.environment) as server:
        async with opened(chromium, server.url) as (page, complaints):
            asked = 0

            async def declare(route: Route) -> None:
                nonlocal asked
                asked += 1
                answer = await route.fetch()
                told = await answer.json()
                for probe in told["probes"]:
                    if probe["name"] == "memory" and asked > 1:
                        probe["fields"][0]["help"] += " Anew."
                await route.fulfill(response=answer, json=told)

            await page.route("**/api/probes", declare)
            await page.goto(f"{server.url}/demo?focus=memory")
            await filled(page)
            first = await panel(page, "memory").element_handle()
            enlarge = panel(page, "memory").locator("[data-action=enlarge]")
            await enlarge.focus()
            tide.become("raise")  # another state of a probe: the page asks for all of them again
            await page.wait_for_function("(first) => !first.isConnected", arg=first)
            assert await page.evaluate("document.activeElement.closest('.panel')?.dataset.probe") == "memory"
            assert complaints == []
