"""The sampler: a grid of ticks, and at each tick one frame of what the probes know."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Iterable
from functools import partial

from monitor.frame import Frame
from monitor.probe import Probe
from monitor.runner import Job, Runner
from monitor.worker import Batch, Worker

#: Rates need a little time between the first look and the first sample; nobody wants to wait for more.
LEAD = 0.25
#: What one probe may take of an interval before frames go on without it, and the most in seconds.
DEADLINE = 0.2
LONGEST_DEADLINE = 0.5
#: What all probes together may take of an interval.
BUDGET = 0.5
#: Seconds that closing may take, of all probes together.
FAREWELL = 1.0


class Sampler:
    """Samples the probes on a fixed grid of ticks, and makes one frame at each.

    Probes with a plain `sample` share one worker thread, in turn. One that has not come back at its deadline keeps
    that thread to itself, a fresh one serves the rest, and no later frame waits for it until it is prompt again.
    Probes with `async def sample` run on the event loop.

    probes    in the order of the frame
    interval  seconds between two ticks
    clock     monotonic seconds
    wall      Unix time in seconds
    """

    def __init__(
        self,
        probes: Iterable[Probe],
        interval: float,
        *,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self.interval = interval
        self.runners = [Runner(probe, _turns(probe, interval), clock) for probe in probes]
        self._deadline = min(DEADLINE * interval, LONGEST_DEADLINE)
        self._clock = clock
        self._wall = wall
        self._worker: Worker | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        """Open every probe; one that fails or hangs is tried again at its turns."""
        for runner in self.runners:
            runner.running = True
        await self._work(self.runners, Job.OPEN, BUDGET * self.interval)

    async def frames(self) -> AsyncGenerator[Frame, None]:
        """Yield a frame at each tick, for ever. After a pause the grid goes on; missed ticks are not made up for."""
        start = self._clock() + min(LEAD, self.interval)
        tick = 0
        while True:
            await asyncio.sleep(start + tick * self.interval - self._clock())
            yield await self.step(tick)
            tick = max(tick, int((self._clock() - start) / self.interval)) + 1

    async def step(self, tick: int) -> Frame:
        """Give every probe its turn if one has come, and return the frame of what is known then."""
        self._collect()
        due = [runner for runner in self.runners if runner.is_due(tick) and not runner.running]
        for runner in due:
            runner.begin(tick)
        await self._work(due, Job.SAMPLE, BUDGET * self.interval)
        return self._assemble()

    async def close(self) -> None:
        """Close the probes that can be closed, and leave the others behind; takes little more than FAREWELL seconds."""
        self._collect()
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=FAREWELL)
        await self._work([runner for runner in self.runners if runner.can_close], Job.CLOSE, FAREWELL)
        for worker in (self._worker, *(runner.worker for runner in self.runners)):
            if worker is not None:
                worker.stop()
        self._worker = None

    async def _work(self, runners: list[Runner], job: Job, budget: float) -> None:
        """Have the runners do the job; come back when those that are waited for are done, or their time is up."""
        end = self._clock() + budget
        awaited = []
        for runner in runners:
            if runner.is_async:
                task = asyncio.create_task(runner.run_async(job))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
                if runner.prompt:
                    awaited.append(task)
            elif runner.worker is not None:
                runner.worker.submit(partial(runner.run, job))
        deadline = self._clock() + self._deadline
        await self._share([each for each in runners if not each.is_async and each.worker is None], job, end)
        if awaited:
            await asyncio.wait(awaited, timeout=max(0.0, deadline - self._clock()))

    async def _share(self, runners: list[Runner], job: Job, end: float) -> None:
        """Run the job of each on the shared worker; a runner that is late keeps the worker, a fresh one goes on."""
        while runners:
            if self._worker is None:
                self._worker = Worker()
            batch = Batch(runners, lambda runner: runner.run(job), self._clock)
            self._worker.submit(batch.run)
            runners = await self._watch(batch, end)
            if runners and self._clock() >= end:
                for runner in runners:
                    runner.running = False
                return

    async def _watch(self, batch: Batch[Runner], end: float) -> list[Runner]:
        """Wait for the batch; when one of it is late, give it the worker and return those that had not begun."""
        while not batch.finished.done():
            left = min(self._deadline - batch.spent_on_current(), end - self._clock())
            if left <= 0:
                late, rest = batch.abandon()
                if late is not None:
                    late.worker, self._worker = self._worker, None
                return rest
            await asyncio.wait([batch.finished], timeout=left)
        return []

    def _collect(self) -> None:
        for runner in self.runners:
            runner.collect(self._deadline)

    def _assemble(self) -> Frame:
        self._collect()
        now = self._clock()
        ages = {runner.probe.name: runner.judge(now) for runner in self.runners}
        return Frame(
            timestamp=round(self._wall(), 3),
            sections={runner.probe.name: runner.section for runner in self.runners},
            stale={name: age for name, age in ages.items() if age is not None},
        )


def _turns(probe: Probe, interval: float) -> int:
    """Return every how many frames the probe has a turn."""
    return 1 if probe.interval is None else max(1, round(probe.interval / interval))
