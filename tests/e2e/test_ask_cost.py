"""What answers cost is measured with a real server and the real model. No test asserts speed."""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.skipif(
    find_spec("llama_cpp") is None,
    reason="no llama-cpp-python: python -m monitor.llama.install could not build it here",
)
def test_a_short_run_prints_every_figure_beside_its_goal() -> None:
    command = [sys.executable, "-m", "tests.ask", "--no-questions", "--rounds", "1", "--seconds", "2", "--count", "8"]
    result = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False, cwd=ROOT)
    assert result.returncode in (0, 1), result.stderr
    for figure in (
        "Free: ours / alone",
        "Under a grammar: llama-cpp-python alone",
        "### Frames during 2 s of questions",
        "Frames missed, free questions",
        "Lateness p99, questions of facts, above idle",
        "The server itself, growth",
        "The model's process",
    ):
        assert figure in result.stdout
    assert "not measured" not in result.stdout
    errors = [line for line in result.stdout.splitlines() if line.startswith("| Errors")]
    assert [line.split("|")[2].strip() for line in errors] == ["0"] * 3


def test_a_listener_that_nobody_serves_says_so_and_ends() -> None:
    command = [sys.executable, "-m", "tests.ask.listener", "ws://127.0.0.1:9/api/ws/metrics"]
    result = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, cwd=ROOT)
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.startswith("listener: ")
    assert result.stderr.count("\n") == 1
