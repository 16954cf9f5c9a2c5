"""The unit, the image and the compose file."""

import json
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from backend import GIVEN

from monitor.config import resolve
from tests.conftest import Connect

ROOT = Path(__file__).resolve().parent.parent
UNIT = ROOT / "packaging" / "monitor.service"
CONTAINERFILE = (ROOT / "Containerfile").read_text(encoding="utf-8")
COMPOSE = (ROOT / "compose.yaml").read_text(encoding="utf-8")

needs_systemd = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd here")


@needs_systemd
def test_systemd_takes_every_line_of_the_unit(tmp_path: Path) -> None:
    # What it starts has to be there; ours is where the server will be.
    copy = tmp_path / UNIT.name
    copy.write_text(UNIT.read_text().replace("/opt/monitor/bin/monitor", sys.executable))
    done = subprocess.run(
        ["systemd-analyze", "verify", str(copy)], capture_output=True, text=True, timeout=60, check=False
    )
    said = [line for line in done.stderr.splitlines() if UNIT.name in line]
    assert (done.returncode, said) == (0, [])


@needs_systemd
def test_the_unit_exposes_less_than_two_of_ten() -> None:
    command = ["systemd-analyze", "security", "--offline=true", "--no-pager", "--threshold=20", str(UNIT)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout[-500:] + done.stderr


def test_the_unit_keeps_what_probes_and_the_model_need() -> None:
    lines = [line for line in UNIT.read_text().splitlines() if not line.startswith("#")]
    assert not [line for line in lines if line.startswith(("ProcSubset=", "PrivateNetwork="))]
    assert "OOMPolicy=continue" in lines, "a model that is killed for want of memory does not take the server along"
    assert "SystemCallFilter=~@privileged @obsolete" in lines, "@resources: the model's process lowers its priority"
    assert "ExecReload=/bin/kill -HUP $MAINPID" in lines


@pytest.mark.parametrize("path", sorted(ROOT.glob("packaging/*.toml")), ids=lambda path: path.name)
def test_the_configurations_are_right(path: Path) -> None:
    assert tomllib.loads(path.read_text(encoding="utf-8"))
    assert resolve(file=str(path)).settings.host == "127.0.0.1"


async def test_the_image_is_a_number_without_tools_whose_health_is_one_of_our_addresses(connect: Connect) -> None:
    last = CONTAINERFILE.split("\nFROM ")[-1]
    assert "RUN" not in last
    assert re.search(r"^USER [1-9]\d*:[1-9]\d*$", last, re.MULTILINE)
    (health,) = re.findall(r"CMD (\[.*readyz.*\])", last)
    compile(json.loads(health)[2], "healthcheck", "exec")
    client = await connect()
    assert client.app is not None
    assert "/readyz" in {each.canonical for each in client.app.router.resources()}


def test_the_image_has_every_package_and_nothing_that_is_not_asked_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    folders = {name.partition(".")[0] for name in project["tool"]["setuptools"]["packages"]} | {"templates"}
    ignore = (ROOT / ".containerignore").read_text(encoding="utf-8")
    assert ignore == (ROOT / ".dockerignore").read_text(encoding="utf-8")
    assert ignore.startswith("*\n"), "all is left out, and these are let in"
    for file in ("pyproject.toml", *GIVEN, "packaging/backend.py"):
        assert re.search(rf"^COPY .*(?<=[ ]){re.escape(file)} ", CONTAINERFILE, re.MULTILINE), file
        assert f"!{file}" in ignore.splitlines()
    for folder in folders:
        assert f"COPY {folder}/ {folder}/" in CONTAINERFILE
        assert f"!{folder}/" in ignore.splitlines()


def test_compose_gives_it_one_file_of_the_host_and_no_rights() -> None:
    for line in ("cap_drop: [ALL]", 'security_opt: ["no-new-privileges:true"]', "network_mode: host"):
        assert f"    {line}\n" in COMPOSE
    assert "\n    read_only: true\n" in COMPOSE
    assert "privileged: " not in COMPOSE
    sources = re.findall(r"source: (\S+)\n\s+target: (\S+)\n\s+read_only: true", COMPOSE)
    assert len(sources) == COMPOSE.count("type: bind") == 2
    disk = tomllib.loads((ROOT / "packaging" / "container.toml").read_text(encoding="utf-8"))["probes"]["disk"]["path"]
    assert ("/etc/hostname", disk) in sources
