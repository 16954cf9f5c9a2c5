"""What asking who comes, and counting how often, costs: CPU of a handshake and of a frame, beside an open server."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from monitor.auth.tokens import new_token
from monitor.load.crowd import CannotLoad
from monitor.load.load import Load, Plan
from tests.bench.figures import Figure, Goal, of_median
from tests.bench.population import Population
from tests.bench.processes import CannotMeasure, Process, cpu_ns
from tests.bench.server import await_first_frame, serving

#: Of the guarded server to the open one.
HANDSHAKE: Final = Goal(1.05)
#: Limits that count and never refuse.
COUNTING: Final = {
    "MONITOR_MAX_CONNECTIONS_PER_ADDRESS": "1000000",
    "MONITOR_HANDSHAKES_PER_SECOND": "1000000",
    "MONITOR_REQUESTS_PER_SECOND": "1000000",
    "MONITOR_QUESTIONS_PER_MINUTE": "1000000",
}


def measure(clients: int, rounds: int, seconds: int) -> list[Figure]:
    """Let so many clients come to the open server and to the guarded one, in turn. Raises CannotMeasure.

    Which comes first changes: after a pause the first one is the slower.
    """
    token, table = new_token("bench", ["read"], "")
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / "monitor.toml"
        file.write_text(table, encoding="utf-8")
        with _ready({}) as bare, _ready({**COUNTING, "MONITOR_CONFIG": str(file)}) as guarded:
            sides = [(bare, ""), (guarded, token)]
            pairs = []
            for number in range(rounds + 1):
                order = sides[:: -1 if number % 2 else 1]
                turns = [_turn(*server, secret, clients, seconds) for server, secret in order]
                pairs.append(tuple(turns[:: -1 if number % 2 else 1]))
            del pairs[0]  # it is cold
    return [
        *_figures("handshake", [(a[0], b[0]) for a, b in pairs], HANDSHAKE),
        *_figures("frame", [(a[1], b[1]) for a, b in pairs]),
    ]


@contextmanager
def _ready(environment: dict[str, str]) -> Iterator[tuple[Process, int]]:
    with serving(environment) as (process, port):
        await_first_frame(port)
        yield process, port


def _turn(process: Process, port: int, token: str, clients: int, seconds: int) -> tuple[float, float]:
    """Return the CPU of a handshake and of a frame that reached a client, in microseconds."""
    plan = Population(clients).plan(port)
    plan = Plan(plan.target.showing(token), plan.clients)
    try:
        before = cpu_ns(process.pid)
        with Load(plan) as load:
            handshakes = cpu_ns(process.pid) - before
            load.begin(seconds)
            before = cpu_ns(process.pid)
            report = load.finish()
            frames = cpu_ns(process.pid) - before
    except CannotLoad as error:
        raise CannotMeasure(str(error)) from error
    return handshakes / 1000 / clients, frames / 1000 / max(1, report.frames)


def _figures(what: str, pairs: Sequence[tuple[float, float]], goal: Goal | None = None) -> list[Figure]:
    """Return both costs, and the median of the ratios pair by pair."""
    return [
        of_median(f"CPU of a {what}, open to all, nothing counted", [bare for bare, _ in pairs], "us"),
        of_median(f"CPU of a {what}, with a token and limits", [guarded for _, guarded in pairs], "us"),
        of_median(f"Ratio of a {what}", [guarded / bare for bare, guarded in pairs], "", goal),
    ]
