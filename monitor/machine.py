"""What this machine is, for the pages: the few facts that do not change while it runs."""

import os
import platform
from dataclasses import dataclass
from pathlib import Path

import psutil

CPUINFO = Path("/proc/cpuinfo")


@dataclass(frozen=True, slots=True)
class Machine:
    """host: its name; system: distribution or OS; kernel: release; cpu: model; boot_time: Unix time in seconds."""

    host: str
    system: str
    kernel: str
    cpu: str
    cores: int
    boot_time: float


def this_machine() -> Machine:
    """Read /etc/os-release and /proc/cpuinfo where there are any, and what the platform tells elsewhere."""
    return Machine(
        host=platform.node() or "unknown",
        system=_system(),
        kernel=f"{platform.system()} {platform.release()}",
        cpu=cpu_model(_text(CPUINFO)) or platform.processor() or platform.machine() or "unknown",
        cores=os.cpu_count() or 1,
        boot_time=psutil.boot_time(),
    )


def cpu_model(cpuinfo: str) -> str | None:
    """Return the model in the text of /proc/cpuinfo; None where it has none (many ARM boards)."""
    for line in cpuinfo.splitlines():
        key, _, value = line.partition(":")
        if key.strip().lower() in ("model name", "hardware", "cpu model") and value.strip():
            return " ".join(value.split())
    return None


def _system() -> str:
    try:
        return platform.freedesktop_os_release().get("PRETTY_NAME", "Linux")
    except OSError:
        return f"{platform.system()} {platform.release()}"


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
