"""Processes: each started here ends here, by its id; and what one has cost so far."""

import os
import resource
import select
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Final

#: The root of the repository: modules are run from there.
ROOT: Final = Path(__file__).resolve().parents[2]
#: Seconds a process gets to end by itself.
FAREWELL: Final = 5.0

Process = subprocess.Popen[bytes]


class CannotMeasure(Exception):
    """Something the bench needs is missing or did not answer; one line for a person."""


@contextmanager
def running(
    command: Sequence[str],
    *,
    stderr: int | None = None,
    environment: Mapping[str, str] | None = None,
    own_session: bool = False,
    farewell: float = FAREWELL,
) -> Iterator[Process]:
    """Run a command from the root of the repository while the context lasts; its stdout is an unbuffered pipe.

    environment  further variables
    own_session  Ctrl-C reaches who runs it alone, and not the process
    farewell     seconds it gets to end by itself
    """
    # Settings of whoever runs the bench are not what is measured.
    clean = {name: value for name, value in os.environ.items() if not name.startswith("MONITOR_")}
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env={**clean, **(environment or {})},
        bufsize=0,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=stderr,
        start_new_session=own_session,
    ) as process:
        try:
            yield process
        finally:
            end(process, farewell)


def line_of(pipe: IO[bytes] | None, seconds: float) -> str:
    """Return the next line a process prints, within so many seconds."""
    assert pipe is not None
    ready, _, _ = select.select([pipe], [], [], seconds)
    line = pipe.readline().decode() if ready else ""
    if not line:
        raise CannotMeasure("a process ended early" if ready else f"a process was silent for {seconds:g} s")
    return line.rstrip("\n")


def cpu_ns(pid: int) -> int:
    """Return the CPU time of all threads of a process, in ns. /proc/PID/stat would count hundredths of a second."""
    total = 0
    for path in Path(f"/proc/{pid}/task").glob("*/schedstat"):
        with suppress(FileNotFoundError):  # the thread has ended
            total += int(path.read_text(encoding="ascii").split()[0])
    return total


def rss_bytes(pid: int) -> int:
    """Return the resident memory of a process."""
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize()


def cpu_ns_during(pid: int, seconds: float) -> tuple[int, float]:
    """Return the CPU time that a process takes in the next seconds, in ns, and how many seconds that were."""
    before, began = cpu_ns(pid), time.monotonic()
    time.sleep(seconds)
    after, ended = cpu_ns(pid), time.monotonic()
    return after - before, ended - began


def end(process: Process, farewell: float = FAREWELL) -> None:
    """End a process: asked first, then not."""
    if process.poll() is None:
        process.terminate()
    try:
        process.wait(farewell)
    except subprocess.TimeoutExpired:
        process.kill()
