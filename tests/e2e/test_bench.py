"""The bench works. What it measures is its own affair: no test asserts speed."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.server import Server

ROOT = Path(__file__).resolve().parents[2]


def test_a_quick_bench_prints_every_figure_beside_its_goal_and_writes_nothing() -> None:
    page = ROOT / "docs" / "performance.md"
    before = page.read_bytes()
    command = [sys.executable, "-m", "tests.bench", "--quick"]
    result = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False, cwd=ROOT)
    assert result.returncode in (0, 1), result.stderr
    for figure in (
        "Frame, hot loop",
        "Tick at one a second",
        "Idle server, 1 Hz",
        "### 50 clients",
        "CPU a delivered frame: server",
        "CPU a delivered frame: four / one",
        "CPU a delivered frame: uvloop / asyncio",
        "Stuck clients evicted",
        "50 handshakes",
    ):
        assert figure in result.stdout
    assert "not measured" not in result.stdout
    assert "| <= 1.1 |" in result.stdout
    assert page.read_bytes() == before


def test_the_command_measures_a_running_server(server: Server) -> None:
    command = [sys.executable, "-m", "monitor", "bench", "--url", server.stream_url, "--clients", "50", "--stuck", "2"]
    result = subprocess.run(
        [*command, "--processes", "2", "--seconds", "3", "--json"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    report = json.loads(result.stdout)
    assert (report["clients"], report["stuck"], report["processes"], report["closed"]) == (48, 2, 2, 0)
    assert 1 <= report["least"] <= report["most"] <= 4
    assert report["streams"][0]["interval"] == pytest.approx(1, abs=0.1)
