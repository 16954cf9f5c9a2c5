"""Makes the pictures of the README: run by `make screenshots`."""

import asyncio
from pathlib import Path

from playwright.async_api import ViewportSize, expect

from tests.e2e.conftest import launch
from tests.e2e.server import Server

IMAGES = Path(__file__).resolve().parents[2] / "docs" / "images"


async def main() -> None:
    """Write docs/images/demo-light.png and demo-dark.png."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with Server() as server:
        async with launch() as browser:
            for scheme in ("light", "dark"):
                size: ViewportSize = {"width": 1200, "height": 740}
                context = await browser.new_context(viewport=size, color_scheme=scheme, locale="en-GB")
                page = await context.new_page()
                await page.goto(server.url + "/demo")
                await expect(page.locator("#state")).to_have_text("Live")
                await page.wait_for_timeout(2500)  # the rates need a second frame
                await page.screenshot(path=IMAGES / f"demo-{scheme}.png")
                await context.close()


if __name__ == "__main__":
    asyncio.run(main())
