"""What a client may ask for."""

import re

import pytest

from monitor.selection import EVERYTHING, Selection, read_fields, read_moment, read_pace, read_seconds

KNOWN = {"cpu": ["percent_total", "count"], "memory": ["percent"]}
DOCUMENT = {
    "timestamp": 1.0,
    "cpu": {"percent_total": 5.0, "count": 2},
    "memory": {"percent": 50.0},
    "stale": {"cpu": 3.0},
}


def test_one_frame_in_each_stretch_is_wanted_whatever_ticks_are_missed() -> None:
    selection = Selection(every=5)
    ticks = [0, 1, 4, 5, 6, 11, 12, 26]
    wanted = [tick for before, tick in zip([-1, *ticks], ticks, strict=False) if selection.wants(tick, before)]
    assert wanted == [0, 5, 11, 26]
    assert all(EVERYTHING.wants(tick, tick - 1) for tick in range(10))


def test_what_was_asked_for_is_picked_in_the_order_of_the_frame_and_nothing_is_changed() -> None:
    fields = read_fields("memory, cpu.count", KNOWN)
    assert fields == ("cpu.count", "memory")
    assert Selection(1, fields).of(DOCUMENT) == {
        "timestamp": 1.0,
        "cpu": {"count": 2},
        "memory": {"percent": 50.0},
        "stale": {"cpu": 3.0},
    }
    assert Selection(1, ("memory.percent",)).of(DOCUMENT) == {"timestamp": 1.0, "memory": {"percent": 50.0}}
    assert EVERYTHING.of(DOCUMENT) is DOCUMENT
    assert len(DOCUMENT["cpu"]) == 2  # type: ignore[arg-type]  # a dict


def test_equal_wishes_are_equal_selections() -> None:
    assert read_fields("cpu,cpu.count,cpu", KNOWN) == read_fields("cpu", KNOWN) == ("cpu",)


@pytest.mark.parametrize("text", ["", ",", "cpu.", "disk", "cpu.percent", "CPU", "timestamp", "cpu;memory"])
def test_unknown_fields_are_refused_with_the_known_ones(text: str) -> None:
    with pytest.raises(ValueError, match=re.escape("of: cpu, cpu.percent_total, cpu.count, memory, memory.percent")):
        read_fields(text, KNOWN)


@pytest.mark.parametrize(
    ("text", "interval", "every"), [("5", 1, 5), ("1", 1, 1), ("0.3", 0.1, 3), ("60.0", 0.05, 1200)]
)
def test_a_pace_is_a_whole_number_of_frames(text: str, interval: float, every: int) -> None:
    assert read_pace(text, interval) == every


@pytest.mark.parametrize(
    "text",
    ["0", "-1", "nan", "inf", "1e999", "1.5", "0.5", "five", "", "1e300", "1_0", " 5", "\N{ARABIC-INDIC DIGIT FIVE}"],
)
def test_any_other_pace_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"a whole multiple of the server's interval, 1 s|a number of seconds above 0"):
        read_pace(text, 1.0)


def test_a_moment_may_be_the_beginning_of_time() -> None:
    assert (read_moment("0"), read_moment("1697456789.123")) == (0.0, 1697456789.123)
    with pytest.raises(ValueError, match="a Unix time"):
        read_moment("-1")


def test_seconds_are_above_zero() -> None:
    assert read_seconds("60") == 60.0
    with pytest.raises(ValueError, match="above 0"):
        read_seconds("0")
