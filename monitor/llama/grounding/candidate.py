"""The fields that a question may be about, each with the words that lead to it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from monitor.llama.grounding import lexicon
from monitor.llama.grounding.tokens import Tokenizer
from monitor.llama.grounding.words import stem
from monitor.probe import Field

#: What a unit says about a field.
_OF_UNIT: Final[Mapping[str, frozenset[str]]] = {
    "celsius": frozenset({"temperature"}),
    "rpm": frozenset({"fan"}),
    "W": frozenset({"power"}),
    "V": frozenset({"power"}),
    "A": frozenset({"power"}),
    "Hz": frozenset({"frequency"}),
    "MHz": frozenset({"frequency"}),
    "percent": frozenset({"share"}),
}


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A field, and the words that lead to it.

    phrases  each as what its words may mean, one set a word
    extra    words of its help, where it has no phrases of its own
    """

    section: str
    field: Field
    phrases: tuple[tuple[frozenset[str], ...], ...]
    extra: frozenset[str]

    @property
    def name(self) -> str:
        """The field's name in the frame: "memory.used_mb"."""
        return f"{self.section}.{self.field.name}"

    @property
    def words(self) -> frozenset[str]:
        """All that its words may mean."""
        return frozenset(concept for phrase in self.phrases for word in phrase for concept in word) | self.extra


def candidate_of(tokenizer: Tokenizer, section: str, field: Field) -> Candidate:
    """Return a field of a section as a candidate: by its phrases, else by its names and its help."""
    phrases = [
        tuple(token.concepts for token in tokenizer.concepts_of(text))
        for texts in field.phrases.values()
        for text in texts
    ]
    extra: frozenset[str] = frozenset()
    if not field.phrases:
        words = " ".join(word for word in plain(field.name) if word not in lexicon.UNIT_WORDS)
        whole = tuple(token.concepts for token in tokenizer.concepts_of(" ".join(plain(section))))
        part = tuple(token.concepts for token in tokenizer.concepts_of(words))
        phrases = [whole + part, whole]
        if any(
            word - lexicon.ASPECTS.keys() - {f"={stem(w)}" for w in words.split()} or not word & lexicon.ASPECTS.keys()
            for word in part
        ):
            phrases.append(part)
        if field.per:
            each = tuple(token.concepts for token in tokenizer.concepts_of(" ".join(plain(field.per))))
            phrases += [whole + each, whole + part + each]
        helping = [token for token in tokenizer.concepts_of(field.help) if not set(token.stems) & lexicon.HELP_WORDS]
        extra = frozenset(concept for token in helping for concept in token.concepts)
    kept = tuple(dict.fromkeys(tuple(dict.fromkeys(phrase)) for phrase in phrases if phrase))
    inside = {concept for phrase in kept for word in phrase for concept in word}
    return Candidate(section, field, kept, (extra | _OF_UNIT.get(field.unit, frozenset())) - inside)


def texts(field: Field) -> Iterable[str]:
    """Yield all texts of a field that its words are taken from."""
    yield " ".join(plain(field.name))
    yield field.help if not field.phrases else ""
    for texts in field.phrases.values():
        yield from texts


def plain(name: str) -> list[str]:
    """Return the words of a name."""
    return [word for word in name.split("_") if word]
