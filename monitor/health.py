"""How a probe is doing: what its samples said, what frames show of it, and what the log has been told."""

import logging
from enum import StrEnum

from monitor.frame import Section, unknown
from monitor.probe import Field

log = logging.getLogger(__name__)


class State(StrEnum):
    """How a probe is doing, as `/api/probes` tells it."""

    STARTING = "starting"
    OK = "ok"
    NO_DATA = "no data"
    LATE = "late"
    FAILED = "failed"


class Health:
    """The last good values of one probe, its state, and the one line in the log for each change of it.

    `learn` and `fail` take in what a sample said; `judge` settles what the frame of a moment shows.
    """

    def __init__(self, name: str, fields: tuple[Field, ...], now: float) -> None:
        #: The probe's section of the frame: the last good values, null where nothing is known.
        self.section: Section = unknown(fields)
        self.state = State.STARTING
        #: Why the state is what it is; None while all is well.
        self.error: str | None = None
        self.failures = 0
        #: Frames that left without a sample that was due.
        self.missed = 0
        self._name = name
        self._fields = fields
        self._known_at = now
        # What the last sample said, and whether it has come since the last frame.
        self._result = State.STARTING
        self._reason: str | None = None
        self._answered = False
        # What frames and the log have been told.
        self._late_frames = 0
        self._told = State.OK

    def learn(self, section: Section, at: float) -> None:
        """Take in the values of a good sample."""
        self._answer(State.OK, None)
        self.section, self._known_at = section, at

    def learn_nothing(self, reason: str, at: float) -> None:
        """Take in that there is nothing to read, and why."""
        self._answer(State.NO_DATA, reason)
        self.section, self._known_at = unknown(self._fields), at

    def fail(self, reason: str, trace: str | None) -> None:
        """Take in a failure; the last good values stay. `trace` is for the log, where it wants one."""
        if trace and self._result is not State.FAILED:
            log.debug("probe %s\n%s", self._name, trace)
        self.failures += 1
        self._answer(State.FAILED, reason)

    def judge(self, due: str | None, in_time: bool, now: float) -> float | None:
        """Settle the state for the frame of this moment; return the age of the values if they are stale.

        due      why a sample that is due is not there; None where none is
        in_time  whether the last sample came back in time
        """
        self._late_frames = self._late_frames + 1 if due else 0
        self.missed += due is not None
        # Slow and failing at once: say that it fails.
        fails = self._answered and self._result is State.FAILED
        self._answered = False
        self.state, self.error = (State.LATE, due) if due and not fails else (self._result, self._reason)
        if self._is_news(in_time):
            self._tell()
        return round(now - self._known_at, 2) if self.state in (State.LATE, State.FAILED) else None

    def _answer(self, result: State, reason: str | None) -> None:
        self._result, self._reason, self._answered = result, reason, True

    def _is_news(self, in_time: bool) -> bool:
        """Tell whether the state is worth a line in the log: troubles and recoveries are, each once."""
        if self.state is self._told:
            return False
        if self.state is State.LATE:
            # Late for one frame and back before the next is no news; nor is late after a failure: trouble goes on.
            return self._late_frames > 1 and self._told is not State.FAILED
        # Back, but late at each of its turns, it would be late and back again for ever.
        return self.state is State.FAILED or self._told is State.FAILED or in_time

    def _tell(self) -> None:
        self._told, name = self.state, self._name
        if self.state is State.FAILED:
            log.error("probe %s failed: %s", name, self.error)
        elif self.state is State.LATE:
            log.warning("probe %s is late: %s; frames go on with its last values", name, self.error)
        elif self.state is State.NO_DATA:
            log.info("probe %s has no data: %s", name, self.error)
        else:
            log.info("probe %s is back", name)
