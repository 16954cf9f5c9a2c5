"""The ring: what is newest and how old it is, what is kept and what is forgotten."""

import pytest

from monitor.frame import Frame
from monitor.history import Entry, History
from tests.fakes import Clock


def filled(count: int, seconds: float = 60, largest: int = 10_000, clock: Clock | None = None) -> History:
    """Return a ring with frames of 10 bytes, one a second."""
    clock = clock or Clock()
    history = History(seconds, largest, clock)
    for tick in range(count):
        clock.now += 1
        history.keep(Frame(1000.0 + tick, {}, {}, tick, tick - 1), b"0123456789")
    return history


def ticks(entries: list[Entry]) -> list[int]:
    return [entry.tick for entry in entries]


def test_the_newest_frame_is_kept_with_its_age() -> None:
    clock = Clock()
    assert (History(60, clock=clock).latest, History(60, clock=clock).age) == (None, None)
    history = filled(2, clock=clock)
    clock.now += 4
    assert history.latest is not None
    assert (history.latest.timestamp, history.age) == (1001.0, 4)


def test_what_is_too_old_or_too_much_is_forgotten_and_never_the_newest() -> None:
    assert ticks(filled(100, seconds=10).after(-1)) == list(range(90, 100))
    assert ticks(filled(100, largest=55).after(-1)) == list(range(95, 100))
    assert ticks(filled(100, seconds=0).after(-1)) == [99]
    assert ticks(filled(100, largest=5).after(-1)) == [99]


def test_entries_are_found_by_tick() -> None:
    history = filled(30)
    assert ticks(history.after(26)) == [27, 28, 29]
    assert ticks(history.after(-1, 3)) == [0, 1, 2]
    assert ticks(history.after(29)) == []


def test_where_to_begin_is_found_by_age_and_by_timestamp() -> None:
    history = filled(30)
    assert history.tick_before_last(2.5) == 26
    assert history.tick_before_last(1000) == -1
    assert history.tick_before_last(0.0) == 29
    assert history.tick_of(1026.0) == history.tick_of(1026.5) == 26
    assert history.tick_of(1029.0) == 29
    assert history.tick_of(1.0) == -1
    assert history.tick_of(5000.0) == -1, "from the future: every frame comes after it"
    assert (History(60).tick_of(1.0), History(60).tick_before_last(5)) == (-1, -1)


@pytest.mark.parametrize("jump", [-3600, 86_400])
def test_a_client_resumes_by_its_frame_also_when_the_clock_on_the_wall_was_set(jump: int) -> None:
    history = filled(10)
    for tick in range(10, 13):
        history.keep(Frame(1000.0 + tick + jump, {}, {}, tick, tick - 1), b"")
    assert history.tick_of(1008.0) == 8
