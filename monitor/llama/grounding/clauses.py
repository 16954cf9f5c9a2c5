"""The clauses of a question: what stands between "and", commas and the like."""

from monitor.llama.grounding import lexicon
from monitor.llama.grounding.question import Question
from monitor.llama.grounding.tokens import Token


def clauses(question: Question) -> list[list[Token]]:
    """Return the tokens between "and", commas and the like."""
    parts: list[list[Token]] = [[]]
    for token in question.tokens:
        if (
            len(token.stems) == 1
            and question.words[token.start : token.end]
            and connects(question.words[token.start], question)
            and not token.concepts
        ):
            parts.append([])
        elif token.concepts:
            parts[-1].append(token)
    return [part for part in parts if part]


def clause_of(question: Question) -> dict[Token, int]:
    """Return in which clause each token stands."""
    return {token: clause(token, question) for token in question.tokens if token.concepts}


def clause(token: Token, question: Question) -> int:
    """Return how many of them stand before this one."""
    return clause_at(token.start, question)


def clause_at(place: int, question: Question) -> int:
    """Return how many of them stand before the one at a place."""
    return sum(1 for word in question.words[:place] if connects(word, question))


def joined(question: Question, start: int, end: int) -> bool:
    """Tell whether "and" or a comma stands between two places."""
    return any(connects(word, question) for word in question.words[start:end])


def connects(word: str, question: Question) -> bool:
    """Tell whether a word parts clauses."""
    return word in lexicon.CONNECTORS or (word == "plus" and question.lang == "en")
