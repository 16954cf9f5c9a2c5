"""What a question wants to know: the highest, the mean, whether something fits."""

from typing import Final

from monitor.llama.grounding import lexicon
from monitor.llama.grounding.language import Language
from monitor.llama.grounding.quantities import second_of
from monitor.llama.grounding.vocabulary import INTENTS
from monitor.llama.grounding.words import stem

#: The least that is enough, which is not the least of several.
_BOUNDS: Final = frozenset({("at", "least"), ("at", "minimum"), ("a", "minimum"), ("au", "moins"), ("au", "minimum")})


def intents_in(stems: list[str], words: list[str], text: str, lang: Language) -> dict[str, tuple[int, ...]]:
    """Return the intents that their neighbours do not deny: "at least" asks for no least, "la charge" is a noun.

    text  as it was written, where "chargé" still has its accent
    """
    meant = {}
    for intent, places in INTENTS.found(stems).items():
        kept = [place for place in places if not (intent == "min" and _is_bound(words, place))]
        if intent == "fine" and lang == "en":
            kept = [place for place in kept if words[place] != "correct"]
        if intent in ("over", "under"):
            kept = [place for place in kept if not _is_opposed(words, place) and not _is_of_time(words, place)]
        if intent == "busy" and "charg\u00e9" not in text.lower():
            kept = [p for p in kept if words[p] != "charge" or not (lang == "en" or _is_noun(words, p))]
        if kept:
            meant[intent] = tuple(kept)
    return meant


def _is_bound(words: list[str], place: int) -> bool:
    return place > 0 and (words[place - 1], words[place]) in _BOUNDS


def _is_opposed(words: list[str], place: int) -> bool:
    """Tell whether "no" makes the opposite of "more than"."""
    return (
        place > 0
        and words[place - 1] in ("no", "not", "pas")
        and words[place] in ("more", "fewer", "less", "plus", "moins")
    )


def _is_of_time(words: list[str], place: int) -> bool:
    """Tell whether a stretch of time follows, and no amount: "over the last minute"."""
    if words[place] not in ("over", "past", "under", "sous", "in"):
        return False
    for after in range(place + 1, min(place + 5, len(words))):
        if second_of(words, after) is not None:
            return True
        if words[after] in lexicon.PERCENT or stem(words[after]) in lexicon.BYTES or words[after] in lexicon.ENDERS:
            return False
    return False


def _is_noun(words: list[str], place: int) -> bool:
    return place == 0 or words[place - 1] in lexicon.ARTICLES
