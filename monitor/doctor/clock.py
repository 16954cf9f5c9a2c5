"""The clock: frames, tokens and certificates go by it."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from typing import Final

from monitor.doctor.finding import Finding
from monitor.doctor.place import Place

CHECK: Final = "clock"
#: Unix time before which no clock is right: that of this check's writing.
EARLIEST: Final = 1_767_225_600.0
#: Seconds by which two clocks may differ: tokens have as much patience.
APART: Final = 30.0
_REMEDY: Final = "let something set it: timedatectl set-ntp true"


def right(other: Place | None = None, now: float | None = None) -> Iterator[Finding]:
    """Look at the clock; beside that of `other`, a server or what stands before it, where one is named."""
    now = time.time() if now is None else now
    if now < EARLIEST:
        yield Finding.problem(CHECK, f"it says {time.strftime('%Y-%m-%d', time.gmtime(now))}", _REMEDY)
        return
    if other is not None and (apart := _apart(other, now)) is not None and abs(apart) > APART:
        yield Finding.problem(
            CHECK, f"it is {abs(apart):.0f} s {'behind' if apart > 0 else 'ahead of'} {other.base}", _REMEDY
        )
        return
    set_by_itself = _is_set()
    if set_by_itself is False:
        yield Finding.warning(CHECK, "nothing sets it", _REMEDY)
    else:
        yield Finding.ok(CHECK, "it is set by itself" if set_by_itself else "nothing is known against it")


def _apart(other: Place, now: float) -> float | None:
    """Return by how many seconds the other clock is ahead; None where it does not say."""
    try:
        date = other.get("/healthz").headers.get("Date")
        return None if date is None else parsedate_to_datetime(date).timestamp() - now
    except (OSError, ValueError):
        return None


def _is_set() -> bool | None:
    """Return whether something sets the clock; None where nobody tells."""
    program = shutil.which("timedatectl")
    if program is None:
        return None
    try:
        said = subprocess.run(  # noqa: S603 - a program of the system's
            [program, "show", "--property=NTPSynchronized", "--value"],
            capture_output=True,
            text=True,
            timeout=5,
            check=True,
        ).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return None
    return {"yes": True, "no": False}.get(said)
