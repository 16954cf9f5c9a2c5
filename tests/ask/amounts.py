"""Numbers as they stand in a text: with point or comma, grouped or not, in digits or in words, English or French."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

Reading = tuple[Decimal, ...]


@dataclass(frozen=True, slots=True)
class Amount:
    """One number as it is written.

    text      the characters
    readings  what it may mean, the likeliest first; each is one number, or several where the text may be a list
    """

    text: str
    readings: tuple[Reading, ...]

    @property
    def value(self) -> Decimal:
        """The first number of the likeliest reading."""
        return self.readings[0][0]


#: What stands between groups of three digits and never between two numbers: no-break, narrow no-break and thin space.
_TIED: Final = "\u00a0\u202f\u2009"
_PATTERNS: Final[Mapping[str, re.Pattern[str]]] = {
    "en": re.compile(
        rf"(?P<grouped>[1-9]\d{{0,2}}(?:(?:,\d{{3}})+|(?:[{_TIED}]\d{{3}})+)(?!\d)(?:\.\d+)?)"
        r"|(?P<unsure>\d+,\d+)(?![\d.])|\d+(?:\.\d+)?"
    ),
    "fr": re.compile(
        rf"(?P<grouped>[1-9]\d{{0,2}}(?:[{_TIED}]\d{{3}})+(?!\d)(?:[.,]\d+)?)"
        r"|(?P<unsure>[1-9]\d{0,2}(?: \d{3})+(?!\d)(?:[.,]\d+)?)|\d+(?:[.,]\d+)?"
    ),
}


def amounts(text: str, lang: str) -> list[Amount]:
    """Return the numbers in digits, in the order of the text, without signs: every digit belongs to one of them.

    "1,234" is a thousand in English and a little more than one in French. "20,30" in English, and groups parted by
    plain spaces in French, may be one number or several: such an amount has both readings.
    """
    return [_amount(match, lang) for match in _PATTERNS[lang].finditer(_plain(text))]


def _plain(text: str) -> str:
    """Return the text with the digits of other scripts, superscripts and fractions as ASCII digits."""
    return "".join(
        unicodedata.normalize("NFKC", each) if not each.isascii() and unicodedata.category(each)[0] == "N" else each
        for each in text
    )


def _amount(match: re.Match[str], lang: str) -> Amount:
    written = match[0]
    bare = re.sub(rf"[{_TIED} ]", "", written)
    if match["unsure"] and lang == "en":
        return Amount(written, ((Decimal(bare.replace(",", ".")),), tuple(map(Decimal, bare.split(",")))))
    one = (Decimal(bare.replace(",", "" if lang == "en" else ".")),)
    if match["unsure"]:
        return Amount(written, (one, tuple(Decimal(part.replace(",", ".")) for part in written.split(" "))))
    return Amount(written, (one,))


def _counted(line: str, first: int = 0, step: int = 1) -> dict[str, int]:
    return {word: first + step * place for place, word in enumerate(line.split())}


_WORDS: Final[Mapping[str, Mapping[str, int]]] = {
    "en": _counted(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
    )
    | _counted("seventeen eighteen nineteen", 17)
    | _counted("twenty thirty forty fifty sixty seventy eighty ninety", 20, 10)
    | {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9, "dozen": 12},
    "fr": _counted("zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize")
    | _counted("vingt trente quarante cinquante soixante", 20, 10)
    | {"vingts": 20, "cent": 100, "cents": 100, "mille": 1000, "million": 10**6, "millions": 10**6}
    | {"milliard": 10**9, "milliards": 10**9, "douzaine": 12, "dizaine": 10, "centaine": 100},
}
#: By themselves these say no number: an article, a pronoun, and "new".
_ALONE: Final = frozenset({"one", "un", "neuf"})


@dataclass(frozen=True, slots=True)
class Spelled:
    """A number in words; `text` is in lower case."""

    text: str
    value: Decimal


def spelled(text: str, lang: str) -> list[Spelled]:
    """Return the numbers in words, in the order of the text: "twenty-five", "quatre-vingt-dix-sept"."""
    return list(_runs(text.casefold(), lang))


def _runs(text: str, lang: str) -> Iterator[Spelled]:
    names = _WORDS[lang]
    word = "(?:" + "|".join(sorted(names, key=len, reverse=True)) + ")"
    joint = r"(?:(?:(?<=hundred)|(?<=thousand))\s+and\s+|[\s-]et[\s-](?=un\b|onze\b)|[\s-]+)"
    # "pour cent" and "per cent" are units.
    for match in re.finditer(rf"\b(?<!pour )(?<!pour\u00a0){word}(?:{joint}{word})*\b", text):
        parts = [part for part in re.split(r"[\s-]+", match[0]) if part in names]
        if len(parts) > 1 or parts[0] not in _ALONE:
            yield Spelled(match[0], Decimal(_sum([names[part] for part in parts])))


def _sum(values: Sequence[int]) -> int:
    """Return what the words make together: 4, 20, 10, 7 are 97 (quatre-vingt-dix-sept); 2, 100, 5 are 205."""
    total = current = 0
    for value in values:
        if value >= 1000:
            total, current = total + max(current, 1) * value, 0
        elif value == 100 or (value == 20 and current % 100 == 4):
            current = current // 100 * 100 + max(current % 100, 1) * value
        else:
            current += value
    return total + current
