"""Steadiness: are frames missed or late while questions are asked without a pause?"""

import cmath
import json
import math
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median, quantiles
from typing import Final

from tests.ask.client import Client
from tests.ask.served import Asked, Prompt, Served, put, repeated, require_model, served, texts
from tests.bench.figures import Figure, Goal
from tests.bench.processes import CannotMeasure, line_of, running

NONE: Final = Goal(0)
#: ms.
ABOVE_IDLE: Final = Goal(50)
#: Seconds after the first frame that still belong to the start, and for a word of the listener.
SETTLING: Final = 2.0
PATIENCE: Final = 30.0
#: Of an interval: by so much a frame may be before the usual moment and still be that interval's; later ones, the rest.
EARLY: Final = 0.25


@dataclass(frozen=True, slots=True)
class Arrival:
    """A frame at a client.

    timestamp  that it has, Unix time in seconds
    at         when it came, monotonic seconds
    """

    timestamp: float
    at: float


@dataclass(frozen=True, slots=True)
class Span:
    """A while in which such questions were asked, from `start` to `end` in monotonic seconds."""

    name: str
    start: float
    end: float
    asked: Asked


@dataclass(frozen=True, slots=True)
class Frames:
    """The frames that were due in a while.

    due       how many
    missed    how many of them did not come
    lateness  ms by which each other one came after its moment on the grid
    """

    due: int
    missed: int
    lateness: tuple[float, ...]

    @property
    def p99(self) -> float | None:
        """The lateness that one in a hundred exceeds, between the two nearest; None where no frame came."""
        if len(self.lateness) < 2:
            return self.lateness[0] if self.lateness else None
        return quantiles(self.lateness, n=100, method="inclusive")[98]


class Grid:
    """The evenly spaced moments at which frames are due, so that the earliest frame of all is not late.

    A frame's timestamp tells whose turn it was; its lateness has everything in it that comes between the moment it was
    due and the client: a late tick, slow probes, a busy loop, the way.
    """

    def __init__(self, arrivals: Sequence[Arrival], interval: float) -> None:
        """Raises ValueError without an arrival."""
        turns = turns_of([arrival.timestamp for arrival in arrivals], interval)
        self._interval = interval
        self._origin = min(arrival.at - turn * interval for arrival, turn in zip(arrivals, turns, strict=True))
        self._came = {turn: arrival.at for arrival, turn in reversed(list(zip(arrivals, turns, strict=True)))}

    def frames(self, start: float, end: float) -> Frames:
        """Return what became of the frames due from `start` to before `end`, in monotonic seconds."""
        due = range(self._first_from(start), self._first_from(end))
        lateness = [
            (self._came[turn] - self._origin - turn * self._interval) * 1000 for turn in due if turn in self._came
        ]
        return Frames(len(due), len(due) - len(lateness), tuple(lateness))

    def _first_from(self, moment: float) -> int:
        return math.ceil((moment - self._origin) / self._interval)


def turns_of(timestamps: Sequence[float], interval: float) -> list[int]:
    """Return which turn each frame is of, counted from about the first. Raises ValueError where there are none."""
    if not timestamps:
        raise ValueError("no frame came")
    places = [(timestamp - timestamps[0]) / interval for timestamp in timestamps]
    # The usual phase is a mean on the circle: the first frame itself may have been late.
    usual = cmath.phase(sum(cmath.rect(1, math.tau * place) for place in places)) / math.tau
    return [math.floor(place - usual + EARLY) for place in places]


def measure(seconds: float, settings: Mapping[str, str]) -> list[Figure]:
    """Listen for so many seconds each: without a question, with free ones and with some of facts. Raises CannotMeasure.

    The model is idle until the first question comes: that it is loaded is a part of what is measured.
    """
    with served(settings) as server:
        client = Client(server.url)
        require_model(client)
        interval = float(client.get("/api/probes")["interval"])
        time.sleep(SETTLING)
        arrivals, spans = heard(server, client, seconds, interval)
    if not arrivals:
        raise CannotMeasure("no frame came")
    grid = Grid(arrivals, interval)
    return figures_of([(span, grid.frames(span.start, span.end)) for span in spans])


def heard(server: Served, client: Client, seconds: float, interval: float) -> tuple[list[Arrival], list[Span]]:
    """Return all frames that came, and what was asked when."""
    url = f"ws://127.0.0.1:{server.port}/api/ws/metrics"
    with running([sys.executable, "-m", "tests.ask.listener", url], own_session=True) as listener:
        line_of(listener.stdout, PATIENCE)
        spans = [span(client, name, prompts, seconds) for name, prompts in stretches()]
        time.sleep(2 * interval)  # late ones may come
        assert listener.stdin is not None
        listener.stdin.close()
        arrivals = [Arrival(*pair) for pair in json.loads(line_of(listener.stdout, PATIENCE))]
    return arrivals, spans


def stretches() -> Iterator[tuple[str, Iterator[Prompt] | None]]:
    """Yield what is asked, one after the other; the idle one is what the others are compared with."""
    yield "idle", None
    yield "free questions", repeated(texts("free"), grounded=False)
    yield "questions of facts", repeated(texts("facts"))


def span(client: Client, name: str, prompts: Iterator[Prompt] | None, seconds: float) -> Span:
    """Ask for so many seconds, or let them pass."""
    start = time.monotonic()
    end = start + seconds
    if prompts is None:
        time.sleep(seconds)
        return Span(name, start, end, Asked(0, 0))
    return Span(name, start, end, put(client, prompts, lambda _: time.monotonic() < end))


def figures_of(stretches: Sequence[tuple[Span, Frames]]) -> list[Figure]:
    """Return the figures of each stretch; the first one is the idle one."""
    base = stretches[0][1].p99
    figures: list[Figure] = []
    for place, (during, frames) in enumerate(stretches):
        name, asked = during.name, during.asked
        note = f"of {frames.due}" + (f"; {asked.count:,} questions, one after the other" if place else "")
        figures.append(Figure(f"Frames missed, {name}", frames.missed, "", NONE if place else None, note))
        figures.append(Figure(f"Lateness p99, {name}", frames.p99, "ms", note=_others(frames)))
        if place:
            above = None if frames.p99 is None or base is None else frames.p99 - base
            figures.append(Figure(f"Lateness p99, {name}, above idle", above, "ms", ABOVE_IDLE))
            figures.append(Figure(f"Errors, {name}", asked.errors, "", NONE))
    return figures


def _others(frames: Frames) -> str:
    if not frames.lateness:
        return "no frame came"
    return f"p50 {median(frames.lateness):.1f}, longest {max(frames.lateness):.1f}"
