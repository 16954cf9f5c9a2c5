"""What answers cost: the arithmetic, and what is done where something cannot be measured."""

import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest

from monitor.llama.model import ModelFile
from monitor.llama.process import ChildEngine, Patience
from tests.ask import cost, memory, speed, steadiness
from tests.ask.memory import Course
from tests.ask.questions import load
from tests.ask.served import Asked
from tests.ask.speed import TASK, Pair
from tests.ask.steadiness import Arrival, Frames, Grid, Span, turns_of
from tests.bench.figures import Figure
from tests.bench.processes import CannotMeasure, running

FAKE = Path(__file__).with_name("fake_child.py")
MB = 2**20
OPEN = {question.text for question in load("open")}


def arrivals(*delays: float | None, interval: float = 1.0) -> list[Arrival]:
    """Return frames that are due evenly, each so many seconds late; None is one that does not come."""
    return [
        Arrival(1.7e9 + turn * interval + late, 100 + turn * interval + late)
        for turn, late in enumerate(delays)
        if late is not None
    ]


@pytest.mark.parametrize(
    ("places", "turns"),
    [
        ([0, 1, 2, 3], [0, 1, 2, 3]),
        ([0, 1.01, 2, 4, 5], [0, 1, 2, 4, 5]),
        ([0, 1, 2.7, 3, 4, 5], [0, 1, 2, 3, 4, 5]),  # late by most of an interval, and still its own turn's
        ([0, 1, 2, 3.02, 3.98, 5], [0, 1, 2, 3, 4, 5]),
        ([0, 0.5, 1.5, 2.5, 3.5], [-1, 0, 1, 2, 3]),  # the first one is the late one
        ([0], [0]),
    ],
)
def test_a_frame_is_of_the_turn_that_was_due_when_it_was_made(places: list[float], turns: list[int]) -> None:
    for interval in (1.0, 0.25):
        found = turns_of([1.7e9 + place * interval for place in places], interval)
        assert [turn - found[-1] for turn in found] == [turn - turns[-1] for turn in turns]


def test_the_usual_phase_may_be_anywhere_on_the_circle() -> None:
    jitter = [0.0, 0.003, -0.003, 0.001]
    for phase in range(20):
        places = [phase / 20 + turn + jitter[turn % 4] for turn in range(12)]
        assert turns_of(places, 1.0) == list(range(12))


def test_lateness_is_counted_from_the_grid_and_not_from_the_frame_before() -> None:
    grid = Grid(arrivals(0.002, 0.0, 0.07, 0.4, 0.01, 0.0), 1.0)
    frames = grid.frames(99.5, 105.5)
    assert (frames.due, frames.missed) == (6, 0)
    assert frames.lateness == pytest.approx((2, 0, 70, 400, 10, 0), abs=0.01)


def test_a_frame_that_is_late_on_the_way_alone_is_late() -> None:
    seen = arrivals(0.0, 0.0, 0.0, 0.0)
    seen[2:] = [replace(seen[2], at=seen[3].at), seen[3]]
    frames = Grid(seen, 1.0).frames(99.5, 103.5)
    assert (frames.due, frames.missed) == (4, 0)
    assert frames.lateness == pytest.approx((0, 0, 1000, 0), abs=0.01)


def test_frames_are_missed_in_the_stretch_in_which_they_were_due() -> None:
    grid = Grid(arrivals(0.0, 0.0, None, 0.0, 0.01, None, None), 1.0)
    assert grid.frames(99.5, 101.5).missed == 0
    assert (grid.frames(101.5, 103.5).due, grid.frames(101.5, 103.5).missed) == (2, 1)
    assert (grid.frames(103.5, 106.5).due, grid.frames(103.5, 106.5).missed) == (3, 2)


def test_without_a_frame_there_is_no_grid() -> None:
    with pytest.raises(ValueError, match="no frame"):
        Grid([], 1.0)
    assert Frames(3, 3, ()).p99 is None
    assert Frames(1, 0, (5.0,)).p99 == 5
    assert Frames(101, 0, tuple(range(101))).p99 == 99


def test_lateness_is_judged_by_how_much_it_is_above_idle() -> None:
    idle = (Span("idle", 0, 3, Asked(0, 0)), Frames(3, 1, (0.0, 2.0)))
    busy = (Span("free questions", 3, 6, Asked(7, 1)), Frames(3, 2, (60.0,)))
    figures = {figure.name: figure for figure in steadiness.figures_of([idle, busy])}
    assert not figures["Frames missed, idle"].is_missed
    assert figures["Frames missed, free questions"].is_missed
    assert figures["Lateness p99, free questions, above idle"].value == pytest.approx(60 - 1.98)
    assert figures["Lateness p99, free questions, above idle"].is_missed
    assert figures["Errors, free questions"].is_missed
    assert "7 questions" in figures["Frames missed, free questions"].note
    lost = steadiness.figures_of([idle, (busy[0], Frames(3, 3, ()))])
    assert [figure.value for figure in lost if figure.name.startswith("Lateness p99, free")] == [None, None]


def test_growth_is_from_before_the_first_question_to_after_the_last() -> None:
    course = Course([40 * MB, 43 * MB, *([44 * MB] * 17), 60 * MB, 52 * MB])
    assert (course.growth, course.late_growth) == (12, 8)
    assert str(course) == "from 40.0 to 52.0, at most 60.0"
    growth, *_, errors = memory.figures_of(Asked(20, 0), course, 200 * MB)
    assert growth.is_missed
    assert not errors.is_missed
    assert memory.figures_of(Asked(20, 0), course, None)[2].value is None


def test_every_fourth_question_goes_to_the_model_and_the_others_are_all_of_the_open_half() -> None:
    mixed = list(islice(memory.questions(), 4 * len(OPEN)))
    free = mixed[3::4]
    assert all(body == {"grounded": False, "max_tokens": memory.TOKENS} for _, body in free)
    others = [prompt for place, prompt in enumerate(mixed) if place % 4 != 3]
    assert {prompt for prompt, _ in others} == OPEN
    assert all(body == {"max_tokens": memory.TOKENS} for _, body in others)


def test_the_ratio_is_the_median_of_the_ratios_of_pairs() -> None:
    pairs = [Pair(100, 90), Pair(50, 50), Pair(10, 8)]
    alone, ours, ratio = speed.figures_of("Free", pairs)
    assert (alone.value, ours.value, ratio.value) == (50, 50, 0.9)
    assert not ratio.is_missed
    assert speed.figures_of("Free", [Pair(100, 89)])[-1].is_missed


@pytest.fixture
async def engine(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[ChildEngine]:
    """An engine over a fake child that behaves as the parameter says."""
    made = ChildEngine(
        lambda: ModelFile(tmp_path / "model.gguf", "fake", 1000),
        patience=Patience(load=20, stall=20, stop=20),
        program=(sys.executable, str(FAKE), request.param),
    )
    yield made
    await made.close()


@pytest.mark.parametrize("engine", ["well"], indirect=True)
async def test_our_speed_is_that_of_an_answer_from_its_first_token_on(engine: ChildEngine) -> None:
    assert await speed.speed_of(engine, TASK) > 0


@pytest.mark.parametrize("engine", ["dies", "declines"], indirect=True)
async def test_a_model_that_does_not_answer_has_no_speed(engine: ChildEngine) -> None:
    with pytest.raises(CannotMeasure):
        await speed.speed_of(engine, TASK)


def test_the_other_side_gets_the_same_task_and_tells_its_speed() -> None:
    program = "import json\nwhile True: print(len(json.loads(input())) + 0.5, flush=True)"
    with running([sys.executable, "-c", program]) as alone:
        assert speed.speed_of_alone(alone, TASK) == 4.5
    with running([sys.executable, "-c", "pass"]) as alone:
        alone.wait()
        with pytest.raises(CannotMeasure, match="ended early"):
            speed.speed_of_alone(alone, TASK)


def test_a_model_that_is_not_here_has_no_speed(tmp_path: Path) -> None:
    for settings in (
        {"MONITOR_LLAMA_URL": "http://localhost:1/v1"},
        {"MONITOR_LLAMA_MODEL": str(tmp_path / "no.gguf")},
        {"MONITOR_LLAMA_MODEL": "hf:none"},
    ):
        with pytest.raises(CannotMeasure):
            speed.measure(1, settings)


def test_what_cannot_be_measured_says_why_in_its_place() -> None:
    def fail() -> list[Figure]:
        raise CannotMeasure("the model runs elsewhere")

    (figure,) = cost.group("Speed", fail).figures
    assert figure.row() == ["Speed", "not measured", "", "", "the model runs elsewhere"]
    assert not figure.is_missed
