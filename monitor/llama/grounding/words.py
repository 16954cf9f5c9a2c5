"""Words: how a text is cut into them, which forms are one word, and what a misspelt one may have been."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from itertools import pairwise

#: Numbers, words, and the signs that mean something in a question; everything else parts words.
_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+|[%,;?!.:&+/<>≥≤=\n]")

#: Neighbours on both keyboards, English and French: the letter beside it is the likeliest slip.
_ROWS = ("qwertyuiop", "azertyuiop", "asdfghjkl", "qsdfghjklm", "zxcvbnm", "wxcvbn")
_BESIDE = frozenset(pair for row in _ROWS for a, b in pairwise(row) for pair in ((a, b), (b, a)))

_SIGNS = str.maketrans({"œ": "oe", "æ": "ae", "\u2019": "'", "\u2018": "'", "\u00d7": " x "})


def fold(text: str) -> str:
    """Return the text in lower case, without accents, ligatures, typographic apostrophes and times signs."""
    text = text.lower().translate(_SIGNS)
    return "".join(each for each in unicodedata.normalize("NFKD", text) if not unicodedata.combining(each))


def split(text: str) -> list[str]:
    """Return numbers, words and signs of a folded text, in order."""
    return _WORD.findall(text)


def stem(word: str) -> str:
    """Return what the forms of a folded word share: plural and French feminine are taken off."""
    if word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    if len(word) > 3 and word[-1] in "sx" and word[-2] != "s":
        word = word[:-1]
    return word[:-1] if len(word) > 5 and word.endswith("ee") else word


def distance(a: str, b: str, most: int) -> int:
    """Return how many slips (a letter too much, missing, wrong, or two swapped) make `b` of `a`; most + 1 if more."""
    if abs(len(a) - len(b)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        last, before, row = before, row, [i]
        for j, y in enumerate(b, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (x != y))
            if last and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return row[-1]


class Speller:
    """Finds the word that a misspelt one may have been.

    words  those worth finding, folded
    """

    def __init__(self, words: Iterable[str]) -> None:
        by_size: dict[int, list[str]] = {}
        for word in sorted(set(words)):
            by_size.setdefault(len(word), []).append(word)
        self._by_size: Mapping[int, list[str]] = by_size

    def guess(self, word: str) -> str | None:
        """Return the nearest word that is likely meant; None where none is near."""
        size = len(word)
        if size < 3 or not word.isalpha():
            return None
        most = 1 if size < 8 else 2
        near = [
            (slips, other[0] != word[0], other)
            for each in range(size - most, size + most + 1)
            for other in self._by_size.get(each, ())
            if (slips := distance(word, other, most)) <= most and _likely(word, other)
        ]
        return min(near)[2] if near else None


def _likely(word: str, other: str) -> bool:
    """Tell a slip from another word: short words are near to many, so less is believed of them."""
    if min(len(word), len(other)) < 4:
        return sorted(word) == sorted(other)
    if len(other) > 5 or sorted(word) == sorted(other):
        return True
    if word[0] != other[0]:
        return False
    return len(word) != len(other) or all(pair in _BESIDE for pair in zip(word, other, strict=True) if len({*pair}) > 1)
