"""Event loops: uvloop's beside asyncio's own."""

from importlib.util import find_spec

from tests.bench.fan_out import ratio, turn_of_server
from tests.bench.figures import Figure, of_median
from tests.bench.population import Population, Turn
from tests.bench.processes import CannotMeasure


def measure(clients: int, rounds: int, seconds: int) -> list[Figure]:
    """Give the server so many turns with each loop, A B A B. Raises CannotMeasure."""
    if find_spec("uvloop") is None:
        raise CannotMeasure("uvloop is not installed")
    with_uvloop: list[Turn] = []
    with_asyncio: list[Turn] = []
    for _ in range(rounds):
        with_uvloop.append(turn_of_server(Population(clients), seconds, loop="uvloop"))
        with_asyncio.append(turn_of_server(Population(clients), seconds))
    costs, others = [turn.cost for turn in with_uvloop], [turn.cost for turn in with_asyncio]
    return [
        of_median("CPU a delivered frame: uvloop", costs, "us"),
        of_median("CPU a delivered frame: asyncio", others, "us"),
        ratio("CPU a delivered frame: uvloop / asyncio", costs, others, None),
        of_median("Memory a client: uvloop", [turn.memory / 1024 for turn in with_uvloop], "KB"),
    ]
