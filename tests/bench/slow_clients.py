"""Slow clients: some read nothing, frames are large, and the others must not notice."""

from pathlib import Path
from typing import Final

from tests.bench.figures import Figure, Goal
from tests.bench.population import Population, turn
from tests.bench.server import await_first_frame, serving

#: A folder with a plugin as installed: for the one server that has it on its path.
FAT: Final = Path(__file__).with_name("fat")
#: Seconds after which who reads nothing must be gone; a shorter run says nothing of it.
PATIENCE: Final = 40


def measure(healthy: int, stuck: int, seconds: int) -> list[Figure]:
    """Watch healthy and stuck clients of one server, for long enough to evict those. Raises CannotMeasure."""
    with serving({"PYTHONPATH": str(FAT)}) as (process, port):
        await_first_frame(port)
        report = turn(process, port, Population(healthy + stuck, stuck), seconds).report
    eviction = Goal(stuck, at_least=True) if seconds >= PATIENCE else None
    return [
        Figure("Healthy clients lost", report.closed, "", Goal(0), f"of {healthy}, in {seconds} s"),
        Figure("Frames missed by healthy clients", report.missed, "", Goal(0), f"of {report.size / 1000:.1f} KB"),
        Figure("Stuck clients evicted", report.evicted, "", eviction, f"of {stuck}"),
        Figure("Longest gap of a healthy client", report.gap, "intervals", Goal(1.5)),
    ]
