"""A disk that hangs in the kernel, as a dead network mount does: a FUSE mount whose daemon is stopped."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.e2e.server import Server, wait_for
from tests.e2e.stream import longest_gap, missed, read

INTERVAL = 1.0
TICKS = 30

pytestmark = pytest.mark.skipif(
    not os.access("/dev/fuse", os.R_OK | os.W_OK) or not shutil.which("fusermount3"),
    reason="FUSE is not to be had on this machine (no /dev/fuse that can be opened, or no fusermount3)",
)


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The daemon behind a mount at tmp_path/disk."""
    folder = tmp_path / "disk"
    folder.mkdir()
    daemon = subprocess.Popen([sys.executable, str(Path(__file__).with_name("fuse_disk.py")), str(folder)])
    try:
        wait_for(lambda: daemon.poll() is None and folder.is_mount())
        yield daemon
    finally:
        with suppress(ProcessLookupError):
            daemon.send_signal(signal.SIGCONT)
        subprocess.run(["fusermount3", "-u", "-z", str(folder)], check=False, timeout=30)
        daemon.kill()
        daemon.wait(30)


@pytest.fixture
def server(daemon: subprocess.Popen[bytes], tmp_path: Path) -> Iterator[Server]:
    """A server whose disk is that mount."""
    config = tmp_path / "monitor.toml"
    config.write_text(f'interval = {INTERVAL}\n[probes.disk]\npath = "{tmp_path / "disk"}"\n')
    with Server("--config", str(config)) as server:
        wait_for(lambda: server.frame()["disk"]["total_gb"] == 10.0)
        yield server
        daemon.send_signal(signal.SIGCONT)


async def test_frames_go_on_while_the_disk_hangs_and_it_recovers(
    server: Server, daemon: subprocess.Popen[bytes]
) -> None:
    daemon.send_signal(signal.SIGSTOP)
    arrivals = await read(server.stream_url, TICKS)
    assert missed(arrivals, INTERVAL) == 0
    assert longest_gap(arrivals) < 1.5 * INTERVAL
    hung = [arrival.frame for arrival in arrivals if "stale" in arrival.frame]
    assert len(hung) >= TICKS - 2
    assert all(list(frame["stale"]) == ["disk"] for frame in hung)
    assert all(frame["disk"]["used_gb"] == 7.5 for frame in hung), "the last good values stay"
    assert len({frame["process"]["cpu_percent"] for frame in hung}) > 1, "the others are live"

    daemon.send_signal(signal.SIGCONT)
    continued = time.monotonic()
    arrivals = await read(server.stream_url, 4)
    recovered = next(arrival for arrival in arrivals if "stale" not in arrival.frame)
    assert recovered.at - continued < 2.5 * INTERVAL, "within two ticks, and one may just have begun"
    assert server.log.count("probe disk is late") == 1
    assert server.log.count("probe disk is back") == 1


def test_the_server_ends_while_the_disk_hangs(server: Server, daemon: subprocess.Popen[bytes]) -> None:
    daemon.send_signal(signal.SIGSTOP)
    wait_for(lambda: "disk" in server.frame().get("stale", {}))
    assert server.stop() < 5
    assert server.exit_code == 0
