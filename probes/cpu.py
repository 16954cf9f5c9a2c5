"""CPU: how busy, in total and per core, since the previous sample."""

import time
from collections.abc import Sequence
from typing import ClassVar, NamedTuple

import psutil

from monitor import Field, NoData, Probe, hookimpl

#: A reading of the frequency that took t seconds is repeated after 500 t, so that it costs at most 0.2 % of one core
#: (one reading takes 50 us on a small machine, 20 ms a core on some servers), and not before the least rest (seconds).
FREQUENCY_REST = 500.0
FREQUENCY_LEAST_REST = 5.0


class Times(NamedTuple):
    """Seconds of one core since boot that count as busy, and all of them."""

    busy: float
    total: float


def times_of(core: object) -> Times:
    """Split one row of `psutil.cpu_times`. Idle and waiting for I/O are not busy; guests are in `user` already."""
    row = core._asdict()  # type: ignore[attr-defined]  # a namedtuple whose fields differ by system
    total = sum(row.values()) - row.get("guest", 0.0) - row.get("guest_nice", 0.0)
    return Times(total - row["idle"] - row.get("iowait", 0.0), total)


def percent(before: Times, after: Times) -> float | None:
    """Return the busy share between two readings; None where no time has passed between them."""
    total = after.total - before.total
    if total <= 0:
        return None
    # The kernel lets iowait run backwards now and then (proc(5)), so the raw ratio can leave its bounds.
    return min(max(100.0 * (after.busy - before.busy) / total, 0.0), 100.0)


def usage(before: Sequence[Times], after: Sequence[Times]) -> dict[str, object]:
    """Return total and per-core percentages between two readings of all cores.

    A core that came or went in between changes whose row is whose: then only the count is known.
    """
    if len(before) != len(after):
        return {"count": len(after)}
    total = percent(_sum(before), _sum(after))
    if total is None:
        raise NoData("no time has passed since the previous reading of /proc/stat")
    cores = [percent(*pair) for pair in zip(before, after, strict=True)]
    return {"percent_total": total, "percent_per_core": cores, "count": len(after)}


def _sum(cores: Sequence[Times]) -> Times:
    return Times(sum(core.busy for core in cores), sum(core.total for core in cores))


class CpuProbe(Probe):
    """Reads /proc/stat through `psutil.cpu_times`, with a baseline of its own: psutil's is kept per thread."""

    name = "cpu"
    fields: ClassVar[tuple[Field, ...]] = (
        Field(
            "percent_total",
            "percent",
            "Busy share of all cores since the previous sample (/proc/stat).",
            phrases={
                "en": ("CPU load", "CPU", "CPU usage", "busy machine"),
                "fr": ("charge du processeur", "CPU", "utilisation du CPU", "machine occupée"),
            },
            warning=75,
            critical=90,
        ),
        Field(
            "percent_per_core",
            "percent",
            "Busy share of each core since the previous sample.",
            per="core",
            phrases={
                "en": ("core load", "load of each core", "core usage", "busy core"),
                "fr": ("charge du cœur", "charge de chaque cœur", "utilisation du cœur"),
            },
            warning=75,
            critical=90,
        ),
        Field(
            "count",
            "count",
            "Logical cores that are online.",
            phrases={
                "en": ("number of cores", "cores", "number of CPUs", "CPU threads"),
                "fr": ("nombre de cœurs", "cœurs", "nombre de processeurs"),
            },
        ),
        Field(
            "frequency_mhz",
            "MHz",
            "Current frequency, mean of the cores; null where the machine does not tell.",
            phrases={
                "en": ("CPU frequency", "clock speed", "frequency", "how fast the CPU runs"),
                "fr": ("fréquence du processeur", "cadence", "fréquence", "vitesse du processeur"),
            },
        ),
    )

    def open(self) -> None:
        self._before = self._read()
        self._frequency: float | None = None
        self._frequency_due = time.monotonic()
        self._read_frequency()

    def sample(self) -> dict[str, object]:
        after = self._read()
        sample = usage(self._before, after)
        self._before = after
        self._read_frequency()
        return {**sample, "frequency_mhz": self._frequency}

    @staticmethod
    def _read() -> list[Times]:
        return [times_of(core) for core in psutil.cpu_times(percpu=True)]

    def _read_frequency(self) -> None:
        began = time.monotonic()
        if began < self._frequency_due:
            return
        try:
            reading = psutil.cpu_freq()
        except (AttributeError, NotImplementedError, OSError, RuntimeError):  # how psutil says "not on this machine"
            reading = None
        self._frequency = reading.current if reading and reading.current > 0 else None
        ended = time.monotonic()
        self._frequency_due = ended + max(FREQUENCY_LEAST_REST, FREQUENCY_REST * (ended - began))


@hookimpl
def monitor_probes() -> list[Probe]:
    return [CpuProbe()]
