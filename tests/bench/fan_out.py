"""Fan-out: what one delivered frame costs the server, and the cheapest server that could be, in turn."""

import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

from tests.bench import compiler
from tests.bench.clients import Report
from tests.bench.figures import Figure, Goal, of_median
from tests.bench.processes import Process, cpu_ns, line_of, rss_bytes, running
from tests.bench.server import await_first_frame, serving

FLOOR: Final = Path(__file__).with_name("floor.c")
RATIO: Final = Goal(1.35)
#: Seconds that the clients may take until all of them listen.
PATIENCE: Final = 60.0


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of one server.

    cost    CPU us a delivered frame
    memory  bytes of resident memory a client
    report  what the clients saw
    """

    cost: float
    memory: float
    report: Report


def measure(clients: int, rounds: int, seconds: int) -> list[Figure]:
    """Give the server and the floor so many turns each, A B A B."""
    ours: list[Turn] = []
    floors: list[Turn] = []
    with tempfile.TemporaryDirectory() as directory:
        floor = compiler.compiled(FLOOR, Path(directory)) if compiler.is_there() else None
        for _ in range(rounds):
            ours.append(turn_of_server(clients, seconds))
            if floor is not None:
                floors.append(turn_of_floor(floor, ours[-1].report.size, clients, seconds))
    return [
        *_costs(ours, floors, clients),
        *_arrivals("server", ours, Goal(seconds, at_least=True)),
        *_arrivals("floor", floors, None),
        of_median("Server: memory a client", [turn.memory / 1024 for turn in ours], "KB"),
    ]


def turn_of_server(clients: int, seconds: int) -> Turn:
    """Measure a server that has just been started."""
    with serving() as (process, port):
        await_first_frame(port)
        return _turn(process, port, clients, seconds)


def turn_of_floor(program: Path, size: int, clients: int, seconds: int) -> Turn:
    """Measure the floor, with frames of `size` bytes."""
    with running([str(program), str(size)]) as process:
        return _turn(process, int(line_of(process.stdout, PATIENCE)), clients, seconds)


def ratios(name: str, ours: Sequence[float], floors: Sequence[float]) -> list[Figure]:
    """Return what ours cost relative to the floor: of the medians, and turn by turn against the machine's drift."""
    pairs = [our / floor for our, floor in zip(ours, floors, strict=True)]
    return [
        Figure(f"{name}: server / floor, ratio of the medians", median(ours) / median(floors), "", RATIO),
        of_median(f"{name}: server / floor, pair by pair", pairs, "", RATIO),
    ]


def _turn(process: Process, port: int, clients: int, seconds: int) -> Turn:
    memory = rss_bytes(process.pid)
    with _listening(port, clients, seconds) as load:
        line_of(load.stdout, PATIENCE)
        cpu = cpu_ns(process.pid)
        memory = rss_bytes(process.pid) - memory
        report = Report(**json.loads(line_of(load.stdout, seconds + PATIENCE)))
        cpu = cpu_ns(process.pid) - cpu
    return Turn(cost=cpu / 1000 / max(1, report.frames), memory=memory / clients, report=report)


@contextmanager
def _listening(port: int, clients: int, seconds: int) -> Iterator[Process]:
    with running([sys.executable, "-m", "tests.bench.clients", str(port), str(clients), str(seconds)]) as load:
        yield load


def _costs(ours: Sequence[Turn], floors: Sequence[Turn], clients: int) -> list[Figure]:
    name = f"Delivered frame, {clients:,} clients"
    costs, floor_costs = [turn.cost for turn in ours], [turn.cost for turn in floors]
    size = f"{ours[0].report.size} bytes"
    server = of_median(f"{name}: server", costs, "us CPU", note=f"its sampling included; {size}")
    if not floors:
        return [server, Figure(f"{name}: floor", None, "us CPU", note="there is no C compiler `cc`")]
    return [server, of_median(f"{name}: floor", floor_costs, "us CPU", note=size), *ratios(name, costs, floor_costs)]


def _arrivals(name: str, turns: Sequence[Turn], goal: Goal | None) -> list[Figure]:
    if not turns:
        return []
    reports = [turn.report for turn in turns]
    least = min(report.least for report in reports)
    most = max(report.most for report in reports)
    what = f"Lateness at the clients, {name}"
    return [
        Figure(f"Frames of the client that got fewest, {name}", least, "", goal, f"of {most}"),
        of_median(f"{what}: p50", [report.p50 for report in reports], "ms", note="the clients' own work included"),
        of_median(f"{what}: p99", [report.p99 for report in reports], "ms"),
        Figure(f"{what}: longest", max(report.max for report in reports), "ms"),
    ]
