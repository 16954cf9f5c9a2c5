"""Disk: how full the file system of one path is."""

from collections.abc import Mapping
from typing import Any, ClassVar

import psutil

from monitor import Field, NoData, Probe, hookimpl

GB = 2**30


def usage(total: int, used: int, free: int) -> dict[str, float]:
    """Return the section for three amounts in bytes; `free` is what an ordinary user may still write.

    The percentage is the one `df` prints, before it rounds up: the blocks kept for root count as neither.
    """
    if used + free <= 0:
        raise NoData("this file system has no blocks")
    return {
        "percent": 100.0 * used / (used + free),
        "total_gb": total / GB,
        "used_gb": used / GB,
        "free_gb": free / GB,
    }


class DiskProbe(Probe):
    """Reads statvfs(3) of one path through `psutil.disk_usage`."""

    name = "disk"
    fields: ClassVar[tuple[Field, ...]] = (
        Field(
            "percent",
            "percent",
            "Used share of what users can use, as df prints it.",
            phrases={
                "en": ("share of the disk in use", "how full the disk is", "disk"),
                "fr": ("part du disque utilisée", "taux de remplissage du disque", "disque"),
            },
            warning=75,
            critical=90,
        ),
        Field(
            "total_gb",
            "GB",
            "Size of the file system.",
            phrases={
                "en": ("size of the disk", "total disk", "disk we have"),
                "fr": ("taille du disque", "disque total", "disque que possède"),
            },
        ),
        Field(
            "used_gb",
            "GB",
            "Used blocks.",
            phrases={
                "en": ("disk space in use", "disk in use", "used space"),
                "fr": ("espace disque utilisé", "disque utilisé", "espace utilisé"),
            },
        ),
        Field(
            "free_gb",
            "GB",
            "Blocks that an ordinary user may still write.",
            phrases={
                "en": ("free disk space", "disk left", "space left", "space", "disk space"),
                "fr": ("espace disque libre", "disque libre", "espace libre", "espace", "espace disque"),
            },
        ),
    )

    def __init__(self, path: str = "/") -> None:
        self.path = path

    def sample(self) -> dict[str, float]:
        disk = psutil.disk_usage(self.path)
        return usage(disk.total, disk.used, disk.free)


@hookimpl
def monitor_probes(config: Mapping[str, Any]) -> list[Probe]:
    if unknown := sorted(config.keys() - {"path"}):
        raise ValueError(f"unknown key {unknown[0]!r}; the only one is path")
    path = config.get("path", "/")
    if not isinstance(path, str) or (not path.startswith("/") and ":" not in path):
        raise ValueError(f"path is {path!r}; it must be an absolute path, such as '/srv'")
    return [DiskProbe(path)]
