"""The catalogue of the pages' texts: run by `make messages` after a text was added or changed.

Finds the texts in the templates, the scripts and the built-in probes, brings monitor/locale/*.pot and *.po up to date,
and compiles each .po into the .json that the server reads. What is new or has changed is told, to be translated in the
.po; then once more.
"""

import io
import json
import sys
from pathlib import Path
from typing import Final

from babel.messages import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

ROOT: Final = Path(__file__).resolve().parent.parent
FOLDER: Final = ROOT / "monitor" / "locale"
TEMPLATE: Final = FOLDER / "monitor.pot"
#: Where the texts of pages are; those from elsewhere are the scripts'.
PAGES: Final = "templates/"
#: Where texts are: files, what extracts them, and the functions whose argument they are. Of a field it is its help.
SOURCES: Final = (
    (f"{PAGES}*.html", "jinja2.ext:babel_extract", {"_": None, "gettext": None}),
    ("monitor/web/static/*.js", "javascript", {"t": None}),
    ("probes/*.py", "python", {"Field": (3,)}),
)
#: Headers that would change at each run, texts or not, and those that say nothing.
NOISE: Final = (
    "POT-Creation-Date",
    "PO-Revision-Date",
    "Generated-By",
    "Last-Translator",
    "Language-Team",
    "Report-Msgid-Bugs-To",
    "Project-Id-Version",
)


def extract() -> Catalog:
    """Return the texts that stand in the sources now, sorted as they stand there."""
    catalog = Catalog(project="monitor", header_comment="# The texts of the pages.", charset="utf-8")
    for pattern, method, keywords in SOURCES:
        for path in sorted(ROOT.glob(pattern)):
            found = extract_from_file(method, path, keywords, options={"encoding": "utf-8"})
            for _, message, comments, context in found:
                # Without the line: each change above a text would change the catalogue too.
                catalog.add(
                    message, locations=[(path.relative_to(ROOT).as_posix(), 0)], auto_comments=comments, context=context
                )
    for each in catalog:
        each.locations = sorted(set(each.locations))
    return catalog


def languages() -> dict[str, Path]:
    """Return the translations that there are, by language."""
    return {path.stem: path for path in sorted(FOLDER.glob("*.po"))}


def read(path: Path) -> Catalog:
    """Return the catalogue in a .po or .pot."""
    with path.open("rb") as file:
        return read_po(file, locale=path.stem if path.suffix == ".po" else None)


def updated(path: Path, template: Catalog) -> Catalog:
    """Return the translation at `path` with the texts of the template: no more and no fewer."""
    catalog = read(path)
    catalog.update(template, no_fuzzy_matching=True, update_creation_date=False)
    catalog.obsolete.clear()
    return catalog


def written(catalog: Catalog) -> str:
    """Return a catalogue as its file has it."""
    buffer = io.BytesIO()
    write_po(buffer, catalog, width=120, include_lineno=False)
    noise = tuple(f'"{name}:' for name in NOISE)
    lines = buffer.getvalue().decode().splitlines()
    return "\n".join(line for line in lines if not line.startswith(noise)).rstrip() + "\n"


def compiled(catalog: Catalog) -> str:
    """Return the JSON that the server reads: what is said otherwise in this language, for templates and for scripts."""
    words: dict[str, dict[str, str]] = {"pages": {}, "scripts": {}}
    for message in catalog:
        if message.id and message.string not in ("", message.id) and not message.fuzzy:
            for place, _ in message.locations:
                words["pages" if place.startswith(PAGES) else "scripts"][str(message.id)] = str(message.string)
    return json.dumps(words, ensure_ascii=False, indent=1) + "\n"


def untranslated(catalog: Catalog) -> list[str]:
    """Return the texts that nobody has translated, or whose translation is a guess."""
    return [str(message.id) for message in catalog if message.id and (message.fuzzy or not message.string)]


def main() -> int:
    """Write all the files; 1 where texts are left to translate."""
    template = extract()
    TEMPLATE.write_text(written(template), encoding="utf-8")
    missing = 0
    for language, path in languages().items():
        catalog = updated(path, template)
        path.write_text(written(catalog), encoding="utf-8")
        path.with_suffix(".json").write_text(compiled(catalog), encoding="utf-8")
        for text in untranslated(catalog):
            missing += 1
            print(f"{path.relative_to(ROOT)}: not translated to {language}: {text}", file=sys.stderr)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
