"""What a question wants to know: the highest, the mean, whether something fits."""

from typing import Final

from monitor.llama import lexicon
from monitor.llama.vocabulary import INTENTS

#: The least that is enough, which is not the least of several.
_BOUNDS: Final = frozenset({("at", "least"), ("at", "minimum"), ("a", "minimum"), ("au", "moins"), ("au", "minimum")})


def intents_in(stems: list[str], words: list[str], text: str) -> dict[str, tuple[int, ...]]:
    """Return the intents that their neighbours do not deny: "at least" asks for no least, "la charge" is a noun.

    text  as it was written, where "chargé" still has its accent
    """
    meant = {}
    for intent, places in INTENTS.found(stems).items():
        kept = [place for place in places if not (intent == "min" and _is_bound(words, place))]
        if intent in ("over", "under"):
            kept = [place for place in kept if not _is_opposed(words, place)]
        if intent == "busy" and "charg\u00e9" not in text.lower():
            kept = [place for place in kept if words[place] != "charge" or not _is_noun(words, place)]
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


def _is_noun(words: list[str], place: int) -> bool:
    return place == 0 or words[place - 1] in lexicon.ARTICLES
