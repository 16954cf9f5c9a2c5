"""The server by itself: how soon it has a frame, and what it costs while nobody listens."""

import time
from dataclasses import dataclass
from typing import Final

from tests.bench.figures import Figure, Goal, of_median
from tests.bench.processes import cpu_ns_during, rss_bytes
from tests.bench.server import await_first_frame, serving

MB: Final = 2**20
#: Seconds after the first frame that still belong to the start.
SETTLING: Final = 2.0


@dataclass(frozen=True, slots=True)
class Idle:
    """percent: of one core; rss: bytes; seconds: how long it was watched."""

    percent: float
    rss: int
    seconds: float


def measure(seconds: float, starts: int) -> list[Figure]:
    """Start the server several times, and watch the last one for so many seconds."""
    times = [seconds_to_first_frame() for _ in range(starts)]
    idle = watch(seconds)
    return [
        of_median("Start: from the command to the first frame", times, "s", Goal(1.5)),
        Figure("Idle server, 1 Hz: CPU", idle.percent, "% of a core", Goal(0.15), f"over {idle.seconds:.0f} s"),
        Figure("Idle server, 1 Hz: resident memory", idle.rss / MB, "MB", Goal(50)),
    ]


def seconds_to_first_frame() -> float:
    """Start the server once."""
    began = time.monotonic()
    with serving() as (_, port):
        await_first_frame(port)
        return time.monotonic() - began


def watch(seconds: float) -> Idle:
    """Run the server without clients."""
    with serving() as (process, port):
        await_first_frame(port)
        time.sleep(SETTLING)
        cpu, took = cpu_ns_during(process.pid, seconds)
        return Idle(cpu / 1e9 / took * 100, rss_bytes(process.pid), took)
