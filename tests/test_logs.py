"""The log, as text and as JSON."""

import json
import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from monitor import logs
from monitor.logs import KEYS, REQUEST_ID

Written = pytest.CaptureFixture[str]


@pytest.fixture
def written(capsys: Written) -> Iterator[Written]:
    """Standard error; undoes what a set-up does to logging."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield capsys
    root.handlers[:] = handlers
    root.setLevel(level)


def lines(written: Written) -> list[dict[str, Any]]:
    return [json.loads(line) for line in written.readouterr().err.splitlines()]


def test_text_is_a_line_for_people(written: Written) -> None:
    logs.set_up("info")
    logging.getLogger("monitor.x").info("all %s", "well")
    logging.getLogger("monitor.x").debug("not shown")
    text = written.readouterr().err
    assert text.endswith(" INFO monitor.x: all well\n")
    assert text.count("\n") == 1


def test_json_is_one_object_a_line_with_its_time_in_utc(written: Written) -> None:
    logs.set_up("info", "json")
    logging.getLogger("monitor.x").warning("all %s", "well")
    (line,) = lines(written)
    assert list(line) == ["time", "level", "logger", "message"]
    assert (line["level"], line["logger"], line["message"]) == ("warning", "monitor.x", "all well")
    assert line["time"].endswith("Z")
    assert datetime.fromisoformat(line["time"]).utcoffset() == timedelta(0)


def test_an_exception_and_a_stack_are_keys_of_the_same_object(written: Written) -> None:
    logs.set_up("info", "json")
    try:
        raise ValueError("two\nlines")
    except ValueError:
        logging.getLogger("x").exception("failed", stack_info=True)
    (line,) = lines(written)
    assert line["exception"].startswith("Traceback")
    assert line["exception"].endswith("ValueError: two\nlines")
    assert line["stack"].startswith("Stack")


def test_whatever_was_sent_to_us_moves_no_cursor_and_begins_no_line(written: Written) -> None:
    logs.set_up("info", "json")
    nasty = 'a\r\n{"level": "critical"}\x1b[2J\x00\x7f\x9b\u2028\u202e\udce9'
    logging.getLogger("x").info("%s", nasty)
    text = written.readouterr().err
    assert text.count("\n") == 1
    assert all(" " <= letter <= "~" for letter in text.rstrip("\n"))
    assert json.loads(text)["message"] == nasty


def test_a_request_and_further_keys_are_there_and_cannot_replace_what_is_ours(written: Written) -> None:
    logs.set_up("info", "json")
    token = REQUEST_ID.set("abc")
    logging.getLogger("x").info("hello", extra={KEYS: {"status": 200, "level": "forged", "odd": object}})
    REQUEST_ID.reset(token)
    (line,) = lines(written)
    assert (line["request_id"], line["status"], line["level"]) == ("abc", 200, "info")
    assert "object" in line["odd"]
