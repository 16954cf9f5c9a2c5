"""What the tools of the front end say of it: its rules, its types, the tests of its modules in Node.js."""

from pathlib import Path

import pytest

from monitor.web.assets import load
from tests.e2e.command import run
from tests.e2e.conftest import FRONTEND

#: Seconds for one tool.
PATIENCE = 120.0


@pytest.mark.parametrize("script", ["lint", "types", "unit"])
def test_the_scripts_of_the_pages_pass(script: str, node_modules: Path) -> None:
    assert node_modules.is_dir()
    print(run("npm", "run", "--silent", script, cwd=FRONTEND, seconds=PATIENCE))


@pytest.mark.usefixtures("node_modules")
def test_a_script_without_comments_is_the_same_program(tmp_path: Path) -> None:
    for asset in load():
        if asset.name.endswith(".js"):
            for folder, body in (("whole", asset.body), ("slim", asset.slim)):
                (tmp_path / folder).mkdir(exist_ok=True)
                (tmp_path / folder / asset.name.replace("/", "-")).write_bytes(body.plain)
    print(run("node", "same.js", str(tmp_path / "whole"), str(tmp_path / "slim"), cwd=FRONTEND, seconds=PATIENCE))
