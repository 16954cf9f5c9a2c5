"""One run of Schemathesis."""

import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

CONFIGURATION: Final = Path(__file__).with_name("schemathesis.toml")
#: So many requests come from one address, and none of them is to be refused for that.
UNLIMITED: Final = (
    "--max-connections-per-address=0",
    "--handshakes-per-second=0",
    "--requests-per-second=0",
    "--questions-per-minute=0",
    "--failures-per-minute=0",
)


def fuzz(
    url: str, folder: Path, arguments: Sequence[str], seconds: float | None = None
) -> subprocess.CompletedProcess[str]:
    """Hold the server at `url` to its contract; further arguments are those of `schemathesis run`.

    folder   where Schemathesis keeps what it learns
    seconds  after which it is killed
    The stream of events is left out: it has no end, and `tests/test_web_events.py` reads it.
    """
    program = shutil.which("schemathesis", path=Path(sys.executable).parent) or shutil.which("schemathesis")
    if program is None:
        raise FileNotFoundError("schemathesis is not installed: pip install '.[dev]'")
    command = [program, "--config-file", str(CONFIGURATION), "--no-color", "run", f"{url}/api/openapi.json"]
    options = ["--checks", "all", "--exclude-path", "/api/stream", "--request-timeout", "20", "--continue-on-failure"]
    return subprocess.run(
        [*command, *options, *arguments],
        cwd=folder,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=seconds,
        check=False,
    )
