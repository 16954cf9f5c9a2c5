"""A client of the stream that notes when each frame came."""

import asyncio
import json
import time
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import aiohttp


@dataclass(frozen=True)
class Arrival:
    """A frame, and when it came (monotonic seconds)."""

    frame: dict[str, Any]
    at: float


async def read(url: str, count: int, seconds: float = 60.0) -> list[Arrival]:
    """Return so many frames as they come; fail when they do not come in time."""
    arrivals: list[Arrival] = []
    async with asyncio.timeout(seconds), aiohttp.ClientSession() as session, session.ws_connect(url) as socket:
        assert (await socket.receive_json())["type"] == "connection"
        while len(arrivals) < count:
            frame = json.loads((await socket.receive()).data, parse_constant=_no_json)
            arrivals.append(Arrival(frame, time.monotonic()))
    return arrivals


def longest_gap(arrivals: list[Arrival]) -> float:
    """Return the longest time between two frames, in seconds."""
    return max(later.at - earlier.at for earlier, later in pairwise(arrivals))


def missed(arrivals: list[Arrival], interval: float) -> int:
    """Return how many frames did not come between the first and the last."""
    spans = [later.frame["timestamp"] - earlier.frame["timestamp"] for earlier, later in pairwise(arrivals)]
    return sum(round(span / interval) - 1 for span in spans)


def _no_json(constant: str) -> None:
    raise AssertionError(f"{constant} is not JSON")
