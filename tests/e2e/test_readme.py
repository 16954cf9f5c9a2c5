"""The README's Python: its client, and its probe, each taken out as it stands."""

import asyncio
import re
import subprocess
import sys
from pathlib import Path

from tests.e2e.server import Server

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def block(language: str, containing: str) -> str:
    found = re.findall(rf"^```{language}\n(.*?)^```", README, re.DOTALL | re.MULTILINE)
    (one,) = [text for text in found if containing in text]
    return str(one)


async def test_the_python_client_prints_a_line_a_frame(server: Server) -> None:
    script = block("python", "ws_connect").replace("localhost:4000", f"localhost:{server.port}")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", script, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    assert process.stdout
    async with asyncio.timeout(30):
        for _ in range(2):
            assert re.match(rb"CPU [\d.]+ %, memory [\d.]+ %\n", await process.stdout.readline())
        process.kill()
        await process.communicate()


def test_the_probe_is_at_most_twenty_lines_and_runs_when_installed(tmp_path: Path) -> None:
    probe = block("python", "class Uptime")
    assert len(probe.splitlines()) <= 20
    source, target = tmp_path / "monitor-uptime", tmp_path / "installed"
    source.mkdir()
    (source / "monitor_uptime.py").write_text(probe, encoding="utf-8")
    (source / "pyproject.toml").write_text(block("toml", "monitor_uptime"), encoding="utf-8")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--target"]
    subprocess.run([*pip, str(target), str(source)], check=True, timeout=120)
    with Server(environment={"PYTHONPATH": str(target)}) as server:
        assert server.frame()["uptime"]["seconds"] > 0
        (field,) = server.get("/api/probes")["probes"][-1]["fields"]
        assert field["unit"] == "s"
