"""One runner a probe: its turns, its jobs, its cost. Whatever a probe does, it ends here."""

import asyncio
import inspect
import logging
import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from monitor.frame import Section, checked
from monitor.health import Health
from monitor.probe import NoData, Probe
from monitor.text import error_text, message_of, traceback_of
from monitor.worker import Worker

log = logging.getLogger(__name__)


class Job(Enum):
    """What a runner can be asked to do. SAMPLE opens first where that has not been done."""

    OPEN = "open"
    SAMPLE = "sample"
    CLOSE = "close"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one job.

    section  of a sample that went well
    nothing  why there was nothing to read, where that is so
    failure  what went wrong, in words
    trace    its traceback, where the log wants it
    seconds  how long the job took; of a sample, without the opening before it
    at       when it came back, by the sampler's clock
    """

    job: Job
    section: Section | None
    nothing: str | None
    failure: str | None
    trace: str | None
    seconds: float
    at: float


@dataclass(frozen=True, slots=True)
class Cost:
    """Wall time that the samples of a probe took, in seconds."""

    samples: int = 0
    last: float = 0.0
    total: float = 0.0
    longest: float = 0.0

    def plus(self, seconds: float) -> "Cost":
        """Return the cost with one more sample."""
        return Cost(self.samples + 1, seconds, self.total + seconds, max(self.longest, seconds))

    @property
    def mean(self) -> float:
        """Seconds a sample."""
        return self.total / self.samples if self.samples else 0.0


class Runner:
    """Runs one probe, and keeps what came of it.

    At each tick the sampler calls, in this order: `collect` (what came back since), `note_turn`, `begin` where the
    probe is `ready`, `collect` again, and `judge`. All of these are the event loop's. `run` and `run_async` do the
    work, on a worker thread or in a task; what they leave for the loop is one `_outcome`.
    """

    def __init__(self, probe: Probe, every: int, clock: Callable[[], float]) -> None:
        self.probe = probe
        #: A turn comes every so many frames.
        self.every = every
        self.is_async = inspect.iscoroutinefunction(probe.sample)
        self._clock = clock

        self.health = Health(probe.name, probe.fields, clock())
        self.cost = Cost()

        # The job under way.
        #: A job was begun and has not come back. A probe is never entered twice.
        self.running = False
        #: Done when the job is, where the runner does it alone; for who stops and would wait for it.
        self.done: asyncio.Future[None] | None = None
        #: A thread of its own: the one it was late on, until it is in time again; at the end, one to close on.
        self.worker: Worker | None = None
        #: Frames wait for it: it was in time at one of the last two times.
        self.prompt = True
        self._in_time = True
        #: Written by `run` and `run_async`, and taken by `collect`; nobody else writes before the next job.
        self._outcome: Outcome | None = None
        #: Written by the same; read by the loop only while no job is under way.
        self._opened = False

        # Its turns.
        self._due = False
        self._next_turn = 0
        #: When the last sample came back, by the sampler's clock.
        self.answered_at = -math.inf

    @property
    def alone(self) -> bool:
        """Whether it does its jobs beside the others, on the loop or on a thread of its own."""
        return self.is_async or self.worker is not None

    @property
    def ready(self) -> bool:
        """Whether a sample is due and can be begun."""
        return self._due and not self.running

    @property
    def can_close(self) -> bool:
        """Whether there is something to close, and nobody inside."""
        return not self.running and self._opened

    def note_turn(self, tick: int) -> None:
        """Note whether a turn has come by this tick. It stays due until a sample comes back."""
        self._due = self._due or tick >= self._next_turn

    def begin(self, tick: int) -> None:
        """Note that a job is begun at this tick."""
        self.running = True
        self._next_turn = tick - tick % self.every + self.every

    def give_back(self) -> None:
        """Note that the job was not begun after all: time was up before its turn in the batch. It stays due."""
        self.running = False

    def run(self, job: Job) -> None:
        """Do the job here and now; on a worker thread."""
        began = self._clock()
        section, error = None, None
        try:
            if job is Job.CLOSE:
                self._opened = False
                self.probe.close()
            elif not self._opened:
                self.probe.open()
                self._opened = True
            if job is Job.SAMPLE:
                began = self._clock()
                section = checked(self.probe.fields, _plain(self.probe.sample()))
        except BaseException as raised:  # noqa: BLE001 - SystemExit too: a fault in one probe never reaches another
            error = raised
        self._outcome = self._outcome_of(job, section, error, began)

    async def run_async(self, job: Job) -> None:
        """Do the same, awaited, for a probe with `async def sample`; its `open` and `close` may be either."""
        began = self._clock()
        section, error = None, None
        try:
            if job is Job.CLOSE:
                self._opened = False
                await _maybe(self.probe.close())
            elif not self._opened:
                await _maybe(self.probe.open())
                self._opened = True
            if job is Job.SAMPLE:
                began = self._clock()
                section = checked(self.probe.fields, await _maybe(self.probe.sample()))
        except BaseException as raised:  # noqa: BLE001 - a task that ends with SystemExit would end the event loop
            error = raised
        self._outcome = self._outcome_of(job, section, error, began)

    def collect(self, deadline: float) -> None:
        """Take in what came back since the last call, if anything did; `deadline` is what counts as in time."""
        outcome = self._outcome
        if outcome is None:
            return
        self._outcome = None
        self.running = False
        in_time = outcome.seconds <= deadline
        self.prompt, self._in_time = in_time or self._in_time, in_time
        if in_time and self.worker is not None:
            self.worker.stop()
            self.worker = None
        if outcome.job is Job.SAMPLE:
            self._due = False
            self.answered_at = outcome.at
            self.cost = self.cost.plus(outcome.seconds)
        if outcome.section is not None:
            self.health.learn(outcome.section, outcome.at)
        elif outcome.nothing is not None:
            self.health.learn_nothing(outcome.nothing, outcome.at)
        elif outcome.failure is not None:
            self.health.fail(outcome.failure, outcome.trace)

    def judge(self, now: float) -> float | None:
        """Settle what the frame of this moment shows; return the age of the values if they are stale."""
        why = "its sample is not back yet" if self.running else "the probes before it took all the time"
        return self.health.judge(why if self._due else None, self._in_time, now)

    def _outcome_of(self, job: Job, section: Section | None, error: BaseException | None, began: float) -> Outcome:
        # Here, on the probe's side: the words of an exception are made by code that may be slow, or raise.
        ended = self._clock()
        nothing, failure, trace = None, None, None
        if isinstance(error, NoData):
            nothing = message_of(error) or "it does not say why"
        elif error is not None:
            failure = error_text(error)
            trace = traceback_of(error) if log.isEnabledFor(logging.DEBUG) else None
        return Outcome(job, section, nothing, failure, trace, ended - began, ended)


def _plain(raw: object) -> object:
    if inspect.iscoroutine(raw):
        raw.close()
        raise TypeError("sample returned a coroutine; declare it with `async def`")
    return raw


async def _maybe(result: object) -> object:
    return await result if inspect.isawaitable(result) else result
