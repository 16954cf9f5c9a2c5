"""Selections: four different `fields` at once, beside one for all."""

from typing import Final

from tests.bench.fan_out import ratio, turn_of_server
from tests.bench.figures import Figure, Goal, of_median, readable
from tests.bench.population import Population, Turn

FOUR: Final = ("fields=cpu", "fields=memory", "fields=disk,network", "")
#: About as large as the four are in the mean, so that what differs is the number of encodings and not of bytes.
ONE: Final = ("fields=cpu,memory",)
GOAL: Final = Goal(1.1)


def measure(clients: int, rounds: int, seconds: int) -> list[Figure]:
    """Give both populations so many turns each, A B A B. Raises CannotMeasure."""
    fours: list[Turn] = []
    ones: list[Turn] = []
    for _ in range(rounds):
        fours.append(turn_of_server(Population(clients, queries=FOUR), seconds))
        ones.append(turn_of_server(Population(clients, queries=ONE), seconds))
    costs, one_costs = [turn.cost for turn in fours], [turn.cost for turn in ones]
    return [
        of_median("CPU a delivered frame: four selections", costs, "us", note=_size(fours)),
        of_median("CPU a delivered frame: one selection", one_costs, "us", note=_size(ones)),
        ratio("CPU a delivered frame: four / one", costs, one_costs, GOAL),
        Figure("Frames missed: four selections", sum(turn.report.missed for turn in fours), "", Goal(0)),
    ]


def _size(turns: list[Turn]) -> str:
    return f"{readable(round(turns[0].report.size))} bytes in the mean"
