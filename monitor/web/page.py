"""What every page for people has: its language, its colours, and what its header says of who reads it."""

from collections.abc import Mapping
from typing import Any, Final

import aiohttp_jinja2
from aiohttp import web

from monitor.web.caller import caller_of
from monitor.web.identity import is_known
from monitor.web.languages import COOKIE, LANG, LANGUAGES, asked, language_of, messages
from monitor.web.mount import root_of

#: What Jinja calls the extension `jinja2.ext.i18n` when it has it.
I18N: Final = "jinja2.ext.InternationalizationExtension"
#: Written by monitor/web/static/theme.js; without it the system's colours count.
THEME_COOKIE: Final = "monitor-theme"
THEMES: Final = ("light", "dark")
#: What browsers paint around a page: --ground of monitor.css.
GROUNDS: Final[Mapping[str, str]] = {"light": "#f5f7f9", "dark": "#0e141a"}
#: Seconds for which a choice is remembered: a year.
REMEMBERED: Final = 31_536_000


def draw(request: web.Request, template: str, context: Mapping[str, Any], status: int = 200) -> web.Response:
    """Return a page, drawn for whoever asks for it."""
    answer = aiohttp_jinja2.render_template(template, request, {**surroundings(request), **context}, status=status)
    label(request, answer)
    return answer


def surroundings(request: web.Request) -> dict[str, Any]:
    """Return what base.html needs, and `gettext` for all texts of a template."""
    environment = aiohttp_jinja2.get_env(request.app)
    if I18N not in environment.extensions:  # 250 KB that a server has no use for before its first page
        environment.add_extension("jinja2.ext.i18n")
    language = language_of(request)
    theme = request.cookies.get(THEME_COOKIE)
    words = messages(language)
    return {
        "root": root_of(request),
        "language": language,
        "languages": [
            (code, name, f"?{request.rel_url.update_query({LANG.name: code}).raw_query_string}")
            for code, name in LANGUAGES.items()
        ],
        "gettext": words.gettext,
        "messages": words.scripts,
        "theme": theme if theme in THEMES else "",
        "themes": THEMES,
        "grounds": GROUNDS,
        "is_known": is_known(request),
        "is_logged_in": False,
    }


def label(request: web.Request, answer: web.Response) -> None:
    """Say in which language a page is and what that depends on, and keep a choice that its address made."""
    answer.headers["Content-Language"] = language_of(request)
    answer.headers.add("Vary", "Accept-Language, Cookie")
    if (language := asked(request)) is not None:
        answer.set_cookie(
            COOKIE,
            language,
            max_age=REMEMBERED,
            path=root_of(request) or "/",
            secure=caller_of(request).is_secure,
            httponly=True,
            samesite="Lax",
        )
