"""Which language and which colours a page has, and what keeps the choice."""

import re

import pytest
from aiohttp import web

from monitor.web.caller import Caller
from monitor.web.languages import preferred
from monitor.web.page import THEMES
from tests.conftest import Client, Connect
from tests.tokens import READER, TOKENS, bearer

PAGES = ("/", "/demo", "/api/docs", "/nothing")


async def lang_of(client: Client, path: str, **headers: str) -> str:
    """Return the language of a page, by all that says it."""
    answer = await client.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    (lang,) = re.findall(r'<html lang="(\w+)"', await answer.text())
    assert answer.headers["Content-Language"] == lang
    assert answer.headers["Vary"] == "Accept-Language, Cookie"
    return str(lang)


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("fr", "fr"),
        ("FR-ca", "fr"),
        ("fr-FR,fr;q=0.9,en;q=0.8", "fr"),
        ("en-GB,en;q=0.9,fr;q=0.8", "en"),
        ("en;q=0.3, fr;q=0.7", "fr"),
        ("de, fr;q=0.2", "fr"),
        ("de", "en"),
        ("fr;q=0", "en"),
        ("en;q=0, fr;q=0", "en"),
        ("en;q=0", "en"),
        ("*", "en"),
        ("*;q=0.5, fr;q=0.1", "en"),
        ("en;q=0, *", "fr"),
        ("fr ; q=0.9 ,\ten;q=0.8", "fr"),
        ("fr;q=1.5, en;q=0.1", "en"),
        ("fr;q=x", "en"),
        ("f r, ;;, =, fr-", "en"),
        ("frfrfrfrfr", "en"),
        ("x" * 8000, "en"),
    ],
)
def test_the_language_is_what_the_browser_prefers(header: str, language: str) -> None:
    assert preferred([header]) == language


def test_several_headers_are_one_list() -> None:
    assert preferred(["en;q=0.1", "fr;q=0.2"]) == "fr"


@pytest.mark.parametrize("path", PAGES)
async def test_the_address_counts_more_than_the_cookie_and_that_more_than_the_browser(
    connect: Connect, path: str
) -> None:
    client = await connect()
    assert await lang_of(client, path) == "en"
    assert await lang_of(client, path, Accept_Language="fr") == "fr"
    assert await lang_of(client, path, Accept_Language="fr", Cookie="monitor-lang=en") == "en"
    assert await lang_of(client, f"{path}?lang=fr", Accept_Language="en", Cookie="monitor-lang=en") == "fr"


@pytest.mark.parametrize("wrong", ["de", "", "FR", "../../etc/passwd", "fr.json", "%00"])
async def test_a_wrong_choice_counts_as_none(connect: Connect, wrong: str) -> None:
    client = await connect()
    answer = await client.get(f"/?lang={wrong}")
    assert "Set-Cookie" not in answer.headers
    assert '<html lang="en">' in await answer.text()
    assert await lang_of(client, "/", Cookie=f'monitor-lang="{wrong}"; monitor-theme="{wrong}"') == "en"


@pytest.mark.parametrize("path", PAGES)
async def test_a_choice_in_the_address_is_kept_in_a_cookie(connect: Connect, path: str) -> None:
    client = await connect()
    answer = await client.get(f"{path}?lang=fr")
    (header,) = answer.headers.getall("Set-Cookie")
    parts = {part.strip() for part in header.split(";")}
    assert parts == {"monitor-lang=fr", "HttpOnly", "Max-Age=31536000", "Path=/", "SameSite=Lax"}
    assert await lang_of(client, "/") == "fr", "by the cookie"


@pytest.mark.parametrize(("scheme", "prefix"), [("http", ""), ("https", ""), ("https", "/a")])
async def test_the_cookie_is_for_our_part_of_the_site_and_goes_over_tls_where_there_is_any(
    connect: Connect, monkeypatch: pytest.MonkeyPatch, scheme: str, prefix: str
) -> None:
    def caller_of(request: web.Request) -> Caller:
        return Caller("10.0.0.1", scheme, prefix)

    for module in ("page", "mount"):
        monkeypatch.setattr(f"monitor.web.{module}.caller_of", caller_of)
    client = await connect()
    cookie = (await client.get("/?lang=fr")).cookies["monitor-lang"]
    assert (cookie["path"], bool(cookie["secure"])) == (prefix or "/", scheme == "https")


async def test_the_links_to_the_languages_keep_the_rest_of_the_query(connect: Connect) -> None:
    client = await connect(tokens=TOKENS)
    text = await (await client.get("/login?next=/demo%3Fwindow%3D60&lang=fr&x=%22%3E%3Cimg%3E")).text()
    links = re.findall(r'href="(\?[^"]*)"', text)
    assert links == [f"?next=/demo?window%3D60&amp;lang={code}&amp;x=%22%3E%3Cimg%3E" for code in ("en", "fr")]
    assert re.search(r'lang="fr"[^>]* aria-current="true"', text)


async def test_refusals_of_the_api_are_a_contract_and_stay_as_they_are(connect: Connect) -> None:
    client = await connect()
    answer = await client.get("/api/nothing?lang=fr", headers={"Accept-Language": "fr"})
    assert (await answer.json())["error"]["message"] == "There is nothing at this address."
    assert "Set-Cookie" not in answer.headers
    assert "Content-Language" not in answer.headers


async def test_pages_have_words_of_their_own_for_each_status(connect: Connect) -> None:
    client = await connect(tokens=TOKENS)
    fr = {"Accept-Language": "fr"}
    assert "rien à cette adresse" in await (await client.get("/login/x", headers=fr | bearer(READER))).text()
    text = await (await client.post("/login", data={"token": "wrong"}, headers=fr)).text()
    assert "Ce jeton n\N{RIGHT SINGLE QUOTATION MARK}est pas valide." in text
    text = await (await client.post("/login", json={}, headers=fr)).text()
    assert "accepte pas ce type de contenu" in text
    assert '<p class="note" lang="en">The body must be' in text, "what programs are told, for who looks closer"


async def test_scripts_get_the_words_of_a_language_other_than_english(connect: Connect) -> None:
    client = await connect()
    english, french = [await (await client.get(f"/?lang={code}")).text() for code in ("en", "fr")]
    assert 'id="messages"' not in english
    (words,) = re.findall(r'<script type="application/json" id="messages">(.*?)</script>', french)
    assert '"MB": "Mo"' in words
    assert "<" not in words


@pytest.mark.parametrize("theme", THEMES)
async def test_a_theme_that_was_chosen_stands_in_the_page_so_that_nothing_flashes(connect: Connect, theme: str) -> None:
    client = await connect()
    text = await (await client.get("/", headers={"Cookie": f"monitor-theme={theme}"})).text()
    assert f'<html lang="en" data-theme="{theme}">' in text
    assert f'<meta name="color-scheme" content="{theme}">' in text
    text = await (await client.get("/")).text()
    assert "data-theme" not in text
    assert '<meta name="color-scheme" content="light dark">' in text
