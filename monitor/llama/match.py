"""Which fields a question is about: words weighed by how few fields share them."""

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from monitor.llama import lexicon
from monitor.llama.question import PROGRAMS, Question, Reader, Token, is_listed
from monitor.llama.words import fold, split, stem
from monitor.probe import Field

#: What a word of a phrase that the question lacks takes away, as a share of its weight.
MISSING: Final = 0.45
#: What a word counts that another field has explained already, that was misspelt, or that only the help has.
AGAIN: Final = 0.5
SLIPPED: Final = 0.85
HELPING: Final = 0.3
#: What a subject counts beside its weight, and what an aspect counts that stands behind an "and" or a comma.
COVERING: Final = 0.6
APART: Final = 0.6
#: What an unknown word counts in a clause of which no field explains anything.
ELSEWHERE: Final = 0.4
#: Aspects that tell a field from the others of its section.
TELLING: Final = frozenset({"used", "free", "total", "share", "count", "load"})
#: The most fields that one question is about.
MOST: Final = 6

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


class Kind(StrEnum):
    """What a question is about: numbers that we have, a machine's numbers that we do not have, or neither."""

    FACTS = "facts"
    NOT_MEASURED = "not measured"
    FREE = "free"


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


@dataclass(frozen=True, slots=True)
class Choice:
    """A field that a question is about, with the words that say so.

    entry  which of its values: a place in a list, a name in a table; None for all, or for what has only one
    """

    candidate: Candidate
    score: float
    tokens: tuple[Token, ...]
    entry: int | str | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """What a question is about.

    choices  fields, the one it is most about first
    missing  topics (`lexicon.TOPICS`) that it is about too, and that no field measures; "" for one without a name
    nearest  for what is not measured: the fields that come nearest
    """

    kind: Kind
    choices: tuple[Choice, ...] = ()
    missing: tuple[str, ...] = ()
    nearest: tuple[Candidate, ...] = ()


class Index:
    """The words of all fields.

    sections  the fields of each probe, in the order of the frame
    keys      names in tables that are known by now, by field name ("disk.percent_per_mount")
    """

    def __init__(self, sections: Mapping[str, Sequence[Field]], keys: Mapping[str, Sequence[str]]) -> None:
        own: set[str] = set()
        named: set[str] = set()
        for section, fields in sections.items():
            (own if all(field.phrases for field in fields) else named).update(_plain(section))
            for field in fields:
                own.update(word for text in _texts(field) for word in split(fold(text)) if word.isalpha())
                (own if field.phrases else named).update(_plain(field.name), _plain(field.per or ""))
        own = ({word for word in own if not is_listed(word)} - lexicon.UNIT_WORDS) | named - lexicon.HELP_WORDS
        self.entries = {
            stem(word): (name, key)
            for name, names in keys.items()
            for key in reversed(names)
            for word in split(fold(key))
            if len(word) > 1 and word.isalnum()
        }
        self.reader = Reader([*own, *self.entries])
        self.candidates = tuple(
            _candidate(self.reader, section, field) for section, fields in sections.items() for field in fields
        )
        spread = Counter(concept for each in self.candidates for concept in each.words)
        count = len(self.candidates)
        self._weights = {
            concept: math.log(1 + count / number) * lexicon.FAINT.get(concept, 1.0)
            for concept, number in spread.items()
        }
        self._measured = frozenset(spread)

    def match(self, question: Question) -> Match:
        """Return what the question is about."""
        question = self._plainer(question.without(self._neutral(question)))
        if self._asks_for_room(question):
            choices = self._without_subject(question, question.tokens)
            return Match(Kind.FACTS, tuple(choices))
        missing, absorbed = self._missing(question)
        rest = question.without(absorbed)
        choices = self._choose(rest)
        if choices and not missing and self._lacks_speed(rest, choices):
            return Match(Kind.NOT_MEASURED, missing=("",), nearest=tuple(each.candidate for each in choices[:1]))
        if missing and choices and (not question.knowledge or self._evidence(rest, choices)):
            return Match(Kind.FACTS, tuple(choices), missing)
        if missing and self._about_this_machine(question, missing):
            return Match(Kind.NOT_MEASURED, missing=missing, nearest=self._nearest(question, missing))
        if choices and not missing and self._evidence(rest, choices):
            return Match(Kind.FACTS, tuple(choices))
        if overview := self._overview(question):
            return Match(Kind.FACTS, overview)
        if question.deictic and not question.knowledge and not missing and (_unknown(question) or question.open):
            return Match(Kind.NOT_MEASURED, missing=("",), nearest=self._best("cpu", "load"))
        return Match(Kind.FREE)

    def _plainer(self, question: Question) -> Question:
        """Return the question with what no field here measures made unknown words, where no machine has it."""

        def plainer(token: Token) -> Token:
            if (
                not token.subjects
                or token.subjects & (self._measured | lexicon.TOPICS.keys() | lexicon.BUILT_IN)
                or self._entry_of(token)
            ):
                return token
            return replace(token, concepts=token.concepts - token.subjects, known=bool(token.concepts - token.subjects))

        return replace(question, tokens=tuple(map(plainer, question.tokens)))

    def _neutral(self, question: Question) -> list[Token]:
        """Return tokens that carry nothing here: programs where the question is what is left for them."""
        concepts = {concept for token in question.tokens for concept in token.concepts}
        sized = any(each.family == "bytes" for each in question.quantities)
        moving = question.wants("up", "down", "change")
        if not (sized or moving or concepts & {"self", "free", "room"} or question.wants("total_since")):
            return []
        soft = (
            {"program", "log", "model", "cache", "system", "disk_io"} if sized or concepts & {"free", "room"} else set()
        )
        if moving:
            soft |= {"have"}
        if "self" in concepts:
            soft |= {"program", "screen", "model"}
        if question.wants("total_since") and concepts & self._measured - lexicon.ASPECTS.keys():
            soft |= {"uptime"}
        return [
            token
            for token in question.tokens
            if token.concepts
            and token.concepts <= soft | {"machine"}
            and not token.concepts & self._measured - {"have"}
            and token.stems[0] not in ("=", "qui", "who")
        ]

    def _asks_for_room(self, question: Question) -> bool:
        """Tell whether it asks whether so many bytes fit, and does not say where."""
        subjects = {subject for token in question.tokens for subject in token.listed}
        sized = any(each.family == "bytes" for each in question.quantities)
        moved = question.wants("total_since", "over", "under") or question.seconds is not None
        return (
            sized
            and question.wants("fit")
            and not moved
            and subjects <= {"recv", "sent", "network", "program", "log", "model", "inode"}
        )

    def _missing(self, question: Question) -> tuple[tuple[str, ...], list[Token]]:
        """Return the topics that no field measures, and the tokens that belong to them."""
        clauses = _clauses(question)
        missing: list[str] = []
        absorbed: list[Token] = []
        bare = True
        for clause in clauses:
            topics = [
                token
                for token in clause
                if token.concepts & (lexicon.TOPICS.keys() | lexicon.BUILT_IN)
                and not token.concepts & self._measured
                and not (token.slipped and len(token.stems[0]) < 8)
            ]
            if not topics:
                continue
            missing += [
                name for token in topics for name in (*lexicon.TOPICS, "") if name in token.concepts or not name
            ]
            bare = bare and not any(token.listed - lexicon.TOPICS.keys() for token in clause)
            absorbed += clause
        if missing:
            for clause in clauses:
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

    def _about_this_machine(self, question: Question, missing: Sequence[str]) -> bool:
        """Tell whether a question with a topic that could be a machine's is not about the world at large."""
        meant = sum(1 for token in question.tokens if token.concepts)
        named = [t for t in question.tokens if t.stems[0] in PROGRAMS or t.stems == ("=",)]
        if question.which is False and set(question.words) & lexicon.RUNS and named:
            return True
        if set(missing) <= lexicon.WORLDLY and _unknown(question) and not question.deictic:
            return any(token.subjects & self._measured for token in question.tokens)
        if all(t in named for t in question.tokens if t.concepts) and not any(t.stems == ("=",) for t in named):
            return False
        return not question.knowledge and meant >= len(_unknown(question))

    def _lacks_speed(self, question: Question, choices: Sequence[Choice]) -> bool:
        """Tell whether a speed is asked for that the fields have none of: how fast a disk is."""
        asked = [t for t in question.tokens if "speed" in t.concepts or t.concepts & {"frequency"}]
        if not asked or question.seconds is not None:
            return False
        return not any(
            each.candidate.field.kind == "counter"
            or each.candidate.words & {"speed", "frequency"}
            or each.candidate.field.unit.endswith("/s")
            for each in choices
        )

    def _nearest(self, question: Question, missing: Sequence[str]) -> tuple[Candidate, ...]:
        """Return the fields that come nearest to what is not measured."""
        found = self._choose(question.without([t for t in question.tokens if t.concepts & lexicon.TOPICS.keys()]))
        if found:
            return tuple(each.candidate for each in found[:1])
        return self._best(*(lexicon.TOPICS[missing[0]][2].nearest if missing[0] else ("cpu", "load")))

    def _best(self, *concepts: str) -> tuple[Candidate, ...]:
        tokens = tuple(Token((c,), frozenset({c}), True, False, n, n + 1) for n, c in enumerate(concepts))
        scored = sorted(
            ((self._score(each, tokens, frozenset())[0], -n) for n, each in enumerate(self.candidates)), reverse=True
        )
        return tuple(self.candidates[-n] for score, n in scored[:1] if score > 0)

    def _choose(self, question: Question) -> list[Choice]:
        """Return the fields that explain the question's words, one after the other, then in the order of the words."""
        tokens = tuple(token for token in question.tokens if token.concepts)
        subjects = [token for token in tokens if token.subjects & self._measured or self._entry_of(token)]
        if not subjects:
            return self._without_subject(question, tokens)
        chosen: list[Choice] = []
        while len(chosen) < MOST and (winners := self._next(question, tokens, subjects, chosen)):
            chosen += winners
        return _ordered(_unspread(chosen[:MOST], question), question)

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
        for candidate in self.candidates:
            if id(candidate) in taken:
                continue
            score, used = self._score(candidate, tokens, explained, question)
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
            _joined(question, min(t.start, other.start), max(t.end, other.end)) for t in aspects for other in taken
        )

    def _without_subject(self, question: Question, tokens: Sequence[Token]) -> list[Choice]:
        """Return the fields for a question that names no subject: "how much is left?", "is it busy?"."""
        concepts = {concept for token in tokens for concept in token.concepts}
        sized = any(each.family == "bytes" for each in question.quantities)
        if _unknown(question) and not (sized and question.wants("fit")):
            return []
        wanted: list[tuple[str, ...]] = []
        if sized and (question.wants("fit", "enough") or concepts & {"free", "room"}):
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
            and ("machine" in concepts or sum(map(str.isalpha, question.words)) <= 8)
        ):
            wanted = [("cpu", "load")]
        elif concepts & {"free"} and len(question.words) <= 6 and question.open:
            wanted = [("memory", "free"), ("disk", "free")]
        found = []
        for each in wanted:
            found += [self._choice(question, candidate, 1.0, tuple(tokens)) for candidate in self._best(*each)]
        return found

    def _score(
        self,
        candidate: Candidate,
        tokens: Sequence[Token],
        explained: frozenset[Token],
        question: Question | None = None,
    ) -> tuple[float, tuple[Token, ...]]:
        """Return how well a field explains these words, and which of them it explains."""
        best = 0.0
        clauses = _clause_of(question) if question is not None else {}
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
            named = [t for t in tokens if (entry := self._entry_of(t)) and entry[0] == candidate.name]
            best += 2.0 * len(named)
            used += tuple(t for t in named if t not in used)
        elif question is not None:
            named = [t for t in tokens if (entry := self._entry_of(t)) and entry[0] == candidate.name]
            if named:
                return 1.5 * len(named), tuple(named)
        return best, used

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
            elif any(t.concepts & {"used", "load"} for t in question.tokens) and not _speaks_of("core", question):
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

    def _entry_of(self, token: Token) -> tuple[str, str] | None:
        return self.entries.get(token.stems[0]) if len(token.stems) == 1 else None

    def _choice(self, question: Question, candidate: Candidate, score: float, used: tuple[Token, ...]) -> Choice:
        entry: int | str | None = None
        if candidate.field.per is not None and candidate.field.keyed:
            names = [found[1] for t in used if (found := self._entry_of(t)) and found[0] == candidate.name]
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

    def _evidence(self, question: Question, choices: Sequence[Choice]) -> bool:
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
        against = 0.75 * _unknown_beside(question, tokens) + 2.5 * question.knowledge
        if any(each.family == "bytes" for each in question.quantities) and question.wants("fit"):
            against = 0.0
        if question.coaxing and subjects:
            return aspects + measure + bool(question.quantities) > 0 and speaks >= 0.5 * against
        return speaks > against

    def _overview(self, question: Question) -> tuple[Choice, ...]:
        """Return the first numbers of a machine, where a question asks how it is."""
        concepts = {concept for token in question.tokens for concept in token.concepts}
        if (
            not (question.wants("overview", "fine", "critical") or question.state_of_machine)
            or _unknown(question)
            or question.knowledge
            or concepts & lexicon.TOPICS.keys()
        ):
            return ()
        strong = set(question.words) & lexicon.OVERVIEW
        if not (
            strong
            or question.state_of_machine
            or "machine" in concepts
            or ({"everything", "tout"} & set(question.words) and question.wants("fine", "critical"))
        ):
            return ()
        found = [
            candidate
            for each in (("cpu", "load"), ("memory", "used"), ("disk", "share"))
            for candidate in self._best(*each)
        ]
        return tuple(Choice(candidate, 1.0, ()) for candidate in dict.fromkeys(found))


def picks(question: Question, tokens: Sequence[Token]) -> bool:
    """Tell whether "which" stands before one of these: "which of the cores"."""
    return any(
        set(question.words[max(0, token.start - 3) : token.start]) & lexicon.WHICH
        and not _joined(question, max(0, token.start - 3), token.start)
        for token in tokens
    )


def _speaks_of(concept: str, question: Question) -> bool:
    return any(concept in token.concepts for token in question.tokens)


def _unknown(question: Question) -> list[Token]:
    return [token for token in question.tokens if not token.known]


def _unknown_beside(question: Question, explained: Collection[Token]) -> float:
    """Return how many unknown words there are; one counts less where nothing beside it is explained."""
    clauses = {_clause(token, question) for token in explained}
    return sum(1.0 if _clause(token, question) in clauses else ELSEWHERE for token in _unknown(question))


def _clauses(question: Question) -> list[list[Token]]:
    """Return the tokens between "and", commas and the like."""
    clauses: list[list[Token]] = [[]]
    for token in question.tokens:
        if (
            len(token.stems) == 1
            and question.words[token.start : token.end]
            and _connects(question.words[token.start], question)
            and not token.concepts
        ):
            clauses.append([])
        elif token.concepts:
            clauses[-1].append(token)
    return [clause for clause in clauses if clause]


def _clause_of(question: Question) -> dict[Token, int]:
    """Return in which clause each token stands."""
    return {token: _clause(token, question) for token in question.tokens if token.concepts}


def _clause(token: Token, question: Question) -> int:
    return sum(1 for word in question.words[: token.start] if _connects(word, question))


def _joined(question: Question, start: int, end: int) -> bool:
    """Tell whether "and" or a comma stands between two places."""
    return any(_connects(word, question) for word in question.words[start:end])


def _connects(word: str, question: Question) -> bool:
    return word in lexicon.CONNECTORS or (word == "plus" and question.lang == "en")


def _unspread(chosen: list[Choice], question: Question) -> list[Choice]:
    """Return the choices without the total of what is asked for one by one: "CPU usage by core"."""
    one_by_one = _speaks_of("each", question) and not _speaks_of("total", question)
    many = [each for each in chosen if one_by_one and each.candidate.field.per is not None]
    return [
        each
        for each in chosen
        if each in many
        or not any(
            other.candidate.section == each.candidate.section
            and other.candidate.field.unit == each.candidate.field.unit
            and not _joined(question, *_reach([*each.tokens, *other.tokens]))
            for other in many
        )
    ]


def _reach(tokens: Sequence[Token]) -> tuple[int, int]:
    return min(token.start for token in tokens), max(token.end for token in tokens)


def _ordered(chosen: list[Choice], question: Question) -> list[Choice]:
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


def _plain(name: str) -> list[str]:
    return [word for word in name.split("_") if word]


def _texts(field: Field) -> Iterable[str]:
    yield " ".join(_plain(field.name))
    yield field.help if not field.phrases else ""
    for texts in field.phrases.values():
        yield from texts


def _candidate(reader: Reader, section: str, field: Field) -> Candidate:
    phrases = [
        tuple(token.concepts for token in reader.concepts_of(text))
        for texts in field.phrases.values()
        for text in texts
    ]
    extra: frozenset[str] = frozenset()
    if not field.phrases:
        words = " ".join(word for word in _plain(field.name) if word not in lexicon.UNIT_WORDS)
        whole = tuple(token.concepts for token in reader.concepts_of(" ".join(_plain(section))))
        part = tuple(token.concepts for token in reader.concepts_of(words))
        phrases = [whole + part, whole]
        if any(
            word - lexicon.ASPECTS.keys() - {f"={stem(w)}" for w in words.split()} or not word & lexicon.ASPECTS.keys()
            for word in part
        ):
            phrases.append(part)
        if field.per:
            each = tuple(token.concepts for token in reader.concepts_of(" ".join(_plain(field.per))))
            phrases += [whole + each, whole + part + each]
        helping = [token for token in reader.concepts_of(field.help) if not set(token.stems) & lexicon.HELP_WORDS]
        extra = frozenset(concept for token in helping for concept in token.concepts)
    kept = tuple(dict.fromkeys(tuple(dict.fromkeys(phrase)) for phrase in phrases if phrase))
    inside = {concept for phrase in kept for word in phrase for concept in word}
    return Candidate(section, field, kept, (extra | _OF_UNIT.get(field.unit, frozenset())) - inside)
