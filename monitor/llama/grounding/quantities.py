"""Numbers that stand in a question: amounts with their units, and the places they give to words."""

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Literal

from monitor.llama.grounding import lexicon
from monitor.llama.grounding.language import Language
from monitor.llama.grounding.vocabulary import NUMBERS
from monitor.llama.grounding.words import stem

#: Words that are units only behind a number, and only in French: "to" and "o" are words of their own in English.
_FRENCH_UNITS: Final = frozenset({"to", "o"})

#: What follows a part of a whole.
_OF_A_WHOLE: Final = frozenset(
    [
        "of",
        "de",
        "du",
        "des",
        "d",
        "full",
        "used",
        "free",
        "empty",
        "left",
        "plein",
        "pleine",
        "libre",
        "utilise",
        "utilisee",
        "rempli",
        "remplie",
        "vide",
    ]
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit: bytes, percent, MHz, or none.

    value  in its family's unit, of all of them where there are several
    at     place of its first word, end: after its last
    times  of how many things of one size it is the sum
    parts  what it is the sum of, where these differ
    """

    value: float
    family: Literal["bytes", "percent", "hertz", "none"]
    at: int
    end: int
    times: float = 1.0
    parts: "tuple[Quantity, ...]" = ()


def number_of(word: str) -> float | None:
    """Return the number that a word is, in digits or letters."""
    if word[0].isdigit():
        if re.fullmatch(r"\d{1,3}(,\d{3})+", word):
            word = word.replace(",", "")
        try:
            return float(word.replace(",", "."))
        except ValueError:
            return None
    return NUMBERS.get(word)


def run_at(words: list[str], place: int) -> tuple[float, int] | None:
    """Return the number that begins here and how many words it takes: "4", "vingt-cinq", "half a"."""
    first = number_of(words[place])
    if first is None:
        return None
    if words[place][0].isdigit():
        return first, 1
    if first == 0.5:
        more = next(
            (
                n
                for n in (1, 2)
                if place + n < len(words) and words[place + n] not in ("a", "of", "an", "the", "de", "la", "un", "une")
            ),
            1,
        )
        return first, more
    value, size = first, 1
    while place + size < len(words) and (number := NUMBERS.get(words[place + size])) is not None and number >= 1:
        joined = number == 100 or (number == 20 and value == 4)
        if not joined and (
            value % 10 != 0 or value == 0 or number >= 20 or (words[place + size] in ("un", "une") and value < 20)
        ):
            break
        value = value * number if joined else value + number
        size += 1
    return value, size


def _family(word: str, lang: Language, glued: bool) -> tuple[Literal["bytes", "percent", "hertz"], float] | None:
    unit = stem(word)
    if word in _FRENCH_UNITS and lang != "fr":
        return None
    if unit in lexicon.BYTES or word in lexicon.BYTES:
        return "bytes", lexicon.BYTES.get(unit) or lexicon.BYTES[word]
    if word in ("g", "t") and glued:
        return "bytes", lexicon.BYTES[f"{word}b"]
    if word in lexicon.PERCENT or unit in lexicon.PERCENT:
        return "percent", 1.0
    if unit in lexicon.HERTZ:
        return "hertz", lexicon.HERTZ[unit]
    return None


def quantities_in(words: list[str], lang: Language) -> list[Quantity]:
    """Return the amounts that a question names."""
    found = []
    place = 0
    while place < len(words):
        run = run_at(words, place)
        if part := _fraction_at(words, place):
            found.append(Quantity(part[0], "percent", place, part[1]))
            place = part[1]
            continue
        if run is None:
            if words[place] in ("a", "an") and place + 1 < len(words):
                family = _family(words[place + 1], lang, glued=False)
                if family and family[0] == "bytes" and family[1] >= 2**20:
                    found.append(Quantity(family[1], "bytes", place, place + 2))
            place += 1
            continue
        value, size = run
        after = words[place + size : place + size + 2]
        digits = words[place][0].isdigit()
        family = _family(after[0], lang, glued=digits) if after else None
        if family is None and after in (["pour", "cent"], ["per", "cent"]):
            family = "percent", 1.0
        end = place + size
        if family:
            found.append(Quantity(value * family[1], family[0], place, end + 1))
        elif value == 0.5 and words[place] not in ("demi", "demie"):
            found.append(Quantity(50.0, "percent", place, end))
        elif digits and second_of(words, _after_newest(words, end)) is None:
            found.append(Quantity(value, "none", place, end))
        place += size
    return found


def _fraction_at(words: list[str], place: int) -> tuple[float, int] | None:
    """Return the percent that a part of a whole is, and the place behind it: "two thirds of", "un quart de"."""
    run = (1.0, 1) if words[place] in ("a", "an") else run_at(words, place)
    end = place + run[1] if run else len(words)
    if run is None or end >= len(words):
        return None
    after = words[end + 1 : end + 2]
    if not (set(after) & _OF_A_WHOLE or (run[0] > 1 and (not after or not after[0].isalpha()))):
        return None
    fraction = lexicon.FRACTIONS.get(stem(words[end]))
    if fraction is None or any(
        second_of(words, after) is not None for after in range(end + 2, min(len(words), end + 4))
    ):
        return None  # "a quarter of an hour"
    return run[0] * fraction, end + 1


def numbered_words(words: list[str], quantities: list[Quantity]) -> dict[int, int]:
    """Return the numbers of "core 2", "core number 2" and "second core", by the place of the word they go with."""
    measured = {each.at for each in quantities if each.family != "none"}
    places = {}
    for place, word in enumerate(words):
        if word in lexicon.ORDINALS and place + 1 < len(words):
            places[place + 1] = lexicon.ORDINALS[word]
            continue
        number = number_of(word)
        if word == "one" and words[place - 1] in ("by", ","):
            continue
        if number is None or number != int(number) or place in measured or word in ("un", "une") or place == 0:
            continue
        if second_of(words, place + 1) is not None:
            continue
        before = place - 1
        while before > 0 and words[before] in ("number", "no", "nr", "numero", "n", "id", "num"):
            before -= 1
        places.setdefault(before, int(number))
    return places


def _after_newest(words: list[str], place: int) -> int:
    while place < len(words) and stem(words[place]) in lexicon.NEWEST:  # "les 5 dernières minutes"
        place += 1
    return place


def second_of(words: list[str], place: int) -> float | None:
    """Return how many seconds the unit of time at a place has; None where there is none."""
    if place >= len(words):
        return None
    if place and words[place - 1][0].isdigit() and words[place] in lexicon.BRIEF_TIMES:
        return lexicon.BRIEF_TIMES[words[place]]
    return lexicon.TIMES.get(stem(words[place]))


def wanted_unit(stems: list[str]) -> str | None:
    """Return the unit of "in GB", "how many gigs", "combien de Go"."""
    for before, unit in pairwise(stems):
        if before in ("in", "en", "many", "de", "of", "as", "d", "to") and (
            unit in lexicon.BYTES or unit in lexicon.HERTZ or unit in lexicon.BITS
        ):
            return unit
    return None
