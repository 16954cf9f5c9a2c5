"""The clock on the wall is set back an hour, and forward a day, while a server streams: nobody misses a frame."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.e2e.server import Server
from tests.e2e.stream import Arrival, longest_gap, read

INTERVAL = 1.0
ATTEMPTS = 3
#: Where Debian has it, and where others do; the variant for programs with several threads.
LIBRARIES = ("usr/lib/*/faketime/libfaketimeMT.so.1", "usr/lib*/faketime/libfaketimeMT.so.1")


class Wall:
    """The clock on the wall as a server sees it: libfaketime asks a file what to add to the true time."""

    def __init__(self, file: Path) -> None:
        library = next((path for pattern in LIBRARIES for path in Path("/").glob(pattern)), None)
        assert library, "these tests set the clock of a server, and there is no libfaketime: apt-get install faketime"
        self._file = file
        self.set(0)
        self.environment = {
            "LD_PRELOAD": str(library),
            "FAKETIME_TIMESTAMP_FILE": str(file),
            "FAKETIME_NO_CACHE": "1",
            # Who sets a clock does not set the monotonic one. (One flaw: time.sleep, on that clock, then fails.)
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }

    def set(self, seconds: int) -> None:
        """Set the clock to the true time and so many seconds."""
        new = self._file.with_suffix(".new")
        new.write_text(f"{seconds:+d}")
        new.replace(self._file)  # in one step, since it is read all the time


@contextmanager
def serving(wall: Wall) -> Iterator[Server]:
    """Run a server that has this clock."""
    with Server("--interval", str(INTERVAL), environment=wall.environment) as server:
        try:
            server.frame()
            yield server
        finally:
            server.kill()
            for left in (f"faketime_shm_{server.pid}", f"sem.faketime_sem_{server.pid}"):
                Path("/dev/shm", left).unlink(missing_ok=True)  # noqa: S108 - it is where libfaketime leaves them


@pytest.mark.parametrize("seconds", [pytest.param(-3600, id="back an hour"), pytest.param(86_400, id="forward a day")])
async def test_a_clock_that_is_set_costs_nobody_a_frame(seconds: int, tmp_path: Path) -> None:
    late: list[str] = []
    while len(late) < ATTEMPTS:
        wall = Wall(tmp_path / "wall")
        with serving(wall) as server:
            spans, gap = await set_while_streaming(server, wall, seconds)
        odd = [round(span, 3) for span in spans if round(span / INTERVAL) != 1]
        if [round((span - seconds) / INTERVAL) for span in odd] == [1] and gap < 2 * INTERVAL:
            print(f"{seconds:+d} s: {len(spans) + 1} frames, one every {INTERVAL:g} s; longest gap {gap:.3f} s")
            return
        # A machine that stalls costs frames as well, but not every time.
        late.append(f"not one frame an interval: {odd} s between two of them, {gap:.3f} s at most until the next came")
    pytest.fail("; ".join(late))


async def set_while_streaming(server: Server, wall: Wall, seconds: int) -> tuple[list[float], float]:
    """Set the clock of a server while clients read, resume and join, and check what they get.

    Returns the time between each frame and the next by that clock, and the longest wait of the one that read all along.
    """
    async with polling(server.url + "/healthz") as answers:
        witness = asyncio.create_task(read(server.stream_url, 10))
        last = (await read(server.stream_url, 2))[-1].frame["timestamp"]
        wall.set(seconds)
        await read(server.stream_url, 2)
        resumed = await read(f"{server.stream_url}?since={last}", 5)
        filled = await read(f"{server.stream_url}?history=60", 10)
        seen = await witness

    kept = server.get("/api/history?fields=cpu.count")["timestamp"]
    spans = [later - earlier for earlier, later in pairwise(kept)]
    (jump,) = (number for number, span in enumerate(spans) if abs(span - seconds) < 1000)
    for arrivals in (seen, resumed, filled):
        first = kept.index(stamps(arrivals)[0])
        assert stamps(arrivals) == kept[first : first + len(arrivals)], "no gap, and no double"
        assert first - 1 <= jump < first + len(arrivals) - 1, "over the jump"
    assert stamps(resumed)[0] == kept[kept.index(last) + 1]
    assert stamps(filled)[0] == kept[0]

    assert len(answers) > 10
    assert {answer["status"] for answer in answers} == {"ok"}
    assert all(0 <= answer["frame_age_seconds"] < 3 * INTERVAL for answer in answers)
    for frame in (arrival.frame for arrival in seen):
        cpu = frame["cpu"]
        assert all(0 <= percent <= 100 for percent in (cpu["percent_total"], *cpu["percent_per_core"]))
        assert 0 <= frame["process"]["cpu_percent"] <= 100 * cpu["count"]
    assert "Traceback" not in server.log
    return spans, longest_gap(seen)


def stamps(arrivals: list[Arrival]) -> list[float]:
    return [arrival.frame["timestamp"] for arrival in arrivals]


@asynccontextmanager
async def polling(url: str) -> AsyncIterator[list[dict[str, Any]]]:
    """Ask for this address again and again; give what is answered."""
    answers: list[dict[str, Any]] = []

    async def poll() -> None:
        async with aiohttp.ClientSession() as session:
            while True:
                async with session.get(url) as answer:
                    answers.append(await answer.json())
                await asyncio.sleep(INTERVAL / 4)

    task = asyncio.create_task(poll())
    try:
        yield answers
        assert not task.done()
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
