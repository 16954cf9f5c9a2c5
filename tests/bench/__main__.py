"""`python -m tests.bench` (`make bench`): measure everything, print the tables, write docs/performance.md.

Exit codes: 0 when every goal is met, 1 when one is missed, 2 for wrong arguments or where nothing can be measured.
"""

import argparse
import shlex
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from monitor import files
from tests.bench import (
    access,
    compiler,
    cross_check,
    document,
    fan_out,
    frame_cost,
    handshakes,
    idle,
    loops,
    selections,
    slow_clients,
)
from tests.bench.figures import Figure, Group, not_measured
from tests.bench.population import Population
from tests.bench.processes import CannotMeasure

CANNOT = 2


@dataclass(frozen=True, slots=True)
class Extent:
    """How much is measured: what has no option of its own. Seconds, clients and counts.

    many           clients where the size of the population is not the question
    slow           healthy clients, stuck clients, seconds: as long as an eviction takes
    storm          handshakes, clients that are connected, seconds
    access         clients, rounds, seconds: with tokens and limits, and without
    """

    cost_rounds: int
    ticks: int
    idle_seconds: int
    starts: int
    many: int
    slow: tuple[int, int, int]
    storm: tuple[int, int, int]
    access: tuple[int, int, int]


FULL: Final = Extent(
    cost_rounds=9,
    ticks=20,
    idle_seconds=30,
    starts=3,
    many=1000,
    slow=(500, 50, 45),
    storm=(5000, 500, 12),
    access=(1000, 20, 2),
)
QUICK: Final = Extent(
    cost_rounds=3, ticks=1, idle_seconds=1, starts=1, many=40, slow=(20, 2, 1), storm=(50, 10, 1), access=(20, 1, 1)
)
DEFAULTS: Final = {"clients": (100, 1000, 10_000), "rounds": 3, "seconds": 20, "write": True}
QUICK_DEFAULTS: Final = {"clients": (50,), "rounds": 1, "seconds": 1, "write": False}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the bench; return its exit code."""
    options = parsed(arguments)
    files.raise_limit()
    try:
        groups = list(measured(options))
    except CannotMeasure as error:
        print(f"bench: {error}", file=sys.stderr)
        return CANNOT
    print("\n\n".join(map(str, groups)))
    if options.write:
        document.write(command(options), groups)
    missed = [f"{group.title}: {figure.name}" for group in groups for figure in group.figures if figure.is_missed]
    for name in missed:
        print(f"missed: {name}", file=sys.stderr)
    return 1 if missed else 0


def measured(options: argparse.Namespace) -> Iterator[Group]:
    """Measure one thing after the other: no two disturb each other."""
    extent = QUICK if options.quick else FULL
    yield group("One frame", lambda: frame_cost.measure(extent.cost_rounds, extent.ticks))
    yield group("The server by itself", lambda: idle.measure(extent.idle_seconds, extent.starts))
    with tempfile.TemporaryDirectory() as scratch:
        floor = compiler.compiled(fan_out.FLOOR, Path(scratch)) if compiler.is_there() else None
        for population in populations(options.clients, with_stuck=not options.quick):
            # With some stuck, the floor has its turns only where the goals are: at the largest size.
            beside = floor if not population.stuck or population.clients == max(options.clients) else None
            yield group(str(population), fan_out_of(population, options, beside))
    many = min(extent.many, max(options.clients))
    yield group(
        f"Four selections at once, {many:,} clients",
        lambda: selections.measure(many, options.rounds, options.seconds),
    )
    yield group(
        f"Event loops, {many:,} clients",
        lambda: loops.measure(many, options.rounds, options.seconds),
    )
    healthy, stuck, _ = extent.slow
    yield group(f"{healthy} healthy and {stuck} stuck clients", lambda: slow_clients.measure(*extent.slow))
    yield group("Handshakes beside open clients", lambda: handshakes.measure(*extent.storm))
    yield group("Tokens and limits", lambda: access.measure(*extent.access))
    if options.cross_check is not None:
        for clients in options.clients:
            yield group(f"Cross-check, {clients:,} clients", cross_check_of(clients, options))


def group(title: str, measure: Callable[[], list[Figure]]) -> Group:
    """Measure; where this machine cannot, say why in place of the figures."""
    print(f"bench: {title} ...", file=sys.stderr, flush=True)
    try:
        return Group(title, measure())
    except CannotMeasure as error:
        return Group(title, not_measured([title], error))


def populations(sizes: Sequence[int], *, with_stuck: bool) -> Iterator[Population]:
    """Return each size without, and with, one stuck client in a hundred."""
    for clients in sizes:
        yield Population(clients)
        if with_stuck and clients > 1:
            yield Population(clients, stuck=max(1, clients // 100))


def fan_out_of(population: Population, options: argparse.Namespace, floor: Path | None) -> Callable[[], list[Figure]]:
    return lambda: fan_out.measure(population, options.rounds, options.seconds, floor)


def cross_check_of(clients: int, options: argparse.Namespace) -> Callable[[], list[Figure]]:
    return lambda: cross_check.measure(options.cross_check, clients, options.rounds, options.seconds)


def parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Return the options; ends the program with 2 where they are wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Measure what the server costs.")
    parser.add_argument("--clients", type=_sizes, help="sizes of the population, with commas [100,1000,10000]")
    parser.add_argument("--rounds", type=_whole(1, 50), help="turns of the server and of the floor [3]")
    parser.add_argument("--seconds", type=_whole(1, 60), help="length of a turn [20: the time between two pings]")
    parser.add_argument("--quick", action="store_true", help="only show that the bench works; the figures mean little")
    parser.add_argument(
        "--write", action=argparse.BooleanOptionalAction, help="write docs/performance.md [yes, but not with --quick]"
    )
    parser.add_argument(
        "--cross-check", type=Path, metavar="DIR", help="compare again with DIR/floor.c, under the load of DIR/wsload.c"
    )
    options = parser.parse_args(arguments)
    for name, value in (QUICK_DEFAULTS if options.quick else DEFAULTS).items():
        if getattr(options, name) is None:
            setattr(options, name, value)
    if sys.platform != "linux":
        parser.error("needs Linux: /proc and its scheduler's figures")
    if options.cross_check is not None:
        if absent := [name for name in cross_check.SOURCES if not (options.cross_check / name).is_file()]:
            parser.error(f"--cross-check: there is no {absent[0]} in {options.cross_check}")
        if not compiler.is_there():
            parser.error("--cross-check needs a C compiler, `cc`")
    return options


def command(options: argparse.Namespace) -> str:
    """Return the command that measures the same again, wherever the repository is."""
    words = ["--quick"] if options.quick else []
    words += ["--clients", ",".join(map(str, options.clients))]
    for name in ("rounds", "seconds"):
        words += [f"--{name}", str(getattr(options, name))]
    if options.cross_check is not None:
        words += ["--cross-check", "DIR"]
    return f'make bench ARGS="{shlex.join(words)}"'


def _sizes(text: str) -> tuple[int, ...]:
    return tuple(map(_whole(1, 100_000), text.split(",")))


def _whole(low: int, high: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not text.isascii() or not text.isdigit() or not low <= int(text) <= high:
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from {low} to {high}")
        return int(text)

    return read


if __name__ == "__main__":
    sys.exit(main())
