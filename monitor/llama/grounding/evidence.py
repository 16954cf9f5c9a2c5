"""Whether a question is about the fields that were found for it, or about the world at large."""

from collections.abc import Collection, Sequence
from typing import Final

from monitor.llama.grounding import lexicon
from monitor.llama.grounding.choice import Choice
from monitor.llama.grounding.clauses import clause
from monitor.llama.grounding.question import Question
from monitor.llama.grounding.tokens import Token

#: What an unknown word counts in a clause of which no field explains anything.
ELSEWHERE: Final = 0.4


def speaks_for(question: Question, choices: Sequence[Choice]) -> bool:
    """Tell whether the words that the fields explain outweigh those that nobody knows."""
    tokens = {token for each in choices for token in each.tokens}
    subjects = sum(1 for token in tokens if token.subjects)
    aspects = sum(1 for token in tokens if not token.subjects)
    if (
        not any(token.concepts & lexicon.ASPECTS.keys() for token in tokens)
        and all("self" in token.concepts for token in tokens)
        and not question.wants("rate")
        and question.seconds is None
    ):
        return False
    measure = bool(set(question.intents) - {"fit", "any", "all", "enough", "fine", "critical"}) or bool(
        question.quantities
    )
    speaks = (
        subjects
        + 0.6 * aspects
        + 0.4 * measure
        + 0.5 * question.deictic
        + 0.5 * any("machine" in t.concepts for t in question.tokens)
    )
    against = 0.75 * _unknown_beside(question, tokens) + 2.5 * question.knowledge + 1.5 * question.foreign
    if any(each.family == "bytes" for each in question.quantities) and question.wants("fit"):
        against = 0.0
    if question.coaxing and subjects:
        return aspects + measure + bool(question.quantities) > 0 and speaks >= 0.5 * against
    return speaks > against


def _unknown_beside(question: Question, explained: Collection[Token]) -> float:
    """Return how many unknown words there are; one counts less where nothing beside it is explained."""
    parts = {clause(token, question) for token in explained}
    return sum(1.0 if clause(token, question) in parts else ELSEWHERE for token in question.unknown)
