"""Threads for blocking work."""

import asyncio
import threading
from collections.abc import Callable

import pytest

from monitor.worker import Batch, Worker, aside
from tests.fakes import Clock, Gate


def passing(gate: Gate) -> Callable[[int], None]:
    def work(_: int) -> None:
        gate()

    return work


async def test_a_batch_is_worked_on_in_turn_and_says_when_it_is_done() -> None:
    worker = Worker()
    done: list[int] = []
    batch = Batch([1, 2, 3], done.append, Clock())
    worker.submit(batch.run)
    await asyncio.wait_for(batch.finished, 5)
    assert done == [1, 2, 3]
    assert batch.abandon() == (None, [])
    assert batch.abandon(after=1) is None
    worker.stop()


async def test_an_abandoned_batch_gives_back_what_had_not_begun() -> None:
    gate, clock, worker = Gate(), Clock(), Worker()
    batch = Batch([1, 2, 3], passing(gate), clock)
    worker.submit(batch.run)
    while not gate.entered:
        await asyncio.sleep(0.001)
    clock.now += 2
    assert batch.spent_on_current() == 2
    assert batch.abandon(after=2.1) is None, "too young to be left alone"
    assert batch.abandon(after=2) == (1, [2, 3])
    gate.open()
    await asyncio.wait_for(batch.finished, 5)
    assert gate.entered == 1
    worker.stop()


def test_a_batch_that_ends_after_the_loop_harms_nobody() -> None:
    gate, worker = Gate(), Worker()

    async def main() -> None:
        worker.submit(Batch([1], passing(gate), Clock()).run)

    asyncio.run(main())
    gate.open()
    ended = threading.Event()
    worker.submit(ended.set)
    worker.stop()
    assert ended.wait(5), "the thread is alive and well"


async def test_a_job_aside_gives_its_result_or_its_error_to_who_waits() -> None:
    assert await aside(threading.current_thread) is not threading.current_thread()
    with pytest.raises(ZeroDivisionError):
        await aside(lambda: 1 / 0)


async def test_who_waits_for_a_stuck_job_aside_may_go() -> None:
    gate = Gate()
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(aside(gate), 0.05)
    gate.open()
