"""The load: shares of the clients in several processes, and one report of what all of them saw."""

import math
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import IO, Final, Self, TypeVar, cast

import msgspec

from monitor import files
from monitor.load.crowd import CannotLoad, Opened, Pulse
from monitor.load.report import Report
from monitor.load.share import Count, Counted, Failed, Handshaken, Orders, Steady, Told
from monitor.load.tally import Tally
from monitor.load.target import Target

#: Handshakes under way at a time, of all processes: fewer than any usual backlog.
WINDOW: Final = 256
#: Clients for which another process is worth it, where there is a core for it.
WORTH_A_PROCESS: Final = 1000
#: Where between two bursts of frames the count begins and ends: when the one is over, long before the next.
PHASE: Final = 0.7
#: Seconds in which every process has surely heard when the count begins.
LEAD: Final = 0.3
#: Seconds that a process gets to end by itself.
FAREWELL: Final = 5.0

T = TypeVar("T", Handshaken, Steady, Counted)


@dataclass(frozen=True, slots=True)
class Plan:
    """How many clients of what; `stuck` of them stop reading after their first frame; in how many processes.

    Raises ValueError, in one line for a person, where that makes no sense; CannotLoad where files are too few.
    """

    target: Target
    clients: int
    stuck: int = 0
    processes: int = 0  # as many as seem fit

    def __post_init__(self) -> None:
        if not 1 <= self.clients <= 1_000_000:
            raise ValueError(f"clients is {self.clients}; it must be from 1 to 1000000")
        if not 0 <= self.stuck < self.clients:
            raise ValueError(f"stuck is {self.stuck}; it must be from 0 to one less than the clients, {self.clients}")
        if not 0 <= self.processes <= min(64, self.clients):
            raise ValueError(f"processes is {self.processes}; it must be from 1 to 64, and no more than the clients")

    def shares(self) -> list[Orders]:
        """Deal out the clients in turn. Raises CannotLoad."""
        most = files.most_connections()
        count = self.processes or self._fitting(most)
        if math.ceil(self.clients / count) > most:
            raise CannotLoad(
                f"too few file descriptors: {self.clients} clients in {count} processes, and a process may "
                f"have {most}; take more processes, or raise `ulimit -n`"
            )
        return [
            Orders(
                self.target,
                first=first,
                step=count,
                count=len(range(first, self.clients, count)),
                stuck=self.stuck,
                window=max(1, WINDOW // count),
            )
            for first in range(count)
        ]

    def _fitting(self, most: int) -> int:
        """One core is the server's; a process more where its files would be too few."""
        cores = max(1, (os.cpu_count() or 1) - 1)
        return min(64, max(min(cores, math.ceil(self.clients / WORTH_A_PROCESS)), math.ceil(self.clients / most)))


class Load:
    """The clients of a plan, from `__enter__`, when all of them have frames, to `__exit__`, when all are gone."""

    def __init__(self, plan: Plan) -> None:
        """Raises CannotLoad where the files are too few."""
        self._target = plan.target
        self._shares = plan.shares()
        self._processes: list[_Process] = []
        self._opened: list[Opened] = []
        self._pulses: list[Pulse] = []
        self._start = self._end = 0.0

    def __enter__(self) -> Self:
        """Connect, and wait until frames come. Raises CannotLoad."""
        try:
            self._processes.extend(_Process() for _ in self._shares)
            for process, orders in zip(self._processes, self._shares, strict=True):
                process.tell(orders)
            self._opened = [process.hear(Handshaken).opened for process in self._processes]
            self._refuse_the_refused()
            self._pulses = [process.hear(Steady).pulse for process in self._processes]
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def begin(self, seconds: float) -> None:
        """Come back when the count begins, between two bursts of frames; it ends so many seconds later."""
        newest = max(self._pulses, key=lambda pulse: pulse.burst)
        self._start = between_bursts(newest, time.monotonic())
        self._end = self._start + seconds
        for process in self._processes:
            process.tell(Count(self._start, self._end))
        time.sleep(max(0.0, self._start - time.monotonic()))

    def finish(self) -> Report:
        """Come back when the count ends; return what was counted. Raises CannotLoad."""
        time.sleep(max(0.0, self._end - time.monotonic()))
        tallies = [Tally() for _ in self._target.paths]
        for process in self._processes:
            for tally, more in zip(tallies, process.hear(Counted).tallies, strict=True):
                tally.merge(more)
        return Report.of(
            dict(zip(self._target.paths, tallies, strict=True)),
            processes=len(self._processes),
            seconds=self._end - self._start,
            handshakes=self.handshakes,
        )

    @property
    def handshakes(self) -> float:
        """Seconds from the first connection to the last handshake."""
        return max(each.ended for each in self._opened) - min(each.began for each in self._opened)

    def _refuse_the_refused(self) -> None:
        refused = sum((Counter(each.refused) for each in self._opened), Counter[str]())
        if refused:
            clients = sum(orders.count for orders in self._shares)
            answers = ", ".join(f"{count} by {answer}" for answer, count in refused.most_common())
            raise CannotLoad(
                f"{self._target} refused {refused.total()} of {clients} clients: {answers}{_hint(refused)}"
            )

    def _stop(self) -> None:
        for process in self._processes:
            process.dismiss()
        for process in self._processes:
            process.end()


def _hint(refused: Mapping[str, int]) -> str:
    """Return what lets in those whom the server's limits per address turned away."""
    if "HTTP 429" not in refused:
        return ""
    return (
        "; the server limits what one address may do: start it with --max-connections-per-address 0 and "
        "--handshakes-per-second 0 to measure without"
    )


def between_bursts(pulse: Pulse, now: float) -> float:
    """Return the next moment that lies between two bursts and leaves time to tell of it; in monotonic seconds."""
    soon = now + LEAD
    since = pulse.burst + PHASE * pulse.interval
    return since + max(0, math.ceil((soon - since) / pulse.interval)) * pulse.interval


class _Process:
    """A share's process, and the lines to and from it."""

    def __init__(self) -> None:
        # What this process can import, it can too; and nothing from wherever it is started.
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "monitor.load.share"],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self._orders = cast(IO[bytes], self._process.stdin)
        self._told = cast(IO[bytes], self._process.stdout)

    def tell(self, message: Orders | Count) -> None:
        """Send a line. Raises CannotLoad."""
        try:
            self._orders.write(msgspec.json.encode(message) + b"\n")
            self._orders.flush()
        except BrokenPipeError as error:
            raise CannotLoad("a process with clients ended early") from error

    def hear(self, kind: type[T]) -> T:
        """Wait for the next line. Raises CannotLoad where it tells of a failure, or there is none."""
        line = self._told.readline()
        message: Told | None = msgspec.json.decode(line, type=Told) if line else None
        if isinstance(message, kind):
            return message
        raise CannotLoad(message.reason if isinstance(message, Failed) else "a process with clients ended early")

    def dismiss(self) -> None:
        """Let it go: it ends with its stdin."""
        with suppress(BrokenPipeError):
            self._orders.close()

    def end(self) -> None:
        """Wait for its end, and see to it."""
        try:
            self._process.wait(FAREWELL)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._told.close()
