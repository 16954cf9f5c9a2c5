"""What answers cost: the model's speed, the frames of others, the server's memory. One thing after the other."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from tests.ask import memory, speed, steadiness
from tests.bench.figures import Figure, Group, not_measured
from tests.bench.processes import CannotMeasure


@dataclass(frozen=True, slots=True)
class Extent:
    """How much is measured.

    rounds   turns of our engine and of llama-cpp-python alone
    seconds  of each stretch of questions
    count    questions through which memory is watched
    """

    rounds: int
    seconds: int
    count: int


def measured(extent: Extent, settings: Mapping[str, str], tell: Callable[[str], None]) -> Iterator[Group]:
    """Yield the figures, each of a server of its own with these variables; `tell` hears what is measured next."""
    plan: dict[str, Callable[[], list[Figure]]] = {
        "Speed of the model": lambda: speed.measure(extent.rounds, settings),
        f"Frames during {extent.seconds} s of questions": lambda: steadiness.measure(extent.seconds, settings),
        f"Resident memory through {extent.count:,} questions": lambda: memory.measure(extent.count, settings),
    }
    for title, measure in plan.items():
        tell(f"{title} ...")
        yield group(title, measure)


def group(title: str, measure: Callable[[], list[Figure]]) -> Group:
    """Measure; where this machine cannot, say why in place of the figures."""
    try:
        return Group(title, measure())
    except CannotMeasure as error:
        return Group(title, not_measured([title], error))
