"""docs/performance.md: the figures, the machine they were measured on, and the command that measured them."""

import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Final

from monitor.distribution import installed_version
from monitor.machine import this_machine
from tests.bench.figures import Figure, table
from tests.bench.processes import ROOT

PATH: Final = ROOT / "docs" / "performance.md"
LIBRARIES: Final = ("aiohttp", "msgspec", "pluggy", "psutil")

PAGE: Final = """\
# Performance

Written by the bench; do not edit. To measure again, from the root of the repository, on Linux:

    {command}

{table}

How to read it:

- CPU is the time of all threads as the scheduler counts it, user and system; 100 % is one core. MB is 2^20 bytes.
- The floor (`tests/bench/floor.c`) is a C program that does nothing but one `write` a client and second. What the
  server costs beyond it is Python, asyncio and the sampling. Both run in turn, under the same clients, with frames of
  the same size.
- The clients share the machine with what they measure. Lateness includes their own work: the floor's is the yardstick.

## Machine

{machine}
"""


def write(command: str, figures: Sequence[Figure]) -> None:
    """Write the page anew."""
    PATH.parent.mkdir(exist_ok=True)
    PATH.write_text(page(command, figures), encoding="utf-8")


def page(command: str, figures: Sequence[Figure]) -> str:
    return PAGE.format(command=command, table=table(figures), machine=machine())


def machine() -> str:
    """Return what the figures depend on, as a list."""
    here = this_machine()
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    return "\n".join(
        (
            f"- {datetime.now(UTC).date().isoformat()}, monitor {installed_version()}",
            f"- {here.cpu}, {here.cores} cores",
            f"- {here.kernel}, {here.system}",
            f"- {platform.python_implementation()} {platform.python_version()}, {libraries}",
        )
    )
