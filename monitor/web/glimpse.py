"""The panels as they stand before their scripts have come: their parts, and what the newest frame says of their shares.

Each part takes the room that it takes in the panel that follows (fields.js, panel.js): nothing moves when that comes.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

import msgspec

from monitor.history import History
from monitor.probe import Field, Probe

#: Intervals after which the newest frame is no news.
OLD: Final = 2.5
#: What stands before the decimals, by language; a point in others.
DECIMAL_SIGNS: Final[Mapping[str, str]] = {"fr": ","}
#: The most numbers that share one chart, and the most elements that are drawn one by one, as in fields.js.
MOST_SERIES: Final = 6
MOST_MULTIPLES: Final = 12
#: The most cells that are bars, as in cells.js.
MOST_BARS: Final = 24
#: From how many cells on a panel is as wide as two, and when it is as high as two, as in panel.js.
WIDE: Final = 64
HEIGHTS: Final[Mapping[str, float]] = {"headline": 5, "cells": 1.5, "multiples": 0.6, "table": 5, "facts": 0.35}
MOST_FACTS: Final = 5
TALL: Final = 9


class Fact(NamedTuple):
    """A number below the chart; of a counter whose rate it is, the total stands on a line below."""

    label: str
    has_total: bool


class Elements(NamedTuple):
    """A list or table with so many elements; `layout` is "cells", "multiples" or "table"."""

    label: str
    layout: str
    number: int
    is_share: bool

    @property
    def height(self) -> float:
        """What it takes, in lines of facts, about."""
        return HEIGHTS[self.layout] * (self.number if self.layout == "multiples" else 1)


class Glimpse(NamedTuple):
    """What a panel shows at first.

    probe     its name
    label     the name for people, where the page has no better one
    headline  what its big numbers are called
    is_share  they are percentages
    share     the one percentage in its headline as people read it ("44.8"); None where there is none, or no new one
    elements  its lists and tables that have any
    facts     its other numbers
    """

    probe: str
    label: str
    headline: Sequence[str]
    is_share: bool
    share: str | None
    elements: Sequence[Elements]
    facts: Sequence[Fact]

    @property
    def is_wide(self) -> bool:
        """Whether it takes the width of two."""
        return any(each.layout == "cells" and each.number >= WIDE for each in self.elements)

    @property
    def is_tall(self) -> bool:
        """Whether it takes the height of two."""
        height = (HEIGHTS["headline"] if self.headline else 0) + sum(each.height for each in self.elements)
        return height + min(MOST_FACTS, len(self.facts) * HEIGHTS["facts"]) >= TALL


def glimpses(probes: Iterable[Probe], history: History, interval: float, language: str) -> Sequence[Glimpse]:
    """Return one for each probe, in their order; `interval` is the server's, in seconds."""
    sections = _sections(history, interval)
    return [_glimpse(probe, sections.get(probe.name), language) for probe in probes]


def _glimpse(probe: Probe, section: Any, language: str) -> Glimpse:
    singles = [each for each in probe.fields if each.per is None]
    headline = _headline(singles)
    is_counted = bool(headline) and headline[0].kind == "counter"
    totals = [Fact(_label(each, language), has_total=False) for each in headline if is_counted]
    others = [Fact(_label(each, language), each.kind == "counter") for each in singles if each not in headline]
    elements = [_elements(each, section, language) for each in probe.fields if each.per is not None]
    return Glimpse(
        probe=probe.name,
        label=_capital(probe.name.replace("_", " ")),
        headline=[_label(each, language) for each in headline],
        is_share=bool(headline) and headline[0].unit == "percent" and not is_counted,
        share=_share(probe.fields, section, language),
        elements=[each for each in elements if each.number],
        facts=[*totals, *others],
    )


def _headline(singles: Sequence[Field]) -> Sequence[Field]:
    """Return the numbers that share the chart: percentages before counters, and those before what else there is."""
    shares = [each for each in singles if each.kind == "gauge" and each.unit == "percent"]
    counters = [each for each in singles if each.kind == "counter"]
    first = next(iter([*shares, *counters, *singles]), None)
    alike = [each for each in singles if first and (each.unit, each.kind) == (first.unit, first.kind)]
    return alike[:MOST_SERIES]


def _elements(field: Field, section: Any, language: str) -> Elements:
    value = section.get(field.name) if isinstance(section, dict) else None
    number = len(value) if isinstance(value, list | dict) else 0
    is_share = field.unit == "percent"
    if is_share and field.kind == "gauge" and not field.keyed:
        layout = "cells"
    else:
        layout = "multiples" if number <= MOST_MULTIPLES else "table"
    return Elements(_label(field, language), layout, number, is_share)


def _label(field: Field, language: str) -> str:
    """Return what a field is called, as fields.js has it."""
    return _capital(next(iter(field.phrases.get(language, ())), field.name.replace("_", " ")))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _sections(history: History, interval: float) -> Mapping[str, Any]:
    """Return what the newest frame says of the probes that are well."""
    if history.latest is None or history.age is None or history.age > OLD * interval:
        return {}
    frame = msgspec.json.decode(history.latest.encoded)
    return {name: section for name, section in frame.items() if name not in frame.get("stale", ())}


def _share(fields: Iterable[Field], section: Any, language: str) -> str | None:
    shares = [each for each in fields if each.kind == "gauge" and each.unit == "percent" and each.per is None]
    value = section.get(shares[0].name) if isinstance(section, dict) and len(shares) == 1 else None
    if value is None:
        return None
    return f"{value:.1f}".replace(".", DECIMAL_SIGNS.get(language, "."))
