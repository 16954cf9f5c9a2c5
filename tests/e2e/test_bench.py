"""The bench works. What it measures is its own affair: no test asserts speed."""

import subprocess
import sys
from pathlib import Path

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
        "Delivered frame, 50 clients: server",
    ):
        assert figure in result.stdout
    assert "| <= 1.35 |" in result.stdout
    assert page.read_bytes() == before
