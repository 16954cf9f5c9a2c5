"""What a client asked for: which fields, and every how many frames."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

#: A client's pace is less than so many ticks.
SLOWEST: Final = 2**31
#: The largest number of seconds that is read: beyond it not every client can write a whole one.
LARGEST: Final = 2**53 - 1


@dataclass(frozen=True, slots=True)
class Selection:
    """Clients with equal selections share one encoding.

    every   every so many ticks
    fields  sections ("cpu") and single fields ("memory.percent"), in the order of the frame; None for all
    """

    every: int = 1
    fields: tuple[str, ...] | None = None

    def wants(self, tick: int, before: int) -> bool:
        """Tell whether the frame of this tick is sent, where the frame before it was of tick `before`.

        One in every stretch of `every` ticks, whatever ticks were missed: so back-fill and live agree.
        """
        return tick // self.every != before // self.every

    def of(self, document: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return what was asked for of a frame: the timestamp, the fields, and `stale` for their probes."""
        if self.fields is None:
            return document
        picked: dict[str, Any] = {"timestamp": document["timestamp"]}
        for name in self.fields:
            section, _, field = name.partition(".")
            if not field:
                picked[section] = document[section]
            else:
                picked.setdefault(section, {})[field] = document[section][field]
        if stale := {name: age for name, age in document.get("stale", {}).items() if name in picked}:
            picked["stale"] = stale
        return picked


EVERYTHING = Selection()


def read_pace(text: str, interval: float) -> int:
    """Return every how many frames a client wants one, that asks for one every `text` seconds.

    Raises ValueError with what would be right.
    """
    seconds = read_seconds(text)
    every = round(seconds / interval) if seconds / interval < SLOWEST else 0
    if every < 1 or not math.isclose(every * interval, seconds, rel_tol=1e-6):
        raise ValueError(f"a whole multiple of the server's interval, {interval:g} s")
    return every


def read_fields(text: str, known: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Return the fields that `text` names, sections or section.field, with commas; in the order of the frame.

    known  the fields of each section, in order
    Raises ValueError with what would be right.
    """
    asked = {name.strip() for name in text.split(",")} - {""}
    every = [name for section, fields in known.items() for name in (section, *(f"{section}.{each}" for each in fields))]
    if not asked or asked - set(every):
        raise ValueError(f"sections or fields, with commas, of: {', '.join(every)}")
    return tuple(name for name in every if name in asked and (name.partition(".")[0] not in asked or "." not in name))


def read_seconds(text: str) -> float:
    """Return a number of seconds above 0. Raises ValueError with what would be right."""
    seconds = _number(text)
    if not 0 < seconds <= LARGEST:
        raise ValueError("a number of seconds above 0")
    return seconds


def read_moment(text: str) -> float:
    """Return a Unix time in seconds. Raises ValueError with what would be right."""
    seconds = _number(text)
    if not 0 <= seconds <= LARGEST:
        raise ValueError("a Unix time in seconds")
    return seconds


def _number(text: str) -> float:
    return float(text) if re.fullmatch(r"[0-9]+(\.[0-9]*)?([eE][+-]?[0-9]+)?", text) else math.nan
