"""Threads for blocking work: one for jobs in turn, one for a single job, and a batch whose rest can be taken back."""

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from contextlib import suppress
from queue import SimpleQueue
from typing import Generic, TypeVar

T = TypeVar("T")


class Worker:
    """One thread that runs what it is given, in turn.

    A daemon, not an executor's thread: the process can end while a job is stuck in a system call that no one can
    cancel. Jobs must not raise.
    """

    def __init__(self) -> None:
        self._jobs: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        threading.Thread(target=self._run, name="probes", daemon=True).start()

    def submit(self, job: Callable[[], None]) -> None:
        """Run the job after those before it; returns at once."""
        self._jobs.put(job)

    def stop(self) -> None:
        """End the thread after the jobs it has; returns at once."""
        self._jobs.put(None)

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            job()


async def aside(job: Callable[[], T]) -> T:
    """Run the job in a daemon thread of its own and return its result; one that is stuck keeps nobody else waiting."""
    outcome: Future[T] = Future()
    outcome.set_running_or_notify_cancel()  # from now on who waits may go, and the job may end

    def run() -> None:
        try:
            outcome.set_result(job())
        except Exception as error:  # noqa: BLE001 - for who waits
            outcome.set_exception(error)

    threading.Thread(target=run, name="aside", daemon=True).start()
    return await asyncio.wrap_future(outcome)


class Batch(Generic[T]):
    """Work on several items in turn, in a single hand-off to a worker: hand-offs cost more than most samples."""

    def __init__(self, items: Iterable[T], work: Callable[[T], None], clock: Callable[[], float]) -> None:
        self._waiting = deque(items)
        self._work = work
        self._clock = clock
        self._lock = threading.Lock()
        self._current: T | None = None
        #: When the current item was begun; before the first, when the batch was made.
        self._since = clock()
        self._loop = asyncio.get_running_loop()
        #: Done after the last item, or after the current one if the batch was abandoned.
        self.finished: asyncio.Future[None] = self._loop.create_future()

    def run(self) -> None:
        """Work on each item; the worker's side."""
        while (item := self._next()) is not None:
            self._work(item)
        with suppress(RuntimeError):  # the loop is closed: the program ended while an item was stuck
            self._loop.call_soon_threadsafe(self._finish)

    def spent_on_current(self) -> float:
        """Return the seconds since the current item was begun."""
        with self._lock:
            return self._clock() - self._since

    def abandon(self, after: float = 0.0) -> tuple[T | None, list[T]] | None:
        """Leave the worker to its current item, if it has one; return that, and those that had not begun.

        Returns None, and leaves all as it is, where the current item has not taken `after` seconds: the worker may have
        gone on since one looked.
        """
        with self._lock:
            if self._clock() - self._since < after:
                return None
            rest = list(self._waiting)
            self._waiting.clear()
            return self._current, rest

    def _next(self) -> T | None:
        with self._lock:
            self._current = self._waiting.popleft() if self._waiting else None
            self._since = self._clock()
            return self._current

    def _finish(self) -> None:
        if not self.finished.done():
            self.finished.set_result(None)
