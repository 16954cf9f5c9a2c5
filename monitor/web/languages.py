"""Which language a page speaks, and its words in that language.

The words come from monitor/locale/<language>.json, which `make messages` makes of the catalogue beside it.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Final

import msgspec
from aiohttp import web

from monitor.web.operation import Parameter, Reader

FOLDER: Final = Path(__file__).resolve().parent.parent / "locale"

#: The language that all texts are written in.
SOURCE: Final = "en"
#: What each language calls itself.
LANGUAGES: Final[Mapping[str, str]] = {SOURCE: "English", "fr": "Français"}
COOKIE: Final = "monitor-lang"

LANG: Final = Parameter(
    "lang",
    Reader(lambda text, _: text, lambda _: {"type": "string", "examples": [SOURCE]}),
    "The language of the pages from now on: en or fr, kept in a cookie. Another one counts as none.",
)

#: One entry of Accept-Language (RFC 9110, 12.5.4): a range of languages, and how much it is wanted.
_RANGE: Final = re.compile(
    r"([A-Za-z]{1,8}|\*)(?:-[A-Za-z0-9]{1,8})*[ \t]*(?:;[ \t]*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?))?", re.IGNORECASE
)


class Messages(msgspec.Struct, frozen=True):
    """The words of one language, by the text in the source.

    pages    of the templates
    scripts  of the scripts
    """

    pages: Mapping[str, str] = {}
    scripts: Mapping[str, str] = {}

    def gettext(self, text: str) -> str:
        """Return a text of a template in this language; the text itself where it has no translation."""
        return self.pages.get(text, text)


@cache
def messages(language: str) -> Messages:
    """Return the words of one of `LANGUAGES`; read at the first page in it."""
    if language == SOURCE:
        return Messages()
    return msgspec.json.decode((FOLDER / f"{language}.json").read_bytes(), type=Messages)


def language_of(request: web.Request) -> str:
    """Return the language to answer in: what the address asks for, else the cookie, else what the browser prefers."""
    return (
        asked(request)
        or _known(request.cookies.get(COOKIE))
        or preferred(request.headers.getall("Accept-Language", ()))
    )


def asked(request: web.Request) -> str | None:
    """Return the language that the address asks for; None where it asks for none that there is."""
    return _known(request.query.get(LANG.name))


def preferred(headers: list[str] | tuple[str, ...]) -> str:
    """Return the language that these Accept-Language headers want most.

    A range counts for a language by its first part (RFC 4647, 3.4: fr-CA is content with fr). Of two that are wanted
    as much, the first one.
    """
    wanted: dict[str, float] = {}
    for language, quality in _ranges(headers):
        wanted[language] = max(quality, wanted.get(language, 0.0))
    rest = wanted.pop("*", 0.0)
    ranked = [*wanted.items(), *((language, rest) for language in LANGUAGES if language not in wanted)]
    found = [(language, quality) for language, quality in ranked if language in LANGUAGES and quality > 0]
    return max(found, key=lambda each: each[1])[0] if found else SOURCE


def _ranges(headers: list[str] | tuple[str, ...]) -> Iterator[tuple[str, float]]:
    for entry in ",".join(headers).split(","):
        if found := _RANGE.fullmatch(entry.strip(" \t")):
            yield found[1].lower(), float(found[2] or 1)


def _known(language: str | None) -> str | None:
    return language if language in LANGUAGES else None
