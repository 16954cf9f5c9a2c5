"""The sampler: a grid of ticks, and at each tick one frame of what the probes know."""

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Callable, Iterable

from monitor.frame import Frame
from monitor.probe import Probe
from monitor.runner import Job, Runner
from monitor.worker import Batch, Worker

log = logging.getLogger(__name__)

#: Rates need a little time between the first look and the first sample; nobody wants to wait for more.
LEAD_SECONDS = 0.25
#: What one probe may take before frames go on without it: this share of an interval, but no more than so many seconds.
DEADLINE_SHARE = 0.2
LONGEST_DEADLINE_SECONDS = 0.5
#: What all probes that share a thread may take together, likewise.
BUDGET_SHARE = 0.5
LONGEST_BUDGET_SECONDS = 2.0
#: What closing all probes may take.
FAREWELL_SECONDS = 1.0


class Sampler:
    """Samples the probes on a fixed grid of ticks, and makes one frame at each.

    Probes with a plain `sample` share one worker thread, in turn. One that has not come back at its deadline keeps
    that thread to itself and a fresh one serves the rest; after twice in a row, frames no longer wait for it.
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
        self._budget = min(BUDGET_SHARE * interval, LONGEST_BUDGET_SECONDS)
        self._clock = clock
        self._wall = wall
        self._worker: Worker | None = None
        #: The newest batch on the shared worker; for `close`, which may come in the middle of it.
        self._batch: Batch[Runner] | None = None
        #: The tick of the newest frame.
        self._tick = -1
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
        return self._assemble(tick)

    async def close(self) -> None:
        """Close the probes, all at once; leave behind what is stuck. Takes at most FAREWELL_SECONDS."""
        end = self._clock() + FAREWELL_SECONDS
        for task in self._tasks:
            task.cancel()
        if self._batch is not None and (abandoned := self._batch.abandon()) is not None:
            current, rest = abandoned
            if current is not None:
                current.done = self._batch.finished
            for runner in rest:
                runner.give_back()
        await _wait([runner.done for runner in self.runners if runner.running and runner.done], FAREWELL_SECONDS / 2)
        self._collect()
        closing = [self._begin_alone(runner, Job.CLOSE) for runner in self.runners if self._can_close(runner)]
        await _wait(closing, end - self._clock())
        for worker in (self._worker, *(runner.worker for runner in self.runners)):
            if worker is not None:
                worker.stop()
        self._worker = self._batch = None

    async def _work(self, runners: list[Runner], job: Job) -> None:
        """Have the runners do the job; come back when those that frames wait for are done, or their time is up."""
        began = self._clock()
        alone = [(runner, self._begin_alone(runner, job)) for runner in runners if runner.alone]
        await self._share([runner for runner in runners if not runner.alone], job, began + self._budget)
        awaited = [done for runner, done in alone if runner.prompt]
        await _wait(awaited, began + self._deadline - self._clock())

    def _begin_alone(self, runner: Runner, job: Job) -> asyncio.Future[None]:
        """Begin the job beside all others; return a future that is done when the job is."""
        if runner.is_async:
            task = asyncio.create_task(runner.run_async(job))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
            runner.done = task
            return task
        assert runner.worker is not None  # noqa: S101 - for the type checker: it is what `alone` means
        batch = Batch([runner], lambda each: each.run(job), self._clock)
        runner.worker.submit(batch.run)
        runner.done = batch.finished
        return batch.finished

    async def _share(self, runners: list[Runner], job: Job, end: float) -> None:
        """Run the job of each on the shared worker; a runner that is late keeps the worker, a fresh one goes on."""
        while runners and self._clock() < end:
            self._worker = self._worker or _new_worker()
            if self._worker is None:
                break
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
                continue
            abandoned = batch.abandon(after=0.0 if now >= end else self._deadline)
            if abandoned is None:
                continue  # the worker has gone on to the next one since
            late, rest = abandoned
            if late is not None:  # None where the thread has not even woken: it will, and serves the rest as well
                late.worker, late.done, self._worker = self._worker, batch.finished, None
            return rest
        return []

    def _can_close(self, runner: Runner) -> bool:
        """Tell whether the probe can be closed, and give it a thread to do that on."""
        if runner.can_close and not runner.alone:
            runner.worker = _new_worker()
        return runner.can_close and runner.alone

    def _collect(self) -> None:
        for runner in self.runners:
            runner.collect(self._deadline)

    def _assemble(self, tick: int) -> Frame:
        self._collect()
        now = self._clock()
        ages = {runner.probe.name: runner.judge(now) for runner in self.runners}
        before, self._tick = self._tick, tick
        return Frame(
            tick=tick,
            before=before,
            timestamp=round(self._wall(), 3),
            sections={runner.probe.name: runner.health.section for runner in self.runners},
            stale={name: age for name, age in ages.items() if age is not None},
        )


def _new_worker() -> Worker | None:
    """Return a fresh worker; None where the system gives us no more threads: a later tick tries again."""
    try:
        return Worker()
    except RuntimeError:
        log.warning("the system gives this process no more threads; probes have to wait")
        return None


async def _wait(futures: list[asyncio.Future[None]], seconds: float) -> None:
    if futures:
        await asyncio.wait(futures, timeout=max(0.0, seconds))


def _turns(probe: Probe, interval: float) -> int:
    """Return every how many frames the probe has a turn."""
    return 1 if probe.interval is None else max(1, round(probe.interval / interval))
