"""How far back a question looks."""

from collections.abc import Mapping

from monitor.llama.grounding import lexicon
from monitor.llama.grounding.quantities import run_at, second_of
from monitor.llama.grounding.words import stem


def looks_back(words: list[str], stems: list[str], intents: Mapping[str, tuple[int, ...]]) -> float | None:
    """Return how far back a question looks: 0 for lately, infinity for as far as can be, None where it does not."""
    for place in range(len(words)):
        if (unit := second_of(words, place)) is not None and (number := _stretch(words, place)) is not None:
            return number * unit
    moves = intents.keys() & {"up", "down", "change"}
    if "long" in intents and (moves or intents.keys() & {"max", "min", "mean", "recent"}):
        return float("inf")
    if moves or ("recent" in intents and "total_since" not in intents):
        return 0.0
    if "long" in intents and not {"today", "aujourd"} & set(words):
        return float("inf")
    return None


def _stretch(words: list[str], place: int) -> float | None:
    """Return how many of the unit of time at this place have been: "the last 5 minutes", "depuis une minute"."""
    before = words[max(0, place - 6) : place]
    end = place
    while end and stem(words[end - 1]) in lexicon.NEWEST:  # "ces 3 dernières minutes"
        end -= 1
    number, size = next(
        ((run[0], back) for back in range(min(4, end), 0, -1) if (run := run_at(words, end - back)) and run[1] == back),
        (1.0, 0),
    )
    meant = set(before)
    stems = {stem(word) for word in before}
    newest = lexicon.NEWEST & stems
    if set(words) & lexicon.TO_COME and not newest and not {"ago", "since", "depuis"} & set(words):
        return None
    pace = size == 0 and not newest and before and before[-1] in lexicon.PACE
    if pace and (before[-1] != "a" or not meant & {"over", "for", "within", "ago"}):
        return None
    after = {stem(word) for word in words[place + 1 : place + 3]}
    if not ((stems | meant) & lexicon.PAST or after & {"ago", "ecoulee", "passee", "derniere", "passe"}):
        return None
    if stem(words[place]) in ("second", "seconde") and size == 0 and not newest:
        return None
    return 0.25 if stems & {"quart", "quarter"} else 0.5 if stems & {"demi", "half"} else number


def is_moment(words: list[str], intents: Mapping[str, tuple[int, ...]]) -> bool:
    """Tell whether one moment of the past is asked for, and not what has been since: "five minutes ago"."""
    if intents.keys() & {"up", "down", "change", "max", "min", "mean"} or {"since", "depuis"} & set(words):
        return False
    units = [place for place in range(len(words)) if second_of(words, place) is not None]
    text = " ".join(words)
    return any(words[place + 1 : place + 2] == ["ago"] for place in units) or (bool(units) and "il y a " in text)
