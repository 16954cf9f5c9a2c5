"""How well a field explains the words of a question: words weighed by how few fields share them."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from monitor.llama.grounding import lexicon
from monitor.llama.grounding.candidate import Candidate
from monitor.llama.grounding.choice import picks
from monitor.llama.grounding.clauses import clause_of
from monitor.llama.grounding.question import Question
from monitor.llama.grounding.tokens import Token
from monitor.llama.grounding.words import stem

#: What a word of a phrase that the question lacks takes away, as a share of its weight.
MISSING: Final = 0.45
#: What a word counts that another field has explained already, that was misspelt, or that only the help has.
AGAIN: Final = 0.5
SLIPPED: Final = 0.85
HELPING: Final = 0.3
#: What a subject counts beside its weight, and what an aspect counts that stands behind an "and" or a comma.
COVERING: Final = 0.6
APART: Final = 0.6


class Scorer:
    """Scores candidates.

    entries  names in tables, by their stems: the table's name and the entry's
    """

    def __init__(self, candidates: Sequence[Candidate], entries: Mapping[str, tuple[str, str]]) -> None:
        self._entries = entries
        spread = Counter(concept for each in candidates for concept in each.words)
        self._weights = {
            concept: math.log(1 + len(candidates) / number) * lexicon.FAINT.get(concept, 1.0)
            for concept, number in spread.items()
        }
        self.measured = frozenset(spread)

    def score(
        self,
        candidate: Candidate,
        tokens: Sequence[Token],
        explained: frozenset[Token],
        question: Question | None = None,
    ) -> tuple[float, tuple[Token, ...]]:
        """Return how well a field explains these words, and which of them it explains."""
        best = 0.0
        clauses = clause_of(question) if question is not None else {}
        for phrase in candidate.phrases:
            score = 0.0
            met: set[Token] = set()
            home = next(
                (clauses.get(t) for t in tokens if t.subjects and any(word & t.concepts for word in phrase)), None
            )
            for word in phrase:
                worth = [
                    (
                        self._worth(word, token, explained)
                        * (1.0 if token.subjects or clauses.get(token) == home else APART),
                        -n,
                    )
                    for n, token in enumerate(tokens)
                    if word & token.concepts and token not in met
                ]
                if worth:
                    value, n = max(worth)
                    score += value
                    met.add(tokens[-n])
                else:
                    score -= MISSING * max(self._weights.get(concept, 0.0) for concept in word)
            best = max(best, score)
        used = tuple(token for token in tokens if token.concepts & candidate.words)
        helped = [
            t
            for t in tokens
            if t.concepts & candidate.extra and not any(t.concepts & word for p in candidate.phrases for word in p)
        ]
        if best > 0:
            best += COVERING * sum(1 for token in used if token.subjects and token not in explained)
        best += HELPING * sum(self._worth(candidate.extra, token, explained) for token in helped)
        if question is not None and best > 0:
            best += self._fits(candidate, question, used)
            named = [t for t in tokens if (entry := self.entry_of(t)) and entry[0] == candidate.name]
            best += 2.0 * len(named)
            used += tuple(t for t in named if t not in used)
        elif question is not None:
            named = [t for t in tokens if (entry := self.entry_of(t)) and entry[0] == candidate.name]
            if named:
                return 1.5 * len(named), tuple(named)
        return best, used

    def entry_of(self, token: Token) -> tuple[str, str] | None:
        """Return the table and the entry of it that a token names."""
        return self._entries.get(token.stems[0]) if len(token.stems) == 1 else None

    def _worth(self, words: frozenset[str], token: Token, explained: frozenset[Token]) -> float:
        weight = max(self._weights.get(concept, 0.0) for concept in words & token.concepts)
        return weight * (AGAIN if token in explained else 1.0) * (SLIPPED if token.slipped else 1.0)

    def _fits(self, candidate: Candidate, question: Question, used: Sequence[Token]) -> float:
        """Return what speaks for a field beside its words: one of many is asked for, or a speed, or room."""
        field = candidate.field
        families = {each.family for each in question.quantities}
        bonus = self._fits_many(candidate, question, used) if field.per is not None else 0.0
        if "count" in candidate.words:
            if question.wants("over", "under") and "none" in families:
                bonus += 1.5
            elif any(t.concepts & {"used", "load"} for t in question.tokens) and not question.speaks_of("core"):
                bonus -= 1.2
        if field.unit == "percent":
            bonus += 0.9 * ("percent" in families) - 0.5 * (question.wanted is not None)
        if field.unit in ("B", "MB", "GB"):
            bonus += 0.2 * ("bytes" in families)
        if "free" in candidate.words:
            room = "bytes" in families and question.wants("fit", "enough") and not question.wants("total_since")
            bonus += 1.5 * room + 0.8 * (question.wants("short") and not question.open)
        return bonus

    def _fits_many(self, candidate: Candidate, question: Question, used: Sequence[Token]) -> float:
        """Return what speaks for a list or table: one of its values, or the highest or lowest is asked for."""
        per = candidate.field.per or ""
        if any(place in question.places for t in used if t.subjects for place in range(t.start, t.end)):
            return 2.5
        if not any(stem(per) in t.stems or t.concepts & {per, f"={stem(per)}"} for t in used):
            return 0.0
        if question.wants("max", "min") or (picks(question, used) and not question.wants("mean")):
            return 2.5
        state = question.wants("overloaded", "busy", "idle") or any(e.family == "percent" for e in question.quantities)
        return 1.0 if state else 0.0
