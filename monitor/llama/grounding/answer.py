"""Grounding: from a question to the facts that answer it, the answer's beginning, and what a model may add."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from monitor.history import Entry
from monitor.llama.engine import Task
from monitor.llama.grounding import lexicon
from monitor.llama.grounding.facts import Fact, Finding
from monitor.llama.grounding.grammar import amounts, grammar
from monitor.llama.grounding.guard import NumberGuard
from monitor.llama.grounding.kinds import Kind
from monitor.llama.grounding.language import Language
from monitor.llama.grounding.match import Index, Match
from monitor.llama.grounding.question import Question
from monitor.llama.grounding.teller import Teller
from monitor.llama.grounding.verdict import verdict
from monitor.llama.grounding.wording import phrase_of
from monitor.probe import Field

#: Tokens that a model may add to the facts: one short remark.
REMARK: Final = 32

_SYSTEM: Final = {
    Kind.FACTS: {
        "en": "You complete an answer about a computer. The numbers are measured and right. "
        "Add at most one short, plain sentence that follows from them. Do not repeat them.",
        "fr": "Tu complètes en français une réponse sur un ordinateur. Les chiffres sont mesurés et exacts. "
        "Ajoute au plus une phrase courte et simple qui en découle. Ne les répète pas.",
    },
    Kind.FREE: {
        "en": "You are a helpful assistant. Answer shortly.",
        "fr": "Tu es un assistant utile. Réponds brièvement, en français.",
    },
}


@dataclass(frozen=True, slots=True)
class Grounded:
    """What is known about a question before any model is asked.

    kind     facts, not measured or free
    lang     the language to answer in
    facts    those that answer the question first, then those beside them
    opening  the answer's beginning, whole sentences; empty for what is free
    allowed  the amounts that may stand in the answer, as they are written; None where any may
    grammar  GBNF for what may follow the opening; None where anything may
    task     what the model is asked; None where the opening is the whole answer
    """

    kind: Kind
    lang: Language
    facts: tuple[Fact, ...]
    opening: str
    allowed: tuple[str, ...] | None
    grammar: str | None
    task: Task | None

    def guard(self, prompt: str) -> NumberGuard | None:
        """Return what keeps other numbers than these and the question's out of the answer; None where any may be."""
        return None if self.allowed is None else NumberGuard([*self.allowed, prompt])


class Grounding:
    """Grounds questions in the fields of these probes. Made once; holds nothing of any question.

    sections  the fields of each probe, by its name, in the order of the frame
    remarks   whether a model may add a sentence to the facts: small ones add true numbers in false sentences
    """

    def __init__(self, sections: Mapping[str, Sequence[Field]], *, remarks: bool = True) -> None:
        self.sections = dict(sections)
        self._remarks = remarks
        self._tables = [
            (section, field.name) for section, fields in self.sections.items() for field in fields if field.keyed
        ]
        self._index = Index(self.sections, {})
        self._keys: dict[str, Sequence[str]] = {}

    def ground(
        self,
        text: str,
        document: Mapping[str, Any],
        entries: Sequence[Entry] = (),
        lang: Language | None = None,
        max_tokens: int = 128,
    ) -> Grounded:
        """Return the facts that answer a question.

        document    the newest frame, as it goes over the wire
        entries     the frames in memory, oldest first; the newest one is that of `document`
        lang        for questions whose words do not tell the language ("ram?")
        max_tokens  the most that the model may add
        """
        index = self._index_for(document)
        question = index.reader.read(text, lang)
        match = index.match(question)
        if match.kind is Kind.FREE:
            return _free(text, question.lang, max_tokens)
        if match.kind is Kind.NOT_MEASURED:
            return Grounded(match.kind, question.lang, (), _not_measured(question, match), (), None, None)
        findings, opening = _findings(Teller(index, question, document, entries), question, match)
        firsts = [finding.facts[0] for finding in findings]
        others = [fact for finding in findings for fact in finding.facts[1:]]
        named = {(fact.field, fact.aggregate) for fact in firsts}
        facts = (*firsts, *(fact for fact in others if (fact.field, fact.aggregate) not in named))
        allowed = amounts([opening])  # the other facts' numbers are there to be shown; a small model would mix them up
        rules = grammar(allowed)
        remark = None
        if self._remarks and not question.coaxing:
            remark = Task(_SYSTEM[Kind.FACTS][question.lang], text, opening, rules, min(REMARK, max_tokens))
        return Grounded(match.kind, question.lang, facts, opening, allowed, rules, remark)

    def free(self, text: str, lang: Language | None = None, max_tokens: int = 128) -> Grounded:
        """Return the question for the model as it is, with no facts and no bounds."""
        return _free(text, self._index.reader.read(text, lang).lang, max_tokens)

    def _index_for(self, document: Mapping[str, Any]) -> Index:
        """Return the index with the names that the tables have now; made anew only when these change."""
        keys: dict[str, Sequence[str]] = {
            f"{section}.{field}": tuple(document.get(section, {}).get(field) or ()) for section, field in self._tables
        }
        if keys != self._keys:
            self._keys, self._index = keys, Index(self.sections, keys)  # a race makes it twice, nothing worse
        return self._index


def _free(text: str, lang: Language, max_tokens: int) -> Grounded:
    task = Task(_SYSTEM[Kind.FREE][lang], text, "", None, max_tokens)
    return Grounded(Kind.FREE, lang, (), "", None, None, task)


def _findings(teller: Teller, question: Question, match: Match) -> tuple[list[Finding], str]:
    """Return what was found for each field, and the sentences that say it."""
    findings = [teller.find(choice) for choice in match.choices]
    said, findings = verdict(question, findings)
    sentences = [_ended(finding.sentence) for finding in findings]
    if said:
        sentences.insert(0, said)
    sentences += teller.notes
    if match.missing:
        sentences.append(_missing_too(question, match))
    return findings, " ".join(sentences)


def _ended(sentence: str) -> str:
    return sentence if sentence.endswith(".") else f"{sentence}."


def _names(question: Question, match: Match) -> list[str]:
    """Return what nothing measures, as a sentence begins with it and goes on."""
    first, *more = [lexicon.TOPICS[name][2].names[question.lang] for name in match.missing if name] or [""]
    return [each for each in (first, *(name[0].lower() + name[1:] for name in more)) if each]


def _missing_too(question: Question, match: Match) -> str:
    names = _names(question, match)
    if question.lang == "fr":
        return f"{' ; '.join(names)} : ce n'est pas mesuré ici."
    return f"{'; '.join(names)}: not measured here."


def _not_measured(question: Question, match: Match) -> str:
    """Return the sentence that says so, and names what comes nearest."""
    names = _names(question, match)
    nearest = ", ".join(phrase_of(each, question.lang) for each in match.nearest)
    if question.lang == "fr":
        said = f"{' ; '.join(names)} : ce n'est pas mesuré ici." if names else "Cela n'est pas mesuré ici."
        return f"{said} Ce qui s'en approche le plus : {nearest}." if nearest else said
    said = f"{'; '.join(names)}: not measured here." if names else "That is not measured here."
    return f"{said} What comes nearest: {nearest}." if nearest else said
