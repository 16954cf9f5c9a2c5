"""Frames of a machine that there is not: they come to the page in place of the server's, at its pace and for its times.

A picture of 128 cores needs no such machine, nor one of 15 minutes that long. The server is a real one all the same:
its probes, its welcome, its breaks.
"""

import json
import math
import random
from collections.abc import Mapping
from functools import cache
from statistics import fmean
from typing import Any, Final

from playwright.async_api import Page, Route, WebSocketRoute

#: Around which value percentages wander, and how far. What is no percentage stays near what the server said.
_SHARE: Final = (42.0, 34.0)
#: What a counter gains each second, on average, and how many seconds it runs ahead at most: it never falls.
_GAIN: Final = 1.7
_AHEAD: Final = 8
#: How much of what the elements of a list do is what all of them do.
_COMMON: Final = 0.6


class Recording:
    """What such a machine tells at any time.

    probes   of GET /api/probes: what each field is
    frame    one of the server's, whose values are where the others begin
    cores    how many cores the machine has; those of the server where it is 0
    seconds  how far back frames go, one a second
    """

    def __init__(self, probes: Any, frame: Any, cores: int = 0, seconds: int = 900) -> None:
        self._fields: Mapping[tuple[str, str], Any] = {
            (probe["name"], field["name"]): field for probe in probes["probes"] for field in probe["fields"]
        }
        self._base = frame
        self._begin = frame["timestamp"] - seconds
        self._seconds = seconds
        if cores:
            self._base = {**frame, "cpu": {**frame["cpu"], "percent_per_core": [50.0] * cores, "count": cores}}

    def at(self, frame: Any) -> Any:
        """Return what the machine told at the time of this frame, with the fields and the staleness of this frame."""
        told = dict(frame)
        for name in frame.keys() & self._base.keys() - {"timestamp", "stale"}:
            fields = frame[name].keys() & self._base[name].keys()
            section = {key: self._value((name, key), frame["timestamp"]) for key in self._base[name]}
            _agree(section, self._base[name])
            told[name] = {key: section[key] for key in frame[name] if key in fields}
        return told

    def before(self, frame: Any) -> list[Any]:
        """Return the frames of the past, of this one's shape."""
        return [self.at({**frame, "timestamp": frame["timestamp"] - ago}) for ago in range(self._seconds, 0, -1)]

    def _value(self, place: tuple[str, str], time: float) -> Any:
        base = self._base[place[0]][place[1]]
        if isinstance(base, list):
            return [self._number(place, f"{index}", each, time) for index, each in enumerate(base)]
        if isinstance(base, dict):
            return {key: self._number(place, key, each, time) for key, each in base.items()}
        return self._number(place, "", base, time)

    def _number(self, place: tuple[str, str], element: str, base: Any, time: float) -> Any:
        field = self._fields.get(place, {})
        if base is None or (field.get("unit") == "count" and float(base).is_integer()):
            return base
        wave = _wave(f"{place}", time)
        if element:
            wave = _COMMON * wave + (1 - _COMMON) * _wave(f"{place}{element}", time)
        if field.get("kind") == "counter":
            return round(base + _GAIN * (time - self._begin + _AHEAD * wave), 3)
        wave += _jump(f"{place}{element}", time)
        if field.get("unit") == "percent" and place[0] != "process":
            return round(_SHARE[0] + _SHARE[1] * wave, 1)
        return round(base * (1 + 0.08 * wave), 2)


def _agree(section: dict[str, Any], base: Mapping[str, Any]) -> None:
    """Make the numbers of a section those of one machine: the mean of its cores, the used and the free of a total."""
    if section.get("percent_per_core"):
        section["percent_total"] = round(fmean(section["percent_per_core"]), 1)
    for unit in ("mb", "gb"):
        total = base.get(f"total_{unit}")
        if total is not None and section.get("percent") is not None:
            used = round(total * section["percent"] / 100, 2)
            left = round(total - used, 2)
            shares = {"total": total, "used": used, "available": left, "free": left}
            section.update({f"{name}_{unit}": shares[name] for name in shares if f"{name}_{unit}" in section})


def _wave(name: str, time: float) -> float:
    """Return a number between -0.85 and 0.85 that wanders, the same one for the same name and time."""
    slow, quick, phase = _paces(name)
    return 0.55 * math.sin(2 * math.pi * (time / slow + phase)) + 0.3 * math.sin(2 * math.pi * (time / quick + phase))


def _jump(name: str, time: float) -> float:
    """Return a number between -0.15 and 0.15 that is another one each second, by chance as it seems."""
    return 0.3 * (math.sin(round(time) % 100_000 * 12.9898 + _paces(name)[2] * 78.233) * 43758.5453 % 1) - 0.15


@cache
def _paces(name: str) -> tuple[float, float, float]:
    chance = random.Random(name)
    return chance.uniform(240, 620), chance.uniform(23, 61), chance.random()


async def replay(page: Page, recording: Recording) -> None:
    """Have the page read the recording where it reads the server's stream. Call this before it is opened."""

    def connected(route: WebSocketRoute) -> None:
        server = route.connect_to_server()
        is_first = True

        def said(message: str | bytes) -> None:
            nonlocal is_first
            frame = json.loads(message)
            if "timestamp" not in frame or "type" in frame:
                route.send(message)
                return
            # What the server has of the past is younger than the recording, and comes after it.
            past = recording.before(frame) if is_first and "since=" not in route.url else []
            is_first = False
            for each in [*past, recording.at(frame)]:
                route.send(json.dumps(each))

        server.on_message(said)

    async def historical(route: Route) -> None:
        await route.abort()  # a page that filled its charts from here would show another machine

    await page.route_web_socket("**/api/ws/metrics*", connected)
    await page.route("**/api/history*", historical)
