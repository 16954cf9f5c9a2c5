"""One runner a probe: its turns, its state, its last good values, its cost. Whatever a probe does, it ends here."""

import inspect
import logging
import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, StrEnum

from monitor.frame import Section, checked, unknown
from monitor.probe import NoData, Probe
from monitor.text import error_text, message_of
from monitor.worker import Worker

log = logging.getLogger(__name__)


class Job(Enum):
    """What a runner can be asked to do. SAMPLE opens first where that has not been done."""

    OPEN = "open"
    SAMPLE = "sample"
    CLOSE = "close"


class State(StrEnum):
    """How a probe is doing, as `/api/probes` tells it."""

    STARTING = "starting"
    OK = "ok"
    NO_DATA = "no data"
    LATE = "late"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one job: the section of a sample, or the exception instead; and when, by the sampler's clock."""

    job: Job
    section: Section | None
    error: BaseException | None
    began: float
    ended: float

    @property
    def seconds(self) -> float:
        """How long the job took."""
        return self.ended - self.began


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
        self.section: Section = unknown(probe.fields)
        self.state = State.STARTING
        #: Why the state is what it is; None while all is well.
        self.error: str | None = None
        self.cost = Cost()
        self.failures = 0
        #: Frames that left without a sample that was due.
        self.missed = 0
        #: When the last sample came back, by the sampler's clock.
        self.answered_at = -math.inf
        #: A job was begun and has not come back. A probe is never entered twice.
        self.running = False
        #: Frames wait for this probe: false from when it is late until it has come back in time.
        self.prompt = True
        #: The thread it was late on, which it has to itself until it is prompt again.
        self.worker: Worker | None = None
        self._clock = clock
        self._opened = False
        self._outcome: Outcome | None = None
        self._next_turn = 0
        self._due = False
        self._came_back = False
        self._last = State.STARTING
        self._reason: str | None = None
        self._known_at = clock()
        self._late_frames = 0
        self._told = State.OK

    def note_turn(self, tick: int) -> None:
        """Note whether a turn has come by this tick. It stays due until a sample comes back."""
        self._due = self._due or tick >= self._next_turn

    @property
    def ready(self) -> bool:
        """Whether a sample is due and can be begun."""
        return self._due and not self.running

    def begin(self, tick: int) -> None:
        """Note that a job is begun at this tick."""
        self.running = True
        self._next_turn = tick - tick % self.every + self.every

    def give_back(self) -> None:
        """Note that the job was not begun after all: time was up before its turn in the batch."""
        self.running = False

    def keep(self, worker: Worker) -> None:
        """Keep the thread that the job is late on."""
        self.worker = worker
        self.prompt = False

    @property
    def can_close(self) -> bool:
        """Whether there is something to close, and nobody inside."""
        return self._opened and not self.running

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
                section = checked(self.probe.fields, _plain(self.probe.sample()))
        except BaseException as raised:  # noqa: BLE001 - SystemExit too: a fault in one probe never reaches another
            error = raised
        self._outcome = Outcome(job, section, error, began, self._clock())

    async def run_async(self, job: Job) -> None:
        """Do the job of a probe with `async def sample`; its `open` and `close` may be either."""
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
                section = checked(self.probe.fields, await _maybe(self.probe.sample()))
        except BaseException as raised:  # noqa: BLE001 - a task that ends with SystemExit would end the event loop
            error = raised
        self._outcome = Outcome(job, section, error, began, self._clock())

    def collect(self, deadline: float) -> None:
        """Take in what came back since the last call, if anything did; `deadline` is what counts as in time."""
        outcome, self._outcome = self._outcome, None
        if outcome is None:
            return
        self.running = False
        self.prompt = outcome.seconds <= deadline
        if self.prompt and self.worker is not None:
            self.worker.stop()
            self.worker = None
        if outcome.job is Job.SAMPLE:
            self._due = False
            self._came_back = True
            self.answered_at = outcome.ended
            self.cost = self.cost.plus(outcome.seconds)
        if outcome.section is not None:
            self._learn(State.OK, None, outcome.section, outcome.ended)
        elif isinstance(outcome.error, NoData):
            self._learn(State.NO_DATA, message_of(outcome.error), unknown(self.probe.fields), outcome.ended)
        elif outcome.error is not None:
            self._fail(outcome.error)

    def judge(self, now: float) -> float | None:
        """Settle the state for the frame of this moment; return the age of the values if they are stale."""
        if self._due:
            self.missed += 1
            self._late_frames += 1
        else:
            self._late_frames = 0
        # One that is slow and fails each time is both; that it fails is the news.
        fails = self._last is State.FAILED and self._came_back
        self._came_back = False
        if self._due and not fails:
            self.state = State.LATE
            self.error = "its sample is not back yet" if self.running else "the probes before it took all the time"
        else:
            self.state, self.error = self._last, self._reason
        # Late for one frame and back before the next is worth no line in the log; nor is late between two failures.
        if self.state is not State.LATE or (self._late_frames > 1 and self._told is not State.FAILED):
            self._tell(self.state)
        return round(now - self._known_at, 2) if self.state in (State.LATE, State.FAILED) else None

    def _learn(self, state: State, reason: str | None, section: Section, at: float) -> None:
        self._last, self._reason, self.section, self._known_at = state, reason, section, at

    def _fail(self, error: BaseException) -> None:
        if self._last is not State.FAILED:
            log.debug("probe %s", self.probe.name, exc_info=error)
        self.failures += 1
        self._last, self._reason = State.FAILED, error_text(error)

    def _tell(self, state: State) -> None:
        """Log a change of state, once."""
        if state is self._told:
            return
        name = self.probe.name
        if state is State.FAILED:
            log.error("probe %s failed: %s", name, self.error)
        elif state is State.LATE:
            log.warning("probe %s is late: %s; frames go on with its last values", name, self.error)
        elif state is State.NO_DATA:
            log.info("probe %s has no data: %s", name, self.error)
        elif state is State.OK:
            log.info("probe %s is back", name)
        self._told = state


def _plain(raw: object) -> object:
    if inspect.iscoroutine(raw):
        raw.close()
        raise TypeError("sample returned a coroutine; declare it with `async def`")
    return raw


async def _maybe(result: object) -> object:
    return await result if inspect.isawaitable(result) else result
