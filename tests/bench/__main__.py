"""`python -m tests.bench` (`make bench`): measure everything, print one table, write docs/performance.md.

Exit codes: 0 when every goal is met, 1 when one is missed, 2 for wrong arguments or where nothing can be measured.
"""

import argparse
import shlex
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from tests.bench import compiler, cross_check, document, fan_out, frame_cost, idle
from tests.bench.figures import Figure, table
from tests.bench.processes import CannotMeasure, allow_connections

CANNOT = 2
FULL: Final = {"clients": 1000, "rounds": 4, "seconds": 10, "write": True}
QUICK: Final = {"clients": 50, "rounds": 1, "seconds": 2, "write": False}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the bench; return its exit code."""
    options = parsed(arguments)
    try:
        allow_connections(options.clients)
        figures = list(measured(options))
    except CannotMeasure as error:
        print(f"bench: {error}", file=sys.stderr)
        return CANNOT
    print(table(figures))
    if options.write:
        document.write(command(options), figures)
    missed = [figure.name for figure in figures if figure.is_missed]
    for name in missed:
        print(f"missed: {name}", file=sys.stderr)
    return 1 if missed else 0


def measured(options: argparse.Namespace) -> Iterator[Figure]:
    """Measure one thing after the other: no two disturb each other."""
    load = (options.clients, options.rounds, options.seconds)
    _say("frame cost")
    yield from frame_cost.measure(rounds=3 if options.quick else 9, ticks=3 if options.quick else 20)
    _say("idle server")
    yield from idle.measure(seconds=3 if options.quick else 30, starts=1 if options.quick else 3)
    _say("fan-out")
    yield from fan_out.measure(*load)
    if options.cross_check is not None:
        _say("cross-check")
        yield from cross_check.measure(options.cross_check, *load)


def parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Return the options; ends the program with 2 where they are wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Measure what the server costs.")
    parser.add_argument("--clients", type=_whole(1, 20_000), help="clients of the fan-out [1000]")
    parser.add_argument("--rounds", type=_whole(1, 50), help="turns of the server and of the floor [4]")
    parser.add_argument("--seconds", type=_whole(1, 60), help="length of a turn [10]")
    parser.add_argument("--quick", action="store_true", help="only show that the bench works; the figures mean little")
    parser.add_argument(
        "--write", action=argparse.BooleanOptionalAction, help="write docs/performance.md [yes, but not with --quick]"
    )
    parser.add_argument(
        "--cross-check", type=Path, metavar="DIR", help="compare again with DIR/floor.c, under the load of DIR/wsload.c"
    )
    options = parser.parse_args(arguments)
    for name, value in (QUICK if options.quick else FULL).items():
        if getattr(options, name) is None:
            setattr(options, name, value)
    if sys.platform != "linux":
        parser.error("needs Linux: /proc and epoll")
    if options.cross_check is not None:
        if absent := [name for name in cross_check.SOURCES if not (options.cross_check / name).is_file()]:
            parser.error(f"--cross-check: there is no {absent[0]} in {options.cross_check}")
        if not compiler.is_there():
            parser.error("--cross-check needs a C compiler, `cc`")
    return options


def command(options: argparse.Namespace) -> str:
    """Return the command that measures the same again, wherever the repository is."""
    words = ["--quick"] if options.quick else []
    for name in ("clients", "rounds", "seconds"):
        words += [f"--{name}", str(getattr(options, name))]
    if options.cross_check is not None:
        words += ["--cross-check", "DIR"]
    return f'make bench ARGS="{shlex.join(words)}"'


def _whole(low: int, high: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not text.isascii() or not text.isdigit() or not low <= int(text) <= high:
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from {low} to {high}")
        return int(text)

    return read


def _say(what: str) -> None:
    print(f"bench: {what} ...", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
