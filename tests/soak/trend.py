"""The arithmetic: how much a minute something grew, and whether that is little enough."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Trend:
    """What became of one thing that was looked at again and again.

    first, last, top  values
    slope             its growth a minute, by least squares
    minutes           from the first look to the last
    """

    first: float
    last: float
    top: float
    slope: float
    minutes: float

    @property
    def growth(self) -> float:
        """What the slope makes of it from the first look to the last: unlike last - first, no chance of two moments."""
        return self.slope * self.minutes


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the result.

    slope_goal   at most so much growth a minute; None: it is not judged by this
    growth_goal  at most so much growth over the whole time
    """

    name: str
    trend: Trend
    slope_goal: float | None = None
    growth_goal: float | None = None

    @property
    def is_met(self) -> bool:
        """Tell whether no goal is missed. What shrinks meets them all."""
        by_slope = self.slope_goal is None or self.trend.slope <= self.slope_goal
        return by_slope and (self.growth_goal is None or self.trend.growth <= self.growth_goal)

    @property
    def goal(self) -> str:
        """The goals in words."""
        goals = []
        if self.slope_goal is not None:
            goals.append(f"slope <= {self.slope_goal:g}")
        if self.growth_goal is not None:
            goals.append(f"growth <= {self.growth_goal:g}")
        return ", ".join(goals)


def trend(minutes: Sequence[float], values: Sequence[float]) -> Trend:
    """Return the trend of values at those minutes, which need not be evenly apart. Raises ValueError without two."""
    return Trend(values[0], values[-1], max(values), slope(minutes, values), minutes[-1] - minutes[0])


def slope(xs: Sequence[float], ys: Sequence[float]) -> float:
    """Return the slope of the straight line with the least squares. Raises ValueError unless two xs differ."""
    if len(set(xs)) < 2:
        raise ValueError("a slope needs two different moments")
    middle_x, middle_y = sum(xs) / len(xs), sum(ys) / len(ys)
    spread = sum((x - middle_x) ** 2 for x in xs)
    return sum((x - middle_x) * (y - middle_y) for x, y in zip(xs, ys, strict=True)) / spread


def table(rows: Sequence[Row]) -> str:
    """Return the rows as text for a terminal."""
    cells = [("", "first", "last", "max", "slope a minute", "growth", "goal", "")]
    cells += [
        (
            row.name,
            f"{row.trend.first:,.2f}",
            f"{row.trend.last:,.2f}",
            f"{row.trend.top:,.2f}",
            f"{row.trend.slope:+,.4f}",
            f"{row.trend.growth:+,.2f}",
            row.goal,
            "ok" if row.is_met else "MISSED",
        )
        for row in rows
    ]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if place in (0, 6, 7) else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in cells
    )


def after(minutes: Sequence[float], warm_up: float) -> int:
    """Return the index of the first of these minutes that is not within the warm-up, counted from minute 0."""
    return next((index for index, minute in enumerate(minutes) if minute >= warm_up), len(minutes))


def warm_up_of(minutes: float) -> float:
    """Return how many minutes are not judged: caches fill, and the ring. The first ten, or a third of a short soak."""
    return min(10.0, minutes / 3)
