"""What a question says not to mean: "not used" is free, and "not the memory" sets the memory aside."""

import re
from dataclasses import replace
from typing import Final

from monitor.llama.grounding import lexicon
from monitor.llama.grounding.question import Question
from monitor.llama.grounding.tokens import Token
from monitor.llama.grounding.vocabulary import NEGATORS

#: A question whether something is not so: to it yes and no both mean either, so that neither is said.
_DENIED: Final = re.compile(
    r"\b(?:is|are|was|were|do|does|did|has|have|wo|would|should|ai)n'?t\b(?! (?:more|less|fewer)\b)"
    r"|\b(?:is|are|was|were|do|does|did|has|have|will|would)(?: [a-z']+){0,5}?(?<! or) not "
    r"(?!more\b|less\b|fewer\b|at\b|the\b)"
    r"|\b(?:is|are|was|were|has|have|does|do) (?:it false|it wrong|none|no (?!more\b|less\b|fewer\b)|neither)"
    r"|\bn(?:e |')[a-z-]+(?:[ -][a-z']+){0,4}? (?:pas|plus|jamais|point)\b(?! (?:moins|plus) de\b)"
    r"|\baucune?\b|\bpas un seul\b|\best[- ](?:il|ce) faux\b"
    r"|^\W*(?:(?:le|la|les|mon|ma|notre|c'est|ca|il|elle|on|y)\b|l'|j'|t')[^,;:.]*"
    r"(?<! ou) pas (?!plus\b|moins\b|mal\b)\w+[^,;:.]*\?"
)


def is_denied(plain: str) -> bool:
    """Tell whether a folded question asks whether something is not so."""
    return _DENIED.search(plain) is not None


def turned(tokens: list[Token], words: list[str]) -> list[Token]:
    """Return the tokens with what is "not used" made free, and what is "not free" made used."""
    if any(token.concepts & {"cpu", "core"} for token in tokens):
        return tokens
    return [
        replace(token, concepts=frozenset({opposite}), turned=True)
        if (opposite := _opposite(token, words)) and _is_denied(token, words)
        else token
        for token in tokens
    ]


def _opposite(token: Token, words: list[str]) -> str | None:
    if "used" in token.concepts:
        return "free"
    return "used" if "free" in token.concepts and set(words[token.start : token.end]) & lexicon.VACANT else None


def _is_denied(token: Token, words: list[str]) -> bool:
    """Tell whether "not" stands before it with nothing of weight between, or "ne ... pas" around it."""
    before = token.start - 1
    while before > 0 and words[before] in lexicon.BETWEEN:
        before -= 1
    if before >= 0 and words[before] in ("not", "pas"):
        return not (before <= 2 and words[before - 1] == "do")  # "do not use more than ..."
    if before > 0 and words[before] == "t" and words[before - 1] in lexicon.DENYING:
        return True
    after = words[token.end : token.end + 1]
    return after == ["pas"] and bool({"n", "ne"} & set(words[max(0, token.start - 2) : token.start]))


def set_aside(question: Question, stems: list[str]) -> list[Token]:
    """Return the tokens that are named only to say that they are not meant."""
    aside: list[Token] = []
    for place in sorted(NEGATORS.found(stems).get("negator", ())):
        size = max(n for n in range(1, NEGATORS.longest + 1) if tuple(stems[place : place + n]) in NEGATORS)
        end = place + size
        reach = end
        while reach < len(stems) and (question.words[reach] not in lexicon.ENDERS):
            reach += 1
        inside = [t for t in question.tokens if end <= t.start < reach and t.concepts and not t.turned]
        outside = [t for t in question.tokens if t.concepts and t not in inside and t not in aside]
        subjects = {subject for token in inside for subject in token.subjects}
        others = {subject for token in outside for subject in token.subjects}
        if subjects:
            if others - {"program"}:
                aside += inside
        elif inside and any(
            t.concepts & lexicon.ASPECTS.keys() for t in outside if t.start < place or t.start >= reach
        ):
            aspects = {
                t for t in inside if t.concepts & {"used", "free", "total", "share"} and not t.concepts & {"load"}
            }
            if any(t.concepts & {"used", "free", "total", "share"} for t in outside) and reach < len(stems) + 1:
                aside += list(aspects)
    return aside
