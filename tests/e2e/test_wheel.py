"""The wheel, installed as a user installs it: by itself, into an empty environment."""

import subprocess
import sys
import zipfile
from pathlib import Path

import backend
import pytest
import setuptools

from monitor.frame import SECTIONS
from tests.e2e.server import Server

ROOT = Path(__file__).resolve().parents[2]
UPLOT = tuple(f"{backend.VENDOR}/{name}" for name in backend.FILES.values())


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
    for wanted in (
        "monitor/templates/demo.html",
        "monitor/web/static/home.js",
        "monitor/locale/fr.json",
        "monitor/py.typed",
        "probes/cpu.py",
    ):
        assert wanted in names
    assert set(UPLOT) <= set(names)
    assert {name.split("/")[0].split("-")[0] for name in names} == {"monitor", "probes", "realtime_monitor"}


def test_uplot_comes_as_a_module_with_its_licence(wheel: Path) -> None:
    files = zipfile.ZipFile(wheel)
    script, *_, licence = (files.read(name).decode() for name in UPLOT)
    assert f"(v{backend.wanted()})" in script
    assert script.endswith(backend.EXPORT.decode())
    assert "Permission is hereby granted" in licence


def test_the_sdist_has_what_a_wheel_is_built_of_so_that_no_npm_is_asked_for(wheel: Path, tmp_path: Path) -> None:
    (sdist,) = wheel.parent.glob("*.tar.gz")
    subprocess.run(["tar", "-xzf", str(sdist)], cwd=tmp_path, check=True, timeout=60)
    (source,) = tmp_path.iterdir()
    for name in (*UPLOT, "packaging/backend.py", "package.json", "package-lock.json", ".npmrc"):
        assert (source / name).is_file(), name
    assert not (source / "node_modules").exists()
    no_npm = tmp_path / "bin"
    no_npm.mkdir()
    (no_npm / "python").symlink_to(sys.executable)
    code = "import backend; assert backend.npm() is None; assert backend.requirements() == []; backend.bring()"
    environment = {"PATH": str(no_npm), "PYTHONPATH": f"{source / 'packaging'}:{Path(setuptools.__file__).parents[1]}"}
    done = subprocess.run(
        [no_npm / "python", "-c", code], cwd=source, env=environment, capture_output=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr


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
        assert 'id="panels"' in page.stdout
        for name in UPLOT:
            fetch = ["curl", "-sf", "--compressed", f"{server.url}/{name.removeprefix('monitor/web/')}"]
            served = subprocess.run(fetch, capture_output=True, timeout=30, check=True)
            assert served.stdout == zipfile.ZipFile(wheel).read(name)
        assert server.log == ""
