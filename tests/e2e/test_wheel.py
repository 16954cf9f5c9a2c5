"""The wheel, installed as a user installs it: by itself, into an empty environment."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from monitor.frame import SECTIONS
from tests.e2e.server import Server

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout, built by way of the sdist as a release is."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    (wheel,) = folder.glob("*.whl")
    return wheel


def test_the_wheel_holds_the_pages_the_types_and_nothing_of_the_tests(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for wanted in ("monitor/templates/demo.html", "monitor/web/static/page.js", "monitor/py.typed", "probes/cpu.py"):
        assert wanted in names
    assert {name.split("/")[0].split("-")[0] for name in names} == {"monitor", "probes", "realtime_monitor"}


def test_an_installed_wheel_serves_the_stream_and_the_pages(wheel: Path, tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "venv")], check=True, timeout=120)
    python = tmp_path / "venv" / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", str(wheel)], check=True, timeout=300)
    command = tmp_path / "venv" / "bin" / "monitor"
    version = subprocess.run([command, "--version"], check=True, capture_output=True, text=True, timeout=60).stdout
    assert version.startswith("monitor ")
    with Server(python=str(python), cwd=str(tmp_path)) as server:
        assert list(server.frame()) == ["timestamp", *SECTIONS]
        page = subprocess.run(
            ["curl", "-sf", server.url + "/demo"], capture_output=True, text=True, timeout=30, check=True
        )
        assert "This server" in page.stdout
