"""Memory: what programs could still get, and what they have."""

from typing import ClassVar

import psutil

from monitor import Field, Probe, hookimpl

MB = 2**20


def usage(total: int, available: int) -> dict[str, float]:
    """Return the section for a total and an available amount, both in bytes."""
    used = total - available
    return {
        "percent": 100.0 * used / total,
        "total_mb": total / MB,
        "available_mb": available / MB,
        "used_mb": used / MB,
    }


class MemoryProbe(Probe):
    """Reads /proc/meminfo through `psutil.virtual_memory`. In a container that is the host's memory."""

    name = "memory"
    fields: ClassVar[tuple[Field, ...]] = (
        Field("percent", "percent", "Used share of the memory: used / total."),
        Field("total_mb", "MB", "Physical memory (MemTotal)."),
        Field("available_mb", "MB", "What programs can still get without swapping (MemAvailable)."),
        Field("used_mb", "MB", "Total minus available."),
    )

    def sample(self) -> dict[str, float]:
        memory = psutil.virtual_memory()
        return usage(memory.total, memory.available)


@hookimpl
def monitor_probes() -> list[Probe]:
    return [MemoryProbe()]
