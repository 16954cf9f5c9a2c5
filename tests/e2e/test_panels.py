"""The panels over recorded frames, in a real Chromium: whatever a probe declares, complete, and cheap to keep live."""

import json
import re
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, Locator, Page, ViewportSize, expect

from monitor.web.guard import POLICY
from tests.frontend.fixtures.make import EMOJI, EVIL, LONG, RIGHT_TO_LEFT

ROOT = Path(__file__).resolve().parents[2]
FRONTEND = ROOT / "tests" / "frontend"
FOLDERS = {
    "static": ROOT / "monitor" / "web" / "static",
    "fixtures": FRONTEND / "fixtures",
    "panels": FRONTEND / "panels",
}
WIDE: ViewportSize = {"width": 1280, "height": 800}


class Handler(SimpleHTTPRequestHandler):
    """Files of three folders, under the policy of the pages."""

    def translate_path(self, path: str) -> str:
        folder, _, name = urlsplit(path).path.strip("/").partition("/")
        return str(FOLDERS[folder] / name) if folder in FOLDERS and name else str(FOLDERS["panels"] / "index.html")

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()

    def log_message(self, *_: object) -> None: ...


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """The address of the page that shows the panels."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(FRONTEND))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


@asynccontextmanager
async def shown(
    chromium: Browser, url: str, frames: str, *, hold: int = 0, size: ViewportSize = WIDE
) -> AsyncIterator[Page]:
    """Open the page over recorded frames, of which the last `hold` are kept back; it must complain about nothing."""
    context = await chromium.new_context(viewport=size, locale="en-GB")
    page = await context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: complaints.append(request.url) if not request.url.startswith(url) else None)
    await page.goto(f"{url}?frames={frames}&hold={hold}")
    await page.wait_for_selector("html[data-ready]", state="attached")
    yield page
    assert complaints == []
    await context.close()


def recorded(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((FRONTEND / "fixtures" / f"{name}.json").read_text(encoding="utf-8"))
    return loaded


def panel(page: Page, name: str) -> Locator:
    return page.locator(f'.panel[data-probe="{name}"]')


async def add(page: Page, number: int) -> None:
    """Give the page so many of the frames that were kept back."""
    await page.evaluate(
        "number => { const { frames, store, add } = panels;"
        " frames.filter(frame => frame.timestamp > store.newest.timestamp).slice(0, number).forEach(add); }",
        number,
    )


async def frame_by_frame(page: Page) -> None:
    """Wait until what was drawn has been laid out."""
    await page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


@pytest.mark.parametrize("frames", ["four_cores", "third_party", "stale", "evil"])
async def test_every_field_of_every_probe_is_shown_and_explained(chromium: Browser, url: str, frames: str) -> None:
    async with shown(chromium, url, frames) as page:
        for probe in recorded(frames)["probes"]["probes"]:
            place = panel(page, probe["name"])
            await place.scroll_into_view_if_needed()
            await place.get_by_role("button", name="About").click()
            about = page.get_by_role("dialog")
            for field in probe["fields"]:
                path = f"{probe['name']}.{field['name']}"
                assert await place.locator(f'[data-path="{path}"]').count() >= 1, path
                await expect(about).to_contain_text(path)
                await expect(about).to_contain_text(field["help"])
            await expect(about).to_contain_text(probe["distribution"])
            await expect(about).to_contain_text("every 5 s")
            await page.keyboard.press("Escape")
            await expect(about).to_have_count(0)
            await expect(place.get_by_role("button", name="About")).to_be_focused()


async def test_numbers_have_their_units_and_counters_their_rate_and_total(chromium: Browser, url: str) -> None:
    async with shown(chromium, url, "third_party") as page:
        await expect(panel(page, "cpu").locator(".big")).to_have_text(re.compile(r"^\d+\.\d %$"))
        network = panel(page, "network")
        await expect(network.locator(".big").first).to_have_text(re.compile(r"^[\d.]+ [KM]B/s$"))
        await expect(network.locator(".fact").first).to_have_text(re.compile(r"^Data sent\s*1\.40\s*GB$"))
        await expect(panel(page, "ups").locator('[data-path="ups.input"]')).to_contain_text("V")
        await panel(page, "gpu").scroll_into_view_if_needed()
        await expect(panel(page, "gpu").locator(".multiple").first).to_contain_text("°C")


async def test_thresholds_are_words_too_and_low_may_be_bad(chromium: Browser, url: str) -> None:
    async with shown(chromium, url, "third_party") as page:
        await expect(panel(page, "disk").locator(".big .mark")).to_have_text("critical")
        await expect(panel(page, "memory").locator(".big .mark")).to_be_hidden()
        await panel(page, "ups").scroll_into_view_if_needed()
        await expect(panel(page, "ups").locator('[data-path="ups.charge"] .mark')).to_have_text("warning")


async def test_the_trend_says_in_words_how_it_stands_to_the_mean(chromium: Browser, url: str) -> None:
    async with shown(chromium, url, "four_cores") as page:
        words = panel(page, "cpu").locator(".trend .visually-hidden")
        await expect(words).to_have_text(re.compile(r"^[\d.]+ pts (above|below) the mean of 5 min$"))


async def test_names_of_machines_are_text_and_break_nothing(chromium: Browser, url: str) -> None:
    async with shown(chromium, url, "evil") as page:
        names = panel(page, "names")
        await expect(names.locator(".headliner .name")).to_have_text(EVIL)
        found = await names.locator(".multiple .name").all_text_contents()
        assert found[:3] == [EVIL, RIGHT_TO_LEFT, EMOJI]
        assert found[3] == LONG[:300] + "\N{HORIZONTAL ELLIPSIS}"
        assert await names.locator(".multiple .name").nth(3).get_attribute("title") == LONG
        assert {"]", "a]b[c", "__proto__", "<b>bold</b>", "&amp;"} <= set(found)
        assert await page.evaluate("window.pwned ?? null") is None
        await expect(page.locator(".panel :is(img, b, script)")).to_have_count(0)
        for box in [await each.bounding_box() for each in await names.locator(".multiple").all()]:
            assert box is not None
            assert box["height"] < 90


@pytest.mark.parametrize("frames", ["third_party", "many_cores", "evil", "stale"])
async def test_no_panel_is_wider_than_its_place(chromium: Browser, url: str, frames: str) -> None:
    wider = "[...document.querySelectorAll('.panel')].filter(e => e.scrollWidth > e.clientWidth).map(e => e.id)"
    async with shown(chromium, url, frames) as page:
        for width in (320, 390, 768, 1280, 1920):
            await page.set_viewport_size({"width": width, "height": 900})
            await frame_by_frame(page)
            assert await page.evaluate("document.documentElement.scrollWidth") <= width
            assert await page.evaluate(wider) == [], f"at {width}"


async def test_the_first_view_has_the_machine_without_scrolling(chromium: Browser, url: str) -> None:
    async with shown(chromium, url, "four_cores") as page:
        assert await page.evaluate("document.documentElement.scrollHeight") <= WIDE["height"]


async def test_128_cores_are_a_grid_that_keys_walk_through(chromium: Browser, url: str) -> None:
    async with shown(chromium, url, "many_cores", hold=5) as page:
        grid = panel(page, "cpu").get_by_role("grid")
        cells = grid.get_by_role("gridcell")
        await expect(cells).to_have_count(128)
        readout = panel(page, "cpu").locator(".readout")
        await expect(readout).to_have_text(re.compile(r"^Mean \d+\s%, highest Core \d+: \d+\s%$"))
        await expect(grid.locator('[tabindex="0"]')).to_have_count(1)
        await grid.locator('[tabindex="0"]').focus()
        await expect(readout).to_have_text(re.compile(r"^Core 0: \d+\s%$"))
        await page.keyboard.press("ArrowRight")
        await page.keyboard.press("ArrowDown")
        await expect(readout).to_have_text(re.compile(r"^Core 17: \d+\s%$"))
        await expect(cells.nth(17)).to_be_focused()
        await add(page, 5)
        await expect(cells.nth(17)).to_be_focused()
        await expect(readout).to_have_text(str(await cells.nth(17).get_attribute("aria-label")))
        await page.set_viewport_size({"width": 390, "height": 800})  # other rows, the same cell
        await expect(cells.nth(17)).to_be_focused()
        await cells.nth(40).hover()
        await expect(readout).to_have_text(re.compile(r"^Core 40: \d+\s%$"))
        await expect(panel(page, "cpu").locator(".legend")).to_contain_text("from 90\N{NO-BREAK SPACE}%")
        assert await grid.locator('[data-level="warning"]').count() > 0


@pytest.mark.parametrize(("count", "role"), [(4, "meter"), (16, "meter"), (256, "gridcell")])
async def test_cells_suit_how_many_there_are(chromium: Browser, url: str, count: int, role: Any) -> None:
    async with shown(chromium, url, "four_cores") as page:
        await page.evaluate(
            """count => {
                const frame = structuredClone(panels.frames.at(-1));
                frame.timestamp += 5;
                frame.cpu.percent_per_core = Array.from({ length: count }, (_, each) => each % 101);
                panels.add(frame);
            }""",
            count,
        )
        cells = panel(page, "cpu").locator(".cells")
        await expect(cells.get_by_role(role)).to_have_count(count)
        shown_text = await cells.locator(".cell").nth(3).evaluate("e => e.ariaLabel ?? e.textContent")
        assert "3\N{NO-BREAK SPACE}%" in shown_text


async def test_lists_and_tables_whose_elements_change_use_their_nodes_again_and_move_nobody(
    chromium: Browser, url: str
) -> None:
    async with shown(chromium, url, "evil", hold=9, size={"width": 1280, "height": 2400}) as page:
        await frame_by_frame(page)
        table = panel(page, "restless").locator('[data-path="restless.many"]')
        await expect(table.locator("tbody tr")).to_have_count(200)
        await expect(table.locator(".rest:visible")).to_have_text("and 100 more")
        rows = """[...document.querySelectorAll('[data-path="restless.many"] tbody tr')]"""
        await page.evaluate(f"() => {{ window.rows = {rows}; }}")
        places = "() => [...document.querySelectorAll('.panel')].map(e => [e.offsetLeft, e.offsetTop, e.offsetWidth])"
        await add(page, 1)
        await frame_by_frame(page)
        before = await page.evaluate(places)
        first = await table.locator("tbody th").first.text_content()
        await table.locator(".scroll").focus()
        for _ in range(8):
            await add(page, 1)
        await frame_by_frame(page)
        assert await table.locator("tbody th").first.text_content() != first
        assert await page.evaluate(f"{rows}.every((row, place) => row === window.rows[place])")
        await expect(table.locator(".scroll")).to_be_focused()
        after = await page.evaluate(places)
        assert [each[0::2] for each in after] == [each[0::2] for each in before]


async def test_a_long_table_is_sorted_by_name_and_by_value(chromium: Browser, url: str) -> None:
    async with shown(chromium, url, "third_party") as page:
        table = panel(page, "gpu").locator('[data-path="gpu.jobs"]')
        await table.scroll_into_view_if_needed()
        jobs = recorded("third_party")["frames"][-1]["gpu"]["jobs"]
        names = table.locator("tbody th")
        assert (await names.all_text_contents()) == sorted(jobs)[:200]
        await expect(table.locator(".rest:visible")).to_have_text("and 60 more")
        await table.get_by_role("button", name="Jobs").click()
        await expect(table.locator('th[aria-sort="descending"]')).to_have_text("Jobs")
        found = await names.all_text_contents()
        assert [jobs[name] for name in found] == sorted(jobs.values(), reverse=True)[:200]
        await table.get_by_role("button", name="Job", exact=True).press("Enter")
        await expect(names.first).to_have_text("job-4000")


async def test_rows_out_of_sight_follow_now_and_then_and_at_once_when_they_come_into_sight(
    chromium: Browser, url: str
) -> None:
    async with shown(chromium, url, "third_party") as page:
        table = panel(page, "gpu").locator('[data-path="gpu.jobs"]')
        await table.scroll_into_view_if_needed()
        # Whether they are in sight, the table hears a moment later.
        await expect(table.locator("tbody tr")).to_have_count(200)
        await frame_by_frame(page)
        tick = """values => {
            const { add, frames, store } = panels;
            const shown = [];
            for (const value of values) {
                const frame = structuredClone(frames.at(-1));
                frame.timestamp = store.newest.timestamp + 1;
                for (const job of Object.keys(frame.gpu.jobs)) frame.gpu.jobs[job] = value;
                add(frame);
                const cells = document.querySelectorAll('[data-path="gpu.jobs"] tbody .number');
                shown.push([...cells].map((cell) => cell.textContent));
            }
            return shown;
        }"""
        first, second, third = await page.evaluate(tick, [7, 8, 9])
        assert [each[0] for each in (first, second, third)] == ["7.00", "8.00", "9.00"]
        assert len([each for each in third[100:] if each == "9.00"]) < 30
        last = (await page.evaluate(tick, [5] * 12))[-1]
        assert set(last) == {"5.00"}, "all within some seconds"
        await page.evaluate(tick, [6])
        await table.locator(".scroll").evaluate("scroll => { scroll.scrollTop = scroll.scrollHeight; }")
        await expect(table.locator("tbody .number").last).to_have_text("6.00")
        await page.evaluate("panels.show(panels.store.length - 3)")
        assert set(await table.locator("tbody .number").all_text_contents()) == {"5.00"}, (
            "an earlier moment has all of it"
        )


async def test_a_stale_probe_says_how_old_and_why_and_the_age_counts(chromium: Browser, url: str) -> None:
    async with shown(chromium, url, "stale") as page:
        disk = panel(page, "disk")
        await expect(disk.locator(".badge")).to_have_text(re.compile(r"^4\d s old$"))
        await expect(disk.locator(".reason")).to_have_text("OSError: [Errno 5] Input/output error: '/mnt/archive'")
        age = await disk.locator(".badge").text_content()
        await expect(disk.locator(".badge")).not_to_have_text(str(age))
        await expect(panel(page, "cpu").locator(".badge")).to_be_hidden()
        await expect(panel(page, "ups").locator(".badge")).to_have_text("no data")
        await expect(panel(page, "ups").locator(".reason")).to_have_text("no battery")
        await panel(page, "tide").scroll_into_view_if_needed()
        await expect(panel(page, "tide").locator(".badge")).to_have_text("waiting")
        # Well again: the badge goes.
        await page.evaluate(
            "() => { const { add, frames } = panels; const frame = structuredClone(frames.at(-1));"
            " frame.timestamp += 5; delete frame.stale; add(frame); }"
        )
        await expect(disk.locator(".badge")).to_be_hidden()
        await expect(disk.locator(".reason")).to_be_hidden()


async def test_the_age_of_an_earlier_moment_stands_still(chromium: Browser, url: str) -> None:
    async with shown(chromium, url, "stale") as page:
        badge = panel(page, "disk").locator(".badge")
        await page.evaluate("panels.show(panels.store.length - 2)")
        text = await badge.text_content()
        assert re.match(r"^\d+ s old$", str(text))
        await page.wait_for_timeout(2500)  # nothing to wait for: it must not change
        assert await badge.text_content() == text


async def test_an_earlier_moment_shows_the_elements_it_had(chromium: Browser, url: str) -> None:
    async with shown(chromium, url, "evil", size={"width": 1280, "height": 2400}) as page:
        await frame_by_frame(page)
        for index in range(2, 8):
            timestamp = await page.evaluate(
                "index => { panels.show(index); return panels.store.timestamps[index]; }", index
            )
            had = next(each for each in recorded("evil")["frames"] if each["timestamp"] == timestamp)["restless"]
            names = panel(page, "restless").locator('[data-path="restless.many"] tbody th')
            listed = await names.all_text_contents()
            assert set(listed) <= set(had["many"])
            rest = panel(page, "restless").locator('[data-path="restless.many"] .rest:visible')
            await expect(rest).to_have_text(f"and {len(had['many']) - len(listed)} more")
            for field, value in (("keys", ".number"), ("length", ".cell-value")):
                values = panel(page, "restless").locator(f'[data-path="restless.{field}"] {value}')
                await expect(values).to_have_count(len(had[field]))
                await expect(values.filter(has_text="\N{EN DASH}")).to_have_count(0)


async def test_a_picture_has_the_lines_the_patterns_and_the_ellipses(chromium: Browser, url: str) -> None:
    async with shown(chromium, url, "third_party", size={"width": 1280, "height": 2400}) as page:
        await frame_by_frame(page)
        counted = """async ([name, selector]) => {
            const { painted } = await import("/static/export.js");
            const panel = document.querySelector(`.panel[data-probe="${name}"]`);
            const element = panel.querySelector(selector);
            const own = panel.getBoundingClientRect();
            const box = element.getBoundingClientRect();
            const context = painted(panel).getContext("2d");
            const [x, y] = [2 * (box.left - own.left + 16), 2 * (box.top - own.top + 16)];
            const { data } = context.getImageData(x, y, Math.ceil(2 * box.width), Math.ceil(2 * box.height));
            return new Set(new Uint32Array(data.buffer)).size;
        }"""
        assert await page.evaluate(counted, ["gpu", ".multiple .sparkline"]) > 5
        plain = "element => { element.style.backgroundImage = 'none'; }"
        fill = panel(page, "disk").locator('.bar[data-level="critical"] .fill')
        patterned = await page.evaluate(counted, ["disk", '.bar[data-level="critical"] .fill'])
        await fill.evaluate(plain)
        assert patterned > await page.evaluate(counted, ["disk", '.bar[data-level="critical"] .fill'])
        written = await page.evaluate(
            """async () => {
                const { painted } = await import("/static/export.js");
                const panel = document.querySelector('.panel[data-probe="cpu"]');
                panel.querySelector("h2").textContent = "A name that is far too long for the head of it ".repeat(3);
                const written = [];
                const original = CanvasRenderingContext2D.prototype.fillText;
                CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) {
                    written.push(text);
                    original.call(this, text, ...rest);
                };
                painted(panel);
                CanvasRenderingContext2D.prototype.fillText = original;
                return written;
            }"""
        )
        assert [text for text in written if text.endswith("\N{HORIZONTAL ELLIPSIS}")]
        assert written.count("name") == 1


async def test_a_fact_marks_its_panel_and_the_very_number(chromium: Browser, url: str) -> None:
    async with shown(chromium, url, "third_party") as page:
        mark = "paths => panels.panels.forEach(panel => panel.highlight(paths))"
        await page.evaluate(
            mark, ["cpu.percent_per_core[2]", "gpu.jobs[job-4150]", "memory.used_mb", "tide.gauges[Dover]"]
        )
        marked = page.locator(".panel[data-highlight]")
        assert await marked.evaluate_all("all => all.map(e => e.dataset.probe)") == ["cpu", "memory", "tide", "gpu"]
        await expect(panel(page, "cpu").locator(".cell[data-highlight]")).to_contain_text("Core 2")
        await expect(panel(page, "memory").locator(".fact[data-highlight]")).to_contain_text("Memory in use")
        await panel(page, "gpu").scroll_into_view_if_needed()
        await page.evaluate(mark, ["gpu.jobs[job-4150]"])
        row = panel(page, "gpu").locator("tr[data-highlight]")
        await expect(row).to_contain_text("job-4150")
        await expect(row).to_be_in_viewport()
        await expect(page.locator("[data-highlight]")).to_have_count(2)
        await page.evaluate(mark, [])
        await expect(page.locator("[data-highlight]")).to_have_count(0)


async def test_what_has_not_changed_is_not_written_and_a_selection_stays(chromium: Browser, url: str) -> None:
    async with shown(chromium, url, "third_party", hold=3, size={"width": 1280, "height": 2400}) as page:
        await frame_by_frame(page)
        await page.evaluate(
            """() => {
                window.changes = 0;
                const host = document.getElementById("panels");
                new MutationObserver(all => { window.changes += all.length; })
                    .observe(host, { subtree: true, childList: true, attributes: true, characterData: true });
                window.added = [];
                new MutationObserver(all => { for (const each of all) window.added.push(...each.addedNodes); })
                    .observe(host, { subtree: true, childList: true });
                getSelection().selectAllChildren(document.querySelector('[data-path="disk.total_gb"] .figure'));
            }"""
        )
        chosen = await page.evaluate("getSelection().toString()")
        await page.evaluate("panels.show()")
        await frame_by_frame(page)
        assert await page.evaluate("window.changes") == 0
        await add(page, 3)
        await frame_by_frame(page)
        assert await page.evaluate("window.changes") > 0
        inside = "window.added.filter(e => e instanceof Element && !e.parentElement?.closest('.chart')).length"
        assert await page.evaluate(inside) == 0, "a tick makes no elements"
        assert await page.evaluate("getSelection().toString()") == chosen


async def test_a_panel_that_is_not_seen_is_drawn_when_it_is(chromium: Browser, url: str) -> None:
    async with shown(chromium, url, "third_party", hold=1, size={"width": 390, "height": 700}) as page:
        gpu = panel(page, "gpu")
        number = gpu.locator(".multiple .number").first
        await frame_by_frame(page)
        before = await number.text_content() if await number.count() else None
        await add(page, 1)
        assert (await number.text_content() if await number.count() else None) == before
        await gpu.scroll_into_view_if_needed()
        last = recorded("third_party")["frames"][-1]["gpu"]["celsius"][0]
        await expect(number).to_have_text(f"{last:.1f}")


@pytest.mark.parametrize("frames", ["four_cores", "many_cores", "third_party", "evil"])
async def test_the_cost_of_a_tick_is_printed(
    chromium: Browser, url: str, frames: str, capsys: pytest.CaptureFixture[str]
) -> None:
    async with shown(chromium, url, frames, hold=10, size={"width": 1280, "height": 2400}) as page:
        await frame_by_frame(page)
        costs = await page.evaluate(
            """async () => {
                const { frames, store, add } = panels;
                const costs = [];
                for (const frame of frames.filter(each => each.timestamp > store.newest.timestamp)) {
                    const began = performance.now();
                    add(frame);
                    const script = performance.now() - began;
                    document.body.offsetHeight;
                    costs.push([script, performance.now() - began]);
                    await new Promise(requestAnimationFrame);
                }
                return costs;
            }"""
        )
        assert len(costs) == 10
        script, whole = (sorted(column)[5] for column in zip(*costs, strict=True))
        with capsys.disabled():
            print(f"\n{frames}: {script:.1f} ms of script a tick, {whole:.1f} ms with style and layout, median of 10")
