"""The owner's document, in French, taken apart: its blocks of code, its tables, its prose."""

import re
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
DOCUMENT: Final = ROOT / "docs" / "fr.md"
TEXT: Final = DOCUMENT.read_text(encoding="utf-8")
#: Where every example is: the port that a server has by itself.
ADDRESS: Final = "localhost:4000"

NO_BREAK, NARROW, APOSTROPHE = "\u00a0", "\u202f", "\u2019"

_FENCED: Final = re.compile(r"^```([^\n`]*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def languages() -> set[str]:
    """Return what the blocks of code say they are."""
    return {language for language, _ in _FENCED.findall(TEXT)}


def blocks(language: str, containing: str = "") -> list[str]:
    """Return the blocks in this language, in their order; those that have this text in them."""
    return [text for each, text in _FENCED.findall(TEXT) if each == language and containing in text]


def block(language: str, containing: str) -> str:
    """Return the one block in this language that has this text in it."""
    (one,) = blocks(language, containing)
    return one


def prose() -> str:
    """Return the text without its blocks of code."""
    return _FENCED.sub("", TEXT)


def rows(heading: str) -> list[list[str]]:
    """Return the rows of all tables under a heading, up to the next one; without their heads, cells as written."""
    section = re.split(rf"^#+ {re.escape(heading)}$", TEXT, maxsplit=1, flags=re.MULTILINE)[1]
    section = re.split(r"^#", section, maxsplit=1, flags=re.MULTILINE)[0]
    tables = re.findall(r"^\|.*\n\|[ |-]+\|\n((?:\|.*\n)+)", section, re.MULTILINE)
    return [[cell.strip() for cell in line.strip("|").split("|")] for table in tables for line in table.splitlines()]


def commands(text: str) -> Iterator[tuple[str, str]]:
    """Yield each command of a console block, and what it is shown to print."""
    for each in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, shown = each.partition("\n")
        yield command, textwrap.dedent(shown).strip()


def plain(text: str) -> str:
    """Return the text with the spaces and apostrophes of a keyboard."""
    return text.replace(NO_BREAK, " ").replace(NARROW, " ").replace(APOSTROPHE, "'")
