"""The dashboard by keyboard alone, in a real Chromium: all can be reached and done, and the focus is always seen."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

import pytest
from playwright.async_api import Browser, Locator, Page, Route, expect

from tests.e2e.browser import LIVE, opened
from tests.e2e.dashboard import PATIENCE, button, dashboard, filled, moves, panel
from tests.e2e.recording import Recording, replay
from tests.e2e.server import Server
from tests.fuzz.model import model

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
