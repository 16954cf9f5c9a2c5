"""`monitor doctor` on set-ups that are healthy and on some that are broken, with real servers."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.doctor import answer, saying
from tests.e2e.proxy import Proxy
from tests.e2e.server import Server


def doctor(*arguments: str) -> tuple[int, dict[str, dict[str, Any]]]:
    """Return the exit code, and what was found by the name of the check."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("MONITOR_")}
    done = subprocess.run(
        [sys.executable, "-m", "monitor", "doctor", "--json", *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env=clean,
    )
    assert done.stderr == ""
    return done.returncode, {each["check"]: each for each in json.loads(done.stdout)["findings"]}


def test_a_healthy_set_up_has_no_problem(server: Server) -> None:
    server.frame()
    code, found = doctor("--port", str(server.port), "--url", server.url)
    assert code == 0, found
    checks = ("server", "stream", "events", "public server", "public stream", "public events", "port", "probes")
    assert {name: found[name]["state"] for name in checks} == dict.fromkeys(checks, "ok")
    assert f"pid {server.pid}" in found["port"]["text"]
    assert f"of the running server, pid {server.pid}" in found["open files"]["text"]


def test_a_port_that_another_program_has_is_a_problem() -> None:
    with saying(lambda _: answer(200, b"hello", b"Server: other")) as url:
        code, found = doctor("--port", url.rpartition(":")[2])
    assert code == 1
    assert "does not answer as a monitor" in found["port"]["text"]


def test_a_configuration_that_others_read_and_a_probe_that_fails_are_problems(tmp_path: Path) -> None:
    file = tmp_path / "monitor.toml"
    file.write_text('host = "0.0.0.0"\nport = 0\nallow_anonymous = true\n[probes.disk]\npath = "/no/such"\n')
    file.chmod(0o666)
    code, found = doctor("--config", str(file))
    assert code == 1
    for name, state in {"settings": "problem", "exposure": "warning", "probe disk": "problem"}.items():
        assert found[name]["state"] == state
    assert "chmod 6" in found["settings"]["remedy"]


async def test_a_proxy_that_leaves_out_the_upgrade_is_found(server: Server) -> None:
    def without_upgrade(head: bytes) -> bytes:
        lines = [line for line in head.split(b"\r\n") if not line.lower().startswith((b"upgrade", b"connection"))]
        return b"\r\n".join(lines)

    server.frame()
    async with Proxy(server.port, without_upgrade) as proxy:
        code, found = await asyncio.to_thread(doctor, "--port", str(server.port), "--url", proxy.url)
    assert code == 1
    assert found["stream"]["state"] == found["public events"]["state"] == "ok"
    assert "upgrade_required" in found["public stream"]["text"]
    assert "proxy_set_header Upgrade" in found["public stream"]["remedy"]


async def test_a_proxy_that_names_another_host_is_found(server: Server) -> None:
    server.frame()
    for host, noun, remedy in (
        (b"monitor.internal", "public server", "--allowed-host"),
        (b"localhost", "public stream", "proxy_set_header Host"),
    ):

        def renamed(head: bytes, host: bytes = host) -> bytes:
            lines = [b"Host: " + host if line.startswith(b"Host:") else line for line in head.split(b"\r\n")]
            return b"\r\n".join(lines)

        async with Proxy(server.port, renamed) as proxy:
            code, found = await asyncio.to_thread(doctor, "--port", str(server.port), "--url", proxy.url)
        assert code == 1
        assert found[noun]["state"] == "problem"
        assert remedy in found[noun]["remedy"]


async def test_a_proxy_that_keeps_frames_back_is_found(server: Server) -> None:
    server.frame()
    async with Proxy(server.port, holds=True) as proxy:
        code, found = await asyncio.to_thread(doctor, "--port", str(server.port), "--url", proxy.url)
    assert code == 1
    for noun in ("public stream", "public events"):
        assert "nothing came" in found[noun]["text"]
        assert "buffering off" in found[noun]["remedy"]
