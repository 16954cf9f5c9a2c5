"""What the tools of the front end say of it: its rules, its types, the tests of its modules in Node.js."""

from pathlib import Path

import pytest

from tests.e2e.command import run
from tests.e2e.conftest import FRONTEND

#: Seconds for one tool.
PATIENCE = 120.0


@pytest.mark.parametrize("script", ["lint", "types", "unit"])
def test_the_scripts_of_the_pages_pass(script: str, node_modules: Path) -> None:
    assert node_modules.is_dir()
    print(run("npm", "run", "--silent", script, cwd=FRONTEND, seconds=PATIENCE))
