"""docs/performance.md: the figures, the machine they were measured on, and the command that measured them."""

import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Final

from monitor.distribution import installed_version
from monitor.machine import this_machine
from tests.bench.figures import Group
from tests.bench.processes import ROOT
from tests.bench.selections import FOUR, ONE

PATH: Final = ROOT / "docs" / "performance.md"
LIBRARIES: Final = ("aiohttp", "msgspec", "pluggy", "psutil", "uvloop")

PAGE: Final = """\
# Performance

Written by the bench; do not edit. To measure again, from the root of the repository, on Linux:

    {command}

How to read it:

- CPU is the time of all threads as the scheduler counts it, user and system; 100 % is one core. MB is 2^20 bytes, KB
  2^10.
- The clients are those of `monitor bench`: each reads one frame a second and notes how late it was, from the timestamp
  in it to its arrival. They share the machine with what they measure, so lateness includes their own work: the floor's
  is the yardstick. Turns are counted between two bursts of frames, so that CPU time is that of whole frames.
- The floor (`tests/bench/floor.c`) is a C program that does nothing but one `write` a client and second. What the
  server costs beyond it is Python, asyncio and the sampling. Both run in turn, A B A B, each newly started, under the
  same clients, with frames of the same size.
- In a turn of 20 s the server pings every client once, as it always does every 20 s; what that costs is in the figures.
- A stuck client reads up to its first frame and never again. Figures are those of the others, where they say nothing
  else.
- Four selections are {four}: a quarter of the clients each.
  One for all, `{one}`, has about their mean size, so that the ratio is the price of the encodings and not of
  bytes.

## Figures

{figures}

## Machine

{machine}
"""


def write(command: str, groups: Sequence[Group]) -> None:
    """Write the page anew."""
    PATH.parent.mkdir(exist_ok=True)
    PATH.write_text(page(command, groups), encoding="utf-8")


def page(command: str, groups: Sequence[Group]) -> str:
    return PAGE.format(
        command=command,
        figures="\n\n".join(map(str, groups)),
        four=", ".join(f"`{query}`" if query else "everything" for query in FOUR),
        one=ONE[0],
        machine=machine(),
    )


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
