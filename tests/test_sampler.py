"""The sampler, stepped by hand: what a frame has in it, whatever the probes do."""

import asyncio
import json
import logging
import math
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from functools import partial
from typing import Any

import pytest

from monitor import NoData, Probe
from monitor.encoder import encode
from monitor.frame import Frame
from monitor.health import State
from monitor.sampler import Sampler
from tests.fakes import AsyncScripted, Clock, Gate, Scripted

#: An interval whose deadline (a fifth of it) is short enough to wait for, and long enough for a busy test machine.
BRISK = 0.5

Make = Callable[..., Awaitable[Sampler]]


@pytest.fixture
async def make() -> AsyncIterator[Make]:
    """Open a sampler over some probes; it is closed at the end."""
    async with AsyncExitStack() as stack:

        async def make(*probes: Probe, interval: float = 1.0, **clocks: Any) -> Sampler:
            sampler = Sampler(probes, interval, **clocks)
            await sampler.open()
            stack.push_async_callback(sampler.close)
            return sampler

        yield make


@pytest.fixture
def gate() -> Iterator[Gate]:
    gate = Gate()
    yield gate
    gate.open()


def value(frame: Frame, name: str) -> Any:
    return frame.sections[name]["value"]


def slowly(seconds: float, error: Exception | None = None) -> int:
    time.sleep(seconds)
    if error:
        raise error
    return 1


async def settled(sampler: Sampler, tick: int, name: str, state: State) -> Frame:
    """Step until the probe is in that state; fail when it is not after some ticks."""
    for further in range(40):
        frame = await sampler.step(tick + further)
        if next(each for each in sampler.runners if each.probe.name == name).health.state is state:
            return frame
        await asyncio.sleep(0.02)
    raise AssertionError(f"{name} is not {state}")


async def test_a_frame_has_every_probe_in_order_and_the_time_in_milliseconds(make: Make) -> None:
    sampler = await make(Scripted("b", 1), AsyncScripted("a", 2), Scripted("c", 3), wall=lambda: 1697456789.12345)
    frame = await sampler.step(0)
    assert list(frame.as_dict().items()) == [
        ("timestamp", 1697456789.123),
        ("b", {"value": 1}),
        ("a", {"value": 2}),
        ("c", {"value": 3}),
    ]


async def test_a_probe_is_opened_once_and_closed_once(make: Make) -> None:
    probes = Scripted("plain"), AsyncScripted("async")
    sampler = await make(*probes)
    await sampler.step(0)
    await sampler.step(1)
    await sampler.close()
    await sampler.close()
    for probe in probes:
        assert probe.calls == ["open", "sample", "sample", "close"]


async def test_plain_probes_share_one_thread_and_async_ones_run_on_the_loop(make: Make) -> None:
    one, two, three = Gate(), Gate(), Gate()
    for each in (one, two, three):
        each.open()
    sampler = await make(Scripted("one", one), Scripted("two", two), Scripted("three", three))
    await sampler.step(0)
    await sampler.step(1)
    assert one.threads == two.threads == three.threads != {threading.get_ident()}
    assert len(one.threads) == 1


@pytest.mark.parametrize(
    ("step", "error"),
    [
        (RuntimeError("broken pipe"), "RuntimeError: broken pipe"),
        (SystemExit(1), "SystemExit: 1"),
        (KeyboardInterrupt(), "KeyboardInterrupt"),
        (math.nan, "BadSample: value is nan"),
        (math.inf, "BadSample: value is inf"),
        ("much", "BadSample: value is 'much'"),
        ([1], "BadSample: value is [1]"),
    ],
)
@pytest.mark.parametrize("kind", [Scripted, AsyncScripted])
async def test_a_failed_probe_keeps_its_last_values_and_is_stale_and_the_others_are_not(
    make: Make, kind: type[Any], step: Any, error: str
) -> None:
    clock = Clock()
    sampler = await make(kind("bad", 7, step, step, 8), Scripted("good", 1, 2, 3, 4), clock=clock)
    ages = []
    for tick in range(4):
        frame = await sampler.step(tick)
        ages.append((value(frame, "bad"), value(frame, "good"), dict(frame.stale)))
        if tick == 1:
            assert sampler.runners[0].health.state is State.FAILED
            assert error in str(sampler.runners[0].health.error)
        clock.now += 1
    assert ages == [(7, 1, {}), (7, 2, {"bad": 1.0}), (7, 3, {"bad": 2.0}), (8, 4, {})]
    assert sampler.runners[0].health.failures == 2


async def test_a_probe_that_never_worked_is_null_and_stale_since_the_start(make: Make) -> None:
    clock = Clock()
    sampler = await make(Scripted("bad", OSError("no")), clock=clock)
    clock.now += 3
    frame = await sampler.step(0)
    assert frame.as_dict() | {"timestamp": 0} == {"timestamp": 0, "bad": {"value": None}, "stale": {"bad": 3.0}}


async def test_no_data_is_null_and_no_failure(make: Make, caplog: pytest.LogCaptureFixture) -> None:
    sampler = await make(Scripted("battery", 80, NoData("no battery")))
    await sampler.step(0)
    frame = await sampler.step(1)
    assert (value(frame, "battery"), frame.stale) == (None, {})
    assert sampler.runners[0].health.state is State.NO_DATA
    assert sampler.runners[0].health.error == "no battery"
    assert sampler.runners[0].health.failures == 0
    assert [record for record in caplog.records if record.levelno > logging.INFO] == []


async def test_a_probe_that_cannot_open_is_tried_again_and_comes_back(make: Make) -> None:
    class Flaky(Scripted):
        def open(self) -> None:
            super().open()
            if len(self.calls) < 3:
                raise OSError("device busy")

    sampler = await make(Flaky("flaky", 5))
    assert "flaky" in (await sampler.step(0)).stale
    assert value(await sampler.step(1), "flaky") == 5
    assert sampler.runners[0].health.state is State.OK


async def test_a_probe_has_its_turn_on_the_grid_of_its_own_pace_and_is_not_stale_between(make: Make) -> None:
    slow = Scripted("slow", 1, 2, 3, interval=3.2)
    sampler = await make(slow, Scripted("quick", 1))
    values = []
    for tick in (0, 1, 2, 3, 4, 5, 7, 8, 9):  # one tick is skipped, as after a pause
        frame = await sampler.step(tick)
        values.append(value(frame, "slow"))
        assert frame.stale == {}
    assert values == [1, 1, 1, 2, 2, 2, 3, 3, 3]
    assert slow.calls.count("sample") == 4, "tick 7 caught up with tick 6, and tick 9 is on the grid again"


async def test_a_stuck_probe_keeps_its_thread_and_the_others_go_on_at_the_same_tick(make: Make, gate: Gate) -> None:
    other = Gate(2)
    other.open()
    sampler = await make(Scripted("stuck", gate), Scripted("other", other, other, other), interval=BRISK)
    frame = await sampler.step(0)
    assert value(frame, "other") == 2
    assert list(frame.stale) == ["stuck"]
    for tick in range(1, 5):
        frame = await sampler.step(tick)
        assert list(frame.stale) == ["stuck"]
        assert sampler.runners[0].health.state is State.LATE
    assert gate.entered == 1, "never entered twice"
    assert gate.threads.isdisjoint(other.threads)


async def test_later_frames_do_not_wait_for_a_stuck_probe(make: Make, gate: Gate) -> None:
    sampler = await make(Scripted("stuck", gate), Scripted("other", 1), interval=20.0)
    await sampler.step(0)  # waits for the deadline, half a second
    loop = asyncio.get_running_loop()
    began = loop.time()
    for tick in range(1, 20):
        await sampler.step(tick)
    assert loop.time() - began < 19 * 0.5 / 2, "far less than a deadline a frame"


async def test_a_stuck_probe_recovers_within_two_ticks(make: Make, gate: Gate) -> None:
    sampler = await make(Scripted("stuck", gate), Scripted("other", 1), interval=BRISK)
    for tick in range(3):
        await sampler.step(tick)
    gate.open()
    await asyncio.sleep(0.1)
    frames = [await sampler.step(tick) for tick in (3, 4)]
    assert frames[1].stale == {}
    assert value(frames[1], "stuck") == 1
    assert sampler.runners[0].worker is None, "back on the shared thread"


async def test_several_stuck_probes_at_once_hold_up_nobody(make: Make) -> None:
    gates = [Gate() for _ in range(5)]
    stuck = [Scripted(f"stuck{number}", gate) for number, gate in enumerate(gates)]
    sampler = await make(*stuck, Scripted("other", 1, 2, 3, 4, 5, 6), interval=BRISK)
    try:
        frame = await settled(sampler, 0, "other", State.OK)
        assert set(frame.stale) == {probe.name for probe in stuck}
        assert value(await sampler.step(50), "other") == value(frame, "other") + 1
    finally:
        for gate in gates:
            gate.open()
    await asyncio.sleep(0.1)
    for tick in range(60, 63):
        frame = await sampler.step(tick)
    assert frame.stale == {}
    assert all(gate.entered < 5 for gate in gates)


async def test_an_async_probe_that_hangs_is_late_and_comes_back(make: Make) -> None:
    event = asyncio.Event()
    hung = AsyncScripted("hung", 1, event, 3)
    sampler = await make(hung, Scripted("other", 1), interval=BRISK)
    await sampler.step(0)
    for tick in (1, 2, 3):
        assert list((await sampler.step(tick)).stale) == ["hung"]
    assert hung.calls.count("sample") == 2, "never entered twice"
    event.set()
    await settled(sampler, 4, "hung", State.OK)
    frame = await sampler.step(50)
    assert (value(frame, "hung"), frame.stale) == (3, {})


async def test_a_plain_sample_that_returns_a_coroutine_says_what_to_write(make: Make) -> None:
    class Forgotten(Scripted):
        def sample(self) -> Any:
            return asyncio.sleep(0)

    sampler = await make(Forgotten("forgotten"))
    await sampler.step(0)
    assert "declare it with `async def`" in str(sampler.runners[0].health.error)


async def test_trouble_and_recovery_are_each_logged_once(make: Make, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    error = OSError("gone")
    sampler = await make(Scripted("disk", 1, error, error, error, 2, 3, error, NoData("none"), 4))
    for tick in range(9):
        await sampler.step(tick)
    assert [record.getMessage() for record in caplog.records] == [
        "probe disk failed: OSError: gone",
        "probe disk is back",
        "probe disk failed: OSError: gone",
        "probe disk has no data: none",
        "probe disk is back",
    ]


async def test_a_hang_is_logged_once_and_so_is_its_end(
    make: Make, gate: Gate, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    sampler = await make(Scripted("disk", gate), Scripted("other", 1), interval=BRISK)
    for tick in range(4):
        await sampler.step(tick)
    gate.open()
    await settled(sampler, 4, "disk", State.OK)
    await sampler.step(50)
    messages = [record.getMessage() for record in caplog.records]
    assert len(messages) == 2
    assert "disk is late" in messages[0]
    assert messages[1] == "probe disk is back"


async def test_the_cost_of_each_sample_is_known(make: Make) -> None:
    ticking = iter(range(1000))
    sampler = await make(Scripted("a"), clock=lambda: next(ticking) * 0.001)
    await sampler.step(0)
    await sampler.step(1)
    cost = sampler.runners[0].cost
    assert cost.samples == 2
    assert 0 < cost.mean <= cost.longest
    assert cost.total == pytest.approx(cost.mean * 2)


async def test_when_there_is_not_time_for_all_each_probe_gets_some_of_it(make: Make) -> None:
    probes = [Scripted(f"slow{number}", partial(slowly, 0.06)) for number in range(8)]
    sampler = await make(*probes, interval=BRISK)
    for tick in range(6):
        await sampler.step(tick)
    counts = [probe.calls.count("sample") for probe in probes]
    assert min(counts) >= 2, counts


async def test_a_probe_that_fails_slowly_each_time_is_said_to_fail(
    make: Make, caplog: pytest.LogCaptureFixture
) -> None:
    sampler = await make(Scripted("slow", partial(slowly, 0.15, OSError("timed out"))), interval=BRISK)
    for tick in range(4):
        frame = await sampler.step(tick)
        assert list(frame.stale) == ["slow"]
        await asyncio.sleep(0.2)
    assert [record.getMessage() for record in caplog.records] == ["probe slow failed: OSError: timed out"]
    assert sampler.runners[0].health.state is State.FAILED


async def test_one_hiccup_costs_one_frame_and_no_line_in_the_log(make: Make, caplog: pytest.LogCaptureFixture) -> None:
    script = [1, 2, partial(slowly, 0.15), *[partial(slowly, 0.005)] * 3]
    sampler = await make(Scripted("hiccup", *script), interval=BRISK)
    stale = []
    for tick in range(6):
        stale.append(bool((await sampler.step(tick)).stale))
        await asyncio.sleep(0.1)
    assert stale == [False, False, True, False, False, False]
    assert caplog.records == []


async def test_a_probe_that_is_always_slow_at_its_own_pace_is_told_of_once(
    make: Make, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    sampler = await make(Scripted("smart", partial(slowly, 0.3), interval=BRISK * 4), interval=BRISK)
    for tick in range(16):
        await sampler.step(tick)
        await asyncio.sleep(0.12)
    messages = [record.getMessage() for record in caplog.records]
    assert len(messages) <= 1, messages


async def test_a_thread_that_the_system_does_not_give_is_asked_for_again(
    make: Make, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    sampler = await make(Scripted("stuck", gate), Scripted("other", 1), interval=BRISK)

    def refuse(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", refuse)
        for tick in range(2):
            assert list((await sampler.step(tick)).stale) == ["stuck", "other"]
        await sampler.close()
    assert (await sampler.step(2)).stale.keys() == {"stuck"}


async def test_a_late_probe_does_not_bear_an_error_of_earlier(make: Make, gate: Gate) -> None:
    sampler = await make(Scripted("disk", OSError("old trouble"), gate), interval=BRISK)
    await sampler.step(0)
    assert sampler.runners[0].health.error == "OSError: old trouble"
    for tick in (1, 2):
        await sampler.step(tick)
    assert sampler.runners[0].health.state is State.LATE
    assert sampler.runners[0].health.error == "its sample is not back yet"


class Mute(Exception):
    def __str__(self) -> str:
        raise SystemExit("no words")


async def test_an_exception_that_cannot_be_shown_is_a_failure_like_any_other(make: Make) -> None:
    sampler = await make(Scripted("mute", Mute()), Scripted("rude", ValueError("caf\udce9")), Scripted("good"))
    frame = await sampler.step(0)
    assert list(frame.stale) == ["mute", "rude"]
    assert sampler.runners[0].health.error == "Mute: (its message cannot be shown)"
    assert sampler.runners[1].health.error == "ValueError: caf?"


async def test_the_traceback_of_a_failure_is_there_for_who_asks(make: Make, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    sampler = await make(Scripted("bad", OSError("no")), Scripted("mute", Mute()))
    await sampler.step(0)
    await sampler.step(1)
    assert caplog.text.count("Traceback") == 2


async def test_opening_is_not_counted_as_sampling(make: Make) -> None:
    class Ponderous(Scripted):
        def open(self) -> None:
            super().open()
            time.sleep(0.15)
            if len(self.calls) == 1:
                raise OSError("not yet")

    sampler = await make(Ponderous("ponderous", 5), interval=BRISK)
    await asyncio.sleep(0.1)
    await settled(sampler, 0, "ponderous", State.OK)
    assert sampler.runners[0].cost.samples >= 1
    assert sampler.runners[0].cost.longest < 0.1


async def test_closing_waits_for_each_probe_at_once(make: Make, gate: Gate) -> None:
    class Slow(Scripted):
        def close(self) -> None:
            time.sleep(0.3)
            super().close()

    class SlowAsync(AsyncScripted):
        async def close(self) -> None:
            await asyncio.sleep(0.3)
            await super().close()

    probes = Slow("a"), Slow("b"), Slow("c"), SlowAsync("d"), Slow("late", gate)
    sampler = await make(*probes, interval=BRISK)
    for tick in range(2):
        await sampler.step(tick)
    gate.open()
    await asyncio.sleep(0.05)
    await sampler.close()
    assert [probe.calls[-1] for probe in probes] == ["close"] * 5


async def test_closing_waits_a_little_for_a_probe_that_is_late(make: Make) -> None:
    late = Scripted("late", 1, partial(slowly, 0.3))
    sampler = await make(late, interval=BRISK)
    for tick in range(2):
        await sampler.step(tick)
    await sampler.close()
    assert late.calls[-1] == "close"


async def test_stopping_in_the_middle_of_a_sample_closes_all_probes(make: Make) -> None:
    probes = Scripted("a", partial(slowly, 0.1)), Scripted("b"), AsyncScripted("c", asyncio.Event())
    sampler = await make(*probes, interval=2.0)
    step = asyncio.create_task(sampler.step(0))
    await asyncio.sleep(0.05)
    step.cancel()
    await asyncio.wait([step])
    await sampler.close()
    assert [probe.calls for probe in probes] == [
        ["open", "sample", "close"],
        ["open", "close"],
        ["open", "sample", "close"],
    ]


async def test_closing_leaves_a_stuck_probe_behind(make: Make, gate: Gate) -> None:
    stuck, other = Scripted("stuck", gate), Scripted("other")
    sampler = await make(stuck, other, interval=BRISK)
    await sampler.step(0)
    async with asyncio.timeout(3):
        await sampler.close()
    assert "close" not in stuck.calls
    assert "close" in other.calls


async def test_closing_cancels_an_async_probe_that_hangs(make: Make) -> None:
    sampler = await make(AsyncScripted("hung", asyncio.Event()), interval=BRISK)
    await sampler.step(0)
    async with asyncio.timeout(5):
        await sampler.close()


async def test_a_probe_that_fails_to_close_keeps_no_other_from_closing(make: Make) -> None:
    class Stubborn(Scripted):
        def close(self) -> None:
            raise OSError("no")

    other = Scripted("other")
    sampler = await make(Stubborn("stubborn"), other)
    await sampler.close()
    assert "close" in other.calls


async def test_frames_come_on_a_fixed_grid_and_missed_ticks_are_not_made_up_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = Clock(0.0)
    delays = iter([0.0, 0.4, 0.0, 3.3, 0.0, 0.0])

    async def sleep(seconds: float) -> None:
        clock.now += max(seconds, 0.0) + next(delays)

    monkeypatch.setattr("monitor.sampler.asyncio.sleep", sleep)
    sampler = Sampler([], 1.0, clock=clock, wall=clock)
    times = []
    async for frame in sampler.frames():
        times.append(frame.timestamp)
        if len(times) == 6:
            break
    assert times == pytest.approx([0.25, 1.65, 2.25, 6.55, 7.25, 8.25])


async def test_every_frame_is_json_whatever_the_probes_return(make: Make) -> None:
    wild = [math.nan, {}, [], "x" * 10_000, 10**400, None, True, -0.0, 1e308, b"", object()]
    sampler = await make(Scripted("wild", *wild), AsyncScripted("tame", 1))
    for tick in range(len(wild) + 1):
        document = json.loads(encode((await sampler.step(tick)).as_dict()), parse_constant=pytest.fail)
        assert set(document) <= {"timestamp", "wild", "tame", "stale"}
        assert set(document["wild"]) == {"value"}
