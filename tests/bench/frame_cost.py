"""What a frame costs in this process: the five built-in probes, the sampler and the encoder; no server, no client.

CPU time is that of all threads (`time.process_time`), in microseconds.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from itertools import pairwise
from typing import Final

from monitor import encoder
from monitor.distribution import plugin_entry_points
from monitor.registry import load
from monitor.sampler import Sampler
from tests.bench.figures import Figure, Goal, of_median

#: Frames a round in the hot loop, and encodings a round.
FRAMES: Final = 300
ENCODINGS: Final = 5000
#: Seconds before a frame that is worth encoding: /proc/stat counts hundredths of a second.
LEAD: Final = 0.1


def measure(rounds: int, ticks: int) -> list[Figure]:
    """Measure so many rounds in a hot loop, and so many ticks at one a second."""
    frames, encodings = asyncio.run(_hot(rounds))
    at_pace = asyncio.run(_tick_costs(ticks))
    asleep = asyncio.run(_sleep_costs(ticks))
    return [
        of_median("Frame, hot loop: sample and encode", frames, "us CPU", Goal(450)),
        of_median("Frame, hot loop: encode alone", encodings, "us CPU", Goal(10)),
        of_median("Tick at one a second: sample and encode", at_pace, "us CPU", Goal(1500), "caches cold"),
        of_median("Tick at one a second: a loop that only sleeps", asleep, "us CPU", note="for comparison"),
    ]


async def _hot(rounds: int) -> tuple[list[float], list[float]]:
    """Return the cost of a frame and of an encoding, for each round."""
    async with _opened() as sampler:
        frames = [await _frame_cost(sampler, first=turn * FRAMES) for turn in range(rounds)]
        await asyncio.sleep(LEAD)
        frame = await sampler.step(rounds * FRAMES)
    encodings = []
    for _ in range(rounds):
        began = time.process_time()
        for _ in range(ENCODINGS):
            encoder.encode(frame.as_dict())
        encodings.append((time.process_time() - began) / ENCODINGS * 1e6)
    return frames, encodings


async def _frame_cost(sampler: Sampler, first: int) -> float:
    began = time.process_time()
    for tick in range(first, first + FRAMES):
        encoder.encode((await sampler.step(tick)).as_dict())
    return (time.process_time() - began) / FRAMES * 1e6


async def _tick_costs(ticks: int) -> list[float]:
    """Return the cost of each of so many ticks on the sampler's own grid."""
    async with _opened() as sampler, aclosing(sampler.frames()) as frames:

        async def tick() -> None:
            encoder.encode((await anext(frames)).as_dict())

        return await _costs(tick, ticks)


async def _sleep_costs(ticks: int) -> list[float]:
    """Return what is spent on waking up alone."""

    async def tick() -> None:
        await asyncio.sleep(1)

    return await _costs(tick, ticks)


async def _costs(tick: Callable[[], Awaitable[None]], ticks: int) -> list[float]:
    await tick()
    readings = [time.process_time()]
    for _ in range(ticks):
        await tick()
        readings.append(time.process_time())
    return [(after - before) * 1e6 for before, after in pairwise(readings)]


@asynccontextmanager
async def _opened() -> AsyncIterator[Sampler]:
    sampler = Sampler(load(plugin_entry_points("monitor")).probes.values(), interval=1.0)
    await sampler.open()
    try:
        yield sampler
    finally:
        await sampler.close()
