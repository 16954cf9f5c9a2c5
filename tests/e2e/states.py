"""The pages, and the states that they can be in: what every audit goes over. Whoever adds a state adds it here."""

import json
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from playwright.async_api import Page, Route, WebSocketRoute, expect

from monitor import encoder
from monitor.auth.tokens import new_token
from monitor.frame import SECTIONS
from tests.e2e.browser import has_numbers
from tests.e2e.server import Server, wait_for
from tests.e2e.tide import Tide
from tests.fuzz.model import model

Prepare = Callable[[Page], Awaitable[None]]

FIXTURES: Final = Path(__file__).resolve().parents[1] / "frontend" / "fixtures"
CORES: Final = 128


async def as_it_is(page: Page) -> None:
    """Do nothing: the page is whole when it is loaded."""


@dataclass(frozen=True, slots=True)
class State:
    """One page in one state.

    path     below the server's address
    prepare  brings the opened page into the state
    site     the key of the server that has it, in `sites`
    before   comes before the page is opened
    """

    name: str
    path: str
    prepare: Prepare
    site: str = "open"
    before: Prepare = as_it_is

    def __str__(self) -> str:
        return self.name


def _pressed(*selectors: str) -> Prepare:
    """Return what presses these, one after the other, once there are numbers."""

    async def prepare(page: Page) -> None:
        await has_numbers(page)
        for selector in selectors:
            await page.locator(selector).first.click()

    return prepare


async def _zoomed(page: Page) -> None:
    await has_numbers(page)
    chart = page.locator(".panel .chart").first
    await expect(chart.locator("canvas")).to_be_visible()
    await chart.focus()
    for key in ("End", "+"):  # the cursor stands somewhere, and around it we look closer
        await page.keyboard.press(key)
    await expect(page.locator("#unzoom")).to_have_attribute("aria-disabled", "false")


async def _about(page: Page) -> None:
    await has_numbers(page)
    await page.locator(".about-button:enabled").first.click()
    await expect(page.locator("dialog[open] table")).to_be_attached()


def fed(name: str, *, frames: int | None = None, stale: Mapping[str, float] | None = None) -> Prepare:
    """Return what has the page read a recording of `tests/frontend/fixtures`, or so many of its frames.

    stale  what all of its frames say of their age
    """
    recorded = json.loads((FIXTURES / f"{name}.json").read_text(encoding="utf-8"))

    def connected(route: WebSocketRoute) -> None:
        route.send(encoder.WELCOME.decode())
        for frame in recorded["frames"][:frames]:
            route.send(json.dumps(frame | {"stale": stale} if stale else frame))

    async def probed(route: Route) -> None:
        await route.fulfill(json=recorded["probes"])

    async def before(page: Page) -> None:
        await page.route("**/api/probes", probed)
        await page.route_web_socket("**/api/ws/metrics*", connected)

    return before


async def _many_cores(page: Page) -> None:
    await expect(page.locator(".cell").nth(CORES - 1)).to_be_attached()


async def _third_party(page: Page) -> None:
    await has_numbers(page)
    panel = page.locator('[data-probe="gpu"]')
    await panel.scroll_into_view_if_needed()
    await expect(panel.locator(".multiples").first).to_be_visible()
    await expect(panel.locator("table").first).to_be_visible()


async def _without_data(page: Page) -> None:
    await expect(page.locator(".panel .badge").first).to_be_visible()


async def _lost(page: Page) -> None:
    await has_numbers(page)
    await page.route("**/api/**", lambda route: route.abort())
    # The stream begins anew with another pace, and comes back to nothing.
    await page.route_web_socket("**/api/ws/metrics*", lambda route: route.close())
    await page.locator("#interval").select_option(index=1)
    await expect(page.locator("#state[data-state=waiting]")).to_be_visible()


async def _answered(page: Page) -> None:
    await has_numbers(page)
    await page.locator("#ask input").fill("How much memory is in use?")
    await page.locator("#ask [type=submit]").click()
    await expect(page.locator("#ask-facts li").first).to_be_visible()
    await expect(page.locator("#ask-answer")).not_to_be_empty()


async def _with_a_stale_probe(page: Page) -> None:
    await has_numbers(page)
    await expect(page.locator('[data-probe="tide"] .badge')).to_be_visible()


async def _all_stale(page: Page) -> None:
    await expect(page.locator('.panel[data-state="stale"]')).to_have_count(len(SECTIONS))


async def _refused(page: Page) -> None:
    await page.locator("input[type=password]").fill("wrong")
    await page.locator("form[method=post] [type=submit]").click()
    await expect(page.get_by_role("alert")).to_be_visible()


HOME: Final = State("home", "/", has_numbers)
DEMO: Final = State("demo", "/demo", has_numbers)
STATES: Final = (
    HOME,
    DEMO,
    State("demo, paused", "/demo", _pressed("#pause", "#back")),
    State("demo, zoomed", "/demo", _zoomed),
    State("demo, menu", "/demo", _pressed("#more summary")),
    State("demo, help", "/demo", _pressed("#more summary", "#open-help")),
    State("demo, about", "/demo", _about),
    State("demo, kiosk", "/demo?kiosk=1", has_numbers),
    State("demo, one panel", "/demo?focus=cpu", has_numbers),
    State("demo, 128 cores", "/demo", _many_cores, before=fed("many_cores")),
    State("demo, third parties", "/demo", _third_party, before=fed("third_party")),
    State("demo, no data yet", "/demo", _without_data, before=fed("four_cores", frames=0)),
    State("demo, lost", "/demo", _lost),
    State("demo, answered", "/demo", _answered),
    State("demo, a stale probe", "/demo", _with_a_stale_probe, "tide"),
    State("demo, all stale", "/demo", _all_stale, before=fed("four_cores", stale=dict.fromkeys(SECTIONS, 40.0))),
    State("login", "/login", as_it_is, "guarded"),
    State("login, refused", "/login", _refused, "guarded"),
    State("reference", "/api/docs", as_it_is),
    State("error", "/nothing", as_it_is),
)


@contextmanager
def sites(folder: Path) -> Iterator[dict[str, str]]:
    """Serve what the states need; give the addresses by the keys of `State.site`.

    "open"     without tokens, with a model that answers at once
    "guarded"  asks for a token
    "tide"     has a probe of a third party, which failed after its first sample
    """
    _, table = new_token("reader", ["read"])
    config = folder / "monitor.toml"
    config.write_text(table, encoding="utf-8")
    tide = Tide(folder)
    with ExitStack() as stack:
        parrot = stack.enter_context(model())
        opened = stack.enter_context(Server("--llama-url", parrot))
        guarded = stack.enter_context(Server("--config", str(config)))
        failing = stack.enter_context(Server(environment=tide.environment))
        assert "tide" in failing.frame()
        tide.become("raise")
        wait_for(lambda: "stale" in failing.frame())
        yield {"open": opened.url, "guarded": guarded.url, "tide": failing.url}
