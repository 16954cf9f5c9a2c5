"""The catalogue of the pages' texts is whole, and in step with templates and scripts; `make messages` sees to it."""

import re
from pathlib import Path

import pytest

from monitor.distribution import plugin_entry_points
from monitor.health import State
from monitor.probe import KINDS, UNITS, Field
from monitor.probe import LANGUAGES as ASKED_IN
from monitor.registry import load
from monitor.web.languages import LANGUAGES, SOURCE, messages
from tests.messages import ROOT, TEMPLATE, compiled, extract, languages, read, untranslated, updated, written

#: What stands for a value: {name} in scripts, %(name)s in templates; and markup, which the pages take as it is.
PLACES = re.compile(r"\{\w+\}|%\(\w+\)s|</?\w+[^>]*>")
TRANSLATIONS = languages()
STATIC = ROOT / "monitor" / "web" / "static"
#: The lines of the scripts that may give `t` a text of the API: its declaration, and the help of built-in fields.
VARIABLE = ("export function t(text, values = {}) {", "export const helpOf = (text, t) => t(text);")


def built_in_fields() -> list[Field]:
    ours = [each for each in plugin_entry_points("monitor") if each.value.startswith("probes.")]
    return [field for probe in load(ours).probes.values() for field in probe.fields]


def test_the_template_has_the_texts_of_the_sources() -> None:
    assert TEMPLATE.read_text(encoding="utf-8") == written(extract()), "make messages"


def test_every_language_of_the_pages_has_a_catalogue_and_questions_are_answered_in_the_same() -> None:
    assert {SOURCE, *TRANSLATIONS} == set(LANGUAGES) == set(ASKED_IN)


@pytest.mark.parametrize("path", TRANSLATIONS.values(), ids=lambda path: path.name)
def test_a_translation_has_the_texts_of_the_sources_and_is_compiled(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text == written(updated(path, extract())), "make messages"
    assert path.with_suffix(".json").read_text(encoding="utf-8") == compiled(read(path)), "make messages"


@pytest.mark.parametrize("path", TRANSLATIONS.values(), ids=lambda path: path.name)
def test_nothing_is_left_to_translate(path: Path) -> None:
    assert untranslated(read(path)) == []


@pytest.mark.parametrize("path", TRANSLATIONS.values(), ids=lambda path: path.name)
def test_a_translation_has_the_placeholders_of_its_text(path: Path) -> None:
    for message in read(path):
        assert sorted(PLACES.findall(str(message.string))) == sorted(PLACES.findall(str(message.id))) or not message.id


def test_babel_finds_every_text_of_the_scripts() -> None:
    """Its reader of JavaScript is a simple one: a text that it overlooks would stay English without a word."""
    known = {str(message.id) for message in extract()}
    for path in STATIC.glob("*.js"):
        for line in path.read_text(encoding="utf-8").splitlines():
            if not line.lstrip().startswith(("//", "*")):
                assert set(re.findall(r'\bt\("((?:[^"\\]|\\.)*)"', line)) <= known, path.name
                is_written_out = not re.search(r"\bt\((?![\")])", line) or line in VARIABLE
                assert is_written_out, f"{path.name}: a text that is not written out"


def test_the_help_of_every_built_in_field_is_in_the_catalogue() -> None:
    known = {str(message.id) for message in extract()}
    assert {field.help for field in built_in_fields()} <= known


def test_the_words_of_the_contract_are_in_the_catalogue() -> None:
    """Those that the pages say: a state or kind that is new is to be in words.js."""
    module = (STATIC / "words.js").read_text(encoding="utf-8")
    words = dict(re.findall(r'^  \["(.+)", t\("(.+)"\)\],$', module, re.MULTILINE))
    assert all(word == text for word, text in words.items())
    pers = {field.per for field in built_in_fields() if field.per}
    assert {*State, *KINDS, *pers} <= words.keys()
    signs = (STATIC / "i18n.js").read_text(encoding="utf-8")
    for unit in UNITS:
        assert re.search(rf'^  "?{unit}"?: t\(', signs, re.MULTILINE) or unit in words, unit


def test_the_server_reads_what_was_compiled() -> None:
    french = messages("fr")
    assert french.gettext("Memory") == "Mémoire"
    assert french.gettext("no such text") == "no such text"
    assert french.scripts["MB"] == "Mo"
    assert messages(SOURCE).gettext("Memory") == "Memory"
