"""Reads a question."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from monitor.llama import lexicon
from monitor.llama.denial import set_aside, turned
from monitor.llama.framing import unframed
from monitor.llama.idioms import (
    ALL_PROGRAMS,
    DEICTIC,
    FORMULAS,
    STATE_OF_MACHINE,
    defines,
    places_of,
    with_idioms,
    with_programs,
)
from monitor.llama.intents import intents_in
from monitor.llama.language import Language, language_of
from monitor.llama.quantities import numbered_words, quantities_in, wanted_unit
from monitor.llama.question import Question
from monitor.llama.stretch import looks_back
from monitor.llama.tokens import Token, Tokenizer
from monitor.llama.vocabulary import COAXING, IN_MEMORY, KNOWLEDGE, ON_DISK
from monitor.llama.words import fold, split, stem

#: Characters that are read; what follows them is not.
LONGEST: Final = 1000


class Reader:
    """Reads questions.

    tokenizer  knows the words of the fields there are
    """

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer

    def read(self, text: str, lang: Language | None = None) -> Question:
        """Read a question; `lang` is for when its words do not tell the language."""
        text = text[:LONGEST]
        lang = language_of(split(fold(text)), text) or lang
        plain = unframed(fold(text))
        written = self._tokenizer.words(plain, correct=True)
        words = [word for word, _ in written]
        lang = lang or language_of(words, text) or "en"
        quantities = quantities_in(words, lang)
        numbered = numbered_words(words, quantities)
        formulas = {place for match in FORMULAS.finditer(plain) for place in places_of(plain, match)}
        stems = [stem(word) for word in words]
        intents = intents_in(stems, words, text)
        tokens = with_idioms(self._tokenizer.tokens(written), plain)
        tokens = _as_meant_in(lang, tokens, words)
        if ALL_PROGRAMS.search(plain) and not set(words) & lexicon.WHICH and "max" not in intents:
            tokens = [token for token in tokens if not token.concepts or not token.concepts <= {"program", "=program"}]
        tokens = _with_cores(turned(with_programs(tokens, plain), words), numbered)
        spoken = {word for place, word in enumerate(words) if place not in formulas}
        question = Question(
            lang=lang,
            words=tuple(words),
            tokens=tuple(tokens),
            intents=intents,
            quantities=tuple(quantities),
            places=numbered,
            seconds=looks_back(words, stems, intents),
            wanted=wanted_unit(stems),
            open=bool(spoken & lexicon.ASKING),
            which=bool(spoken & lexicon.WHICH),
            coaxing=bool(COAXING.found(stems)),
            knowledge=sum(map(len, KNOWLEDGE.found(stems).values())) + (2 if defines(plain, tokens, words) else 0),
            deictic=DEICTIC.search(plain) is not None,
            state_of_machine=STATE_OF_MACHINE.match(plain) is not None,
            on_disk=bool(set(stems) & ON_DISK),
            in_memory=bool(set(stems) & IN_MEMORY),
        )
        return question.without(set_aside(question, stems))


def _as_meant_in(lang: Language, tokens: list[Token], words: list[str]) -> list[Token]:
    """Return the tokens without what a word means in the other language alone, or only by its stem."""
    # "temps" is time, and in English the plural of "temp"; "main" is no form of "mains".
    misread = ["temps"] if lang == "fr" else ["main"]
    return [
        replace(token, concepts=frozenset()) if words[token.start : token.end] == misread else token for token in tokens
    ]


def _with_cores(tokens: list[Token], numbered: Mapping[int, int]) -> list[Token]:
    """Return the tokens with a processor that has a number made a core: "cpu 2"."""
    return [
        replace(token, concepts=token.concepts | {"core"})
        if "cpu" in token.concepts and token.end - 1 in numbered
        else token
        for token in tokens
    ]
