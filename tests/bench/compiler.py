"""The C compiler, if there is one."""

import shutil
import subprocess
from pathlib import Path

from tests.bench.processes import CannotMeasure


def is_there() -> bool:
    """Tell whether C can be compiled on this machine."""
    return shutil.which("cc") is not None


def compiled(source: Path, into: Path) -> Path:
    """Compile one C file into a directory; return the program."""
    program = into / source.stem
    try:
        subprocess.run(["cc", "-O2", "-o", program, source], check=True, capture_output=True, timeout=60)
    except subprocess.CalledProcessError as error:
        raise CannotMeasure(f"{source.name} does not compile: {error.stderr.decode(errors='replace')}") from error
    return program
