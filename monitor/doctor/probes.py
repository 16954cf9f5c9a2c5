"""The probes: each has a few turns here, as this user, and says what it can read."""

import asyncio
from collections.abc import Iterator
from contextlib import aclosing
from typing import Final

from monitor.doctor.finding import Finding
from monitor.health import State
from monitor.registry import Registry
from monitor.runner import Runner
from monitor.sampler import Sampler

#: Turns of each, and seconds between them where the server's interval is longer.
TURNS: Final = 3
PACE: Final = 1.0
#: Share of an interval that one probe may take without a word.
SLOW: Final = 0.1


def working(registry: Registry, interval: float) -> Iterator[Finding]:
    """Look at every probe, and at the plugins that were left out; `interval` as the server has it."""
    runners = asyncio.run(_sampled(registry, min(interval, PACE)))
    well = [runner for runner in runners if runner.health.state is State.OK]
    if well:
        cost = sum(runner.cost.mean for runner in well)
        names = ", ".join(runner.probe.name for runner in well)
        yield Finding.ok("probes", f"{names}: {1000 * cost:.1f} ms a frame")
    else:
        yield Finding.problem("probes", "none has anything to say", "install some, or take the names out of disable")
    for runner in runners:
        yield from _judged(runner, interval)
    for each in registry.left_out:
        yield Finding.problem(
            f"probe {each.source.plugin}",
            f"left out: {each.reason}",
            f"upgrade or remove {each.source.distribution}, mend [probes.{each.source.plugin}], "
            f"or --disable {each.source.plugin}",
        )


async def _sampled(registry: Registry, interval: float) -> list[Runner]:
    sampler = Sampler(registry.probes.values(), interval)
    await sampler.open()
    try:
        async with aclosing(sampler.frames()) as frames:
            for _ in range(TURNS):
                await anext(frames)
    finally:
        await sampler.close()
    return sampler.runners


def _judged(runner: Runner, interval: float) -> Iterator[Finding]:
    name, health = runner.probe.name, runner.health
    check = f"probe {name}"
    if health.state is State.FAILED:
        yield Finding.problem(check, f"failed: {health.error}", _remedy(name, health.error or ""))
    elif health.state in (State.LATE, State.STARTING):
        why = health.error or "no sample yet"
        yield Finding.problem(check, f"late: {why}", f"look what it waits for (a dead mount?), or --disable {name}")
    elif health.state is State.NO_DATA:
        yield Finding.warning(
            check, f"no data: {health.error}", f"nothing, where there is no such thing here; or --disable {name}"
        )
    elif runner.cost.mean > SLOW * interval * runner.every:
        yield Finding.warning(
            check,
            f"slow: a sample takes {1000 * runner.cost.mean:.0f} ms, where a frame is due every {interval:g} s",
            f"a longer interval, or --disable {name}",
        )


def _remedy(name: str, error: str) -> str:
    if "Permission" in error or "AccessDenied" in error:
        return f"let the server's user read what the error names (a group of its own), or --disable {name}"
    return f"look at [probes.{name}] and at its manual, or --disable {name}"
