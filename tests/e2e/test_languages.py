"""Languages and themes in a real Chromium: chosen in the header, kept, and nothing flashes."""

import platform
import re
from collections.abc import Iterator
from typing import Final

import pytest
from playwright.async_api import Browser, Page, expect

from tests.e2e.browser import has_numbers, opened
from tests.e2e.server import Server
from tests.messages import languages, read

GROUND = "getComputedStyle(document.body).backgroundColor"
LIGHT, DARK = "rgb(245, 247, 249)", "rgb(14, 20, 26)"
#: All texts of a page, those that show later or to screen readers alone too; not those of a machine or a programmer.
TEXTS = """() => {
    const left = "body [lang=en], script, style, noscript, code, pre, .system dd, h1.quiet, .hero h1, .lead";
    const texts = [document.title];
    for (const element of document.body.querySelectorAll("*")) {
        if (element.closest(left)) continue;
        for (const name of ["aria-label", "aria-valuetext", "title", "placeholder", "alt"]) {
            if (!element.matches(".reference [role=region]")) texts.push(element.getAttribute(name) ?? "");
        }
        for (const node of element.childNodes) if (node.nodeType === Node.TEXT_NODE) texts.push(node.data);
    }
    return texts;
}"""
#: What stands for a value in a text of the catalogue.
PLACE: Final = re.compile(r"\{\w+\}|%\(\w+\)s")
#: Shorter English words are looked for as a whole text only: "up" and "d" may be parts of anything.
LEAST_LETTERS: Final = 4


def plain(text: str) -> str:
    return " ".join(text.split())


def english() -> Iterator[tuple[str, re.Pattern[str]]]:
    """Give every text of the catalogue that is said otherwise in French, and what finds it."""
    for message in read(languages()["fr"]):
        text = plain(str(message.id))
        if not text or "<" in text or text == plain(str(message.string)):
            continue
        pieces = [re.escape(piece) for piece in PLACE.split(text)]
        found = ".+".join(pieces)
        is_part = len(pieces) == 1 and sum(map(str.isalpha, text)) >= LEAST_LETTERS
        yield text, re.compile(rf"(?<![\w.-]){found}(?!\.?\w)" if is_part else rf"^{found}$")


ENGLISH: Final = dict(english())


async def in_english(page: Page) -> set[str]:
    """Return the English texts that are left on a French page, each with where it stands."""
    texts = {plain(text.replace(platform.node(), "")) for text in await page.evaluate(TEXTS)}
    return {f"{text!r} in {each!r}" for each in texts for text, pattern in ENGLISH.items() if pattern.search(each)}


async def live(page: Page, words: str) -> None:
    await expect(page.locator("#state")).to_have_text(words)


async def test_a_french_browser_gets_french_pages_with_french_numbers(server: Server, chromium: Browser) -> None:
    async with opened(chromium, server.url, locale="fr-FR") as (page, complaints):
        await page.goto(server.url + "/")
        await live(page, "En direct")
        await expect(page.locator("html")).to_have_attribute("lang", "fr")
        await expect(page.locator('[data-value="cpu.percent_total"]')).to_have_text(re.compile(r"^\d+,\d$"))
        await expect(page.locator('[data-note="memory"]')).to_have_text(
            re.compile(r"^[\d,]+\s[MGT]o sur [\d,]+\s[MGT]o$")
        )
        await expect(page.get_by_role("heading", name="Mémoire")).to_be_visible()
        assert complaints == [], "the policy of the pages lets the words of the scripts be"


@pytest.mark.parametrize("scripts", [True, False])
async def test_a_language_that_was_chosen_is_kept_with_scripts_and_without(
    server: Server, chromium: Browser, scripts: bool
) -> None:
    async with opened(chromium, server.url, java_script_enabled=scripts) as (page, complaints):
        await page.goto(server.url + "/demo?window=60")
        await page.get_by_role("link", name="Français").click()
        # Scripts write what is looked at into the address, and leave the language out: who is sent it reads their own.
        await expect(page).to_have_url(server.url + "/demo?window=60" + ("" if scripts else "&lang=fr"))
        await page.goto(server.url + "/api/docs")
        await expect(page.locator("h1")).to_have_text("Référence de l\N{RIGHT SINGLE QUOTATION MARK}API")
        await expect(page.locator("#theme")).to_be_visible(visible=scripts)
        await page.get_by_role("link", name="English").click()
        await page.goto(server.url + "/")
        await expect(page.locator("html")).to_have_attribute("lang", "en")
        # Without scripts, Chromium says of each that is preloaded that it is forbidden.
        assert [each for each in complaints if scripts or not each.endswith(".js: csp")] == []


async def test_the_link_to_a_language_leads_to_where_scripts_have_gone(server: Server, chromium: Browser) -> None:
    async with opened(chromium, server.url) as (page, _):
        await page.goto(server.url + "/")
        await live(page, "Live")
        await page.evaluate("history.replaceState(null, '', '?window=300#connect')")
        await page.get_by_role("link", name="Français").click()
        await expect(page).to_have_url(server.url + "/?window=300&lang=fr#connect")


async def test_another_language_keeps_the_moment_that_is_looked_at(server: Server, chromium: Browser) -> None:
    async with opened(chromium, server.url) as (page, complaints):
        await page.goto(server.url + "/demo?window=60&interval=2")
        await has_numbers(page)
        await page.locator("#pause").click()
        await expect(page).to_have_url(re.compile(r"[?&]at="))
        seen = page.url
        assert {"window=60", "interval=2"} < set(seen.partition("?")[2].split("&"))
        await page.get_by_role("link", name="Français").click()
        await expect(page.locator("#pause")).to_have_text("En pause")
        await expect(page).to_have_url(seen)
        await expect(page.locator("#interval")).to_have_value("2")
        assert complaints == []


@pytest.mark.parametrize("path", ["/", "/api/docs", "/rien"])
async def test_no_english_is_left_on_a_french_page(server: Server, chromium: Browser, path: str) -> None:
    async with opened(chromium, server.url, locale="fr-FR") as (page, _):
        await page.goto(server.url + path)
        if path == "/":
            await has_numbers(page)
        assert await in_english(page) == set()


async def test_no_english_is_left_on_the_french_dashboard(server: Server, chromium: Browser) -> None:
    async with opened(chromium, server.url, locale="fr-FR") as (page, _):
        await page.goto(server.url + "/demo")
        await has_numbers(page)
        await expect(page.locator(".trend[title]").first).to_be_attached()
        assert await in_english(page) == set()
        for button in await page.locator(".about-button:enabled").all():
            await button.click()
            await expect(page.locator("dialog.about td").first).to_be_attached()
            assert await in_english(page) == set()
            await page.get_by_role("button", name="Fermer").click()
        for key in ("s", "?"):
            await page.keyboard.press(key)
            assert await in_english(page) == set()
        await page.keyboard.press("Escape")
        await page.locator("#pause").click()
        await expect(page.locator("#live")).to_be_visible()
        assert await in_english(page) == set()
        server.kill()
        await expect(page.locator("#state")).to_have_text(re.compile("^Déconnecté, nouvel essai"))
        await expect(page.locator("#announcements")).to_have_text(re.compile("^Connexion perdue"))
        assert await in_english(page) == set()


async def test_the_search_for_english_finds_it_where_it_is(server: Server, chromium: Browser) -> None:
    """The search itself, on an English page."""
    async with opened(chromium, server.url, locale="en-GB") as (page, _):
        await page.goto(server.url + "/demo")
        await has_numbers(page)
        await expect(page.locator(".trend[title]").first).to_be_attached()
        left = await in_english(page)
    for text in (
        "Memory",
        "About {name}",
        "Enlarge {panel}",
        "Every",
        "Busy share of each core since the previous sample.",
    ):
        assert any(each.startswith(f"{text!r} in ") for each in left), text


async def test_a_theme_is_chosen_by_keyboard_and_stands_in_the_next_page_before_any_script(
    server: Server, chromium: Browser
) -> None:
    async with opened(chromium, server.url, color_scheme="light") as (page, complaints):
        await page.goto(server.url + "/")
        await live(page, "Live")
        assert await page.evaluate(GROUND) == LIGHT
        await page.evaluate("document.addEventListener('themechange', () => { document.title = 'told'; })")
        await page.get_by_label("Theme").focus()
        await page.keyboard.press("d")
        await expect(page).to_have_title("told")
        assert await page.evaluate(GROUND) == DARK
        assert await page.locator('meta[name="theme-color"]').first.get_attribute("content") == "#0e141a"
        answer = await page.reload()
        assert answer is not None
        assert 'data-theme="dark"' in await answer.text()
        assert await page.evaluate(GROUND) == DARK
        await page.get_by_label("Theme").select_option("")
        assert await page.evaluate(GROUND) == LIGHT
        assert await page.evaluate("document.cookie") == ""
        await page.emulate_media(color_scheme="dark")
        await expect(page.locator('meta[name="theme-color"]').first).to_have_attribute("content", "#0e141a")
        assert complaints == []


async def test_colours_are_plain_colours_for_scripts_that_read_them(server: Server, chromium: Browser) -> None:
    async with opened(chromium, server.url, color_scheme="dark") as (page, _):
        await page.goto(server.url + "/nothing")
        read = "getComputedStyle(document.documentElement).getPropertyValue('--series-1').trim()"
        assert await page.evaluate(read) == "#2dc9a8"
        await page.emulate_media(color_scheme="light")
        assert await page.evaluate(read) == "#0b7a68"


async def test_a_printed_page_is_dark_on_white_without_its_header(server: Server, chromium: Browser) -> None:
    async with opened(chromium, server.url, color_scheme="dark") as (page, _):
        await page.goto(server.url + "/")
        await page.get_by_label("Theme").select_option("dark")
        await page.emulate_media(media="print")
        assert await page.evaluate(GROUND) == "rgb(255, 255, 255)"
        assert await page.evaluate("getComputedStyle(document.body).color") == "rgb(20, 32, 43)"
        await expect(page.locator(".top")).to_be_hidden()


async def test_what_a_page_shows_is_there_in_forced_colours(server: Server, chromium: Browser) -> None:
    async with opened(chromium, server.url, forced_colors="active") as (page, _):
        await page.goto(server.url + "/")
        await live(page, "Live")
        bar, track = await page.locator("progress").first.evaluate(
            "bar => [getComputedStyle(bar).color, getComputedStyle(bar).backgroundColor]"
        )
        assert bar != track


@pytest.mark.parametrize("width", [360, 1920])
async def test_no_french_page_is_wider_than_the_screen(server: Server, chromium: Browser, width: int) -> None:
    async with opened(chromium, server.url, viewport={"width": width, "height": 800}, locale="fr-FR") as (page, _):
        for path in ("/", "/demo", "/api/docs", "/rien"):
            await page.goto(server.url + path)
            assert await page.evaluate("document.documentElement.scrollWidth") <= width
