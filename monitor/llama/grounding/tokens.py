"""What the words of a text mean: tokens, each one word or several that mean one thing."""

from collections.abc import Iterable
from dataclasses import dataclass

from monitor.llama.grounding import lexicon
from monitor.llama.grounding.vocabulary import CONCEPTS, KNOWN, PROGRAMS, WORTH
from monitor.llama.grounding.words import Speller, fold, split, stem


@dataclass(frozen=True, slots=True)
class Token:
    """One word, or several that mean one thing.

    stems     of its words
    concepts  what it may mean, "=word" for a word of a field's own among them; empty for all else
    known     whether it is a word we know, or one that carries nothing; a subject we do not know is not
    slipped   whether it was misspelt
    turned    whether a "not" before it made its opposite of it: "not used" is free
    start     place of its first word, end: after its last
    """

    stems: tuple[str, ...]
    concepts: frozenset[str]
    known: bool
    slipped: bool
    start: int
    end: int
    turned: bool = False

    @property
    def subjects(self) -> frozenset[str]:
        """What it may mean, apart from what only something else can have."""
        return self.concepts - lexicon.ASPECTS.keys() - {"machine", "data"}

    @property
    def listed(self) -> frozenset[str]:
        """Those of its subjects that the lists have."""
        return frozenset(each for each in self.subjects if each[0] != "=")


class Tokenizer:
    """Cuts texts into tokens; it knows the lists, and the words of the fields there are.

    own  words of fields, sections and table entries that no list has, folded
    """

    def __init__(self, own: Iterable[str]) -> None:
        self._own = frozenset(stem(word) for word in own)
        self._known = KNOWN | self._own
        self._speller = Speller(word for word in WORTH | self._own if len(word) > 2)

    def concepts_of(self, text: str) -> list[Token]:
        """Return the tokens of a phrase that carry something."""
        return [token for token in self.tokens(self.words(text, correct=False)) if token.concepts]

    def words(self, text: str, correct: bool) -> list[tuple[str, bool]]:
        """Return each word, folded, and whether it was corrected."""
        return [self._spelt(word) if correct else (word, False) for word in split(fold(text))]

    def _spelt(self, word: str) -> tuple[str, bool]:
        if not word.isalpha() or len(word) < 3 or word in self._known or stem(word) in self._known:
            return word, False
        guess = self._speller.guess(stem(word))
        return (guess, True) if guess else (word, False)

    def tokens(self, written: list[tuple[str, bool]]) -> list[Token]:
        """Return what these words mean, each given with whether it was corrected."""
        stems = [stem(word) for word, _ in written]
        tokens = []
        place = 0
        while place < len(stems):
            for size in range(min(CONCEPTS.longest, len(stems) - place), 0, -1):
                entry = tuple(stems[place : place + size])
                concepts = CONCEPTS.of(entry) | (
                    {f"={entry[0]}"} if size == 1 and entry[0] in self._own else frozenset()
                )
                if concepts:
                    break
            word = stems[place]
            known = (
                bool(concepts) or not word.isalpha() or len(word) < 2 or (word in self._known and word not in PROGRAMS)
            )
            slipped = any(corrected for _, corrected in written[place : place + size])
            if not concepts and word in PROGRAMS:
                concepts, known = frozenset({"program"}), True
            tokens.append(Token(entry, concepts, known, slipped, place, place + size))
            place += size
        return tokens
