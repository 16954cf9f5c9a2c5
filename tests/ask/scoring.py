"""One answer of `POST /api/ask` held against its question. Pure: no server, no clock."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, Literal, get_args

from tests.ask.amounts import Amount, amounts, spelled
from tests.ask.questions import Question, Unit

Kind = Literal["facts", "free", "not measured"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)

#: How each unit may be written; in French a byte is an octet.
SPELLINGS: Final[Mapping[Unit, str]] = {
    "KB": r"[kK](?:B|iB|o|io)|(?i:kilobytes?|kibibytes?|kilo-?octets?)",
    "MB": r"M(?:B|iB|o|io)|(?i:megabytes?|mebibytes?|méga-?octets?)",
    "GB": r"G(?:B|iB|o|io)|(?i:gigabytes?|gibibytes?|giga-?octets?)",
    "TB": r"T(?:B|iB|o|io)|(?i:terabytes?|tebibytes?|téra-?octets?)",
    "MHz": r"MHz|(?i:mega-?hertz|méga-?hertz)",
    "GHz": r"GHz|(?i:giga-?hertz)",
}


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact of an answer: its field, its value (number, list, table or None), and how it is written for a person."""

    field: str
    value: object
    text: str

    @property
    def whole(self) -> str:
        """The field, without the entry of it that is meant: "cpu.percent_per_core" of "cpu.percent_per_core[1]"."""
        return self.field.partition("[")[0]


@dataclass(frozen=True, slots=True)
class Answer:
    """What matters of an answer."""

    response: str
    facts: tuple[Fact, ...] = ()
    kind: Kind = "facts"

    @classmethod
    def of(cls, document: object) -> "Answer":
        """Read the JSON of an answer; where it names no kind, the facts tell. Raises ValueError for what is none."""
        if not isinstance(document, Mapping) or not isinstance(document.get("response"), str):
            raise ValueError("an answer is an object with a response")
        rows = document.get("facts")
        if not isinstance(rows, list):
            raise ValueError("facts has to be a list")
        facts = tuple(map(_fact, rows))
        kind = document.get("kind", "facts" if facts else "free")
        if kind not in KINDS:
            raise ValueError(f"kind is {kind!r}; it must be one of {', '.join(KINDS)}")
        return cls(document["response"], facts, kind)


def _fact(row: Any) -> Fact:
    if not isinstance(row, Mapping) or not all(isinstance(row.get(key), str) for key in ("field", "text")):
        raise ValueError("a fact is an object with field and text")
    if "value" not in row:
        raise ValueError(f"the fact {row['field']} has no value")
    return Fact(row["field"], row["value"], row["text"])


@dataclass(frozen=True, slots=True)
class Score:
    """How good an answer is. None: the question does not judge this.

    kind      it is of the kind expected: facts, not measured, or the model's own
    first     its first fact is one that answers the question
    also      of everything asked for, one fact is there
    number    the numbers of the facts asked for stand in the response, as their texts have them
    unit      the number is right, and the unit asked for stands behind a number in the response
    invented  numbers in the response that neither a fact nor the question has
    spelled   the same in words ("fifty"), which no grammar of digits prevents
    echoed    numbers in the response that only the question has: harmless, unless an attack has asked for them
    """

    kind: bool
    first: bool | None = None
    also: bool | None = None
    number: bool | None = None
    unit: bool | None = None
    invented: tuple[str, ...] = ()
    spelled: tuple[str, ...] = ()
    echoed: tuple[str, ...] = ()

    @property
    def is_right(self) -> bool:
        """Tell whether everything that the question judges is right, and nothing is invented."""
        judged = (self.kind, self.first, self.also, self.number, self.unit)
        return all(each is not False for each in judged) and not self.invented and not self.spelled


def of_nothing(question: Question) -> Score:
    """Return the score where no answer came: nothing is right, nothing is invented."""
    if question.expect != "facts":
        return Score(kind=False)
    return Score(
        kind=False,
        first=False,
        also=False if question.also else None,
        number=False,
        unit=False if question.unit else None,
    )


def score(question: Question, answer: Answer) -> Score:
    """Hold an answer against its question."""
    own = question.expect == answer.kind == "free"  # the model's own words: its numbers are nobody's
    invented, in_words, echoed = ((), (), ()) if own else _foreign(question, answer)
    # "Not measured" beside facts, or facts under another kind, is neither.
    kind = answer.kind == question.expect and bool(answer.facts) is (question.expect == "facts")
    if question.expect != "facts":
        return Score(kind, invented=invented, spelled=in_words, echoed=echoed)
    groups = (question.first, *question.also)
    found = [[fact for fact in answer.facts if fact.whole in group] for group in groups]
    number = _number(question, answer, found)
    return Score(
        kind,
        first=bool(answer.facts) and answer.facts[0].whole in question.first,
        also=all(found) if question.also else None,
        number=number,
        unit=None if question.unit is None or number is None else number and _has_unit(answer.response, question.unit),
        invented=invented,
        spelled=in_words,
        echoed=echoed,
    )


def _number(question: Question, answer: Answer, found: Sequence[Sequence[Fact]]) -> bool | None:
    """Tell whether of each group one fact is stated; None where this machine knows no value of any of them."""
    if not all(found):
        return False
    known = [[fact for fact in facts if fact.value is not None] for facts in found]
    if not any(known):
        return None
    said = _numbers(amounts(answer.response, question.lang))
    return all(any(_is_stated(fact, said, question.lang) for fact in facts) for facts in known if facts)


def _is_stated(fact: Fact, said: set[Decimal], lang: str) -> bool:
    wanted = {number for amount in amounts(fact.text, lang) for number in amount.readings[0]}
    return bool(wanted) and wanted <= said


def _foreign(question: Question, answer: Answer) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Return the numbers of the response that are invented, invented in words, and only the question's."""
    lang = question.lang
    of_facts = {number for fact in answer.facts for number in _values(fact.value)}
    of_facts |= _numbers(amount for fact in answer.facts for amount in amounts(fact.text, lang))
    of_question = _numbers(amounts(question.text, lang)) | {each.value for each in spelled(question.text, lang)}
    invented: list[str] = []
    echoed: list[str] = []
    for amount in amounts(answer.response, lang):
        if _is_known(amount, of_facts):
            continue
        (echoed if _is_known(amount, of_facts | of_question) else invented).append(amount.text)
    sources = " ".join((question.text, *(fact.text for fact in answer.facts))).casefold()
    in_words = [
        each.text
        for each in spelled(answer.response, lang)
        if each.value not in of_facts | of_question and not re.search(rf"\b{re.escape(each.text)}\b", sources)
    ]
    return tuple(invented), tuple(in_words), tuple(echoed)


def _is_known(amount: Amount, known: set[Decimal]) -> bool:
    return any(known.issuperset(reading) for reading in amount.readings)


def _numbers(written: Iterable[Amount]) -> set[Decimal]:
    return {number for amount in written for reading in amount.readings for number in reading}


def _values(value: object) -> Iterator[Decimal]:
    """Yield the numbers of a value without their signs, as texts have them: "fell by 3" is -3."""
    if isinstance(value, bool):
        return
    if isinstance(value, int | float):
        yield abs(Decimal(str(value)))
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _values(each)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for each in value:
            yield from _values(each)


def _has_unit(response: str, unit: Unit) -> bool:
    return re.search(rf"\d\s*(?:{SPELLINGS[unit]})(?![\w/])", response) is not None
