"""The dashboard as a test opens it, finds its parts and reads what it shows; what the server knows beside it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

from playwright.async_api import Browser, Locator, Page, expect

from tests.e2e.browser import LIVE, opened
from tests.e2e.server import Server, wait_for

#: Milliseconds for what takes a few seconds: test machines are shared.
PATIENCE: Final = 60_000
#: A pace at which seconds are many frames.
INTERVAL: Final = 0.25
DASH: Final = "\N{EN DASH}"


@asynccontextmanager
async def dashboard(chromium: Browser, url: str, query: str = "", **options: Any) -> AsyncIterator[Page]:
    """Open the dashboard and wait until it is filled; nothing may be complained about."""
    async with opened(chromium, url, **options) as (page, complaints):
        await page.goto(f"{url}/demo{query}")
        await filled(page)
        yield page
        assert complaints == []


async def filled(page: Page) -> None:
    """Wait until an English page is live and its panels are filled."""
    await expect(page.locator("#state")).to_have_text(LIVE, timeout=PATIENCE)
    await expect(page.locator("#panels[data-filled]")).to_be_visible(timeout=PATIENCE)


def panel(page: Page, name: str) -> Locator:
    return page.locator(f'.panel[data-probe="{name}"]')


def number(page: Page, path: str) -> Locator:
    return page.locator(f'[data-path="{path}"] .number').first


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


async def moment(page: Page) -> float:
    """Return the time whose numbers are shown."""
    shown: float = await page.evaluate("Date.parse(document.getElementById('clock').dateTime) / 1000")
    return shown


async def moves(page: Page) -> None:
    """Wait until the numbers of another moment are shown."""
    clock = page.locator("#clock")
    before = str(await clock.get_attribute("datetime"))
    await expect(clock).not_to_have_attribute("datetime", before, timeout=PATIENCE)


async def saved(page: Page, key: str) -> str:
    """Press the key for a download; return what is in the file."""
    async with page.expect_download() as download:
        await page.keyboard.press(key)
    return _read(await (await download.value).path())


async def saved_from_menu(page: Page, item: str) -> str:
    """Choose a download, by its id, in the menu; return what is in the file."""
    await page.locator("#more summary").click()
    async with page.expect_download() as download:
        await page.locator(f"#{item}").click()
    return _read(await (await download.value).path())


def _read(path: Path) -> str:
    return path.read_bytes().decode()


async def eventually(condition: Callable[[], Any]) -> Any:
    """Return the first true value of what blocks for a moment."""
    return await asyncio.to_thread(wait_for, condition, PATIENCE / 1000)


def past(server: Server) -> Mapping[float, float | None]:
    """Return the share of memory in use, by timestamp, of all frames that the server has; None where it has none."""
    history = server.get("/api/history?fields=memory.percent")
    return dict(zip(history["timestamp"], history["fields"]["memory.percent"], strict=True))
