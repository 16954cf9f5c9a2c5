"""Handshakes: thousands at once, and those who are connected must not notice."""

from typing import Final

from monitor.load.crowd import CannotLoad
from monitor.load.load import Load
from tests.bench.figures import Figure, Goal
from tests.bench.population import Population
from tests.bench.processes import CannotMeasure
from tests.bench.server import await_first_frame, serving

#: Seconds for all of them.
GOAL: Final = Goal(10)


def measure(handshakes: int, clients: int, seconds: int) -> list[Figure]:
    """Watch the clients that are connected while the others come, for so many seconds. Raises CannotMeasure."""
    try:
        with serving() as (_, port):
            await_first_frame(port)
            with Load(Population(clients).plan(port)) as connected:
                connected.begin(seconds)
                with Load(Population(handshakes).plan(port)) as storm:
                    report = connected.finish()
                    took = storm.handshakes
    except CannotLoad as error:
        raise CannotMeasure(str(error)) from error
    return [
        Figure(f"{handshakes:,} handshakes", took, "s", GOAL),
        Figure("Longest gap of those connected", report.gap, "intervals", Goal(2), f"{clients:,} clients, {seconds} s"),
        Figure("Frames missed by those connected", report.missed, "", Goal(0)),
    ]
