"""The history: what is newest, and how old it is."""

from monitor.frame import Frame
from monitor.history import History
from tests.fakes import Clock


def test_the_newest_frame_is_kept_with_its_age() -> None:
    clock = Clock()
    history = History(clock)
    assert (history.latest, history.age) == (None, None)
    for number in (1.0, 2.0):
        history.keep(Frame(number, {}, {}), b"%d" % number)
        clock.now += 4
    assert history.latest is not None
    assert (history.latest.frame.timestamp, history.latest.encoded) == (2.0, b"2")
    assert history.age == 4
