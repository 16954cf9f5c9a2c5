"""The sampler: a grid of ticks, and at each tick one frame of what the probes know."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Iterable

from monitor.frame import Frame
from monitor.probe import Probe
from monitor.runner import Job, Runner
from monitor.worker import Batch, Worker

#: Rates need a little time between the first look and the first sample; nobody wants to wait for more.
LEAD_SECONDS = 0.25
#: What one probe may take before frames go on without it: this share of an interval, but no more than so many seconds.
DEADLINE_SHARE = 0.2
LONGEST_DEADLINE_SECONDS = 0.5
#: What all probes that share a thread may take together, as a share of an interval.
BUDGET_SHARE = 0.5
#: What closing all probes may take.
FAREWELL_SECONDS = 1.0


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
        self._deadline = min(DEADLINE_SHARE * interval, LONGEST_DEADLINE_SECONDS)
        self._clock = clock
        self._wall = wall
        self._worker: Worker | None = None
        self._batch: Batch[Runner] | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        """Open every probe; one that fails or hangs is tried again at its turns."""
        for runner in self.runners:
            runner.begin(-1)
        await self._work(self.runners, Job.OPEN)

    async def frames(self) -> AsyncGenerator[Frame, None]:
        """Yield a frame at each tick, for ever. After a pause the grid goes on; missed ticks are not made up for."""
        start = self._clock() + min(LEAD_SECONDS, self.interval)
        tick = 0
        while True:
            await asyncio.sleep(start + tick * self.interval - self._clock())
            yield await self.step(tick)
            tick = max(tick, int((self._clock() - start) / self.interval)) + 1

    async def step(self, tick: int) -> Frame:
        """Give every probe its turn if one has come, and return the frame of what is known then."""
        self._collect()
        for runner in self.runners:
            runner.note_turn(tick)
        # Whose last sample is the oldest comes first: when there is not enough time for all, each gets some of it.
        ready = sorted((runner for runner in self.runners if runner.ready), key=lambda runner: runner.answered_at)
        for runner in ready:
            runner.begin(tick)
        await self._work(ready, Job.SAMPLE)
        return self._assemble()

    async def close(self) -> None:
        """Close the probes, all at once; leave behind what is stuck. Takes at most FAREWELL_SECONDS."""
        end = self._clock() + FAREWELL_SECONDS
        for task in self._tasks:
            task.cancel()
        under_way: list[asyncio.Future[None]] = [*self._tasks]
        if self._batch is not None and (abandoned := self._batch.abandon()) is not None:
            under_way.append(self._batch.finished)
            for runner in abandoned[1]:
                runner.give_back()
        await _wait(under_way, FAREWELL_SECONDS / 2)
        self._collect()
        closing = [self._begin_alone(runner, Job.CLOSE) for runner in self.runners if runner.can_close]
        await _wait(closing, end - self._clock())
        for worker in (self._worker, *(runner.worker for runner in self.runners)):
            if worker is not None:
                worker.stop()
        self._worker = self._batch = None

    async def _work(self, runners: list[Runner], job: Job) -> None:
        """Have the runners do the job; come back when those that frames wait for are done, or their time is up."""
        began = self._clock()
        awaited: list[asyncio.Future[None]] = []
        shared = []
        for runner in runners:
            if runner.is_async or runner.worker is not None:
                done = self._begin_alone(runner, job)
                if runner.prompt:
                    awaited.append(done)
            else:
                shared.append(runner)
        await self._share(shared, job, began + BUDGET_SHARE * self.interval)
        await _wait(awaited, began + self._deadline - self._clock())

    def _begin_alone(self, runner: Runner, job: Job) -> asyncio.Future[None]:
        """Begin the job of one runner beside all others; return what is done when it is."""
        if runner.is_async:
            task = asyncio.create_task(runner.run_async(job))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
            return task
        if runner.worker is None:
            runner.keep(Worker())
        assert runner.worker is not None  # noqa: S101 - for the type checker
        batch = Batch([runner], lambda each: each.run(job), self._clock)
        runner.worker.submit(batch.run)
        return batch.finished

    async def _share(self, runners: list[Runner], job: Job, end: float) -> None:
        """Run the job of each on the shared worker; a runner that is late keeps the worker, a fresh one goes on."""
        while runners and self._clock() < end:
            if self._worker is None:
                self._worker = Worker()
            self._batch = Batch(runners, lambda runner: runner.run(job), self._clock)
            self._worker.submit(self._batch.run)
            runners = await self._watch(self._batch, end)
        for runner in runners:
            runner.give_back()

    async def _watch(self, batch: Batch[Runner], end: float) -> list[Runner]:
        """Wait for the batch; when one of it is late, give it the worker and return those that had not begun."""
        while not batch.finished.done():
            now = self._clock()
            left = min(self._deadline - batch.spent_on_current(), end - now)
            if left > 0:
                await asyncio.wait([batch.finished], timeout=left)
            elif (abandoned := batch.abandon(after=0.0 if now >= end else self._deadline)) is not None:
                late, rest = abandoned
                if late is not None and self._worker is not None:
                    late.keep(self._worker)
                    self._worker = None
                return rest
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


async def _wait(futures: list[asyncio.Future[None]], seconds: float) -> None:
    if futures:
        await asyncio.wait(futures, timeout=max(0.0, seconds))


def _turns(probe: Probe, interval: float) -> int:
    """Return every how many frames the probe has a turn."""
    return 1 if probe.interval is None else max(1, round(probe.interval / interval))
