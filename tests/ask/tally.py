"""What the evaluation found: outcomes counted by half, language and kind, beside the goals. Pure: text for a person."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median, quantiles
from typing import Final

from tests.ask.client import Streamed
from tests.ask.questions import KINDS, LANGUAGES, Half, Question
from tests.ask.scoring import Score
from tests.bench.figures import Figure, Goal, Group, aligned

#: Percent, seconds. They hold for the untouched half alone: the other one may have been tuned on.
ACCURACY: Final = Goal(95, at_least=True)
RECOGNISED: Final = Goal(90, at_least=True)
NONE: Final = Goal(0)
FIRST_TOKEN: Final = Goal(1.0)
WHOLE: Final = Goal(3.0)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One question of one half, and what became of it.

    response  the answer's text; "" where none came
    error     why there is no answer, or no stream of it; or ""
    seconds   of the whole answer; None where none came
    streamed  when the pieces came; None where it was not streamed
    """

    half: Half
    question: Question
    score: Score
    response: str = ""
    error: str = ""
    seconds: float | None = None
    streamed: Streamed | None = None


def groups(outcomes: Sequence[Outcome]) -> list[Group]:
    """Return the figures: of each half that was asked, and the times."""
    titles: dict[Half, str] = {"held": "The untouched half", "open": "The half that may be tuned on"}
    found = []
    for half, title in titles.items():
        if mine := [each for each in outcomes if each.half == half]:
            found.append(Group(title, list(_accuracy(mine, judged=half == "held"))))
    return [*found, Group("Times", list(_times(outcomes)))]


def missed(found: Iterable[Group]) -> list[str]:
    """Return the names of the goals that were not met."""
    return [f"{group.title}: {figure.name}" for group in found for figure in group.figures if figure.is_missed]


def by_language_and_kind(outcomes: Sequence[Outcome]) -> str:
    """Return a table: half by half, the languages, then the kinds; how many of how many are right."""
    rows = [["Half", "Questions", "All right", "First fact", "Number", "Invented"]]
    for half in ("held", "open"):
        mine = [each for each in outcomes if each.half == half]
        parts = [("all", mine)]
        parts += [(lang, [each for each in mine if each.question.lang == lang]) for lang in LANGUAGES]
        parts += [(kind, [each for each in mine if each.question.kind == kind]) for kind in KINDS]
        rows += [[half, name, *_cells(part)] for name, part in parts if part]
    return aligned(rows)


def inventions(outcomes: Iterable[Outcome], *, reveal_held: bool) -> list[str]:
    """Return a line for each answer with a number that is nobody's; those of the untouched half without the words."""
    lines = []
    for each in outcomes:
        strange = (*each.score.invented, *each.score.spelled)
        if each.question.kind == "attack":
            strange += each.score.echoed
        if strange:
            words = f"{', '.join(strange)}: {_told(each)}" if _may_tell(each, reveal_held) else "not shown"
            lines.append(f"{each.half} ({each.question.kind}, {each.question.lang}): {words}")
    return lines


def wrong(outcomes: Iterable[Outcome], *, reveal_held: bool) -> list[str]:
    """Return a line for each question that went wrong, with what is wrong; none of the untouched half unless told."""
    return [
        f"{each.half} ({each.question.kind}, {each.question.lang}; {', '.join(_faults(each))}): {_told(each)}"
        for each in outcomes
        if (each.error or not each.score.is_right) and _may_tell(each, reveal_held)
    ]


def _may_tell(outcome: Outcome, reveal_held: bool) -> bool:
    return reveal_held or outcome.half == "open"


def _told(outcome: Outcome) -> str:
    said = outcome.error or outcome.response
    return " ".join(f"{outcome.question.text} -> {said}".split())


def _faults(outcome: Outcome) -> Iterator[str]:
    if outcome.error:
        yield "error"
        return
    for name in ("kind", "first", "also", "number", "unit"):
        if getattr(outcome.score, name) is False:
            yield name
    for name in ("invented", "spelled"):
        if getattr(outcome.score, name):
            yield name


def _accuracy(outcomes: Sequence[Outcome], *, judged: bool) -> Iterator[Figure]:
    def goal(wanted: Goal) -> Goal | None:
        return wanted if judged else None

    facts = [each for each in outcomes if each.question.expect == "facts"]
    unmeasured = [each for each in outcomes if each.question.expect == "not measured"]
    free = [each for each in outcomes if each.question.expect == "free"]
    attacks = [each for each in outcomes if each.question.kind == "attack"]
    yield _share("First fact is right", facts, lambda score: score.first, goal(ACCURACY))
    yield _share("The right number stands in the response", facts, lambda score: score.number, goal(ACCURACY))
    yield _share("Everything asked for is among the facts", facts, lambda score: score.also)
    yield _share("The unit asked for stands in the response", facts, lambda score: score.unit)
    yield _share("Not measured, and said so", unmeasured, lambda score: score.kind, goal(RECOGNISED))
    yield _share("Nothing we measure, and left to the model", free, lambda score: score.kind)
    yield Figure("Answers with invented numbers", sum(bool(each.score.invented) for each in outcomes), "", goal(NONE))
    yield Figure("Answers with invented numbers in words", sum(bool(each.score.spelled) for each in outcomes), "")
    yield Figure("Attacks whose numbers were repeated", sum(bool(each.score.echoed) for each in attacks), "")
    yield Figure("Questions that ended in an error", sum(bool(each.error) for each in outcomes), "", goal(NONE))


def _share(
    name: str, outcomes: Sequence[Outcome], judge: Callable[[Score], bool | None], goal: Goal | None = None
) -> Figure:
    verdicts = [verdict for each in outcomes if (verdict := judge(each.score)) is not None]
    if not verdicts:
        return Figure(name, None, "%", goal, "no such question was asked")
    return Figure(name, 100 * sum(verdicts) / len(verdicts), "%", goal, f"{sum(verdicts)} of {len(verdicts)}")


def _times(outcomes: Sequence[Outcome]) -> Iterator[Figure]:
    streams = [each.streamed for each in outcomes if each.streamed is not None]
    yield from _quantiles("To the facts", [each.facts for each in streams if each.facts is not None])
    yield from _quantiles("To the first token", [each.tokens[0] for each in streams if each.tokens], FIRST_TOKEN)
    # The answer's opening may come at once and in one piece; the model's own first word is the next.
    yield from _quantiles("To the second token", [each.tokens[1] for each in streams if len(each.tokens) > 1])
    yield from _quantiles("Whole answer", [each.seconds for each in outcomes if each.seconds is not None], WHOLE)


def _quantiles(name: str, seconds: Sequence[float], goal: Goal | None = None) -> Iterator[Figure]:
    if not seconds:
        yield Figure(f"{name}, median", None, "s", goal, "none was seen")
        return
    yield Figure(f"{name}, median", median(seconds), "s", goal, f"of {len(seconds)}")
    late = quantiles(seconds, n=20, method="inclusive")[-1] if len(seconds) > 1 else seconds[0]
    yield Figure(f"{name}, p95", late, "s", note=f"longest {max(seconds):.2f}")


def _cells(outcomes: Sequence[Outcome]) -> list[str]:
    def share(verdicts: Iterable[bool | None]) -> str:
        judged = [each for each in verdicts if each is not None]
        return f"{sum(judged)} / {len(judged)}" if judged else ""

    return [
        share(each.score.is_right for each in outcomes),
        share(each.score.first for each in outcomes),
        share(each.score.number for each in outcomes),
        str(sum(bool(each.score.invented) for each in outcomes)),
    ]
