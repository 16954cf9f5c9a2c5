"""Reads a question."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from monitor.llama.grounding import lexicon
from monitor.llama.grounding.denial import is_denied, set_aside, turned
from monitor.llama.grounding.framing import unframed
from monitor.llama.grounding.idioms import (
    ALL_PROGRAMS,
    DEICTIC,
    FORMULAS,
    STATE_OF_MACHINE,
    creates,
    defines,
    how_to,
    owners,
    places_of,
    with_elsewhere,
    with_idioms,
    with_programs,
    with_verbs,
)
from monitor.llama.grounding.intents import intents_in
from monitor.llama.grounding.language import Language, language_of
from monitor.llama.grounding.products import multiplied
from monitor.llama.grounding.quantities import numbered_words, quantities_in, wanted_unit
from monitor.llama.grounding.question import Question
from monitor.llama.grounding.stretch import is_moment, looks_back
from monitor.llama.grounding.tokens import Token, Tokenizer
from monitor.llama.grounding.vocabulary import COAXING, ELSEWHERE, IN_MEMORY, KNOWLEDGE, ON_DISK
from monitor.llama.grounding.words import fold, split, stem

#: Characters that are read; what follows them is not.
LONGEST: Final = 1000

#: The space between groups of digits: "2 000 photos" in French.
_THOUSANDS: Final = re.compile(r"(?<=\d) (?=\d{3}(?![\d.,]*\d))")


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
        if lang == "fr":
            plain = _THOUSANDS.sub("", plain)
        written = self._tokenizer.words(plain, correct=True)
        words = [word for word, _ in written]
        lang = lang or language_of(words, text) or "en"
        quantities = multiplied(words, quantities_in(words, lang))
        numbered = numbered_words(words, quantities)
        formulas = {place for match in FORMULAS.finditer(plain) for place in places_of(plain, match)}
        stems = [stem(word) for word in words]
        intents = intents_in(stems, words, text, lang)
        tokens = with_verbs(with_idioms(with_elsewhere(self._tokenizer.tokens(written), stems), plain), words)
        tokens = _as_meant_in(lang, tokens, words)
        if ALL_PROGRAMS.search(plain) and not set(words) & lexicon.WHICH and "max" not in intents:
            tokens = [token for token in tokens if not token.concepts or not token.concepts <= {"program", "=program"}]
        tokens = _with_cores(turned(with_programs(tokens, plain), words), numbered)
        coaxing = bool(COAXING.found(stems))
        lies = coaxing and any(token.concepts & lexicon.BUILT_IN for token in tokens)
        moment = is_moment(words, intents)
        if moment:  # "il y a" is "ago" there, and nothing that a machine has
            tokens = [replace(token, concepts=token.concepts - {"have"}) for token in tokens]
        spoken = {word for place, word in enumerate(words) if place not in formulas}
        question = Question(
            lang=lang,
            words=tuple(words),
            tokens=tuple(tokens),
            intents=intents,
            quantities=tuple(quantities),
            places=numbered,
            denied=is_denied(plain),
            seconds=looks_back(words, stems, intents),
            moment=moment,
            wanted=wanted_unit(stems),
            open=bool(spoken & lexicon.ASKING),
            which=bool(spoken & lexicon.WHICH),
            coaxing=coaxing,
            knowledge=sum(map(len, KNOWLEDGE.found(stems).values()))
            + 2 * (defines(plain, tokens, words) or how_to(plain) or (creates(plain) and not lies))
            + bool(ELSEWHERE.found(stems)),
            foreign=len({stem(each) for each in owners(plain)} & {t.stems[0] for t in tokens if not t.known}),
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
