"""Yes or no: what a question that can be answered so gets, and by what measure."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from monitor.llama.facts import Finding
from monitor.llama.numbers import amount, span
from monitor.llama.quantities import Quantity
from monitor.llama.question import Question
from monitor.probe import Number

#: Percent: from here on something is overloaded, full or short; from here on busy; below here idle.
HIGH: Final = 90.0
BUSY: Final = 50.0
IDLE: Final = 10.0
#: A change of less than this share of the larger value counts as none; of a percentage, less than so many points.
STEADY: Final = 0.01
STEADY_POINTS: Final = 1.0

#: What counts the amount itself in.
_AT_LEAST: Final = (
    "at least", "or more", "reach", "at minimum", "a minimum of", "no fewer than", "no less than", "not fewer than",
    "not less than", "au moins", "ou plus", "atteint", "au minimum", "pas moins de",
)  # fmt: skip
_AT_MOST: Final = ("at most", "or less", "no more than", "not more than", "au plus", "pas plus de")

_SCALE: Final = {"B": 1, "MB": 2**20, "GB": 2**30}

State = tuple[str, float, bool, tuple[str, str]]
#: By state: from where on, whether below that counts, and what it is called.
_STATES: Final[tuple[State, ...]] = (
    ("overloaded", HIGH, False, ("overloaded", "surchargé")),
    ("full", HIGH, False, ("full", "plein")),
    ("short", HIGH, False, ("short", "à court")),
    ("idle", IDLE, True, ("idle", "au repos")),
    ("enough", HIGH, True, ("enough", "suffisant")),
    ("busy", BUSY, False, ("busy", "chargé")),
    ("critical", HIGH, False, ("critical", "critique")),
    ("fine", HIGH, True, ("normal", "normal")),
)


def verdict(question: Question, findings: Sequence[Finding]) -> tuple[str, list[Finding]]:
    """Return the sentence that says yes or no, and the findings with the limit they are judged by.

    The sentence is empty, and the findings are as they were, where that is not what was asked.
    """
    if question.coaxing and question.quantities:
        return "", list(findings)
    for judge in (_by_quantity, _by_trend):
        if text := judge(question, findings):
            return text, list(findings)
    return _by_state(question, findings)


def _answer(question: Question, yes: bool) -> str:
    return {"en": ("No", "Yes"), "fr": ("Non", "Oui")}[question.lang][yes]


def _by_quantity(question: Question, findings: Sequence[Finding]) -> str:
    for quantity in question.quantities:
        judged = [(each, number) for each in findings if (number := _comparable(each, quantity)) is not None]
        if not judged:
            continue
        shown = _shown(quantity, judged[0][0], question)
        room = [number for each, number in judged if each.role == "free"]
        if quantity.family == "bytes" and room and not question.wants("under"):
            if not question.open or question.wants("fit"):
                return _fitting(question, [number >= quantity.value for number in room], shown)
        elif not question.open and (text := _compared(question, quantity, judged[0][1], shown)):
            return text
    return ""


def _fitting(question: Question, fits: Sequence[bool], shown: str) -> str:
    """Say whether so much fits; nothing where it fits in one place and not in another."""
    if any(fits) != all(fits):
        return ""
    if question.lang == "en":
        return f"Yes, {shown} fit." if fits[0] else f"No, {shown} do not fit."
    return f"Oui, {shown} y tiennent." if fits[0] else f"Non, {shown} n'y tiennent pas."


def _compared(question: Question, quantity: Quantity, number: Number, shown: str) -> str:
    """Say whether a number is above, below or at what the question names."""
    english = question.lang == "en"
    if question.wants("over") and _says(question, _AT_LEAST):
        yes, words = number >= quantity.value, ("at least", "au moins")
    elif question.wants("over"):
        yes, words = number > quantity.value, ("above", "au-dessus de")
    elif question.wants("under") and _says(question, _AT_MOST):
        yes, words = number <= quantity.value, ("at most", "au plus")
    elif question.wants("under"):
        yes, words = number < quantity.value, ("below", "en dessous de")
    elif quantity.family == "percent":
        if round(number) == round(quantity.value):
            return f"{_answer(question, True)}."
        return f"No, not {shown}." if english else f"Non, pas {shown}."
    else:
        return ""
    if english:
        return f"{_answer(question, yes)}, that is {'' if yes else 'not '}{words[0]} {shown}."
    said = "c'est" if yes else "ce n'est pas"
    return f"{_answer(question, yes)}, {said} {words[1]} {shown}."


def _says(question: Question, phrases: Sequence[str]) -> bool:
    words = f" {' '.join(question.words)} "
    return any(f" {each} " in words for each in phrases)


def _comparable(finding: Finding, quantity: Quantity) -> Number | None:
    """Return the finding's number in the quantity's unit; None where the two are not of one kind."""
    unit = finding.choice.candidate.field.unit
    if finding.value is None:
        return None
    if quantity.family == "bytes":
        return finding.value * _SCALE[unit] if unit in _SCALE else None
    if quantity.family == "percent":
        return _percent(finding)
    if quantity.family == "hertz":
        return finding.value if unit == "MHz" else None
    return finding.value if unit in ("count", "celsius", "ratio") else None


def _percent(finding: Finding) -> Number | None:
    """Return the finding's percentage, its own or the one beside it; of what is free, the free one."""
    if finding.choice.candidate.field.unit == "percent":
        return finding.value
    share = finding.beside.get("share")
    return 100.0 - share if share is not None and finding.role == "free" else share


def _shown(quantity: Quantity, finding: Finding, question: Question) -> str:
    if quantity.family == "bytes":
        return amount(quantity.value, "B", question.lang, question.wanted)
    unit = {"percent": "percent", "hertz": "MHz"}.get(quantity.family, finding.choice.candidate.field.unit)
    return amount(quantity.value, unit, question.lang)


def _by_trend(question: Question, findings: Sequence[Finding]) -> str:
    moving = next((each for each in findings if each.trend is not None), None)
    if moving is None or moving.trend is None or question.open or not question.wants("up", "down", "change"):
        return ""
    found = moving.trend
    percent = moving.choice.candidate.field.unit == "percent"
    least = STEADY_POINTS if percent else STEADY * max(abs(found.first), abs(found.last))
    moved = abs(found.change) >= least and found.change != 0
    steady = bool({"stable", "steady", "constant", "stagne"} & set(question.words))
    if question.wants("up"):
        yes = moved and found.change > 0
    elif question.wants("down"):
        yes = moved and found.change < 0
    else:
        yes = moved != steady
    over = span(found.seconds, question.lang)
    if question.lang == "en":
        course = ("it went up" if found.change > 0 else "it went down") if moved else "it is about steady"
        return f"{_answer(question, yes)}, {course} over {over}."
    course = ("c'est en hausse" if found.change > 0 else "c'est en baisse") if moved else "c'est à peu près stable"
    return f"{_answer(question, yes)}, {course} sur {over}."


def _by_state(question: Question, findings: Sequence[Finding]) -> tuple[str, list[Finding]]:
    """Return yes or no, and the findings, with the limit in what the judged one says; empty where no state is asked."""
    told = list(findings)
    if question.open or question.seconds is not None or not findings:
        return "", told
    if question.wants("max", "min") and any(each.choice.candidate.field.per for each in findings):
        return "", told
    if {"or", "ou"} & set(question.words) and question.wants("idle") and question.wants("busy", "overloaded"):
        return "", told  # "is it busy or idle?"
    numbers = {n: percent for n, each in enumerate(findings) if (percent := _used_percent(each)) is not None}
    state = next((each for each in _STATES if question.wants(each[0])), None)
    if not numbers or state is None:
        return "", told
    name, limit, below, names = state
    # Whether all is well is told by what is the least so.
    judged = max(numbers, key=lambda n: numbers[n]) if name in ("fine", "critical") else min(numbers)
    yes = numbers[judged] < limit if below else numbers[judged] >= limit
    told[judged] = _limited(findings[judged], f"{names[question.lang == 'fr']} {_from(question, told[judged], state)}")
    return f"{_answer(question, yes)}.", told


def _from(question: Question, finding: Finding, state: State) -> str:
    """Return from where on something is in a state; of what is free, by how much is free."""
    _, limit, below, _ = state
    english = question.lang == "en"
    if finding.role == "free":
        shown = amount(100.0 - limit, "percent", question.lang)
        if below:
            return f"above {shown}" if english else f"au-dessus de {shown}"
        return f"at {shown} or less" if english else f"à {shown} ou moins"
    shown = amount(limit, "percent", question.lang)
    if below:
        return f"below {shown}" if english else f"en dessous de {shown}"
    return f"from {shown}" if english else f"à partir de {shown}"


def _limited(finding: Finding, limit: str) -> Finding:
    """Return the finding with the limit in its sentence and in its first fact: a number of the facts like any other."""
    first, *others = finding.facts
    first = replace(first, text=_with(first.text, limit))
    return replace(finding, facts=(first, *others), sentence=_with(finding.sentence, limit))


def _with(text: str, remark: str) -> str:
    return f"{text[:-1]}, {remark})" if text.endswith(")") else f"{text} ({remark})"


def _used_percent(finding: Finding) -> Number | None:
    """Return how much of the thing is in use, whichever side of it the finding tells."""
    if finding.choice.candidate.field.unit == "percent":
        return finding.value
    return finding.beside.get("share")
