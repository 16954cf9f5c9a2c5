"""The past of a field: what it was over a stretch of the frames in memory."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from monitor.encoder import decode
from monitor.history import Entry
from monitor.probe import Number

#: The most frames of a stretch that are read; of a longer one, every second, third, ... so that asking costs no frame.
MOST: Final = 600


@dataclass(frozen=True, slots=True)
class Trend:
    """A field over a stretch of time, in its unit.

    seconds  from the first value to the last
    """

    seconds: float
    first: Number
    last: Number
    least: Number
    most: Number
    mean: float

    @property
    def change(self) -> float:
        """The last minus the first."""
        return self.last - self.first

    @property
    def rate(self) -> float:
        """Change a second."""
        return self.change / self.seconds


def documents(entries: Sequence[Entry], seconds: float) -> list[Mapping[str, Any]]:
    """Return the frames of the last seconds before the newest one, oldest first; the newest one among them."""
    if not entries:
        return []
    since = entries[-1].timestamp - seconds - 1e-3
    kept = [entry for entry in entries if since <= entry.timestamp]
    stride = -(-len(kept) // MOST)
    return [decode(entry.encoded) for entry in reversed(kept[::-1][::stride])]


def values_of(
    frames: Sequence[Mapping[str, Any]], section: str, field: str, entry: int | str | None
) -> list[tuple[float, Number]]:
    """Return timestamp and value of each frame that has one and in which it is not stale."""
    found = []
    for frame in frames:
        value = pick(frame.get(section, {}).get(field), entry)
        if value is not None and section not in frame.get("stale", {}):
            found.append((frame["timestamp"], value))
    return found


def pick(value: Any, entry: int | str | None) -> Any:
    """Return one of the values of a field, or the field's value; None where there is no such one."""
    if entry is None or value is None:
        return value
    if isinstance(entry, int):
        return value[entry] if isinstance(value, list | tuple) and -len(value) <= entry < len(value) else None
    return value.get(entry) if isinstance(value, Mapping) else None


def trend(values: Sequence[tuple[float, Number]]) -> Trend | None:
    """Return the trend of these values; None where there are too few, or where no time lies between them."""
    if len(values) < 2 or values[-1][0] <= values[0][0]:
        return None
    numbers = [value for _, value in values]
    return Trend(
        values[-1][0] - values[0][0], numbers[0], numbers[-1], min(numbers), max(numbers), sum(numbers) / len(numbers)
    )
