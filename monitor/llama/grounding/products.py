"""So many things of such a size: "12 films of 4 GB" is an amount of 48 GB."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from monitor.llama.grounding import lexicon
from monitor.llama.grounding.quantities import Quantity, run_at, second_of
from monitor.llama.grounding.vocabulary import CONCEPTS, FILLERS
from monitor.llama.grounding.words import stem

#: How many words may stand between the number of things and their size.
_REACH: Final = 6
#: Of what there are no several of a size: "2 cores and 4 GB".
_NO_THINGS: Final = frozenset({"cpu", "core", "memory", "disk", "share"})


def multiplied(words: list[str], quantities: Sequence[Quantity]) -> list[Quantity]:
    """Return the quantities with the sizes of several things multiplied, and without the numbers of these things."""
    found: list[Quantity] = []
    counts: set[int] = set()
    for each in quantities:
        number = (_before(words, each) or _behind(words, each)) if each.family == "bytes" else None
        if number:
            counts.add(number[1])
            found.append(replace(each, value=each.value * number[0], times=number[0]))
        else:
            found.append(each)
    return [each for each in found if each.family != "none" or each.at not in counts]


def _before(words: list[str], size: Quantity) -> tuple[float, int] | None:
    """Return the number of things in front of their size, and its place."""
    for place in range(size.at - 1, max(-1, size.at - 1 - _REACH), -1):
        if words[place] in lexicon.CONNECTORS - lexicon.OF_SIZE:
            return None
        number = _count_at(words, place)
        if number is not None and _leads_to(words, number[1], size):
            first = place
            while first and (more := _count_at(words, first - 1)) and more[1] == number[1]:
                first, number = first - 1, more  # "two dozen", "vingt-cinq"
            return (number[0], first) if 2 <= number[0] == int(number[0]) else None
    return None


def _leads_to(words: list[str], start: int, size: Quantity) -> bool:
    """Tell whether what stands between a number and a size are the things that are of that size."""
    between = words[start : size.at]
    if not between:
        return True
    if second_of(words, start) is not None:
        return False
    if set(between) <= lexicon.TIMES_AS:
        return True
    things = [word for word in between if word not in lexicon.OF_SIZE and stem(word) not in FILLERS]
    if not things or any(CONCEPTS.of((stem(word),)) & _NO_THINGS for word in things):
        return False
    each = bool(set(words[size.end : size.end + 2]) & lexicon.EACH_OF)
    return each or between[-1] in lexicon.OF_SIZE


def _behind(words: list[str], size: Quantity) -> tuple[float, int] | None:
    """Return the number of things behind their size, and its place: "2 GB for each of 3 jobs"."""
    behind = words[size.end : size.end + _REACH]
    each = next((place for place, word in enumerate(behind) if word in lexicon.EACH_OF), None)
    if each is None or set(behind[: each + 1]) & lexicon.CONNECTORS:
        return None
    for place in range(size.end + each + 1, min(len(words), size.end + each + 4)):
        if (number := _count_at(words, place)) is not None:
            whole = 2 <= number[0] == int(number[0]) and second_of(words, number[1]) is None
            return (number[0], place) if whole else None
    return None


def _count_at(words: list[str], place: int) -> tuple[float, int] | None:
    """Return the number that begins at a place, and the place behind it: "12", "a dozen", "5 million"."""
    run = run_at(words, place)
    value, end = (run[0], place + run[1]) if run else (1.0, place)
    while end < len(words) and (scale := lexicon.DOZENS.get(stem(words[end]))) is not None:
        value, end = value * scale, end + 1
    return (value, end) if end > place else None
