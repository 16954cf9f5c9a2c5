"""A log for what anybody can cause."""

import logging
import time

import pytest

from monitor.web.seldom import MOST, Seldom

log = logging.getLogger("seldom")


def test_a_few_messages_a_minute_are_told_and_the_others_counted(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    now = 5.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    caplog.set_level(logging.INFO)
    told = Seldom(log, logging.INFO)
    for number in range(1000):
        told.tell("no %d", number)
    assert caplog.messages == [f"no {number}" for number in range(MOST)]
    caplog.clear()
    now += 60
    told.tell("no %d", 1000)
    assert caplog.messages == [f"{1000 - MOST} more messages such as the last ones were left out", "no 1000"]
    caplog.clear()
    now += 60
    told.tell("no %d", 1001)
    assert caplog.messages == ["no 1001"]


def test_what_nobody_wants_to_hear_is_not_counted(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    told = Seldom(log, logging.DEBUG)
    for _ in range(100):
        told.tell("no")
    caplog.set_level(logging.DEBUG)
    told.tell("yes")
    assert caplog.messages == ["yes"]
