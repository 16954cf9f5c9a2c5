"""A figure: what was measured, beside its goal; and the table of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Goal:
    """A bound for a figure, in the unit of the figure: the most it may be, or with `at_least` the least."""

    bound: float
    at_least: bool = False

    def is_met_by(self, value: float) -> bool:
        return value >= self.bound if self.at_least else value <= self.bound

    def __str__(self) -> str:
        return f"{'>=' if self.at_least else '<='} {self.bound:g}"


@dataclass(frozen=True, slots=True)
class Figure:
    """One row of the table.

    name   what was measured, for a person
    value  in `unit`; None where it could not be measured
    goal   None where the figure is only there to compare with
    note   how to read it, or why it could not be measured
    """

    name: str
    value: float | None
    unit: str
    goal: Goal | None = None
    note: str = ""

    @property
    def is_missed(self) -> bool:
        """Tell whether it has a goal and does not meet it; what was not measured misses nothing."""
        return self.goal is not None and self.value is not None and not self.goal.is_met_by(self.value)

    def row(self) -> list[str]:
        """Return the cells: name, value with unit, goal, verdict, note."""
        value = "not measured" if self.value is None else f"{readable(self.value)} {self.unit}".strip()
        verdict = "" if self.goal is None or self.value is None else "missed" if self.is_missed else "met"
        return [self.name, value, str(self.goal or ""), verdict, self.note]


@dataclass(frozen=True, slots=True)
class Group:
    """Figures that belong together, under one heading."""

    title: str
    figures: Sequence[Figure]

    def __str__(self) -> str:
        return f"### {self.title}\n\n{table(self.figures)}"


def not_measured(names: Iterable[str], why: object) -> list[Figure]:
    """Return the rows of what could not be measured here, and why."""
    return [Figure(name, None, "", note=str(why)) for name in names]


def table(figures: Iterable[Figure]) -> str:
    """Return a Markdown table, aligned so that it reads well as plain text too."""
    return aligned([["Figure", "Measured", "Goal", "", "Note"], *(figure.row() for figure in figures)])


def aligned(rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table whose first row is its head."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    head, *body = (_line(row, widths) for row in rows)
    rule = "|".join("-" * (width + 2) for width in widths)
    return "\n".join([head, f"|{rule}|", *body])


def readable(value: float) -> str:
    """Return three digits or a little more: 0.124, 9.87, 42.1, 1,234."""
    digits = 3 if abs(value) < 1 else 2 if abs(value) < 10 else 1 if abs(value) < 100 else 0
    return f"{value:,.0f}" if value == int(value) else f"{value:,.{digits}f}"


def spread(values: Sequence[float]) -> str:
    """Return the median's company: the least and the most of the rounds."""
    if len(values) == 1:
        return "one reading"
    return f"median of {len(values)}, {readable(min(values))} to {readable(max(values))}"


def of_median(name: str, values: Sequence[float], unit: str, goal: Goal | None = None, note: str = "") -> Figure:
    """Return the figure of the median of several rounds, with their spread in its note."""
    return Figure(name, median(values), unit, goal, "; ".join(filter(None, (spread(values), note))))


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "| " + " | ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)) + " |"
