"""The guard of an answer as it comes: it lets no number through that is not one of the facts."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from monitor.llama.grounding import lexicon
from monitor.llama.grounding.words import fold

#: Where a clause ends, for a person: the mark, and the space that tells it from a decimal mark.
_END: Final = re.compile(r"[,;:.!?](?=\s)|\n")
_NUMBER: Final = re.compile(r"\d+(?:[.,\u00a0\u202f '\u2019]\d{3})*(?:[.,]\d+)?")
_WORD: Final = re.compile(r"[^\W\d_]+")
#: "one" and "un" are articles and pronouns as well.
_ARTICLES: Final = frozenset({"one", "un", "une", "zero"})
_NUMBER_WORDS: Final = {
    word: number for words in lexicon.NUMBER_WORDS.values() for word, number in words.items() if word not in _ARTICLES
}
#: A clause without an end is let go after so many characters, cut at a space.
LONGEST: Final = 400


class NumberGuard:
    """Takes an answer in pieces, and passes it on clause by clause.

    A clause with a number that is not allowed ends the answer before it: digits of any script, and words for numbers
    ("fifty percent", "half", "deux fois"). `one` and `un` pass, being articles.

    allowed  texts whose numbers may be used: the facts' and the question's
    """

    def __init__(self, allowed: Iterable[str]) -> None:
        self._allowed = {value for text in allowed for value in _values(text)}
        self._held = ""
        self._last = ""
        self.ended = False

    def feed(self, piece: str) -> str:
        """Take the next piece; return what can be shown by now, which may be nothing."""
        if self.ended:
            return ""
        self._held += piece
        out = ""
        while (cut := self._cut()) is not None:  # nothing is held any more once it has ended
            clause, self._held = self._held[:cut], self._held[cut:]
            out += self._pass(clause)
        return out

    def finish(self) -> str:
        """Return what is left when nothing more will come."""
        clause, self._held = self._held, ""
        return "" if self.ended else self._pass(clause)

    def _cut(self) -> int | None:
        """Return where the first clause ends that is whole. The mark stays behind: it belongs to what follows it."""
        match = _END.search(self._held, 1)
        if match:
            return match.end() if match.group() in (".", "!", "?", "\n") else match.start()
        if len(self._held) > LONGEST:
            return max(self._held.rfind(" "), 1)
        return None

    def _pass(self, clause: str) -> str:
        if self._is_sound(clause):
            self._last = clause.strip()[-1:] or self._last
            return clause
        self.ended = True
        self._held = ""
        return "" if not self._last or self._last in ".!?" else "."

    def _is_sound(self, clause: str) -> bool:
        if any(unicodedata.category(each) in ("Nd", "Nl", "No") and not each.isascii() for each in clause):
            return False
        if not _values(clause) <= self._allowed:
            return False
        words = [fold(word) for word in _WORD.findall(clause)]
        for before, word in zip(["", *words], words, strict=False):
            if word == "cent" and before == "pour":
                continue
            if word in lexicon.VAGUE_NUMBERS or (word in _NUMBER_WORDS and _NUMBER_WORDS[word] not in self._allowed):
                return False
        return True


def _values(text: str) -> set[float]:
    """Return the numbers of a text. "1,234" may be either of two: it counts as both, so both must be allowed."""
    found = set()
    for match in _NUMBER.finditer(text):
        digits = re.sub(r"[\u00a0\u202f '\u2019]", "", match.group())
        whole, mark, rest = digits.rpartition("." if digits.rfind(".") > digits.rfind(",") else ",")
        if not mark:
            found.add(float(rest))
            continue
        whole = re.sub(r"[.,]", "", whole)
        found.add(float(f"{whole}.{rest}"))
        if len(rest) == 3 and text[match.start() :].startswith(match.group()) and "," in match.group():
            found.add(float(whole + rest))
    return found
