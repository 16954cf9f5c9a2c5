"""The server under a service manager, at a terminal, and with its log read by programs."""

import json
import os
import pty
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.server import PATIENCE, Server, wait_for

HEADERS = {"X-Request-Id": "find-me"}


class Manager:
    """The socket of a service manager; keeps what it heard."""

    def __init__(self, path: Path) -> None:
        self.messages: list[dict[str, str]] = []
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(str(path))
        self.socket.settimeout(0.05)

    def heard(self, key: str, count: int = 1) -> bool:
        try:
            while True:
                message = self.socket.recv(4096).decode()
                self.messages.append(dict(line.split("=", 1) for line in message.split("\n")))
        except TimeoutError:
            return sum(key in message for message in self.messages) >= count


def test_a_service_manager_hears_of_readiness_signs_of_life_reload_and_stop(tmp_path: Path) -> None:
    manager = Manager(tmp_path / "notify")
    variables = {"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "400000"}
    with Server(environment=variables) as server:
        wait_for(lambda: manager.heard("WATCHDOG", 3))
        assert manager.messages[0] == {"READY": "1"}
        assert server.get("/readyz")["status"] == "ok", "what was told is so"
        os.kill(server.pid, signal.SIGHUP)
        wait_for(lambda: manager.heard("RELOADING") and manager.heard("READY", 2))
        assert "nothing to reload" in server.log
        server.stop()
        assert manager.heard("STOPPING")
    manager.socket.close()


def test_a_manager_that_watches_hears_nothing_while_the_process_stands_still(tmp_path: Path) -> None:
    manager = Manager(tmp_path / "notify")
    variables = {"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "200000"}
    with Server(environment=variables) as server:
        wait_for(lambda: manager.heard("WATCHDOG", 2))
        os.kill(server.pid, signal.SIGSTOP)
        manager.heard("")
        manager.messages.clear()
        manager.socket.settimeout(1.0)
        assert not manager.heard("WATCHDOG")
        manager.socket.settimeout(0.05)
        os.kill(server.pid, signal.SIGCONT)
        wait_for(lambda: manager.heard("WATCHDOG"))
    manager.socket.close()


def test_a_server_whose_terminal_is_closed_ends(tmp_path: Path) -> None:
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ["MONITOR_EVENT_LOOP"] = "asyncio"
        os.execv(sys.executable, [sys.executable, "-m", "monitor", "serve", "--port", "0"])  # noqa: S606 - as in a shell
    try:
        said = b""
        while b"\n" not in said:
            said += os.read(terminal, 1024)
        assert b"Live on" in said
        os.close(terminal)
        found = wait_for(lambda: (ended := os.waitpid(pid, os.WNOHANG)) != (0, 0) and ended)
        assert os.waitstatus_to_exitcode(found[1]) == 0
    except BaseException:
        os.kill(pid, signal.SIGKILL)
        raise


@pytest.mark.parametrize("ignored", [True, False])
def test_a_hangup_that_was_to_be_ignored_is_ignored(ignored: bool) -> None:
    shell = "trap '' HUP; " if ignored else ""
    command = f'{shell}exec "{sys.executable}" -m monitor serve --port 0'
    environment = {**os.environ, "MONITOR_EVENT_LOOP": "asyncio", "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        ["sh", "-c", command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stdout
        assert process.stdout.readline().startswith("Live on")
        process.send_signal(signal.SIGHUP)
        if not ignored:
            assert process.stderr
            assert "nothing to reload" in process.stderr.readline()
        process.terminate()
        _, rest = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0
        assert "reload" not in rest


def _json_server(*arguments: str) -> "subprocess.Popen[str]":
    environment = {**os.environ, "MONITOR_EVENT_LOOP": "asyncio", "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "monitor", "serve", "--port", "0", "--log-format", "json", *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment)


def test_all_that_a_server_writes_is_json_where_that_is_wanted() -> None:
    with _json_server("--log-level", "debug") as process:
        assert process.stdout
        lines: list[dict[str, Any]] = []
        while not lines or not lines[-1]["message"].startswith("live on"):
            lines.append(json.loads(process.stdout.readline()))
        url = lines[-1]["message"].removeprefix("live on ")
        request = urllib.request.Request(f"{url}/api/probes?token=very-secret", headers=HEADERS)
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            assert answer.headers["X-Request-Id"] == "find-me"
        process.send_signal(signal.SIGTERM)
        rest, _ = process.communicate(timeout=PATIENCE)
    lines += [json.loads(line) for line in rest.splitlines()]
    (access,) = [line for line in lines if line["logger"] == "monitor.access"]
    assert access["time"].endswith("Z")
    kept = {key: access[key] for key in ("level", "request_id", "address", "method", "path", "status")}
    assert kept == {
        "level": "debug",
        "request_id": "find-me",
        "address": "127.0.0.1",
        "method": "GET",
        "path": "/api/probes",
        "status": 200,
    }
    assert access["duration_ms"] >= 0
    assert "very-secret" not in json.dumps(lines)
    assert lines[-1]["message"] == "stopping"


def test_so_is_why_it_cannot_listen() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        _json_server("--port", str(taken.getsockname()[1])) as process,
    ):
        said, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1
    (line,) = [json.loads(each) for each in said.splitlines()]
    assert line["level"] == "critical"
    assert "the port is taken" in line["message"]


def test_no_log_has_what_may_be_a_secret() -> None:
    with Server("--log-level", "debug") as server:
        server.get("/healthz?token=very-secret")
        wait_for(lambda: "GET /healthz" in server.log)
        assert "very-secret" not in server.log
