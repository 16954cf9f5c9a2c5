"""The machine of the pictures: there is none like it, and yet its numbers are those of one."""

from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser

from tests.e2e.recording import Recording
from tests.e2e.screenshots import SHOTS, take
from tests.e2e.server import Server

CORES = 128


@pytest.fixture
def frames(server: Server) -> list[Any]:
    frame = server.frame()
    return Recording(server.get("/api/probes"), frame, CORES, seconds=300).before(frame)


def test_the_past_of_the_recording_is_one_machines(frames: list[Any]) -> None:
    times = [frame["timestamp"] for frame in frames]
    assert len(times) == 300
    assert times == sorted(set(times))
    sent = [frame["network"]["bytes_sent_mb"] for frame in frames]
    assert sent == sorted(sent), "a counter fell"
    for frame in frames:
        cores = frame["cpu"]["percent_per_core"]
        assert len(cores) == frame["cpu"]["count"] == CORES
        assert all(0 <= each <= 100 for each in cores)
        memory = frame["memory"]
        assert memory["used_mb"] + memory["available_mb"] == pytest.approx(memory["total_mb"], abs=0.02)


@pytest.mark.parametrize("name", ["cores-128-light", "connection-lost-en"])
async def test_a_picture_is_taken(name: str, chromium: Browser, tmp_path: Path) -> None:
    await take(chromium, next(shot for shot in SHOTS if shot.name == name), tmp_path)
    assert (tmp_path / f"{name}.png").read_bytes().startswith(b"\x89PNG")
