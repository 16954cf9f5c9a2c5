"""A page in Chromium: how it looks to whom, and all that it or the browser complains about."""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from playwright.async_api import Browser, Page, Request, Response, expect

#: Tells of what the policy forbade, which the console says less plainly.
_VIOLATIONS: Final = """addEventListener("securitypolicyviolation", (event) => reportComplaint(
    `policy: ${event.violatedDirective} forbade ${event.blockedURI} at ${event.sourceFile}:${event.lineNumber}`));"""
#: The page itself gave it up, by leaving or by closing a stream.
_GIVEN_UP: Final = "net::ERR_ABORTED"
#: What Chromium says of the scripts that a page would have loaded ahead, where it may run none.
_LEFT_OUT: Final = "csp"
#: An element of a live page that shows a number of the machine.
NUMBER: Final = ".panel:not(.skeleton) .big, [data-value]"
#: What the state of a live page says, in English.
LIVE: Final = re.compile(r"^Live$")

SIZES: Final[Mapping[str, Mapping[str, Any]]] = {
    "desktop": {"viewport": {"width": 1280, "height": 900}},
    "phone": {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True},
    "wall": {"viewport": {"width": 1920, "height": 1080}},
}


@dataclass(frozen=True, slots=True)
class Looks:
    """To whom a page is shown: `theme` light or dark, `language` en or fr, `size` a key of SIZES."""

    theme: str = "light"
    language: str = "en"
    size: str = "desktop"

    def __str__(self) -> str:
        return f"{self.theme:5} {self.language} {self.size:7}"

    @property
    def options(self) -> dict[str, Any]:
        """The arguments of `Browser.new_context`: what the browser asks for."""
        return {
            "color_scheme": self.theme,
            "locale": {"en": "en-GB", "fr": "fr-FR"}[self.language],
            "reduced_motion": "reduce",
            **SIZES[self.size],
        }

    def cookies(self, url: str) -> list[Any]:
        """The cookies of somebody who chose this at the switches of the site at `url`."""
        chosen = {"monitor-theme": self.theme, "monitor-lang": self.language}
        return [{"name": name, "value": value, "url": url} for name, value in chosen.items()]


@asynccontextmanager
async def opened(
    chromium: Browser, url: str, *, looks: Looks | None = None, **options: Any
) -> AsyncIterator[tuple[Page, list[str]]]:
    """Give an empty page for the site at `url`, and what will be complained about.

    Complaints are console messages of any level, errors nobody caught, violations of the policy, requests to another
    host, requests that failed and answers from 400 on.
    looks    to whom; the browser asks for it and the cookies say it
    options  further ones of the context
    """
    given = {**(looks.options if looks else {}), **options}
    context = await chromium.new_context(**given)
    if looks:
        await context.add_cookies(looks.cookies(url))
    complaints: list[str] = []
    await context.expose_function("reportComplaint", lambda text: complaints.append(str(text)))
    await context.add_init_script(_VIOLATIONS)
    page = await context.new_page()
    host = urlsplit(url).netloc

    def sent(place: str) -> None:
        if urlsplit(place).scheme not in ("data", "blob") and urlsplit(place).netloc != host:
            complaints.append(f"asked another host: {place}")

    def failed(request: Request) -> None:
        is_script_left_out = options.get("java_script_enabled") is False and request.failure == _LEFT_OUT
        if request.failure != _GIVEN_UP and not is_script_left_out:
            complaints.append(f"failed: {request.method} {request.url}: {request.failure}")

    def answered(response: Response) -> None:
        if response.status >= 400:
            complaints.append(f"answered {response.status}: {response.request.method} {response.url}")

    page.on("console", lambda message: complaints.append(f"console.{message.type}: {message.text}"))
    page.on("pageerror", lambda error: complaints.append(f"error: {error}"))
    page.on("request", lambda request: sent(request.url))
    page.on("websocket", lambda socket: sent(socket.url))
    page.on("requestfailed", failed)
    page.on("response", answered)
    try:
        yield page, complaints
    finally:
        await context.close()


async def has_numbers(page: Page) -> None:
    """Wait until a live page shows its first number."""
    await expect(page.locator(NUMBER).filter(has_text=re.compile(r"\d")).first).to_be_visible(timeout=30_000)
