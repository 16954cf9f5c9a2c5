"""Frames: pure data, and the check of what a probe returned."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from monitor.probe import Field, Number, Value
from monitor.text import printable, shown

#: The sections every frame has by default, in the order of the documented frame.
SECTIONS: Final = ("cpu", "memory", "disk", "network", "process")
#: Top-level keys that are not sections; no probe may take one as its name. `type` marks messages that are no frames.
RESERVED: Final = ("timestamp", "stale", "type")

#: Integers beyond this lose digits in every JavaScript client.
LARGEST_INTEGER: Final = 2**53 - 1
#: The most values a list or table may have, and the most characters a name in a table may have.
LARGEST_COUNT: Final = 4096
LONGEST_KEY: Final = 256

#: A probe's section of the frame: every declared field, in the order of declaration.
Section = Mapping[str, Value]


class BadSample(ValueError):
    """What a probe returned is not what its fields declare."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What every client reads, once an interval.

    timestamp  Unix time in seconds, with milliseconds
    sections   by probe name; values in the units of the fields
    stale      seconds since the last good sample, for each probe that is late or failed; mostly empty
    tick       its place on the grid of ticks; not sent
    before     the tick of the frame before it, -1 where there was none; not sent
    """

    timestamp: float
    sections: Mapping[str, Section]
    stale: Mapping[str, float]
    tick: int = 0
    before: int = -1

    def as_dict(self) -> dict[str, Any]:
        """Return the frame as it goes over the wire: `timestamp`, the sections, and `stale` only where needed."""
        document: dict[str, Any] = {"timestamp": self.timestamp, **self.sections}
        if self.stale:
            document["stale"] = self.stale
        return document


def unknown(fields: Sequence[Field]) -> Section:
    """Return the section of a probe of which nothing is known: every field `null`."""
    return {field.name: None for field in fields}


def checked(fields: Sequence[Field], raw: object) -> Section:
    """Return `raw` as a section: every field in order, rounded, `null` where it is missing.

    Raises BadSample, naming field and value, for anything the fields do not declare.
    """
    if not isinstance(raw, Mapping):
        raise BadSample(f"sample returned {shown(raw)}; it must return a dict by field name")
    section = {field.name: _checked_field(field, raw.get(field.name)) for field in fields}
    if len(raw) > len(section) or not raw.keys() <= section.keys():
        extra = sorted(map(shown, raw.keys() - section.keys()))
        raise BadSample(f"sample returned fields that are not declared: {', '.join(extra[:3])}")
    return section


def _checked_field(field: Field, value: object) -> Value:
    if value is None:
        return None
    if field.per is None:
        return _checked_number(field, value)
    if field.keyed:
        return _checked_table(field, value)
    return _checked_list(field, value)


def _checked_list(field: Field, values: object) -> Value:
    if not isinstance(values, list | tuple):
        raise _bad(field, values, f"a list with one number per {field.per}")
    _check_count(field, len(values))
    return [_checked_item(field, value) for value in values]


def _checked_table(field: Field, values: object) -> Value:
    if not isinstance(values, Mapping):
        raise _bad(field, values, f"a dict with one number per {field.per}")
    _check_count(field, len(values))
    return {_checked_key(field, key): _checked_item(field, value) for key, value in values.items()}


def _checked_key(field: Field, key: object) -> str:
    if not isinstance(key, str) or not 0 < len(key) <= LONGEST_KEY:
        raise _bad(field, key, f"keyed by strings of 1 to {LONGEST_KEY} characters")
    plain = str.__str__(key)  # a subclass, such as an enumeration's, may call itself something else
    if printable(plain) != plain:
        raise _bad(field, key, "keyed by strings that UTF-8 can hold (decode names with errors='replace')")
    return plain


def _checked_item(field: Field, value: object) -> Number | None:
    return None if value is None else _checked_number(field, value)


def _checked_number(field: Field, value: object) -> Number:
    if isinstance(value, float):
        if not math.isfinite(value):
            raise _bad(field, value, "a finite number; leave the field out where it is not known")
        # Subclasses, such as numpy's float64, become what JSON encoders know.
        return round(float.__float__(value), field.decimals)
    if type(value) is int:
        if abs(value) > LARGEST_INTEGER:
            raise _bad(field, value, "at most 2^53 - 1, or a float")
        return value
    raise _bad(field, value, "an int or a float")


def _check_count(field: Field, count: int) -> None:
    if count > LARGEST_COUNT:
        raise BadSample(f"{field.name} has {count} values; at most {LARGEST_COUNT} are allowed")


def _bad(field: Field, value: object, right: str) -> BadSample:
    return BadSample(f"{field.name} is {shown(value)}; it must be {right}")
