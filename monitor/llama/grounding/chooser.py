"""Chooses the fields that a question is about."""

from collections.abc import Sequence
from typing import Final

from monitor.llama.grounding import lexicon
from monitor.llama.grounding.candidate import Candidate
from monitor.llama.grounding.choice import Choice
from monitor.llama.grounding.clauses import joined
from monitor.llama.grounding.question import Question
from monitor.llama.grounding.scorer import Scorer
from monitor.llama.grounding.tokens import Token

#: Aspects that tell a field from the others of its section.
TELLING: Final = frozenset({"used", "free", "total", "share", "count", "load"})
#: The most fields that one question is about.
MOST: Final = 6


class Chooser:
    """Chooses among candidates."""

    def __init__(self, candidates: Sequence[Candidate], scorer: Scorer) -> None:
        self._candidates = candidates
        self._scorer = scorer

    def choose(self, question: Question) -> list[Choice]:
        """Return the fields that explain the question's words, one after the other, then in the order of the words."""
        tokens = tuple(token for token in question.tokens if token.concepts)
        subjects = [token for token in tokens if token.subjects & self._scorer.measured or self._scorer.entry_of(token)]
        if not subjects:
            return self.without_subject(question, tokens)
        chosen: list[Choice] = []
        while len(chosen) < MOST and (winners := self._next(question, tokens, subjects, chosen)):
            chosen += winners
        return ordered(unspread(chosen[:MOST], question), question)

    def best(self, *concepts: str) -> tuple[Candidate, ...]:
        """Return the field that these concepts describe best; none where they describe none."""
        tokens = tuple(Token((c,), frozenset({c}), True, False, n, n + 1) for n, c in enumerate(concepts))
        scored = sorted(
            ((self._scorer.score(each, tokens, frozenset())[0], -n) for n, each in enumerate(self._candidates)),
            reverse=True,
        )
        return tuple(self._candidates[-n] for score, n in scored[:1] if score > 0)

    def without_subject(self, question: Question, tokens: Sequence[Token]) -> list[Choice]:
        """Return the fields for a question that names no subject: "how much is left?", "is it busy?"."""
        concepts = {concept for token in tokens for concept in token.concepts}
        sized = any(each.family == "bytes" for each in question.quantities)
        several = any(each.times > 1 for each in question.quantities)
        if question.unknown and not (sized and (question.wants("fit") or several)):
            return []
        bounded = question.seconds is not None or any(each.family == "percent" for each in question.quantities)
        wanted: list[tuple[str, ...]] = []
        if sized and (question.wants("fit", "enough") or several or concepts & {"free", "room"}):
            memory, disk = question.in_memory, question.on_disk
            wanted = [("disk", "free")] if disk and not memory else [("memory", "free")]
            if memory == disk:
                wanted.append(("disk", "free"))
        elif concepts & {"room"}:
            wanted = [("disk", "used")] if "used" in concepts else [("disk", "free")]
        elif "machine" in concepts and "load" not in concepts and not question.wants("rate"):
            return []
        elif (
            concepts & {"load"}
            and not question.knowledge
            and not set(question.words) & lexicon.OF_THE_ASKER
            and ("machine" in concepts or bounded or sum(map(str.isalpha, question.words)) <= 8)
        ):
            wanted = [("cpu", "load")]
        elif concepts & {"free"} and len(question.words) <= 6 and question.open:
            wanted = [("memory", "free"), ("disk", "free")]
        found = []
        for each in wanted:
            found += [self._choice(question, candidate, 1.0, tuple(tokens)) for candidate in self.best(*each)]
        return found

    def _next(
        self, question: Question, tokens: Sequence[Token], subjects: Sequence[Token], chosen: Sequence[Choice]
    ) -> list[Choice]:
        """Return the fields that best explain what the chosen ones leave; several where nothing tells them apart."""
        explained = frozenset(token for each in chosen for token in each.tokens)
        left = [token for token in subjects if token not in explained]
        aspects = [token for token in tokens if token not in explained and token.concepts & TELLING]
        if not left and not (chosen and aspects):
            return []
        taken = {id(each.candidate) for each in chosen}
        ranked: list[tuple[float, Candidate, tuple[Token, ...]]] = []
        for candidate in self._candidates:
            if id(candidate) in taken:
                continue
            score, used = self._scorer.score(candidate, tokens, explained, question)
            fresh = set(used) & set(left) or self._belongs(
                candidate, chosen, [t for t in used if t in aspects], question
            )
            if score > 0 and fresh:
                ranked.append((score, candidate, used))
        best = max((score for score, _, _ in ranked), default=0.0)
        winners = [each for each in ranked if each[0] > best - 1e-9]
        firsts = [min((t.start for t in used if t in subjects), default=len(question.words)) for _, _, used in winners]
        winners = [each for each, first in zip(winners, firsts, strict=True) if first == min(firsts)]
        return [self._choice(question, candidate, score, used) for score, candidate, used in winners]

    def _belongs(
        self, candidate: Candidate, chosen: Sequence[Choice], aspects: Sequence[Token], question: Question
    ) -> bool:
        """Tell whether a field is asked for by another aspect of a subject that a chosen field explains."""
        if not aspects or not any(candidate.section == each.candidate.section for each in chosen):
            return False
        taken = [t for each in chosen if each.candidate.section == candidate.section for t in each.tokens]
        return any(
            joined(question, min(t.start, other.start), max(t.end, other.end)) for t in aspects for other in taken
        )

    def _choice(self, question: Question, candidate: Candidate, score: float, used: tuple[Token, ...]) -> Choice:
        entry: int | str | None = None
        if candidate.field.per is not None and candidate.field.keyed:
            names = [found[1] for t in used if (found := self._scorer.entry_of(t)) and found[0] == candidate.name]
            entry = names[0] if names else None
        elif candidate.field.per is not None:
            numbers = [
                question.places[place]
                for t in used
                if t.subjects
                for place in range(t.start, t.end)
                if place in question.places
            ]
            entry = numbers[0] if numbers else None
        return Choice(candidate, score, used, entry)


def unspread(chosen: list[Choice], question: Question) -> list[Choice]:
    """Return the choices without the total of what is asked for one by one: "CPU usage by core"."""
    one_by_one = question.speaks_of("each") and not question.speaks_of("total")
    many = [each for each in chosen if one_by_one and each.candidate.field.per is not None]
    return [
        each
        for each in chosen
        if each in many
        or not any(
            other.candidate.section == each.candidate.section
            and other.candidate.field.unit == each.candidate.field.unit
            and not joined(question, *_reach([*each.tokens, *other.tokens]))
            for other in many
        )
    ]


def _reach(tokens: Sequence[Token]) -> tuple[int, int]:
    return min(token.start for token in tokens), max(token.end for token in tokens)


def ordered(chosen: list[Choice], question: Question) -> list[Choice]:
    """Return the choices in the order in which the question names them."""
    if len(chosen) < 2:
        return chosen
    taken: set[Token] = set()
    places = {}
    for number, each in enumerate(chosen):
        own = [t for t in each.tokens if t not in taken] or list(each.tokens)
        named = [t.start for t in own if t.subjects] or [t.start for t in own]
        places[id(each)] = (min(named, default=0), number)
        taken.update(each.tokens)
    return sorted(chosen, key=lambda each: places[id(each)])
