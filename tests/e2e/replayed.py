"""A server that has been running for 15 minutes as soon as it starts, and whose time may pass quicker than ours.

Everything about it is real but its frames: application, history, hub, door, and what goes over the wire.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import Any, ClassVar, Final

from monitor import Field, Probe
from monitor.app import create_app
from monitor.config import Settings
from monitor.distribution import plugin_entry_points
from monitor.frame import Frame
from monitor.hookspecs import PROJECT
from monitor.registry import Source, load
from monitor.sampler import LEAD_SECONDS, Sampler
from monitor.web.keys import SAMPLER
from tests import unlimited
from tests.conftest import Behind
from tests.e2e.recording import Recording

#: How many frames it has when it starts, one for each second before.
PAST: Final = 900


class Replayed(Sampler):
    """Gives a second of a recording every `pace` seconds, while `going` is set; the past at once.

    given      how many frames there were after the past
    timestamp  of the newest one
    """

    def __init__(self, probes: Iterable[Probe], pace: float) -> None:
        super().__init__(probes, interval=1.0)
        self.pace = pace
        self.going = asyncio.Event()
        self.going.set()
        self.given = -1
        self.timestamp = 0.0

    async def frames(self) -> AsyncGenerator[Frame, None]:
        """Yield the past without a pause, then a second at a time."""
        await asyncio.sleep(LEAD_SECONDS)
        real = await self.step(0)
        recording = Recording(self._fields(), real.as_dict(), seconds=PAST)
        for tick in range(2**31):
            self.given = max(-1, tick - PAST)
            self.timestamp = round(real.timestamp - PAST + tick, 3)
            told = recording.at({"timestamp": self.timestamp, **real.sections})
            sections = {name: told[name] for name in real.sections}
            yield Frame(self.timestamp, sections, stale={}, tick=tick, before=tick - 1)
            if tick >= PAST:
                await asyncio.sleep(self.pace)
                await self.going.wait()

    def _fields(self) -> Mapping[str, Any]:
        return {
            "probes": [
                {"name": runner.probe.name, "fields": [_told(field) for field in runner.probe.fields]}
                for runner in self.runners
            ]
        }


def _told(field: Field) -> Mapping[str, str]:
    return {"name": field.name, "unit": field.unit, "kind": field.kind}


class Gpu(Probe):
    name = "gpu"
    fields: ClassVar = (
        Field("percent", "percent", "Load of all graphics processors.", warning=80, critical=95),
        Field("celsius", "celsius", "Temperature of each.", per="gpu"),
    )

    def sample(self) -> Mapping[str, object]:
        return {"percent": 40.0, "celsius": [61.0, 58.5, 64.0, 60.5]}


class Ups(Probe):
    name = "ups"
    fields: ClassVar = (
        Field("charge", "percent", "Charge of the battery.", warning=30, critical=10),
        Field("load", "percent", "Load of the outlets."),
        Field("input", "V", "Voltage of the grid."),
        Field("runtime", "s", "Time on battery."),
    )

    def sample(self) -> Mapping[str, object]:
        return {"charge": 97.0, "load": 31.0, "input": 229.6, "runtime": 2400.0}


class Mounts(Probe):
    name = "mounts"
    fields: ClassVar = (
        Field("read_mb", "MB", "Data read.", kind="counter"),
        Field("written_mb", "MB", "Data written.", kind="counter"),
        Field("full", "percent", "Share in use of each.", per="mount", keyed=True),
    )

    def sample(self) -> Mapping[str, object]:
        return {"read_mb": 812.0, "written_mb": 455.0, "full": {f"/srv/{number}": 50.0 for number in range(20)}}


@asynccontextmanager
async def replayed(*others: Probe, pace: float = 1.0) -> AsyncIterator[tuple[str, Replayed]]:
    """Serve the built-in probes and these others; give the address and what sets the pace."""
    registry = load(each for each in plugin_entry_points(PROJECT) if each.value.startswith("probes."))
    for probe in others:
        registry.probes[probe.name] = probe
        registry.sources[probe.name] = Source(probe.name, f"monitor-{probe.name} 1.0")
    settings: dict[str, Any] = {"interval": 1.0, **unlimited.SETTINGS}
    app = create_app(Settings(**settings), registry)
    app[SAMPLER] = sampler = Replayed(registry.probes.values(), pace)
    server = Behind(app)
    await server.start_server()
    try:
        while sampler.given < 0:
            await asyncio.sleep(0.02)
        yield f"http://127.0.0.1:{server.port}", sampler
    finally:
        await server.close()
