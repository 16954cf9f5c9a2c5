"""The states that something may be in: overloaded, full, idle, and from where on it is."""

from dataclasses import dataclass
from typing import Final

from monitor.llama.grounding.facts import Finding
from monitor.llama.grounding.numbers import amount
from monitor.llama.grounding.question import Question
from monitor.probe import Number

#: Percent: from here on something is overloaded, full or short; from here on busy; below here idle or empty.
HIGH: Final = 90.0
BUSY: Final = 50.0
IDLE: Final = 10.0


@dataclass(frozen=True, slots=True)
class State:
    """A state, by how much of a thing is in use.

    name    of the intent that asks for it
    limit   percent from where on it holds, or below which
    below   whether it is below
    names   what it is called, in English and in French
    typical whether the mean of a stretch tells of it, and not the highest
    whole   whether it is asked of everything at once
    """

    name: str
    limit: float
    below: bool
    names: tuple[str, str]
    typical: bool = False
    whole: bool = False

    def holds(self, level: Number) -> bool:
        """Tell whether it does at so many percent in use."""
        return level < self.limit if self.below else level >= self.limit

    def limit_for(self, finding: Finding, question: Question) -> str:
        """Return from where on it holds: "full from 90 %"; of what is free, by how much is free."""
        english = question.lang == "en"
        name = self.names[not english]
        free = finding.role == "free"
        shown = amount(100.0 - self.limit if free else self.limit, "percent", question.lang)
        if free and not self.below:
            return f"{name} at {shown} or less" if english else f"{name} à {shown} ou moins"
        if free:
            where = "above" if english else "au-dessus de"
        elif self.below:
            where = "below" if english else "en dessous de"
        else:
            where = "from" if english else "à partir de"
        mean = (" on average" if english else " en moyenne") if self.typical and finding.trend is not None else ""
        return f"{name} {where} {shown}{mean}"


STATES: Final = (
    State("overloaded", HIGH, False, ("overloaded", "surchargé")),
    State("full", HIGH, False, ("full", "plein")),
    State("empty", IDLE, True, ("empty", "vide")),
    State("short", HIGH, False, ("short", "à court")),
    State("idle", IDLE, True, ("idle", "au repos"), typical=True),
    State("enough", HIGH, True, ("enough", "suffisant")),
    State("busy", BUSY, False, ("busy", "chargé"), typical=True),
    State("critical", HIGH, False, ("critical", "critique"), whole=True),
    State("fine", HIGH, True, ("normal", "normal"), whole=True),
)


def suits(state: State, finding: Finding) -> bool:
    """Tell whether something can be in a state: what is in use can be in all of them, a battery be full or empty."""
    words = finding.choice.candidate.words
    if finding.role is not None or (words & {"load", "used"} and "battery" not in words):
        return True
    return state.name in ("full", "empty") or (state.name == "busy" and "battery" in words)


def level_of(finding: Finding, state: State, past: bool) -> Number | None:
    """Return how many percent of the thing are in use, whichever side of it the finding tells; None where it does not.

    past  whether that is asked of the past, of which the present share says nothing
    """
    trend, free = finding.trend, finding.role == "free"
    value = finding.value
    if trend is not None:
        value = trend.mean if state.typical else trend.least if free else trend.most
    if value is None or finding.choice.candidate.field.unit == "percent":
        return value
    if not past:
        return finding.beside.get("share")
    total = finding.beside.get("total")
    if finding.role not in ("used", "free") or not total:
        return None
    return 100.0 - value / total * 100.0 if free else value / total * 100.0
