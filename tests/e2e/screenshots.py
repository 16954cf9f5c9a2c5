"""Takes pictures of the pages: those of the README, or into a folder all that one should have looked at.

`make screenshots` makes the README's anew; `python -m tests.e2e.screenshots FOLDER [NAME ...]` the others.
"""

import argparse
import asyncio
import re
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from playwright.async_api import Browser, Page, expect

from tests.e2e.browser import Looks, has_numbers, opened
from tests.e2e.conftest import launch
from tests.e2e.recording import Recording, replay
from tests.e2e.server import Server, wait_for
from tests.e2e.states import Prepare, fed
from tests.e2e.tide import Tide
from tests.fuzz.model import model

IMAGES: Final = Path(__file__).resolve().parents[2] / "docs" / "images"
#: Seconds that the README's pictures show: of this machine, and really its own.
README_WINDOW: Final = 60
#: The page over a recording, whose frames are so many seconds apart.
RECORDED: Final = "/demo?interval=5"
#: A connection that is there, in the words of each language.
LIVE: Final = re.compile(r"^(Live|En direct)$")


class Scene:
    """A page that was opened, and whatever can happen to it while the picture is prepared."""

    def __init__(self, page: Page, server: Server, tide: Tide) -> None:
        self.page = page
        self.server = server
        self.tide = tide


Act = Callable[[Scene], Awaitable[None]]


async def live(scene: Scene) -> None:
    """Numbers have come, and the rates of counters too, which need a second frame."""
    await has_numbers(scene.page)
    await scene.page.wait_for_timeout(2500)


async def at_once(scene: Scene) -> None:
    """The page is whole when it is loaded."""


async def stale(scene: Scene) -> None:
    """A probe has failed for some seconds."""
    await live(scene)
    scene.tide.become("raise")
    badge = scene.page.locator('[data-probe="tide"] .badge')
    await expect(badge).to_be_visible(timeout=30_000)
    await scene.page.wait_for_timeout(3000)
    await badge.scroll_into_view_if_needed()


async def third_party(scene: Scene) -> None:
    """The panel of a third party's probe, with fields per element, is in sight."""
    await live(scene)
    await scene.page.locator('[data-probe="gpu"]').scroll_into_view_if_needed()
    await scene.page.wait_for_timeout(1000)


async def lost(scene: Scene) -> None:
    """The server is gone."""
    await live(scene)
    await asyncio.to_thread(scene.server.stop)
    await expect(scene.page.locator("#state")).not_to_have_text(LIVE)
    await scene.page.wait_for_timeout(1500)


async def enlarged(scene: Scene) -> None:
    """A chart has the cursor."""
    await live(scene)
    await scene.page.locator(".is-focused .chart").hover()


async def about(scene: Scene) -> None:
    """What a panel is about, with its data."""
    await live(scene)
    await scene.page.locator(".about-button:enabled").first.click()


async def helped(scene: Scene) -> None:
    """The sheet of keys is open."""
    await live(scene)
    await scene.page.keyboard.press("?")


async def empty(scene: Scene) -> None:
    """Nothing has come."""
    await expect(scene.page.locator(".panel .badge").first).to_be_visible()


async def asked(scene: Scene) -> None:
    """A question was answered."""
    await live(scene)
    await scene.page.locator("#ask input").fill("Is there enough memory?")
    await scene.page.locator("#ask [type=submit]").click()
    await expect(scene.page.locator("#ask-answer")).not_to_be_empty()
    await scene.page.locator("#ask-answer").scroll_into_view_if_needed()


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture.

    path     of the page, with its query
    act      brings the opened page to where the picture is taken
    cores    of the machine that is shown; 0 for as many as this one has
    is_long  all of the page, however long
    before   of the audits' states, comes before the page is opened; what it feeds the page is shown as it is
    """

    name: str
    path: str = "/demo"
    looks: Looks = field(default_factory=Looks)
    act: Act = live
    cores: int = 0
    is_long: bool = False
    before: Prepare | None = None


SHOTS: Final = (
    *(
        Shot(f"dashboard-{theme}-{language}", looks=Looks(theme, language), is_long=True)
        for theme in ("light", "dark")
        for language in ("en", "fr")
    ),
    Shot("phone-light-en", looks=Looks("light", "en", "phone"), is_long=True),
    Shot("phone-dark-fr", looks=Looks("dark", "fr", "phone"), is_long=True),
    Shot("phone-first-view", looks=Looks("dark", "en", "phone")),
    Shot("wall-light-en", looks=Looks("light", "en", "wall")),
    Shot("wall-dark-fr", looks=Looks("dark", "fr", "wall")),
    Shot("cores-128-light", looks=Looks("light", "en", "wall"), cores=128, is_long=True),
    Shot("cores-128-phone", looks=Looks("dark", "en", "phone"), cores=128, is_long=True),
    Shot("stale-probe", looks=Looks("light", "en"), act=stale),
    Shot("third-party-probe", RECORDED, looks=Looks("dark", "fr"), act=third_party, before=fed("third_party")),
    Shot("third-parties", RECORDED, looks=Looks("light", "en", "wall"), before=fed("third_party"), is_long=True),
    Shot("no-data-yet", looks=Looks("light", "en"), act=empty, before=fed("four_cores", frames=0)),
    Shot("enlarged", "/demo?focus=cpu", Looks("light", "en"), act=enlarged),
    Shot("about", looks=Looks("dark", "en"), act=about),
    Shot("help", looks=Looks("light", "fr"), act=helped),
    Shot("connection-lost-en", looks=Looks("dark", "en"), act=lost),
    Shot("connection-lost-fr", looks=Looks("light", "fr"), act=lost),
    Shot("kiosk-dark", "/demo?kiosk=1", Looks("dark", "en", "wall")),
    Shot("kiosk-light", "/demo?kiosk=1", Looks("light", "fr", "wall")),
    Shot("ask-light", act=asked),
    *(
        Shot(f"home-{theme}-{language}", "/", Looks(theme, language), is_long=True)
        for theme, language in (("light", "en"), ("dark", "fr"))
    ),
    Shot("home-phone", "/", Looks("light", "fr", "phone"), is_long=True),
    Shot("reference", "/api/docs", Looks("light", "en"), act=at_once),
    Shot("error", "/nothing", Looks("dark", "fr"), act=at_once),
)


async def leaf_through(page: Page) -> None:
    """Bring each panel into sight once: those that never were are not drawn."""
    for panel in await page.locator(".panel").all():
        await panel.scroll_into_view_if_needed()
        await page.wait_for_timeout(300)
    await page.evaluate("scrollTo(0, 0)")


async def take(browser: Browser, shot: Shot, folder: Path) -> None:
    """Take one picture, of a server of its own: some pictures need its end."""
    with tempfile.TemporaryDirectory() as scratch, model() as parrot:
        tide = Tide(Path(scratch))
        with Server("--llama-url", parrot, environment=tide.environment) as server:
            wait_for(lambda: "tide" in server.frame())
            recording = Recording(server.get("/api/probes"), server.frame(), shot.cores)
            async with opened(browser, server.url, looks=shot.looks) as (page, complaints):
                await (shot.before(page) if shot.before else replay(page, recording))
                await page.goto(server.url + shot.path)
                await shot.act(Scene(page, server, tide))
                if shot.is_long:
                    await leaf_through(page)
                await page.screenshot(path=folder / f"{shot.name}.png", full_page=shot.is_long)
    print(f"{folder / shot.name}.png", *complaints, sep="\n    ", flush=True)


@asynccontextmanager
async def watched(browser: Browser, server: Server, theme: str) -> AsyncIterator[Page]:
    async with opened(
        browser, server.url, looks=Looks(theme), viewport={"width": 1200, "height": 740}, reduced_motion="no-preference"
    ) as (page, _):
        await page.goto(f"{server.url}/demo?window={README_WINDOW}")
        await has_numbers(page)
        yield page


async def for_readme() -> None:
    """Write docs/images/demo-light.png and demo-dark.png: this machine, in its last minute."""
    with Server() as server:
        began = time.monotonic()
        async with (
            launch() as browser,
            watched(browser, server, "light") as light,
            watched(browser, server, "dark") as dark,
        ):
            while time.monotonic() < began + README_WINDOW + 5:
                await light.wait_for_timeout(1000)
            await light.screenshot(path=IMAGES / "demo-light.png")
            await dark.screenshot(path=IMAGES / "demo-dark.png")


async def into(folder: Path, names: list[str]) -> None:
    """Write all pictures, or those of these names, into a folder."""
    async with launch() as browser:
        for shot in SHOTS:
            if not names or shot.name in names:
                await take(browser, shot, folder)


def main() -> None:
    known = [shot.name for shot in SHOTS]
    parser = argparse.ArgumentParser(prog="python -m tests.e2e.screenshots", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, help="where all pictures go; without it, the README's are made")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"only these of {', '.join(known)}")
    chosen = parser.parse_args()
    if unknown := set(chosen.names) - set(known):
        parser.error(f"there is no picture {', '.join(sorted(unknown))}")
    (chosen.folder or IMAGES).mkdir(parents=True, exist_ok=True)
    asyncio.run(into(chosen.folder, chosen.names) if chosen.folder else for_readme())


if __name__ == "__main__":
    main()
