"""The server as a process of its own, as a person runs it."""

import asyncio
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import time
from pathlib import Path

import psutil
import pytest

from monitor.frame import SECTIONS
from tests.e2e.server import Server
from tests.e2e.stream import longest_gap, missed, read

ROOT = Path(__file__).resolve().parents[2]
CLIENT = ROOT / "tests" / "test_websocket.py"


def monitor(*arguments: str, **options: object) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "monitor", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, **options)  # type: ignore[call-overload, no-any-return]  # options are run's own


async def test_frames_come_once_a_second_with_the_documented_keys(server: Server) -> None:
    arrivals = await read(server.stream_url, 4)
    assert missed(arrivals, 1.0) == 0
    assert longest_gap(arrivals) < 1.5
    for arrival in arrivals:
        assert list(arrival.frame) == ["timestamp", *SECTIONS]
        assert list(arrival.frame["cpu"]) == ["percent_total", "percent_per_core", "count", "frequency_mhz"]
        assert len(arrival.frame["cpu"]["percent_per_core"]) == arrival.frame["cpu"]["count"] == psutil.cpu_count()
        assert abs(arrival.frame["timestamp"] - time.time()) < 10


@pytest.mark.parametrize("path", ["/", "/demo", "/api/system-stats", "/api/history", "/api/probes", "/healthz"])
def test_curl_gets_every_address(server: Server, path: str) -> None:
    curl = shutil.which("curl")
    assert curl, "apt-get install curl"
    server.frame()
    answer = subprocess.run([curl, "-sf", server.url + path], capture_output=True, text=True, timeout=30, check=True)
    assert answer.stdout


def test_the_documented_client_prints_the_welcome_and_a_line_a_frame(server: Server) -> None:
    command = [sys.executable, str(CLIENT), "--url", server.stream_url, "--count", "2"]
    printed = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True, cwd="/").stdout
    assert printed.splitlines()[0] == "connected: Streaming des métriques démarré"
    assert len(printed.splitlines()) == 3
    assert "memory" in printed


def test_a_python_without_aiohttp_uses_the_projects_own_or_says_what_to_do(server: Server, tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    copy = tmp_path / "tests" / CLIENT.name
    copy.write_text(CLIENT.read_text(encoding="utf-8"), encoding="utf-8")
    # -S leaves site-packages out: as good as an interpreter that has no aiohttp.
    command = [sys.executable, "-S", "-E", str(copy), "--url", server.stream_url, "--count", "1"]
    without = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert without.returncode == 1
    assert "make install" in without.stderr
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "python").write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    (tmp_path / ".venv" / "bin" / "python").chmod(0o755)
    found = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert found.stdout.startswith("connected: "), found.stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_server_soon_and_cleanly(server: Server, number: int) -> None:
    server.frame()
    assert server.stop(number) < 5
    assert server.exit_code == 0
    assert "Traceback" not in server.log


@pytest.mark.parametrize(
    "sent", [b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01\x00\xa5", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"]
)
def test_what_is_no_http_is_refused_and_does_not_fill_the_log(server: Server, sent: bytes) -> None:
    server.frame()
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(sent)
        assert connection.recv(100).startswith(b"HTTP/1.0 400")
    assert server.frame()
    assert server.log == ""


def test_a_bare_checkout_serves_its_pages(tmp_path: Path) -> None:
    for name in ("monitor", "probes", "templates"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    # -S hides all that is installed, this project included; its libraries come back by PYTHONPATH.
    libraries = tmp_path / "libraries"
    libraries.mkdir()
    for entry in Path(sysconfig.get_path("purelib")).iterdir():
        if "editable" not in entry.name and not entry.name.startswith("realtime_monitor"):
            (libraries / entry.name).symlink_to(entry)
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nexec {sys.executable} -S "$@"\n')
    python.chmod(0o755)
    environment = {"PYTHONPATH": str(libraries)}
    with Server(python=str(python), cwd=str(tmp_path), environment=environment) as server:
        assert list(server.frame()) == ["timestamp", *SECTIONS]
        page = subprocess.run(
            ["curl", "-sf", server.url + "/demo"], capture_output=True, text=True, timeout=30, check=True
        )
        assert "Time shown" in page.stdout
        assert server.get("/api/probes")["probes"][0]["distribution"] == "this checkout"


@pytest.mark.parametrize(
    ("arguments", "environment", "file", "line"),
    [
        (["--port", "x"], {}, None, "port = 'x' (command line, --port): it must be a whole number from 0 to 65535"),
        ([], {"MONITOR_INTERVAL": "0"}, None, "interval = '0' (environment, MONITOR_INTERVAL): it must be a number of"),
        ([], {}, "prot = 4000", "prot = 4000 (file {file}): there is no such setting; did you mean port?"),
        ([], {}, "port = [", "config = '{file}': it is not TOML"),
        (["--disable", "dsik"], {}, None, "disable = 'dsik' (command line, --disable): there is no such probe; there"),
        (["--cors-origin", "*"], {}, None, "cors_origin = '*' (command line, --cors-origin): it must be an origin"),
        (["--log-level", "loud"], {}, None, "log_level = 'loud' (command line, --log-level): it must be one of"),
        (["--config", "/no/such/file"], {}, None, "config = '/no/such/file': it cannot be read"),
    ],
)
def test_a_wrong_setting_ends_with_2_and_one_clear_line(
    arguments: list[str], environment: dict[str, str], file: str | None, line: str, tmp_path: Path
) -> None:
    path = tmp_path / "monitor.toml"
    if file is not None:
        path.write_text(file)
        arguments = [*arguments, "--config", str(path)]
    result = monitor("serve", *arguments, env={**os.environ, **environment})
    assert result.returncode == 2
    assert result.stderr.startswith("monitor: " + line.format(file=path))
    assert result.stderr.count("\n") == 1
    assert result.stdout == ""


def test_snapshot_is_one_line_of_json() -> None:
    result = monitor("snapshot", "--interval", "0.2")
    assert result.returncode == 0
    assert list(json.loads(result.stdout)) == ["timestamp", *SECTIONS]


async def test_one_stalled_client_beside_ten_healthy_ones_costs_nobody_a_frame_and_no_memory() -> None:
    with Server("--interval", "0.05") as server:
        server.frame()
        stalled = socket.create_connection(("127.0.0.1", server.port))
        stalled.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        stalled.sendall(
            b"GET /api/ws/metrics HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        )
        process = psutil.Process(server.pid)

        async def ten(count: int) -> None:
            streams = await asyncio.gather(*(read(server.stream_url, count) for _ in range(10)))
            times = [[arrival.frame["timestamp"] for arrival in stream] for stream in streams]
            first, last = max(each[0] for each in times), min(each[-1] for each in times)
            seen = {tuple(stamp for stamp in each if first <= stamp <= last) for each in times}
            assert len(seen) == 1, "each of them got every frame that any of them got"
            assert len(seen.pop()) > count / 2

        await ten(100)
        before = process.memory_info().rss
        await ten(200)
        assert process.memory_info().rss - before < 2 * 2**20
        stalled.close()
