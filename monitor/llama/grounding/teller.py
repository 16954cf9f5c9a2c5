"""Finds the facts of a frame, and of the frames before it, and words them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from monitor.history import Entry
from monitor.llama.grounding import lexicon
from monitor.llama.grounding.candidate import Candidate
from monitor.llama.grounding.choice import Choice, picks
from monitor.llama.grounding.facts import Fact, Finding, Role
from monitor.llama.grounding.kinds import Aggregate
from monitor.llama.grounding.language import Language
from monitor.llama.grounding.match import Index
from monitor.llama.grounding.numbers import amount, span
from monitor.llama.grounding.question import Question
from monitor.llama.grounding.trend import Trend, documents, pick, trend, values_of
from monitor.llama.grounding.wording import capital, phrase_of, signed
from monitor.probe import Number

#: A list or table up to this long is told value by value.
LONGEST_LIST: Final = 16
#: How far back "lately" and "is it growing" look, in seconds; "the highest" looks back as far as there is anything.
LATELY: Final = 60.0
#: Seconds over which a counter's rate is taken: what two neighbouring frames tell jumps about.
RATE_OVER: Final = 2.5

#: French for what a field has one value per; any other is written as it is called.
_FRENCH_PER: Final = {"core": "cœur", "mount": "montage", "gauge": "jauge", "sensor": "capteur", "disk": "disque"}
_ROLES: Final[Mapping[str, Role]] = {
    "used": "used", "free": "free", "available": "free", "total": "total", "size": "total", "percent": "share",
}  # fmt: skip

_STATE_NAMES: Final = ("overloaded", "full", "empty", "short", "idle", "busy", "critical")


class Teller:
    """Finds and words the facts of one frame for one question.

    document  the frame, as it goes over the wire
    entries   the frames before it, oldest first, itself among them
    """

    def __init__(self, index: Index, question: Question, document: Mapping[str, Any], entries: Sequence[Entry]) -> None:
        self._index = index
        self._question = question
        self._document = document
        self._entries = entries
        self._lang: Language = question.lang
        self.notes: list[str] = []
        self._window: list[Mapping[str, Any]] | None = None

    def find(self, choice: Choice) -> Finding:
        """Return the facts of one field."""
        candidate = choice.candidate
        value = self._document.get(candidate.section, {}).get(candidate.field.name)
        if age := self._document.get("stale", {}).get(candidate.section):
            self._note(f"This value is {span(age, 'en')} old.", f"Cette valeur date d'il y a {span(age, 'fr')}.")
        if candidate.field.per is not None:
            return self._of_many(choice, value)
        if (seconds := self._stretch(choice)) is not None and (found := self._past(choice, seconds)):
            return found
        return self._now(choice, value, candidate.name, phrase_of(candidate, self._lang))

    def _note(self, english: str, french: str) -> None:
        text = english if self._lang == "en" else french
        if text not in self.notes:
            self.notes.append(text)

    def _say(self, label: str, text: str) -> str:
        return f"{capital(label)}{':' if self._lang == 'en' else ' :'} {text}"

    def _amount(self, value: Number, unit: str) -> str:
        return amount(value, unit, self._lang, self._question.wanted)

    def _now(self, choice: Choice, value: Any, name: str, label: str) -> Finding:
        """Return the newest value, with what helps to read it: its share, the whole it is of, its rate."""
        candidate = choice.candidate
        unit = candidate.field.unit
        if not isinstance(value, int | float):
            text = self._say(
                label, "this machine does not tell" if self._lang == "en" else "cette machine ne le dit pas"
            )
            return Finding(choice, (Fact(name, None, unit, text),), text, None, {}, None)
        if candidate.field.kind == "counter":
            return self._counter(choice, value, label)
        role, beside, facts = self._beside(candidate, value)
        text = self._say(label, self._amount(value, unit) + self._context(role, beside, value, unit))
        return Finding(choice, (Fact(name, value, unit, text), *facts), text, value, beside, role)

    def _counter(self, choice: Choice, value: Number, label: str) -> Finding:
        """Return a counter's value and how fast it grows; first what was asked for."""
        candidate, unit = choice.candidate, choice.candidate.field.unit
        whole = f"{self._amount(value, unit)} {'in total' if self._lang == 'en' else 'au total'}"
        facts = [Fact(candidate.name, value, unit, self._say(label, whole))]
        moving = trend(values_of(documents(self._entries, RATE_OVER), candidate.section, candidate.field.name, None))
        if moving is None:
            return Finding(choice, tuple(facts), facts[0].text, value, {}, None)
        per = self._per_second(moving.rate, unit)
        facts.append(
            Fact(
                candidate.name,
                round(moving.rate, 6),
                _rate_unit(unit),
                self._say(label, per),
                "rate",
                round(moving.seconds, 3),
            )
        )
        now = "now" if self._lang == "en" else "en ce moment"
        if self._question.wants("rate") and not self._question.wants("total_since"):
            facts.reverse()
            return Finding(choice, tuple(facts), self._say(label, f"{per} {now}, {whole}"), moving.rate, {}, None)
        return Finding(choice, tuple(facts), self._say(label, f"{whole}, {per} {now}"), value, {}, None)

    def _per_second(self, rate: float, unit: str) -> str:
        if unit in ("B", "MB", "GB"):
            scale = {"B": 1, "MB": 2**20, "GB": 2**30}[unit]
            return amount(rate * scale / 2**20, "MB/s", self._lang, self._question.wanted)
        each = "per second" if self._lang == "en" else "par seconde"
        return f"{amount(rate, unit, self._lang)} {each}"

    def _beside(self, candidate: Candidate, value: Number) -> tuple[Role | None, dict[Role, Number], list[Fact]]:
        """Return the field's role among used, free, total and share of one thing, and the others' numbers and facts."""
        role = _role(candidate)
        if role is None:
            return None, {}, []
        numbers: dict[Role, Number] = {}
        facts = []
        for other in self._index.candidates:
            theirs = _role(other)
            number = self._document.get(candidate.section, {}).get(other.field.name)
            if other.section != candidate.section or theirs is None or not isinstance(number, int | float):
                continue
            numbers.setdefault(theirs, number)
            if other is not candidate:
                label = phrase_of(other, self._lang)
                facts.append(
                    Fact(other.name, number, other.field.unit, self._say(label, self._amount(number, other.field.unit)))
                )
        return role, numbers, facts

    def _context(self, role: Role | None, beside: Mapping[Role, Number], value: Number, unit: str) -> str:
        """Return what is said behind a value: " of 22.9 GB (2.8 %)"."""
        of = "of" if self._lang == "en" else "sur"
        if role in ("used", "free") and "total" in beside:
            text = f" {of} {self._amount(beside['total'], unit)}"
            if "share" in beside:
                share = beside["share"] if role == "used" else 100.0 - beside["share"]
                text += f" ({amount(share, 'percent', self._lang)})"
            return text
        if role == "share" and "used" in beside and "total" in beside:
            name = next(
                each.field.unit
                for each in self._index.candidates
                if _role(each) == "used" and self._has(each, beside["used"])
            )
            return f" ({self._amount(beside['used'], name)} {of} {self._amount(beside['total'], name)})"
        return ""

    def _has(self, candidate: Candidate, value: Number) -> bool:
        return bool(self._document.get(candidate.section, {}).get(candidate.field.name) == value)

    def _of_many(self, choice: Choice, values: Any) -> Finding:
        """Return one value of a list or table, the highest or lowest of them, or all."""
        candidate, question = choice.candidate, self._question
        name, label = candidate.name, phrase_of(candidate, self._lang)
        items: list[tuple[int | str, Number]] = []
        if isinstance(values, Mapping):
            items = [(key, value) for key, value in values.items() if value is not None]
        elif isinstance(values, list | tuple):
            items = [(key, value) for key, value in enumerate(values) if value is not None]
        entry = choice.entry
        if isinstance(entry, int) and isinstance(values, list | tuple) and entry < 0:
            entry += len(values)
        if entry is not None:
            if isinstance(values, list | tuple) and isinstance(entry, int) and not 0 <= entry < len(values):
                last = len(values) - 1
                self._note(
                    f"There is no {candidate.field.per} {entry}: they are numbered 0 to {last}.",
                    f"Il n'y a pas de {self._per(candidate)} {entry} : la numérotation va de 0 à {last}.",
                )
            else:
                return self._one(choice, entry, pick(values, entry), "")
        if not items:
            return self._now(choice, None, name, label)
        lowest = _is_lowest(question)
        each = {token for token in choice.tokens if "each" in token.concepts}
        single = (
            question.wants("max", "min", "any", "all", "overloaded", "idle")
            or question.quantities
            or picks(question, choice.tokens)
        )
        if single and not each and len(items) > 1:
            key, value = (min if lowest else max)(items, key=lambda item: item[1])
            word = {"en": ("the highest of", "the lowest of"), "fr": ("le maximum des", "le minimum des")}[self._lang][
                lowest
            ]
            return self._one(choice, key, value, f", {word} {len(items)}")
        facts = [
            Fact(
                f"{name}[{key}]",
                value,
                candidate.field.unit,
                self._say(label, f"{self._called(candidate, key)}, {self._amount(value, candidate.field.unit)}"),
            )
            for key, value in items
        ]
        if len(items) <= LONGEST_LIST:
            told = ", ".join(
                f"{self._called(candidate, key)} {self._amount(value, candidate.field.unit)}" for key, value in items
            )
        else:
            low, high = min(items, key=lambda i: i[1]), max(items, key=lambda i: i[1])
            between = "from {} to {}" if self._lang == "en" else "de {} à {}"
            told = between.format(
                *(f"{self._amount(v, candidate.field.unit)} ({self._called(candidate, k)})" for k, v in (low, high))
            )
            facts = [facts[items.index(high)], facts[items.index(low)]]
        return Finding(choice, tuple(facts), self._say(label, told), max(value for _, value in items), {}, None)

    def _per(self, candidate: Candidate) -> str:
        per = candidate.field.per or ""
        return _FRENCH_PER.get(per, per) if self._lang == "fr" else per

    def _called(self, candidate: Candidate, key: int | str) -> str:
        return f"{self._per(candidate)} {key}" if isinstance(key, int) else key

    def _one(self, choice: Choice, key: int | str, value: Any, tail: str) -> Finding:
        """Return one value of a list or table."""
        candidate = choice.candidate
        name = f"{candidate.name}[{key}]"
        label = f"{phrase_of(candidate, self._lang)}, {self._called(candidate, key)}"
        if (seconds := self._stretch(choice, one=True)) is not None:
            picked = Choice(candidate, choice.score, choice.tokens, key)
            if found := self._past(picked, seconds):
                return found
        if not isinstance(value, int | float):
            return self._now(choice, None, name, label)
        text = self._say(label, self._amount(value, candidate.field.unit) + tail)
        return Finding(choice, (Fact(name, value, candidate.field.unit, text),), text, value, {}, None)

    def _stretch(self, choice: Choice, one: bool = False) -> float | None:
        """Return over how many seconds the field is looked at; None for its newest value."""
        question = self._question
        if question.seconds is not None:
            far = question.wants("max", "min", "mean") and question.seconds == 0
            return float("inf") if far else question.seconds or LATELY
        if choice.candidate.field.kind == "counter":
            return float("inf") if question.wants("long") and not question.wants("total_since") else None
        if _asks_ever(question):
            return float("inf")
        if one:
            return None
        looks_back = set(question.words) & lexicon.LOOKING_BACK
        return float("inf") if looks_back and question.wants("max", "min", "mean") else None

    def _past(self, choice: Choice, seconds: float) -> Finding | None:
        """Return what the field was over the last seconds; None where nothing of it is kept."""
        candidate, lang = choice.candidate, self._lang
        if self._window is None:
            self._window = documents(self._entries, seconds)
        found = trend(values_of(self._window, candidate.section, candidate.field.name, choice.entry))
        if found is None:
            return None
        unit = candidate.field.unit
        name = candidate.name if choice.entry is None else f"{candidate.name}[{choice.entry}]"
        label = phrase_of(candidate, lang)
        if choice.entry is not None:
            label += f", {self._called(candidate, choice.entry)}"
        covered = found.seconds >= seconds * 0.9
        if covered and self._question.moment:
            return self._then(choice, found, seconds)
        short = not covered and (seconds != float("inf") or self._question.wants("long"))
        if short or (seconds == float("inf") and _asks_ever(self._question)):
            self._note("No more of the past is kept.", "Le passé gardé ne va pas plus loin.")
        stretch = span(seconds if covered else found.seconds, lang)
        over = _over(stretch, lang)
        show = self._amount
        numbers: dict[Aggregate, Number] = {
            "mean": found.mean,
            "max": found.most,
            "min": found.least,
            "change": found.change,
        }
        words: dict[Aggregate, tuple[str, str]] = {
            "mean": ("{} on average", "{} en moyenne"),
            "max": ("{} at most", "{} au plus"),
            "min": ("{} at least", "{} au moins"),
            "change": ("{} of change", "{} d'écart"),
        }
        if candidate.field.kind == "counter":
            numbers, words = (
                {"change": found.change, "rate": found.rate},
                {"change": ("{}", "{}"), "rate": ("{} on average", "{} en moyenne")},
            )
        order = sorted(numbers, key=lambda each: (not self._asks(each), list(numbers).index(each)))
        facts = []
        for each in order:
            number = numbers[each]
            shown = (
                self._per_second(number, unit)
                if each == "rate"
                else signed(show(number, unit), each == "change" and candidate.field.kind != "counter", number)
            )
            told = words[each][lang == "fr"].format(shown)
            kept_unit = _rate_unit(unit) if each == "rate" else unit
            facts.append(
                Fact(
                    name, round(number, 6), kept_unit, self._say(f"{label} {over}", told), each, round(found.seconds, 3)
                )
            )
        told = ", ".join(
            fact.text.partition(": ")[2]
            for fact in facts
            if fact.aggregate != "change" or candidate.field.kind == "counter"
        )
        if candidate.field.kind == "gauge":
            path = "from {} to {}" if lang == "en" else "de {} à {}"
            path = path.format(show(found.first, unit), show(found.last, unit))
            now = f"{'now' if lang == 'en' else 'maintenant'} {show(found.last, unit)}"
            told = f"{path}, {told}" if order[0] == "change" else f"{told}{'; ' if lang == 'en' else ' ; '}{now}"
            facts = [
                replace(fact, text=f"{fact.text}, {path}") if fact.aggregate == "change" else fact for fact in facts
            ]
            facts.append(Fact(name, found.last, unit, self._say(label, now)))
        role, beside, _ = self._beside(candidate, found.last)
        text = self._say(f"{label} {over}", told)
        return Finding(choice, tuple(facts), text, found.last, beside, role, found, short, stretch)

    def _then(self, choice: Choice, found: Trend, seconds: float) -> Finding:
        """Return what the field was so many seconds ago, and what it is now."""
        candidate, lang = choice.candidate, self._lang
        unit = candidate.field.unit
        name = candidate.name if choice.entry is None else f"{candidate.name}[{choice.entry}]"
        label = phrase_of(candidate, lang)
        if choice.entry is not None:
            label += f", {self._called(candidate, choice.entry)}"
        ago = f"{span(seconds, lang)} ago" if lang == "en" else f"il y a {span(seconds, lang)}"
        then = self._amount(found.first, unit)
        now = f"{'now' if lang == 'en' else 'maintenant'} {self._amount(found.last, unit)}"
        role, beside, _ = self._beside(candidate, found.first)
        facts = (
            Fact(name, round(found.first, 6), unit, self._say(f"{label} {ago}", then), "then", round(found.seconds, 3)),
            Fact(name, found.last, unit, self._say(label, now)),
        )
        text = self._say(f"{label} {ago}", f"{then}{';' if lang == 'en' else ' ;'} {now}")
        return Finding(choice, facts, text, found.first, beside, role)

    def _asks(self, aggregate: Aggregate) -> bool:
        """Tell whether the question asks for this one."""
        if aggregate == "change":
            return self._question.wants("up", "down", "change") and not self._question.wants("max", "min", "mean")
        return self._question.wants(aggregate)


def _over(stretch: str, lang: Language) -> str:
    if lang == "en":
        return f"over the last {stretch}"
    return f"sur les dernières {stretch}" if stretch.endswith(" s") else f"sur {stretch}"


def _asks_ever(question: Question) -> bool:
    """Tell whether it asks if something has been so at any time."""
    bounded = question.quantities and question.wants("over", "under")
    if set(question.words) & lexicon.EVER:
        return bool(bounded) or question.wants(*_STATE_NAMES)
    return bool(bounded) and "deja" in question.words


def _is_lowest(question: Question) -> bool:
    """Tell whether the lowest of several is asked for: "the least busy", "the most idle", "are all of them busy"."""
    every = question.wants("all") and not question.wants("max", "any") and not _names_none(question)
    if question.wants("idle"):
        return not every and not ({"least", "moins"} & set(question.words))
    if question.quantities and question.wants("under"):
        return not every
    return every or question.wants("min")


def _names_none(question: Question) -> bool:
    return bool({"no", "none", "aucun", "aucune"} & set(question.words))


def _rate_unit(unit: str) -> str:
    return {"B": "B/s", "MB": "MB/s", "count": "1/s"}.get(unit, f"{unit}/s")


def _role(candidate: Candidate) -> Role | None:
    """Return what part of a whole a field is, by its name: `used_mb`, `free_gb`, `total_mb`, `percent`."""
    if candidate.field.per is not None:
        return None
    parts = candidate.field.name.split("_")
    if parts[0] == "percent":
        return "share" if parts in (["percent"], ["percent", "used"]) and candidate.field.unit == "percent" else None
    return _ROLES.get(parts[0]) if len(parts) <= 2 and candidate.field.unit in ("B", "MB", "GB") else None
