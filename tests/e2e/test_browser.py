"""The check of pages, checked: whatever a page can complain about is heard."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page

from tests.e2e.browser import opened
from tests.e2e.server import Server
from tests.e2e.test_snippets import serve

#: By what has to be said of it: what a page does.
MISDEEDS = {
    "console.debug: hello": "console.debug('hello')",
    "error: nobody caught this": "setTimeout(() => { throw new Error('nobody caught this'); })",
    "answered 404: GET": "fetch('/nothing')",
}
#: The same for what our policy forbids, and for what a page without it does.
FORBIDDEN = {
    "policy: style-src-attr forbade inline": "document.body.setAttribute('style', 'color: red')",
    "policy: connect-src forbade http://127.0.0.1:9/": "fetch('http://127.0.0.1:9/').catch(() => {})",
}
ELSEWHERE = {
    "asked another host: http://127.0.0.1:9/": "fetch('http://127.0.0.1:9/').catch(() => {})",
    "asked another host: ws://127.0.0.1:9/": "new WebSocket('ws://127.0.0.1:9/')",
}


@pytest.fixture(scope="module")
def ours() -> Iterator[str]:
    """The address of a page of a server."""
    with Server() as server:
        yield server.url + "/api/docs"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[str]:
    """The address of a page without a policy."""
    (tmp_path / "index.html").write_text('<!doctype html><title>Site</title><link rel="icon" href="data:,">')
    with serve(tmp_path) as url:
        yield url


async def heard(page: Page, complaints: list[str], complaint: str, script: str) -> None:
    assert complaints == []
    await page.evaluate(f"() => {{ {script} }}")
    for _ in range(100):
        if any(each.startswith(complaint) for each in complaints):
            return
        await page.wait_for_timeout(100)
    pytest.fail(f"heard only {complaints}")


@pytest.mark.parametrize("complaint", [*MISDEEDS, *FORBIDDEN])
async def test_a_misdeed_of_our_page_is_heard(ours: str, chromium: Browser, complaint: str) -> None:
    async with opened(chromium, ours) as (page, complaints):
        await page.goto(ours)
        await heard(page, complaints, complaint, {**MISDEEDS, **FORBIDDEN}[complaint])


@pytest.mark.parametrize("complaint", ELSEWHERE)
async def test_a_request_to_another_host_is_heard(site: str, chromium: Browser, complaint: str) -> None:
    async with opened(chromium, site) as (page, complaints):
        await page.goto(site)
        await heard(page, complaints, complaint, ELSEWHERE[complaint])


async def test_a_request_that_fails_is_heard_and_one_that_the_page_gave_up_is_not(site: str, chromium: Browser) -> None:
    async with opened(chromium, site) as (page, complaints):
        await page.goto(site)
        await page.evaluate(
            "() => { const c = new AbortController(); const gone = fetch('/', {signal: c.signal}); c.abort(); "
            "return gone.catch(() => {}); }"
        )
        await page.context.set_offline(offline=True)
        await heard(page, complaints, "failed: GET", "fetch('/').catch(() => {})")
