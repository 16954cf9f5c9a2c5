"""The desk: one is served, a few wait, the others hear when to come back."""

import asyncio

import pytest

from monitor.web.desk import Desk
from monitor.web.errors import Refusal


async def question(desk: Desk, log: list[str], name: str, done: asyncio.Event) -> None:
    async with desk.turn():
        log.append(name)
        await done.wait()


async def test_one_is_served_four_wait_and_the_sixth_is_refused_at_once() -> None:
    desk, log, done = Desk(), list[str](), asyncio.Event()
    tasks = [asyncio.create_task(question(desk, log, str(number), done)) for number in range(50)]
    await asyncio.sleep(0.01)
    refused = [task.exception() for task in tasks if task.done()]
    assert len(refused) == 45
    for refusal in refused:
        assert isinstance(refusal, Refusal)
        assert (refusal.status, int(refusal.headers["Retry-After"]) > 0) == (429, True)
    assert (log, desk.waiting) == (["0"], 4)
    done.set()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert log == ["0", "1", "2", "3", "4"], "in the order of coming"
    assert desk.waiting == 0


async def test_who_gives_up_while_waiting_or_served_makes_room() -> None:
    desk, log, never = Desk(waiting=1), list[str](), asyncio.Event()
    tasks = [asyncio.create_task(question(desk, log, name, never)) for name in "ab"]
    await asyncio.sleep(0.01)
    with pytest.raises(Refusal):
        desk.check()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    desk.check()
    async with desk.turn():
        assert desk.waiting == 0
