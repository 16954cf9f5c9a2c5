"""Process: what the server itself costs."""

import time
from typing import ClassVar

import psutil

from monitor import Field, NoData, Probe, hookimpl

MB = 2**20


def cpu_percent(cpu_seconds: float, seconds: float) -> float:
    """Return the share of one core; above 100 where several threads were busy."""
    if seconds <= 0:
        raise NoData("no time has passed since the previous sample")
    return 100.0 * cpu_seconds / seconds


class ProcessProbe(Probe):
    """Reads the resident set through psutil (/proc/self/statm), and the CPU time with `time.process_time`.

    The latter counts nanoseconds, where /proc/self/stat counts hundredths of a second: at one sample a second
    the file could only ever say 0, 1 or 2 percent.
    """

    name = "process"
    fields: ClassVar[tuple[Field, ...]] = (
        Field(
            "memory_mb",
            "MB",
            "Resident memory of the server (RSS).",
            phrases={
                "en": (
                    "memory of this monitor itself",
                    "RSS",
                    "this monitor itself",
                    "resident memory",
                    "this monitor's own usage",
                ),
                "fr": (
                    "mémoire de ce moniteur lui-même",
                    "mémoire résidente",
                    "ce moniteur lui-même",
                    "ce que consomme le moniteur lui-même",
                ),
            },
        ),
        Field(
            "cpu_percent",
            "percent",
            "CPU time of the server since the previous sample; 100 is one core.",
            phrases={
                "en": ("CPU load of this monitor itself", "this monitor's own CPU", "this monitor's own load"),
                "fr": ("charge CPU de ce moniteur lui-même", "CPU du moniteur lui-même"),
            },
            warning=75,
            critical=90,
        ),
    )

    def open(self) -> None:
        self._process = psutil.Process()
        self._before = (time.process_time(), time.monotonic())

    def sample(self) -> dict[str, float]:
        now = (time.process_time(), time.monotonic())
        percent = cpu_percent(now[0] - self._before[0], now[1] - self._before[1])
        self._before = now
        return {"memory_mb": self._process.memory_info().rss / MB, "cpu_percent": percent}


@hookimpl
def monitor_probes() -> list[Probe]:
    return [ProcessProbe()]
