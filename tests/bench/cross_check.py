"""The same comparison by other hands: a floor (`floor PORT SIZE`) and a load (`wsload -n -s -p -r`), both in C."""

import re
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from monitor import files
from tests.bench import compiler
from tests.bench.fan_out import COST, goal_at, ratio
from tests.bench.figures import Figure, Goal, of_median
from tests.bench.population import Population
from tests.bench.processes import CannotMeasure, Process, cpu_ns_during, line_of, running
from tests.bench.server import await_first_frame, serving

SOURCES: Final = ("floor.c", "wsload.c")
#: Seconds for a program to listen, and for the clients to be connected.
PATIENCE: Final = 60.0
#: Connections a second: no more than fit into a backlog while a server answers the ones before.
RAMP: Final = "1500"
#: Seconds after the clients are connected, and before they leave, that are not counted.
MARGIN: Final = 1


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of one server.

    cost   CPU us a delivered frame
    size   bytes of a frame's JSON
    least  frames of the client that got the fewest
    """

    cost: float
    size: int
    least: int


def measure(directory: Path, clients: int, rounds: int, seconds: int) -> list[Figure]:
    """Give the server and the floor in `directory` so many turns each, under the load in `directory`.

    Raises CannotMeasure.
    """
    if clients > files.most_connections():
        raise CannotMeasure(f"the hard limit of open files leaves a process {files.most_connections()} connections")
    ours: list[Turn] = []
    floors: list[Turn] = []
    with tempfile.TemporaryDirectory() as scratch:
        floor, load = (compiler.compiled(directory / source, Path(scratch)) for source in SOURCES)
        for _ in range(rounds):
            ours.append(turn_of_server(load, clients, seconds))
            floors.append(turn_of_floor(floor, ours[-1].size, load, clients, seconds))
    costs, floor_costs = [turn.cost for turn in ours], [turn.cost for turn in floors]
    least = min(turn.least for turn in ours)
    return [
        of_median("CPU a delivered frame: server", costs, "us", note=f"{ours[0].size} bytes"),
        of_median("CPU a delivered frame: floor", floor_costs, "us"),
        ratio("CPU a delivered frame: server / floor", costs, floor_costs, goal_at(COST, Population(clients))),
        Figure("Frames of the client that got fewest: server", least, "", Goal(seconds, at_least=True)),
    ]


def turn_of_server(load: Path, clients: int, seconds: int) -> Turn:
    """Measure a server that has just been started."""
    with serving() as (process, port):
        await_first_frame(port)
        return _turn(process, port, load, clients, seconds)


def turn_of_floor(program: Path, size: int, load: Path, clients: int, seconds: int) -> Turn:
    """Measure the floor, with frames of `size` bytes."""
    port = _free_port()
    with running([str(program), str(port), str(size)]) as process:
        _await_listening(port)
        return _turn(process, port, load, clients, seconds)


def _turn(process: Process, port: int, load: Path, clients: int, seconds: int) -> Turn:
    """Read the CPU time of a whole number of seconds: as many frames a client, wherever between frames they begin."""
    command = [str(load), "-n", str(clients), "-s", str(seconds + 2 * MARGIN), "-p", str(port), "-r", RAMP]
    with running(command, stderr=subprocess.PIPE) as listening:
        _all_open(line_of(listening.stderr, PATIENCE), clients)
        time.sleep(MARGIN)
        cpu, took = cpu_ns_during(process.pid, seconds)
        report = line_of(listening.stdout, PATIENCE)
    match = re.search(r"\(\d+/s, (\d+) B each\).* per client min (\d+)", report)
    if match is None:
        raise CannotMeasure(f"the cross-check's load said something else than expected: {report}")
    return Turn(cost=cpu / 1000 / (clients * took), size=int(match[1]), least=int(match[2]))


def _all_open(line: str, clients: int) -> None:
    if not line.startswith(f"{clients} open"):
        raise CannotMeasure(f"not all {clients} clients of the cross-check were connected: {line}")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def _await_listening(port: int) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), PATIENCE).close()
        except ConnectionRefusedError:
            time.sleep(0.02)
        else:
            return
    raise CannotMeasure("the cross-check's floor does not listen")
