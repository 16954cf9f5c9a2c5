"""The processes of the soak: each ends here, by its id. And what the server holds at a moment."""

import os
import select
import signal
import sys
import time
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from monitor import files
from tests.bench import processes
from tests.bench.processes import Process

#: Seconds for an answer of a process on a busy machine, and for a process to end by itself.
PATIENCE: Final = 30.0
FAREWELL: Final = 15.0


class CannotSoak(Exception):
    """A process of the soak did not start, did not answer or ended early; one line for a person."""


@dataclass(frozen=True, slots=True)
class Sample:
    """What the server held at a moment.

    minute       since the soak began
    rss          MB, 2^20 bytes
    descriptors  open files, sockets included
    threads      of the process
    tasks        of its event loop that are not done
    connections  that the load had open at about that moment, of every kind: each is a descriptor and a task or two
    """

    minute: float
    rss: float
    descriptors: int
    threads: int
    tasks: int
    connections: int


def running(module: str, *arguments: str) -> AbstractContextManager[Process]:
    """Run a module of this repository while the context lasts. Ctrl-C reaches the soak alone, which then ends it."""
    return processes.running([sys.executable, "-m", module, *arguments], own_session=True, farewell=FAREWELL)


def line_of(process: Process, what: str) -> str:
    """Return the next line the process prints. Raises CannotSoak when there is none in time."""
    pipe: IO[bytes] | None = process.stdout
    assert pipe is not None
    deadline = time.monotonic() + PATIENCE
    line = b""
    while not line.endswith(b"\n"):
        ready, _, _ = select.select([pipe], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            raise CannotSoak(f"{what} did not answer for {PATIENCE:g} s")
        received = os.read(pipe.fileno(), 1)
        if not received:
            raise CannotSoak(f"{what} ended early")
        line += received
    return line.decode().rstrip("\n")


def sample(server: Process, minute: float, connections: int) -> Sample:
    """Look at the server. Raises CannotSoak when it is gone."""
    server.send_signal(signal.SIGUSR1)
    tasks = int(line_of(server, "the server"))
    folder = Path(f"/proc/{server.pid}")
    try:
        return Sample(
            minute=minute,
            rss=processes.rss_bytes(server.pid) / 2**20,
            descriptors=_count(folder / "fd"),
            threads=_count(folder / "task"),
            tasks=tasks,
            connections=connections,
        )
    except OSError as error:
        raise CannotSoak(f"the server is gone: {error}") from error


def raise_file_limit(connections: int) -> None:
    """Let this process and its children open so many connections. Raises CannotSoak where that is not allowed."""
    most = files.most_connections()
    if most < connections:
        raise CannotSoak(f"{connections} clients are wanted, and the hard limit of open files leaves {most}")
    files.raise_limit()


def _count(folder: Path) -> int:
    return sum(1 for _ in folder.iterdir())
