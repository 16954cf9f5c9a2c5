"""Facts: the numbers that answer a question, as data and as text for people."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from monitor.llama.grounding.choice import Choice
from monitor.llama.grounding.kinds import Aggregate
from monitor.llama.grounding.trend import Trend
from monitor.probe import Number

Role = Literal["share", "used", "free", "total"]


@dataclass(frozen=True, slots=True)
class Fact:
    """One number that answers a question, or belongs to it.

    field      its name in the frame: "memory.used_mb", "cpu.percent_per_core[1]", "tide.gauges[Brest]"
    value      in `unit`; None where this machine does not tell
    unit       the field's, or its unit a second for a rate
    text       for people, in the language of the question
    aggregate  of what stretch of the past; None for the newest value
    seconds    how long that stretch is
    """

    field: str
    value: Number | None
    unit: str
    text: str
    aggregate: Aggregate | None = None
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found for one field that a question is about.

    facts   the one that answers first
    values  numbers to judge by: the field's own and, by role, those of the fields beside it
    trend   over the stretch of the past that was asked for
    short   whether less of the past is kept than that
    span    what that stretch is called: "1 min"; empty for none
    """

    choice: Choice
    facts: tuple[Fact, ...]
    sentence: str
    value: Number | None
    beside: Mapping[Role, Number]
    role: Role | None
    trend: Trend | None = None
    short: bool = False
    span: str = ""
