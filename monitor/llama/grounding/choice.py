"""A field that a question is about."""

from collections.abc import Sequence
from dataclasses import dataclass

from monitor.llama.grounding import lexicon
from monitor.llama.grounding.candidate import Candidate
from monitor.llama.grounding.clauses import joined
from monitor.llama.grounding.question import Question
from monitor.llama.grounding.tokens import Token


@dataclass(frozen=True, slots=True)
class Choice:
    """A field that a question is about, with the words that say so.

    entry  which of its values: a place in a list, a name in a table; None for all, or for what has only one
    """

    candidate: Candidate
    score: float
    tokens: tuple[Token, ...]
    entry: int | str | None = None


def picks(question: Question, tokens: Sequence[Token]) -> bool:
    """Tell whether "which" stands before one of these: "which of the cores"."""
    return any(
        set(question.words[max(0, token.start - 3) : token.start]) & lexicon.WHICH
        and not joined(question, max(0, token.start - 3), token.start)
        for token in tokens
    )
