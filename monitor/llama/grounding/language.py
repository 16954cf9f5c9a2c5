"""Which language a question is in."""

import re
from collections.abc import Iterable
from typing import Final, Literal

from monitor.llama.grounding import lexicon
from monitor.llama.grounding.vocabulary import FILLER
from monitor.llama.grounding.words import fold, split

Language = Literal["en", "fr"]


def language_of(words: Iterable[str], text: str) -> Language | None:
    """Return the language of a text; None where nothing tells."""
    english = french = 0.0
    for word in words:
        weight = 1.0 if word in FILLER["en"] or word in FILLER["fr"] else 0.8
        in_english = word in FILLER["en"] or word in _ENGLISH
        in_french = word in FILLER["fr"] or word in _FRENCH
        if in_english and not in_french:
            english += weight
        elif in_french and not in_english:
            french += weight
    french += 0.6 * len(re.findall("[éèêàùçœîôûâ]", text.lower()))
    return None if english == french else "en" if english > french else "fr"


def _by_language(place: int) -> frozenset[str]:
    tables = (
        *lexicon.ASPECTS.values(),
        *lexicon.SUBJECTS.values(),
        *lexicon.TOPICS.values(),
        *lexicon.INTENTS.values(),
    )
    return frozenset(word for pair in tables for word in split(fold(str(pair[place]))) if len(word) > 2)


_ENGLISH: Final = _by_language(0)
_FRENCH: Final = _by_language(1)
