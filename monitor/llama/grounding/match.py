"""What a question is about: numbers that we have, a machine's numbers that we do not have, or neither."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from monitor.llama.grounding import lexicon
from monitor.llama.grounding.candidate import Candidate, candidate_of, plain, texts
from monitor.llama.grounding.choice import Choice
from monitor.llama.grounding.chooser import Chooser
from monitor.llama.grounding.evidence import speaks_for
from monitor.llama.grounding.kinds import Kind
from monitor.llama.grounding.question import Question
from monitor.llama.grounding.reader import Reader
from monitor.llama.grounding.scorer import Scorer
from monitor.llama.grounding.tokens import Token, Tokenizer
from monitor.llama.grounding.topics import about_this_machine, missing_in
from monitor.llama.grounding.vocabulary import is_listed
from monitor.llama.grounding.words import fold, split, stem
from monitor.probe import Field

#: What is a height of a tide, and of a load no subject of its own.
_HIGH: Final = frozenset({"high", "haut", "haute"})


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
            (own if all(field.phrases for field in fields) else named).update(plain(section))
            for field in fields:
                own.update(word for text in texts(field) for word in split(fold(text)) if word.isalpha())
                (own if field.phrases else named).update(plain(field.name), plain(field.per or ""))
        own = ({word for word in own if not is_listed(word)} - lexicon.UNIT_WORDS) | named - lexicon.HELP_WORDS
        entries = {
            stem(word): (name, key)
            for name, names in keys.items()
            for key in reversed(names)
            for word in split(fold(key))
            if len(word) > 1 and word.isalnum()
        }
        tokenizer = Tokenizer([*own, *entries])
        self.reader = Reader(tokenizer)
        self.candidates = tuple(
            candidate_of(tokenizer, section, field) for section, fields in sections.items() for field in fields
        )
        self._scorer = Scorer(self.candidates, entries)
        self._measured = self._scorer.measured
        self._chooser = Chooser(self.candidates, self._scorer)

    def match(self, question: Question) -> Match:
        """Return what the question is about."""
        question = self._plainer(_without_heights(question.without(self._neutral(question))))
        if self._asks_for_room(question):
            choices = self._chooser.without_subject(question, question.tokens)
            return Match(Kind.FACTS, tuple(choices))
        missing, absorbed = missing_in(question, self._measured)
        rest = question.without(absorbed)
        choices = self._chooser.choose(rest)
        if choices and not missing and self._lacks_speed(rest, choices):
            return Match(Kind.NOT_MEASURED, missing=("",), nearest=tuple(each.candidate for each in choices[:1]))
        if missing and choices and (not question.knowledge or speaks_for(rest, choices)):
            return Match(Kind.FACTS, tuple(choices), missing)
        if missing and about_this_machine(question, missing, self._measured):
            return Match(Kind.NOT_MEASURED, missing=missing, nearest=self._nearest(question, missing))
        if choices and not missing and speaks_for(rest, choices):
            return Match(Kind.FACTS, tuple(choices))
        if overview := self._overview(question):
            return Match(Kind.FACTS, overview)
        if question.deictic and not question.knowledge and not missing and (question.unknown or question.open):
            return Match(Kind.NOT_MEASURED, missing=("",), nearest=self._chooser.best("cpu", "load"))
        return Match(Kind.FREE)

    def _plainer(self, question: Question) -> Question:
        """Return the question with what no field here measures made unknown words, where no machine has it."""

        def plainer(token: Token) -> Token:
            if (
                not token.subjects
                or token.subjects & (self._measured | lexicon.TOPICS.keys() | lexicon.BUILT_IN)
                or self._scorer.entry_of(token)
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
        several = any(each.times > 1 for each in question.quantities)
        moved = question.wants("total_since", "over", "under") or question.seconds is not None
        return (
            sized
            and (question.wants("fit") or several)
            and not moved
            and subjects <= {"recv", "sent", "network", "program", "log", "model", "inode"}
        )

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
        rest = question.without([t for t in question.tokens if t.concepts & lexicon.TOPICS.keys()])
        if any(token.subjects for token in rest.tokens) and (found := self._chooser.choose(rest)):
            return tuple(each.candidate for each in found[:1])
        return self._chooser.best(*(lexicon.TOPICS[missing[0]][2].nearest if missing[0] else ("cpu", "load")))

    def _overview(self, question: Question) -> tuple[Choice, ...]:
        """Return the first numbers of a machine, where a question asks how it is."""
        concepts = {concept for token in question.tokens for concept in token.concepts}
        if (
            not (question.wants("overview", "fine", "critical") or question.state_of_machine)
            or question.unknown
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
            for candidate in self._chooser.best(*each)
        ]
        return tuple(Choice(candidate, 1.0, ()) for candidate in dict.fromkeys(found))


def _without_heights(question: Question) -> Question:
    """Return the question without "high" as a height where something that has a load is said to be high."""
    if not any(token.concepts & lexicon.BUILT_IN for token in question.tokens):
        return question
    tokens = tuple(
        replace(token, concepts=token.concepts - {"height", "=height"}) if token.stems[0] in _HIGH else token
        for token in question.tokens
    )
    return replace(question, tokens=tokens)
