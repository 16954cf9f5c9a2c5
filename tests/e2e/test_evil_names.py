"""Names that are markup and worse, in a real Chromium: the dashboard shows them as text, wherever they stand."""

import csv
import io
import json
import re
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.async_api import Browser, Page, Route, WebSocketRoute, expect

from tests.e2e.browser import opened
from tests.e2e.dashboard import dashboard, filled, panel, saved_from_menu
from tests.e2e.server import Server
from tests.frontend.fixtures.make import EVIL

FIXTURES: Final = Path(__file__).resolve().parents[1] / "frontend" / "fixtures"
EVIL_FACT: Final = {"field": EVIL, "value": 1.0, "text": EVIL, "unit": None, "aggregate": None}
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


async def check_harmless(page: Page, width: int) -> None:
    assert await page.evaluate("window.pwned ?? null") is None
    await expect(page.locator("main :is(img, b:not(#ask-facts b), script), dialog :is(img, b, script)")).to_have_count(
        0
    )
    assert await page.evaluate("document.documentElement.scrollWidth") <= width


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
