"""The model's process, seen from the server: a program that misbehaves in every way stands for it."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest
import uvloop

from monitor.llama import process
from monitor.llama.engine import Engine, Piece, Refused, State, Task, Unavailable, Usage
from monitor.llama.model import ModelFile, NoModel
from monitor.llama.process import ChildEngine, Patience, Size, cores

FAKE = Path(__file__).with_name("fake_child.py")
TASK = Task(system="You know.", question="well?", opening="", grammar=None, max_tokens=16)
#: Long enough for a busy machine to start Python, short enough to wait for.
PATIENCE = Patience(load=20, stall=20, stop=20, idle=300)
SHORT = Patience(load=20, stall=0.5, stop=0.5, idle=300)

Make = Callable[..., ChildEngine]


@pytest.fixture
async def make(tmp_path: Path) -> AsyncIterator[Make]:
    """Return an engine over a fake child that behaves so; closed after the test."""
    made: list[ChildEngine] = []

    def make(behaviour: str = "well", patience: Patience = PATIENCE, **more: Any) -> ChildEngine:
        find = more.pop("find", lambda: ModelFile(tmp_path / "model.gguf", "fake", 1000))
        engine = ChildEngine(find, patience=patience, program=(sys.executable, str(FAKE), behaviour), **more)
        made.append(engine)
        return engine

    yield make
    for engine in made:
        await engine.close()


async def said(engine: Engine, task: Task = TASK) -> str:
    """Return the whole answer; it has to end with what it took."""
    items = [item async for item in engine.generate(task)]
    assert items[-1] == Usage(3, 2)
    return "".join(item.text for item in items if isinstance(item, Piece))


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.01)


async def test_it_starts_with_the_first_task_and_stays_for_the_next(make: Make) -> None:
    engine = make()
    assert (engine.name, engine.state, engine.pid) == ("fake", State.IDLE, None)
    assert await said(engine) == "so well?"
    first = engine.pid
    assert engine.state is State.READY
    assert await said(engine, replace(TASK, question="again?")) == "so again?"
    assert engine.pid == first


async def test_its_state_can_be_seen_while_it_loads_and_while_it_is_at_work(make: Make) -> None:
    engine = make("slow")
    answer = engine.generate(TASK)
    first = asyncio.ensure_future(anext(answer))
    await until(lambda: engine.state is State.LOADING)
    await first
    assert engine.state is State.BUSY
    await answer.aclose()
    await until(lambda: engine.state is State.READY)


async def test_the_process_is_in_a_session_of_its_own_and_is_told_no_secret(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MONITOR_TOKEN", "secret")
    engine = make()
    await said(engine)
    assert engine.pid
    assert os.getsid(engine.pid) == engine.pid
    assert "MONITOR_TOKEN" not in psutil.Process(engine.pid).environ()


async def test_one_task_at_a_time_and_the_others_in_turn(make: Make) -> None:
    engine = make()
    questions = [f"{number}?" for number in range(5)]
    answers = await asyncio.gather(*(said(engine, replace(TASK, question=each)) for each in questions))
    assert answers == [f"so {each}" for each in questions]


async def test_half_characters_in_a_question_are_replaced(make: Make) -> None:
    assert await said(make(), replace(TASK, question="a\ud800b")) == "so a?b"


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        ("dies-at-start", "exit code 3; llama: the tensors are [31m broken"),
        ("fails-at-start", "ValueError: no tensors"),
        ("nonsense-at-start", "talks out of turn"),
        ("nonsense-when-loaded", "talks out of turn"),
        ("dies", "signal SIGKILL"),
        ("floods", "a line without end"),
        ("floods-lines", "does not end"),
        ("floods-stderr", "signal SIGKILL; xxx"),
        ("garbage", "nonsense"),
        ("other-number", "talks out of turn"),
        ("half-a-line", "it ended"),
    ],
)
async def test_whatever_it_does_costs_one_task_and_the_next_has_a_fresh_process(
    make: Make, behaviour: str, reason: str
) -> None:
    engine = make(f"{behaviour}-once")
    with pytest.raises(Unavailable, match="the model failed") as caught:
        await said(engine)
    assert reason in str(caught.value)
    assert str(caught.value).isprintable()
    assert caught.value.retry_after == 0
    assert await said(engine) == "so well?"


@pytest.mark.parametrize("behaviour", ["template-loops", "hangs", "stops"])
async def test_one_that_gives_no_sign_of_life_is_killed(make: Make, behaviour: str) -> None:
    engine = make(f"{behaviour}-once", Patience(load=20, stall=2))
    with pytest.raises(Unavailable, match="no sign of life for 2 s"):
        await said(engine)
    assert engine.pid is None
    assert await said(engine) == "so well?"


async def test_one_that_never_loads_is_killed(make: Make) -> None:
    with pytest.raises(Unavailable, match=r"no sign of life for 0.5 s .signal SIGKILL"):
        await said(make("hangs-at-start", Patience(load=0.5)))


async def test_a_program_that_is_not_there_is_no_crash(tmp_path: Path) -> None:
    engine = ChildEngine(lambda: ModelFile(tmp_path, "fake", 1), program=(str(tmp_path / "nothing"),))
    with pytest.raises(Unavailable, match="cannot be started: No such file"):
        await said(engine)
    await engine.close()


async def test_one_that_fails_again_and_again_is_left_alone_for_longer_and_longer(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "FIRST_WAIT", 100.0)
    monkeypatch.setattr(process, "LONGEST_WAIT", 150.0)
    loop = asyncio.get_running_loop()
    late, real = 0.0, loop.time
    monkeypatch.setattr(loop, "time", lambda: real() + late)
    engine = make("fails-at-start")
    waits: list[float] = []
    for _ in range(4):
        with pytest.raises(Unavailable) as caught:
            await said(engine)
        assert caught.value.retry_after is not None
        waits.append(caught.value.retry_after)
        late += caught.value.retry_after
    assert waits == [0, 100, 150, 150]
    late -= 50
    with pytest.raises(Unavailable, match="no tensors") as caught:
        await said(engine)
    assert 0 < (caught.value.retry_after or 0) < 50, "refused at once: no process was started"


async def test_a_task_it_cannot_do_is_refused_and_harms_nobody(make: Make) -> None:
    engine = make("declines")
    for _ in range(2):
        with pytest.raises(Refused, match="too long"):
            await said(engine)
    assert engine.state is State.READY


async def test_a_task_that_nobody_waits_for_is_stopped_and_the_process_kept(make: Make) -> None:
    engine = make("slow")
    async with aclosing(engine.generate(replace(TASK, max_tokens=100_000))) as answer:
        await anext(answer)
        first = engine.pid
    assert (await said(engine, replace(TASK, max_tokens=1))).endswith("well?")
    assert engine.pid == first


async def test_cancelling_who_waits_stops_the_task_too(make: Make) -> None:
    engine = make("slow")
    task = asyncio.create_task(said(engine, replace(TASK, max_tokens=100_000)))
    await until(lambda: engine.state is State.BUSY)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await until(lambda: engine.state is State.READY)


async def test_one_that_does_not_stop_when_told_to_is_killed(make: Make) -> None:
    engine = make("hangs", SHORT)
    answer = engine.generate(TASK)
    await anext(answer)
    pid = engine.pid
    await answer.aclose()
    assert engine.state is State.BUSY, "closing does not wait, the next task does"
    await until(lambda: engine.state is State.IDLE)
    await until(lambda: not psutil.pid_exists(pid or 0))


async def test_one_that_is_cancelled_while_it_loads_is_there_for_the_next(make: Make) -> None:
    engine = make()
    task = asyncio.create_task(said(engine))
    await until(lambda: engine.state is State.LOADING)
    task.cancel()
    await until(lambda: engine.state is State.READY)
    pid = engine.pid
    assert await said(engine) == "so well?"
    assert engine.pid == pid


async def test_it_is_ended_when_it_has_had_nothing_to_do(make: Make) -> None:
    engine = make("well", Patience(idle=0.2))
    await said(engine)
    pid = engine.pid
    await until(lambda: engine.state is State.IDLE)
    await until(lambda: not psutil.pid_exists(pid or 0))
    assert await said(engine) == "so well?"


async def test_what_is_at_work_is_not_idle(make: Make) -> None:
    engine = make("slow", Patience(load=20, stall=20, idle=0.1))
    assert (await said(engine)).endswith("well?"), "it took longer than a process may be idle"


async def test_one_that_is_killed_while_it_has_nothing_to_do_costs_nothing(make: Make) -> None:
    engine = make()
    await said(engine)
    os.kill(engine.pid or 0, signal.SIGKILL)
    await until(lambda: engine.state is State.IDLE)
    assert await said(engine) == "so well?"


async def test_closing_ends_what_is_at_work_and_takes_nothing_more(make: Make) -> None:
    engine = make("slow")
    task = asyncio.create_task(said(engine, replace(TASK, max_tokens=100_000)))
    await until(lambda: engine.state is State.BUSY)
    pid = engine.pid
    await engine.close()
    with pytest.raises(Unavailable, match="being ended"):
        await task
    assert not psutil.pid_exists(pid or 0)
    with pytest.raises(Unavailable, match="being ended"):
        await said(engine)


async def test_closing_while_it_loads_ends_it(make: Make) -> None:
    engine = make("hangs-at-start")
    task = asyncio.create_task(said(engine))
    await until(lambda: engine.state is State.LOADING)
    await until(lambda: bool(psutil.Process().children()))
    await engine.close()
    with pytest.raises(Unavailable, match="being ended"):
        await task
    assert not psutil.Process().children()


async def test_without_a_model_it_says_what_is_missing_until_it_is_there(make: Make, tmp_path: Path) -> None:
    there = False

    def find() -> ModelFile:
        if not there:
            raise NoModel("no model: install one")
        return ModelFile(tmp_path / "model.gguf", "late", 1)

    engine = make(find=find)
    assert (engine.name, engine.state) == ("", State.ABSENT)
    with pytest.raises(Unavailable, match="install one") as caught:
        await said(engine)
    assert caught.value.retry_after is None
    there = True
    assert await said(engine) == "so well?"
    assert (engine.name, engine.state) == ("late", State.READY)


async def test_a_disk_that_does_not_answer_blocks_nobody(make: Make, tmp_path: Path) -> None:
    calls = []

    def find() -> ModelFile:
        calls.append(1)
        if len(calls) > 1:
            time.sleep(3)
        return ModelFile(tmp_path / "model.gguf", "fake", 1)

    with pytest.raises(Unavailable, match="disk"):
        await said(make("well", Patience(load=0.2), find=find))


async def test_threads_and_memory_come_from_the_machine_and_the_file(make: Make) -> None:
    engine = make()
    await said(engine)
    words = psutil.Process(engine.pid).cmdline()
    assert words[words.index("--threads") + 1] == str(max(1, cores() - 1))
    assert words[words.index("--memory") + 1] == str(512 * 2**20 + 1500)
    sized = make(size=Size(threads=3, memory=10_000, context=64))
    await said(sized)
    assert psutil.Process(sized.pid).cmdline()[-6:] == ["--threads", "3", "--context", "64", "--memory", "10000"]


def test_the_same_on_uvloop(tmp_path: Path) -> None:
    async def main() -> None:
        model = ModelFile(tmp_path / "model.gguf", "fake", 1)
        for behaviour in ("stops-once", "dies-once", "floods-once"):
            (tmp_path / "model.mark").unlink(missing_ok=True)
            program = (sys.executable, str(FAKE), behaviour)
            engine = ChildEngine(lambda: model, patience=Patience(stall=2), program=program)
            with pytest.raises(Unavailable):
                await said(engine)
            assert await said(engine) == "so well?"
            await engine.close()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main())


def test_cores_are_at_least_one() -> None:
    assert 1 <= cores() <= (os.cpu_count() or 1)
