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
        Field(
            "percent",
            "percent",
            "Used share of the memory: used / total.",
            phrases={
                "en": ("share of memory in use", "how full memory is"),
                "fr": ("part de la mémoire utilisée", "taux de remplissage de la mémoire"),
            },
            warning=75,
            critical=90,
        ),
        Field(
            "total_mb",
            "MB",
            "Physical memory (MemTotal).",
            phrases={
                "en": ("total memory", "memory we have", "installed RAM"),
                "fr": ("mémoire totale", "mémoire que possède"),
            },
        ),
        Field(
            "available_mb",
            "MB",
            "What programs can still get without swapping (MemAvailable).",
            phrases={
                "en": ("available memory", "memory left", "room in memory"),
                "fr": ("mémoire disponible", "mémoire libre", "place en mémoire"),
            },
        ),
        Field(
            "used_mb",
            "MB",
            "Total minus available.",
            phrases={"en": ("memory in use", "memory", "RAM"), "fr": ("mémoire utilisée", "mémoire", "RAM")},
        ),
    )

    def sample(self) -> dict[str, float]:
        memory = psutil.virtual_memory()
        return usage(memory.total, memory.available)


@hookimpl
def monitor_probes() -> list[Probe]:
    return [MemoryProbe()]
