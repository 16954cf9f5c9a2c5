"""What a machine is asked for, and no field here measures."""

from collections.abc import Sequence

from monitor.llama.grounding import lexicon
from monitor.llama.grounding.clauses import clauses
from monitor.llama.grounding.question import Question
from monitor.llama.grounding.tokens import Token
from monitor.llama.grounding.vocabulary import PROGRAMS


def missing_in(question: Question, measured: frozenset[str]) -> tuple[tuple[str, ...], list[Token]]:
    """Return the topics that no field measures, and the tokens that belong to them."""
    parts = clauses(question)
    missing: list[str] = []
    absorbed: list[Token] = []
    bare = True
    for clause in parts:
        topics = [
            token
            for token in clause
            if token.concepts & (lexicon.TOPICS.keys() | lexicon.BUILT_IN)
            and not token.concepts & measured
            and not (token.slipped and len(token.stems[0]) < 8)
        ]
        if not topics:
            continue
        missing += [name for token in topics for name in (*lexicon.TOPICS, "") if name in token.concepts or not name]
        bare = bare and not any(token.listed - lexicon.TOPICS.keys() for token in clause)
        absorbed += clause
    if missing:
        for clause in parts:
            telling = {concept for token in clause for concept in token.concepts} & {
                "used",
                "free",
                "total",
                "load",
                "count",
                "share",
            }
            if not any(token.subjects for token in clause) or (not telling and not bare):
                absorbed += clause
    named = tuple(name for name in dict.fromkeys(missing) if name)
    return named or tuple(missing[:1]), absorbed


def about_this_machine(question: Question, missing: Sequence[str], measured: frozenset[str]) -> bool:
    """Tell whether a question with a topic that could be a machine's is not about the world at large."""
    meant = sum(1 for token in question.tokens if token.concepts)
    named = [t for t in question.tokens if t.stems[0] in PROGRAMS or t.stems == ("=",)]
    if question.which is False and set(question.words) & lexicon.RUNS and named:
        return True
    if set(missing) <= lexicon.WORLDLY and question.unknown and not question.deictic:
        return not question.knowledge and any(token.subjects & measured for token in question.tokens)
    if all(t in named for t in question.tokens if t.concepts) and not any(t.stems == ("=",) for t in named):
        return False
    return not question.knowledge and meant >= len(question.unknown)
