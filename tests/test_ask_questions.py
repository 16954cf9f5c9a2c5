"""The evaluation's questions are well-formed, many, and alike in both halves. Nothing here looks at what one says."""

import os
import re
import subprocess
import sys
import unicodedata
from collections import Counter
from itertools import product
from pathlib import Path

import pytest

from monitor.distribution import plugin_entry_points
from monitor.registry import load as load_probes
from tests.ask.questions import EXPECTED, FIELDS, HALVES, KINDS, LANGUAGES, PLUGINS, THIRD_PARTY, Half, Question, load

HELD, OPEN = load("held"), load("open")
PLAIN = '[[question]]\ntext = "Cores?"\nlang = "en"\nkind = "plain"\nexpect = "facts"\nfirst = ["cpu.count"]\n'


def test_there_are_enough_of_each_half_language_and_kind() -> None:
    assert len(HELD + OPEN) >= 120
    for half in (HELD, OPEN):
        assert len(half) >= 80
        for lang, kind in product(LANGUAGES, KINDS):
            assert sum(each.lang == lang and each.kind == kind for each in half) >= 2, (lang, kind)
        for expect in EXPECTED:
            assert any(each.expect == expect for each in half)


def test_both_halves_are_alike_in_kinds_languages_and_what_is_expected() -> None:
    held, opened = (Counter((each.lang, each.kind, each.expect) for each in half) for half in (HELD, OPEN))
    assert held == opened


def test_both_halves_ask_for_every_field() -> None:
    for half in (HELD, OPEN):
        assert {field for each in half for field in each.first} == FIELDS


def words(question: Question) -> frozenset[str]:
    plain = unicodedata.normalize("NFKD", question.text.casefold())
    return frozenset(re.findall(r"\w+", "".join(each for each in plain if not unicodedata.combining(each))))


def test_no_question_stands_twice_and_none_has_a_near_double_in_the_other_half() -> None:
    texts = Counter(" ".join(each.text.casefold().split()) for each in HELD + OPEN)
    assert max(texts.values()) == 1
    for one, (place, other) in product(HELD, enumerate(OPEN, start=1)):
        if set(one.first) == set(other.first):
            mine, others = words(one), words(other)
            assert len(mine & others) < 0.6 * len(mine | others), f"open.toml, question {place}"


def test_the_known_fields_are_those_of_the_built_in_probes_and_of_the_two_plugins() -> None:
    probes = load_probes(plugin_entry_points("monitor")).probes.values()
    built_in = {f"{probe.name}.{field.name}" for probe in probes for field in probe.fields}
    assert built_in == {field for field in FIELDS if field.partition(".")[0] not in THIRD_PARTY}
    path = os.pathsep.join(filter(None, (str(PLUGINS), os.environ.get("PYTHONPATH"))))
    table = subprocess.run(
        [sys.executable, "-m", "monitor", "probes"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        env={**os.environ, "PYTHONPATH": path},
    ).stdout
    rows = {line.split()[0]: line for line in table.splitlines()}
    assert rows["tide"].endswith("height, gauges")
    assert rows["ups"].endswith("charge")
    assert FIELDS - built_in == {"tide.height", "tide.gauges", "ups.charge"}


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (('"en"', '"de"'), "lang is 'de'; it must be one of en, fr"),
        (('"plain"', '"odd"'), "kind is 'odd'"),
        (('"facts"', '"guess"'), "expect is 'guess'"),
        (('"facts"', '"free"'), "expect is 'free'; for kind plain it must be facts"),
        (('"cpu.count"', '"cpu.counts"'), "there is no field 'cpu.counts'"),
        (('"cpu.count"', '"tide.height"'), "tide.height in a question of kind plain"),
        (('"plain"', '"third-party"'), "cpu.count in a question of kind third-party"),
        (('["cpu.count"]', '"cpu.count"'), "first has to be a list of fields"),
        (('first = ["cpu.count"]', ""), "first has to name fields where facts are expected"),
        (('"plain"', '"two"'), "kind two has to have also"),
        (('"plain"', '"unit"'), "unit has to be named"),
        (("lang =", "language ="), "unknown key 'language'"),
        (('lang = "en"', ""), "lang is missing"),
        (('"Cores?"', '" "'), "text has to be words"),
        (('"Cores?"', "3"), "text has to be words"),
    ],
)
def test_a_wrong_entry_is_refused_by_its_number_and_without_its_text(
    tmp_path: Path, change: tuple[str, str], complaint: str
) -> None:
    (tmp_path / "held.toml").write_text(PLAIN + PLAIN.replace(*change), encoding="utf-8")
    with pytest.raises(ValueError, match=re.escape(complaint)) as caught:
        load("held", tmp_path)
    assert str(caught.value).startswith("held.toml, question 2: ")
    assert "Cores?" not in str(caught.value)


@pytest.mark.parametrize("text", ["", 'other = 1\n[[question]]\ntext = "x"', "[[question]"])
def test_a_file_of_another_form_is_refused_by_its_name(tmp_path: Path, text: str) -> None:
    (tmp_path / "open.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=r"^open\.toml: "):
        load("open", tmp_path)


@pytest.mark.parametrize("half", HALVES)
def test_loading_again_gives_the_same(half: Half) -> None:
    assert load(half) == load(half)
