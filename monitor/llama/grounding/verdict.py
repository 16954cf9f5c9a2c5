"""Yes or no: what a question that can be answered so gets, and by what measure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from monitor.llama.grounding import lexicon
from monitor.llama.grounding.clauses import clause_at
from monitor.llama.grounding.facts import Finding
from monitor.llama.grounding.numbers import amount, digits
from monitor.llama.grounding.quantities import Quantity
from monitor.llama.grounding.question import Question
from monitor.llama.grounding.state import STATES, State, level_of, suits
from monitor.llama.grounding.wording import capital
from monitor.probe import Number

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


@dataclass(frozen=True, slots=True)
class Ruling:
    """What is found of a finding: whether it is as asked, and the statement that says it.

    brief  whether yes or no says all of it
    open   whether neither is an answer: "how many fit?"
    """

    yes: bool
    statement: str
    brief: bool = False
    open: bool = False


def verdict(question: Question, findings: Sequence[Finding]) -> tuple[str, list[Finding]]:
    """Return the sentence that says yes or no, and the findings with what they were judged by.

    Where several are judged and not all alike, each has its own statement behind its sentence, and there is no yes and
    no no; nor where the question is whether something is *not* so, to which both could mean either. The sentence is
    empty, and the findings are as they were, where no such thing was asked.
    """
    if question.coaxing and question.quantities:
        return "", list(findings)
    for judge in (_by_quantity, _by_trend, _by_state):
        rulings, told = judge(question, findings)
        if rulings:
            return _said(question, rulings, told)
    return "", list(findings)


def _said(question: Question, rulings: Mapping[int, Ruling], findings: list[Finding]) -> tuple[str, list[Finding]]:
    alike = list(dict.fromkeys(rulings.values()))
    if len(alike) > 1:
        told = [
            replace(each, sentence=f"{each.sentence}{' ;' if question.lang == 'fr' else ';'} {rulings[n].statement}")
            if n in rulings
            else each
            for n, each in enumerate(findings)
        ]
        return "", told
    ruling = alike[0]
    if question.denied or ruling.open:
        return f"{capital(ruling.statement)}.", findings
    answer = {"en": ("No", "Yes"), "fr": ("Non", "Oui")}[question.lang][ruling.yes]
    return f"{answer}." if ruling.brief else f"{answer}, {ruling.statement}.", findings


def _by_quantity(question: Question, findings: Sequence[Finding]) -> tuple[dict[int, Ruling], list[Finding]]:
    told = list(findings)
    rulings: dict[int, Ruling] = {}
    asked = _summed(question, findings)
    for n, finding in enumerate(findings):
        quantity = _quantity_for(question, finding, asked)
        number = _comparable(question, finding, quantity) if quantity else None
        if quantity is None or number is None:
            continue
        if _is_room(question, finding, quantity):
            if question.open and _COUNTING & set(question.words) and quantity.times == 1 and not quantity.parts:
                many = max(1.0, number // quantity.value)  # "how many films of 4 GB fit?"
                quantity = replace(quantity, value=many * quantity.value, times=many)
            shown = _shown(quantity, finding, question)
            ruling: Ruling | None = _fitting(question, number >= quantity.value, shown)
        else:
            shown = _shown(quantity, finding, question)
            ruling = None if question.open else _compared(question, finding, quantity, number, shown)
        # What was so at one time is known without the rest of the past.
        if ruling and (not finding.short or (ruling.yes and not _always(question))):
            rulings[n] = ruling
            told[n] = _with_measure(question, finding, shown)
    return rulings, told


def _quantity_for(question: Question, finding: Finding, asked: Sequence[Quantity]) -> Quantity | None:
    """Return the quantity to compare a finding with: one of its own clause, else the first of its kind."""
    alike = [each for each in asked if _comparable(question, finding, each) is not None]
    near = [each for each in alike if clause_at(each.at, question) == _place(finding, question)]
    return next(iter([*near, *alike]), None)


def _is_room(question: Question, finding: Finding, quantity: Quantity) -> bool:
    """Tell whether the question is if so much fits, and not if there is more or less of it."""
    if quantity.family != "bytes" or finding.role != "free" or finding.trend is not None or question.wants("under"):
        return False
    fitting = question.wants("fit") or quantity.times > 1
    return fitting or not (question.wants("over") or question.open)


def _summed(question: Question, findings: Sequence[Finding]) -> list[Quantity]:
    """Return the quantities; those that are to fit into one place as their sum."""
    sizes = [each for each in question.quantities if each.family == "bytes"]
    room = [each for each in findings if each.role == "free"]
    if len(sizes) > 1 and {"or", "ou"} & set(question.words):
        return [each for each in question.quantities if each.family != "bytes"]
    if len(sizes) < 2 or len(room) != 1 or not question.wants("fit"):
        return list(question.quantities)
    whole = replace(sizes[0], value=sum(each.value for each in sizes), parts=tuple(sizes))
    return [whole, *(each for each in question.quantities if each.family != "bytes")]


def _place(finding: Finding, question: Question) -> int | None:
    """Return the clause that a finding answers."""
    tokens = finding.choice.tokens
    places = [token.start for token in tokens if token.subjects - {"share"}] or [token.start for token in tokens]
    return clause_at(min(places), question) if places else None


def _fitting(question: Question, fits: bool, shown: str) -> Ruling:
    if question.lang == "en":
        return Ruling(fits, f"{shown} {'fit' if fits else 'do not fit'}", open=question.open)
    return Ruling(fits, f"{shown} y tiennent" if fits else f"{shown} n'y tiennent pas", open=question.open)


def _compared(question: Question, finding: Finding, quantity: Quantity, number: Number, shown: str) -> Ruling | None:
    """Return whether a number is above, below or at what the question names; None where it asks none of these."""
    if question.wants("over") and _says(question, _AT_LEAST):
        yes, words = number >= quantity.value, ("at least", "au moins")
    elif question.wants("over"):
        yes, words = number > quantity.value, ("above", "au-dessus de")
    elif question.wants("under") and _says(question, _AT_MOST):
        yes, words = number <= quantity.value, ("at most", "au plus")
    elif question.wants("under"):
        yes, words = number < quantity.value, ("below", "en dessous de")
    elif finding.role == "free" and quantity.family == "percent":
        yes, words = number >= quantity.value, ("at least", "au moins")
    elif finding.choice.candidate.field.per is not None and finding.choice.entry is None:
        return None  # "are half of the cores busy?"
    elif quantity.family == "none" and "count" in finding.choice.candidate.words:
        yes, words = number == quantity.value, ("", "")
    elif quantity.family == "percent":
        yes = round(number) == round(quantity.value)
        words = ("about", "environ") if yes else ("", "")
    else:
        return None
    said = f"{words[question.lang == 'fr']} {shown}".strip()
    if question.lang == "en":
        return Ruling(yes, f"that is {'' if yes else 'not '}{said}")
    return Ruling(yes, f"{_it_is(yes)} {said}")


def _it_is(yes: bool) -> str:
    return "c'est" if yes else "ce n'est pas"


def _says(question: Question, phrases: Sequence[str]) -> bool:
    words = f" {' '.join(question.words)} "
    return any(f" {each} " in words for each in phrases)


def _comparable(question: Question, finding: Finding, quantity: Quantity) -> Number | None:
    """Return the finding's number in the quantity's unit; None where the two are not of one kind.

    Of a stretch of the past it is the highest where the question is whether it was above, and the lowest where it is
    whether it was below; the other one where it asks for all of the time. Of a counter, what came to it.
    """
    unit = finding.choice.candidate.field.unit
    value = finding.value
    if value is None:
        return None
    if (past := finding.trend) is not None:
        most = question.wants("over") != _always(question) or not question.wants("over", "under")
        value = past.change if finding.choice.candidate.field.kind == "counter" else past.most if most else past.least
    if quantity.family == "bytes":
        return value * _SCALE[unit] if unit in _SCALE else None
    if quantity.family == "percent":
        return _percent(finding, value)
    if quantity.family == "hertz":
        return value if unit == "MHz" else None
    return value if unit in ("count", "celsius", "ratio") else None


def _always(question: Question) -> bool:
    words = f" {' '.join(question.words)} "
    return any(f" {each} " in words for each in lexicon.ALWAYS)


def _percent(finding: Finding, value: Number) -> Number | None:
    """Return a value as a percentage, the field's own or of the whole beside it; of what is free, the free one."""
    if finding.choice.candidate.field.unit == "percent":
        return value
    share, total = finding.beside.get("share"), finding.beside.get("total")
    if finding.trend is not None or share is None:
        return value / total * 100.0 if finding.role in ("used", "free") and total else None
    return 100.0 - share if finding.role == "free" else share


def _shown(quantity: Quantity, finding: Finding, question: Question) -> str:
    lang = question.lang
    if quantity.parts:
        sizes = " + ".join(_shown(each, finding, question).partition(" = ")[0] for each in quantity.parts)
        return f"{sizes} = {amount(quantity.value, 'B', lang, question.wanted)}"
    if quantity.family == "bytes":
        whole = amount(quantity.value, "B", lang, question.wanted)
        if quantity.times == 1:
            return whole
        return f"{digits(quantity.times, lang)} \u00d7 {amount(quantity.value / quantity.times, 'B', lang)} = {whole}"
    unit = {"percent": "percent", "hertz": "MHz"}.get(quantity.family, finding.choice.candidate.field.unit)
    return amount(quantity.value, unit, lang)


def _with_measure(question: Question, finding: Finding, shown: str) -> Finding:
    """Return the finding, its first fact with what it was compared with where the question says that otherwise.

    "More than half" is 50 %, "3 GHz" 3000 MHz, and "12 films of 4 GB" 48 GB: such a number has to be one of the facts,
    like any other.
    """
    first, *others = finding.facts
    written = _NUMBER.findall(" ".join([*question.words, first.text]))
    if set(_NUMBER.findall(shown)) <= set(written):
        return finding
    compared = "comparé à" if question.lang == "fr" else "compared with"
    return replace(finding, facts=(replace(first, text=f"{first.text} ({compared} {shown})"), *others))


_COUNTING: Final = frozenset({"many", "combien"})
_NUMBER: Final = re.compile(r"\d+(?:[.,]\d+)?")


def _by_trend(question: Question, findings: Sequence[Finding]) -> tuple[dict[int, Ruling], list[Finding]]:
    rulings: dict[int, Ruling] = {}
    if question.open or not question.wants("up", "down", "change") or _names_a_course(question):
        return rulings, list(findings)
    for n, finding in enumerate(findings):
        if (found := finding.trend) is None:
            continue
        percent = finding.choice.candidate.field.unit == "percent"
        least = STEADY_POINTS if percent else STEADY * max(abs(found.first), abs(found.last))
        moved = abs(found.change) >= least and found.change != 0
        if question.wants("up"):
            yes = moved and found.change > 0
        elif question.wants("down"):
            yes = moved and found.change < 0
        else:
            yes = moved != bool(lexicon.STEADY & set(question.words))
        over = finding.span
        if question.lang == "en":
            course = ("it went up" if found.change > 0 else "it went down") if moved else "it is about steady"
            rulings[n] = Ruling(yes, f"{course} over {over}")
        else:
            way = "en hausse" if found.change > 0 else "en baisse"
            course = f"c'est {way if moved else 'à peu près stable'}"
            rulings[n] = Ruling(yes, f"{course} sur {over}")
    return rulings, list(findings)


def _names_a_course(question: Question) -> bool:
    """Tell whether it asks for "the evolution of ..." and not whether something has changed."""
    return not question.wants("up", "down") and not set(question.words) & lexicon.CHANGING


def _by_state(question: Question, findings: Sequence[Finding]) -> tuple[dict[int, Ruling], list[Finding]]:
    """Return whether each is in the state that is asked for, and the findings with the limit in what they say."""
    told = list(findings)
    asked = [each for each in STATES if question.wants(each.name)]
    many = any(each.choice.candidate.field.per for each in findings)
    if question.open or not asked or (question.wants("max", "min") and many) or _alternatives(question, asked):
        return {}, told
    judged: dict[int, tuple[State, Number]] = {}
    for n, finding in enumerate(findings):
        if finding.short:
            continue
        state = _state_of(question, finding, findings, asked)
        past = question.seconds is not None
        told_past = finding.trend is not None or finding.facts[0].aggregate == "then"
        level = level_of(finding, state, past) if state and not (past and not told_past) else None
        if state is not None and level is not None:
            judged[n] = state, level
    if judged and all(state.whole for state, _ in judged.values()):
        # Whether all is well is told by what is the least so.
        worst = max(judged, key=lambda n: judged[n][1])
        judged = {worst: judged[worst]}
    rulings: dict[int, Ruling] = {}
    for n, (state, level) in judged.items():
        yes = state.holds(level)
        french = question.lang == "fr"
        is_so = _it_is(yes) if french else "it is" if yes else "it is not"
        rulings[n] = Ruling(yes, f"{is_so} {state.names[french]}", brief=True)
        told[n] = _limited(findings[n], state.limit_for(findings[n], question))
    return rulings, told


def _alternatives(question: Question, asked: Sequence[State]) -> bool:
    """Tell whether it asks which of two states: "is it busy or idle?", "neither full nor empty?"."""
    return len({each.below for each in asked}) > 1 and bool({"or", "ou", "nor", "ni", "neither"} & set(question.words))


def _state_of(
    question: Question, finding: Finding, findings: Sequence[Finding], asked: Sequence[State]
) -> State | None:
    """Return the state that is asked of a finding: one said in its own clause, else in one that is of no finding."""
    suiting = [each for each in asked if suits(each, finding)]
    if finding.role is not None:
        suiting.sort(key=lambda each: each.name == "overloaded")
    if len(findings) == 1:
        return suiting[0] if suiting else None
    own = _place(finding, question)

    def said(state: State) -> set[int]:
        return {clause_at(place, question) for place in question.intents[state.name]}

    here = [each for each in suiting if own in said(each)]
    if here or finding.role in ("free", "total"):
        return here[0] if here else None
    return suiting[0] if suiting else None


def _limited(finding: Finding, limit: str) -> Finding:
    """Return the finding with the limit in its sentence and in its first fact: a number of the facts like any other."""
    first, *others = finding.facts
    first = replace(first, text=_with(first.text, limit))
    return replace(finding, facts=(first, *others), sentence=_with(finding.sentence, limit))


def _with(text: str, remark: str) -> str:
    return f"{text[:-1]}, {remark})" if text.endswith(")") else f"{text} ({remark})"
