"""The colours of monitor.css can be read, and told from one another whatever one's colour vision is."""

import re
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path

import pytest

from monitor.web.page import GROUNDS, THEMES

CSS = Path(__file__).resolve().parent.parent / "monitor" / "web" / "static" / "monitor.css"
#: Each colour by name: that of the light theme, and that of the dark one.
TOKENS = {
    name: dict(zip(THEMES, pair, strict=True))
    for name, *pair in re.findall(
        r"--([\w-]+): var\(--light, (#[0-9a-f]{6})\) var\(--dark, (#[0-9a-f]{6})\);", CSS.read_text(encoding="utf-8")
    )
}
SERIES = [f"series-{number}" for number in range(1, 9)]
#: Contrast that WCAG 2.2 asks for: of text (1.4.3), and of what is no text and means something (1.4.11).
TEXT, GRAPHICS = 4.5, 3.0
#: Difference (CIE 1976) from which two lines are told apart without looking twice.
APART = 15.0
#: What is seen of linear RGB without the cones for red, green or blue (Machado, Oliveira and Fernandes 2009).
VISIONS = {
    "all": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "no red": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "no green": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "no blue": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}


def linear(color: str) -> list[float]:
    """Return linear RGB of #rrggbb (WCAG 2.2, relative luminance)."""
    shares = [int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    return [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]


def times(matrix: Sequence[Sequence[float]], vector: Sequence[float]) -> list[float]:
    return [sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix]


def contrast(one: str, other: str) -> float:
    dark, light = sorted(times([(0.2126, 0.7152, 0.0722)], linear(color))[0] for color in (one, other))
    return (light + 0.05) / (dark + 0.05)


def lab(color: str, vision: str) -> tuple[float, float, float]:
    """Return CIE L*a*b* of a colour as it is seen."""
    seen = [min(1.0, max(0.0, share)) for share in times(VISIONS[vision], linear(color))]
    to_xyz = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
    white = (0.95047, 1.0, 1.08883)
    x, y, z = (
        share ** (1 / 3) if share > 0.008856 else 7.787 * share + 16 / 116
        for share in (value / full for value, full in zip(times(to_xyz, seen), white, strict=True))
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("name", ["text", "quiet", "accent", "warning", "critical"])
def test_text_can_be_read_on_every_ground(theme: str, name: str) -> None:
    for ground in ("ground", "card", "code"):
        assert contrast(TOKENS[name][theme], TOKENS[ground][theme]) >= TEXT, ground


@pytest.mark.parametrize("theme", THEMES)
def test_text_on_the_accent_and_on_a_track_can_be_read(theme: str) -> None:
    assert contrast(TOKENS["on-accent"][theme], TOKENS["accent"][theme]) >= TEXT
    assert contrast(TOKENS["text"][theme], TOKENS["track"][theme]) >= TEXT


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("name", SERIES)
def test_lines_of_charts_stand_out_from_every_ground(theme: str, name: str) -> None:
    for ground in ("ground", "card"):
        assert contrast(TOKENS[name][theme], TOKENS[ground][theme]) >= GRAPHICS, ground


@pytest.mark.parametrize("theme", THEMES)
def test_bars_stand_out_from_their_track(theme: str) -> None:
    for name in ("accent", "warning", "critical"):
        assert contrast(TOKENS[name][theme], TOKENS["track"][theme]) >= GRAPHICS, name


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("vision", VISIONS)
def test_lines_are_told_apart_whatever_ones_colour_vision_is(theme: str, vision: str) -> None:
    for one, other in combinations(SERIES, 2):
        pairs = zip(lab(TOKENS[one][theme], vision), lab(TOKENS[other][theme], vision), strict=True)
        assert sum((a - b) ** 2 for a, b in pairs) ** 0.5 >= APART, f"{one} and {other}"


def test_browsers_paint_around_a_page_what_the_page_has() -> None:
    assert TOKENS["ground"] == GROUNDS


def test_every_colour_that_is_used_has_a_name() -> None:
    css = re.sub(r"/\*.*?\*/", "", CSS.read_text(encoding="utf-8"), flags=re.DOTALL)
    body = css.split("* { box-sizing", 1)[1].split("@media print", 1)[0]
    assert not re.findall(r"#[0-9a-f]{3,8}\b|\brgba?\(|\bhsla?\(", body)
    assert set(re.findall(r"var\(--([\w-]+)\)", css)) <= set(re.findall(r"--([\w-]+):", css))
