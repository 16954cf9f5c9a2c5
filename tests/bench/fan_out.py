"""Fan-out: what one delivered frame costs the server, and the cheapest server that could be, in turn."""

from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Final

from tests.bench.figures import Figure, Goal, of_median, readable, spread
from tests.bench.population import Population, Turn, turn
from tests.bench.processes import line_of, running
from tests.bench.server import await_first_frame, serving

FLOOR: Final = Path(__file__).with_name("floor.c")
#: Seconds for a server to say where it listens.
PATIENCE: Final = 20.0

#: From so many clients on: our cost in the floor's, and our lateness in the floor's.
COST: Final = {10_000: Goal(1.25), 1000: Goal(1.35)}
LATENESS: Final = {10_000: Goal(1.5)}
#: KB of resident memory a client; at fewer clients the start's own growth counts for more.
MEMORY: Final = {10_000: Goal(14.5)}


def measure(population: Population, rounds: int, seconds: int, floor: Path | None) -> list[Figure]:
    """Give the server and the floor so many turns each, A B A B; the server alone where there is no floor.

    Raises CannotMeasure.
    """
    ours: list[Turn] = []
    floors: list[Turn] = []
    for _ in range(rounds):
        ours.append(turn_of_server(population, seconds))
        if floor is not None:
            floors.append(turn_of_floor(floor, ours[-1], population, seconds))
    return [*_costs(population, ours, floors), *_arrivals(population, seconds, ours, floors), _memory(population, ours)]


def turn_of_server(population: Population, seconds: int, loop: str = "asyncio") -> Turn:
    """Measure a server that has just been started."""
    with serving(loop=loop) as (process, port):
        await_first_frame(port)
        return turn(process, port, population, seconds)


def turn_of_floor(program: Path, like: Turn, population: Population, seconds: int) -> Turn:
    """Measure the floor, with frames of the same size as in the server's turn."""
    with running([str(program), str(round(like.report.size))]) as process:
        return turn(process, int(line_of(process.stdout, PATIENCE)), population, seconds)


def ratio(name: str, ours: Sequence[float], floors: Sequence[float], goal: Goal | None) -> Figure:
    """Return the ratio of the medians; in its note the ratio turn by turn, which the machine's drift leaves alone."""
    pairs = [our / floor for our, floor in zip(ours, floors, strict=True)]
    note = f"of the medians; pair by pair {readable(median(pairs))}, {spread(pairs)}"
    return Figure(name, median(ours) / median(floors), "", goal, note)


def goal_at(goals: dict[int, Goal], population: Population) -> Goal | None:
    """Return the goal of the largest size that the population reaches; none where some are stuck."""
    sizes = [size for size in goals if size <= population.clients and not population.stuck]
    return goals[max(sizes)] if sizes else None


def _costs(population: Population, ours: Sequence[Turn], floors: Sequence[Turn]) -> list[Figure]:
    costs, floor_costs = [turn.cost for turn in ours], [turn.cost for turn in floors]
    name = "CPU a delivered frame"
    size = f"{readable(round(ours[0].report.size))} bytes"
    figures = [of_median(f"{name}: server", costs, "us", note=f"its sampling included; {size}")]
    if floors:
        figures += [
            of_median(f"{name}: floor", floor_costs, "us"),
            ratio(f"{name}: server / floor", costs, floor_costs, goal_at(COST, population)),
        ]
    return figures


def _arrivals(population: Population, seconds: int, ours: Sequence[Turn], floors: Sequence[Turn]) -> list[Figure]:
    figures = [_fewest("server", ours, Goal(seconds, at_least=True)), *_lateness("server", ours)]
    if floors:
        p99, floor_p99 = ([turn.report.p99 or 0.0 for turn in turns] for turns in (ours, floors))
        figures += [_fewest("floor", floors, None), *_lateness("floor", floors)]
        figures.append(ratio("Lateness p99: server / floor", p99, floor_p99, goal_at(LATENESS, population)))
    return figures


def _fewest(name: str, turns: Sequence[Turn], goal: Goal | None) -> Figure:
    reports = [turn.report for turn in turns]
    least, most = min(report.least for report in reports), max(report.most for report in reports)
    note = f"of {most}; {sum(report.closed for report in reports)} closed by the server"
    return Figure(f"Frames of the client that got fewest: {name}", least, "", goal, note)


def _lateness(name: str, turns: Sequence[Turn]) -> list[Figure]:
    reports = [turn.report for turn in turns]
    return [
        of_median(f"Lateness p50: {name}", [report.p50 or 0.0 for report in reports], "ms"),
        of_median(f"Lateness p99: {name}", [report.p99 or 0.0 for report in reports], "ms"),
        Figure(f"Lateness, longest: {name}", max(report.max or 0.0 for report in reports), "ms"),
    ]


def _memory(population: Population, ours: Sequence[Turn]) -> Figure:
    return of_median("Memory a client", [turn.memory / 1024 for turn in ours], "KB", goal_at(MEMORY, population))
