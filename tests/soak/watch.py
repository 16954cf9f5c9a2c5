"""The processes of the soak: each ends here, by its id. And what the server holds at a moment."""

import os
import resource
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

#: The root of the repository: modules are run from there.
ROOT: Final = Path(__file__).resolve().parents[2]
#: Seconds for an answer of a process on a busy machine, and for a process to end by itself.
PATIENCE: Final = 30.0
FAREWELL: Final = 15.0

Process = subprocess.Popen[bytes]


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


@contextmanager
def running(module: str, *arguments: str) -> Iterator[Process]:
    """Run a module of this repository while the context lasts; it has pipes for stdin and stdout.

    In a session of its own: Ctrl-C reaches the soak alone, which then ends what it has started.
    """
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MONITOR_")}
    with subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        env=environment,
        bufsize=0,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        try:
            yield process
        finally:
            end(process)


def end(process: Process) -> None:
    """End a process: asked first, then not."""
    if process.poll() is None:
        process.terminate()
    try:
        process.wait(FAREWELL)
    except subprocess.TimeoutExpired:
        process.kill()


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
            rss=int((folder / "statm").read_text(encoding="ascii").split()[1]) * resource.getpagesize() / 2**20,
            descriptors=_count(folder / "fd"),
            threads=_count(folder / "task"),
            tasks=tasks,
            connections=connections,
        )
    except OSError as error:
        raise CannotSoak(f"the server is gone: {error}") from error


def raise_file_limit(connections: int) -> None:
    """Let this process and its children open so many connections. Raises CannotSoak where that is not allowed."""
    needed = connections + 200
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < needed:
        raise CannotSoak(f"{connections} clients need {needed} open files; the hard limit is {hard}")
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def _count(folder: Path) -> int:
    return sum(1 for _ in folder.iterdir())
