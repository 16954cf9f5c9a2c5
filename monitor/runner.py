"""One runner a probe: its pace, its state, its last good values, its cost. Whatever a probe does, it ends here."""

import inspect
import logging
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, StrEnum

from monitor.frame import Section, checked, unknown
from monitor.probe import NoData, Probe
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
    """What came of one job: a section, or the exception instead of it; and when, by the sampler's clock."""

    section: Section | None
    error: BaseException | None
    began: float
    ended: float

    @property
    def seconds(self) -> float:
        return self.ended - self.began


@dataclass(frozen=True, slots=True)
class Cost:
    """Wall time that the samples of a probe took, in seconds."""

    samples: int = 0
    last: float = 0.0
    total: float = 0.0
    longest: float = 0.0

    def plus(self, seconds: float) -> "Cost":
        return Cost(self.samples + 1, seconds, self.total + seconds, max(self.longest, seconds))

    @property
    def mean(self) -> float:
        return self.total / self.samples if self.samples else 0.0


class Runner:
    """Runs one probe and keeps what came of it.

    `run` and `run_async` may be under way on another thread or task: they hand over one `_outcome`, and touch nothing
    that the event loop reads. Everything else is the event loop's, through `begin`, `collect` and `judge`.
    """

    def __init__(self, probe: Probe, every: int, clock: Callable[[], float]) -> None:
        self.probe = probe
        #: A turn comes every so many frames.
        self.every = every
        self.is_async = inspect.iscoroutinefunction(probe.sample)
        self.section: Section = unknown(probe.fields)
        self.state = State.STARTING
        self.error: str | None = None
        self.cost = Cost()
        self.failures = 0
        self.missed = 0
        #: A job was begun and has not come back. A probe is never entered twice.
        self.running = False
        #: The last job came back within the deadline: frames wait for this probe.
        self.prompt = True
        #: The thread that this probe was late on, and has to itself until it is prompt again.
        self.worker: Worker | None = None
        self._clock = clock
        self._opened = False
        self._outcome: Outcome | None = None
        self._next_turn = 0
        self._due = False
        self._known_at = clock()
        self._told = State.OK

    def is_due(self, tick: int) -> bool:
        """Tell whether a turn has come by this tick, or came earlier and was not taken up."""
        self._due = self._due or tick >= self._next_turn
        return self._due

    def begin(self, tick: int) -> None:
        """Note that the turn of this tick is taken up."""
        self.running = True
        self._next_turn = tick - tick % self.every + self.every

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
        self._outcome = Outcome(section, error, began, self._clock())

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
        self._outcome = Outcome(section, error, began, self._clock())

    @property
    def can_close(self) -> bool:
        return self._opened and not self.running

    def collect(self, deadline: float) -> None:
        """Take in what came back since the last call, if anything did."""
        outcome, self._outcome = self._outcome, None
        if outcome is None:
            return
        self.running = False
        self.prompt = outcome.seconds <= deadline
        if self.prompt and self.worker is not None:
            self.worker.stop()
            self.worker = None
        if outcome.section is None and outcome.error is None:
            return  # opened
        self._due = False
        self.cost = self.cost.plus(outcome.seconds)
        if outcome.section is not None:
            self._know(State.OK, outcome.section, outcome, None)
        elif isinstance(outcome.error, NoData):
            self._know(State.NO_DATA, unknown(self.probe.fields), outcome, str(outcome.error))
        else:
            self._fail(outcome.error)

    def judge(self, now: float) -> float | None:
        """Settle the state for the frame of this moment; return the age of the values if they are stale."""
        if self._due:
            self.missed += 1
            # A probe that is slow each time it is asked, and in time for the next frame, is worth no line in the log.
            self._tell(State.LATE if self.state is State.LATE else self._told)
            self.state = State.LATE
            if self.error is None:
                self.error = "its sample is not back yet"
        else:
            self._tell(self.state)
        if self.state in (State.LATE, State.FAILED):
            return round(now - self._known_at, 2)
        return None

    def _know(self, state: State, section: Section, outcome: Outcome, reason: str | None) -> None:
        self.state, self.section, self.error = state, section, reason
        self._known_at = outcome.ended

    def _fail(self, error: BaseException | None) -> None:
        self.failures += 1
        self.error = f"{type(error).__name__}: {error}"[:300]
        if self._told is not State.FAILED:
            log.debug("probe %s", self.probe.name, exc_info=error)
        self.state = State.FAILED

    def _tell(self, state: State) -> None:
        """Log a change of state, once."""
        if state is self._told:
            return
        name = self.probe.name
        if state is State.FAILED:
            log.error("probe %s failed: %s", name, self.error)
        elif state is State.LATE:
            log.warning("probe %s is late: its sample has not come back; frames go on with its last values", name)
        elif state is State.NO_DATA:
            log.info("probe %s has no data: %s", name, self.error)
        else:
            log.info("probe %s is back", name)
        self._told = state


def _plain(raw: object) -> object:
    if inspect.iscoroutine(raw):
        raw.close()
        raise TypeError("sample returned a coroutine; declare it with `async def`")
    return raw


async def _maybe(result: object) -> object:
    return await result if inspect.isawaitable(result) else result
