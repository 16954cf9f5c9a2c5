"""The lexicon as questions are read by it: which entries mean what, and which words are known at all."""

from collections.abc import Mapping
from typing import Final

from monitor.llama.grounding import lexicon
from monitor.llama.grounding.phrasebook import Phrasebook, listed
from monitor.llama.grounding.words import fold, stem

CONCEPTS: Final = Phrasebook(
    {
        **lexicon.ASPECTS,
        **lexicon.SUBJECTS,
        **{name: topic[:2] for name, topic in lexicon.TOPICS.items()},
    }
)
INTENTS: Final = Phrasebook(lexicon.INTENTS)
KNOWLEDGE: Final = Phrasebook({"knowledge": (lexicon.KNOWLEDGE,)})
ELSEWHERE: Final = Phrasebook({"elsewhere": (lexicon.ELSEWHERE,)})
COAXING: Final = Phrasebook({"coaxing": (lexicon.COAXING,)})
NEGATORS: Final = Phrasebook({"negator": (lexicon.NEGATORS,)})
#: Programs that people name.
PROGRAMS: Final = frozenset(entry[0] for entry in listed(lexicon.PROGRAMS))
ON_DISK: Final = frozenset(entry[0] for entry in listed(lexicon.ON_DISK))
IN_MEMORY: Final = frozenset(entry[0] for entry in listed(lexicon.IN_MEMORY))
FILLER: Final = {lang: frozenset(fold(text).split()) for lang, text in lexicon.FILLER.items()}
FILLERS: Final = frozenset(stem(word) for words in FILLER.values() for word in words)
UNITS: Final[frozenset[str]] = frozenset(
    stem(unit) for unit in (*lexicon.BYTES, *lexicon.HERTZ, *lexicon.BITS, *lexicon.TIMES, *lexicon.PERCENT)
)
NUMBERS: Final[Mapping[str, float]] = {
    **{word: number for words in lexicon.NUMBER_WORDS.values() for word, number in words.items()},
}
#: What a misspelt word may have been; and every word of the lists: any other is unknown.
WORTH: Final = frozenset(entry[0] for entry in (*CONCEPTS, *INTENTS) if len(entry) == 1)
KNOWN: Final = (
    frozenset(word for book in (CONCEPTS, INTENTS, KNOWLEDGE, COAXING, NEGATORS) for entry in book for word in entry)
    | FILLERS
    | UNITS
    | NUMBERS.keys()
    | PROGRAMS
    | ON_DISK
    | IN_MEMORY
    | lexicon.ORDINALS.keys()
    | lexicon.FRACTIONS.keys()
    | lexicon.DOZENS.keys()
)


def is_listed(word: str) -> bool:
    """Tell whether the lists have a folded word."""
    return stem(word) in FILLERS or (stem(word),) in CONCEPTS
