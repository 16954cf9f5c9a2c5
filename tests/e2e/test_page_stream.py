"""The stream as the dashboard shows it, in a real Chromium: whole over breaks, quiet while hidden, however it comes."""

import json
import re
from functools import partial
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Final
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.async_api import Browser, Page, expect

from tests.e2e.browser import LIVE, opened
from tests.e2e.dashboard import (
    DASH,
    INTERVAL,
    PATIENCE,
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
from tests.e2e.proxy import Gate, Proxy
from tests.e2e.server import Server, wait_for
from tests.e2e.tide import Tide

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


def has_more(server: Server, since: float, count: int) -> bool:
    """Return whether the server has so many frames that are newer."""
    return sum(each > since for each in past(server)) > count


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
    """Pause; the charts have every frame of the server from `since` on, each once, and no hole but the server's own."""
    await page.locator("#pause").click()
    shown = await stamps(page)
    table = await rows(page, "memory")
    await page.keyboard.press("l")
    assert shown[0] <= since < shown[-1]
    known = past(server)
    assert shown == [each for each in known if shown[0] <= each <= shown[-1]]
    assert len(table) >= min(len(shown), 50)
    # A loaded machine has the server itself miss its times, or a probe.
    missed = sum(later - sooner >= 2 * INTERVAL for sooner, later in pairwise(known))
    assert len([row for row in table if DASH in row[1]]) <= missed + list(known.values()).count(None)


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
