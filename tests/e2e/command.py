"""Programs of others, run to their end."""

import subprocess
from pathlib import Path

import pytest


def run(*command: str, seconds: float, cwd: Path | None = None) -> str:
    """Run a command without input and return what it printed; fail with all it said when it fails or takes too long."""
    try:
        done = subprocess.run(
            command, cwd=cwd, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=seconds, check=True
        )
    except subprocess.CalledProcessError as error:
        pytest.fail(f"{' '.join(command)} exited with {error.returncode}:\n{error.stdout}{error.stderr}")
    except subprocess.TimeoutExpired as error:
        said = (error.stdout or b"") + (error.stderr or b"")  # bytes, whatever `text` says
        pytest.fail(f"{' '.join(command)} was not done after {seconds:g} s:\n{said.decode(errors='replace')}")
    return done.stdout
