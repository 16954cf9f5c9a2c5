"""The soak works, and leaves nothing behind. What it finds in a few seconds means little: no test asserts it."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from tests.e2e.server import wait_for

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def soaking(minutes: float) -> Iterator["subprocess.Popen[str]"]:
    """Run a small soak; ends it, if it has not ended."""
    command = [sys.executable, "-m", "tests.soak", "--clients", "30", "--churn", "400", "--minutes", str(minutes)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def test_a_soak_of_ten_seconds_prints_every_trend_and_a_verdict() -> None:
    with soaking(10 / 60) as process:
        printed, complained = process.communicate(timeout=180)
    assert process.returncode in (0, 1), complained
    assert complained == ""
    assert printed.startswith("minute 0/")
    for name in ("RSS, MB", "descriptors, less connections", "threads", "tasks, less connections"):
        assert f"\n{name} " in printed
    assert "when all had gone: " in printed
    assert ("verdict: every goal met\n" in printed) == (process.returncode == 0)
    for promise in ("0 frames missed of ", "; 0 lost unasked", " 0 refused", " 0 failed"):
        assert promise in printed


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 130), (signal.SIGKILL, -signal.SIGKILL)])
def test_a_soak_that_is_ended_leaves_no_process_behind(number: signal.Signals, code: int) -> None:
    with soaking(10) as process:
        assert process.stdout
        assert process.stdout.readline().startswith("minute 0/")
        started = psutil.Process(process.pid).children(recursive=True)
        assert len(started) == 2
        process.send_signal(number)
        assert process.wait(60) == code
        wait_for(lambda: not any(map(is_alive, started)))


def is_alive(process: psutil.Process) -> bool:
    """Tell whether it still does anything: where nobody waits for orphans, they stay as zombies."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
