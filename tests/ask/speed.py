"""Raw speed: tokens a second through our engine, and of llama-cpp-python alone, in turn."""

import asyncio
import json
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from monitor.llama.engine import Piece, Refused, Task, Unavailable
from monitor.llama.fetch import is_reference, source
from monitor.llama.model import ModelFile, NoModel, find
from monitor.llama.process import ChildEngine, Size, cores
from tests.bench.figures import Figure, Goal, of_median
from tests.bench.processes import CannotMeasure, Process, line_of, running

#: Of the speed of llama-cpp-python alone.
GOAL: Final = Goal(0.9, at_least=True)
TASK: Final = Task("You are a helpful assistant.", "Write a long story about a dog.", "", None, 200)
#: What may be said, by the name of the figure.
GRAMMARS: Final = {"Free": None, "Under a grammar": "root ::= [a-zA-Z ,.'\\n!]*"}
#: Seconds for the weights to be loaded, and for one answer.
PATIENCE: Final = 120.0


@dataclass(frozen=True, slots=True)
class Pair:
    """Two turns, one right after the other, in tokens a second from the first token on."""

    alone: float
    ours: float


def measure(rounds: int, settings: Mapping[str, str], task: Task = TASK) -> list[Figure]:
    """Give both so many turns, A B A B, with the same prompt, threads and niceness. Raises CannotMeasure."""
    file = model_of(settings)
    size = Size(threads=max(1, cores() - 1))
    command = [sys.executable, "-m", "tests.ask.alone", str(file.path), str(size.threads), str(size.context)]
    figures: list[Figure] = []
    with running(command, own_session=True) as alone:
        line_of(alone.stdout, PATIENCE)
        for name, grammar in GRAMMARS.items():
            pairs = asyncio.run(in_turn(alone, file, size, replace(task, grammar=grammar), rounds))
            figures += figures_of(name, pairs)
    return figures


def model_of(settings: Mapping[str, str]) -> ModelFile:
    """Return the file of the model that a server with these variables runs. Raises CannotMeasure."""
    if settings.get("MONITOR_LLAMA_URL"):
        raise CannotMeasure("the model runs elsewhere")
    named = settings.get("MONITOR_LLAMA_MODEL", "")
    try:
        return find((source(named).path if is_reference(named) else Path(named)) if named else None)
    except (NoModel, ValueError) as error:
        raise CannotMeasure(str(error)) from error


async def in_turn(alone: Process, file: ModelFile, size: Size, task: Task, rounds: int) -> list[Pair]:
    """Return the pairs; a first one, for which weights and caches are still cold, is not among them."""
    engine = ChildEngine(lambda: file, size=size)
    try:
        return [Pair(speed_of_alone(alone, task), await speed_of(engine, task)) for _ in range(rounds + 1)][1:]
    finally:
        await engine.close()


def speed_of_alone(alone: Process, task: Task) -> float:
    """Return the tokens a second of llama-cpp-python alone. Blocks: the other one has nothing to do meanwhile."""
    assert alone.stdin is not None
    order = [task.system, task.question, task.grammar, task.max_tokens]
    try:
        alone.stdin.write(json.dumps(order).encode() + b"\n")
    except BrokenPipeError as error:
        raise CannotMeasure("llama-cpp-python alone ended early") from error
    return float(json.loads(line_of(alone.stdout, PATIENCE)))


async def speed_of(engine: ChildEngine, task: Task) -> float:
    """Return the tokens a second of our engine. Raises CannotMeasure where it has none."""
    first: float | None = None
    try:
        async with asyncio.timeout(PATIENCE), aclosing(engine.generate(task)) as pieces:
            async for piece in pieces:
                if isinstance(piece, Piece):
                    first = first or time.perf_counter()
                elif first is not None and (said := piece.completion_tokens or 0) > 1:
                    return (said - 1) / (time.perf_counter() - first)
    except (Unavailable, Refused, TimeoutError) as error:
        raise CannotMeasure(str(error) or f"no answer within {PATIENCE:g} s") from error
    raise CannotMeasure("the answer is too short to tell a speed")


def figures_of(name: str, pairs: Sequence[Pair]) -> list[Figure]:
    """Return both speeds, and the median of the ratios pair by pair: the machine's drift leaves that one alone."""
    return [
        of_median(f"{name}: llama-cpp-python alone", [pair.alone for pair in pairs], "tokens/s"),
        of_median(f"{name}: ours", [pair.ours for pair in pairs], "tokens/s"),
        of_median(f"{name}: ours / alone", [pair.ours / pair.alone for pair in pairs], "", GOAL),
    ]
