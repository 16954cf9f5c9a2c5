"""Network: bytes sent and received since boot, each byte counted once."""

from collections.abc import Collection, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

import psutil

from monitor import Field, Probe, hookimpl

MB = 2**20
SYSFS = Path("/sys/class/net")
#: Interfaces without hardware of their own, by the names that systems without sysfs give them.
VIRTUAL = (
    "lo", "lo[0-9]*", "Loopback*", "veth*", "vEthernet*", "docker*", "virbr*", "br[0-9-]*", "bridge*", "bond*",
    "tun*", "tap*", "utun*", "gif*", "stf*", "awdl*", "llw*", "anpi*", "ap[0-9]*", "isatap*", "Teredo*",
)  # fmt: skip


class Bytes(NamedTuple):
    """Bytes since boot."""

    sent: int
    received: int


def matching(names: Collection[str], patterns: Sequence[str]) -> frozenset[str]:
    """Return the names that match one of the shell patterns."""
    return frozenset(name for name in names if any(fnmatchcase(name, pattern) for pattern in patterns))


def physical(names: Collection[str], sysfs: Path = SYSFS) -> frozenset[str]:
    """Return the interfaces through which bytes enter and leave this machine.

    On Linux those are the ones with a device behind them: what crosses a bridge, a bond, a VLAN, a veth pair or a
    tunnel crosses one of these too, and would count twice. Where no interface has a device (inside a container),
    the ones that stand on no other interface, loopback and bridges left out. Elsewhere names have to do.
    """
    if not sysfs.is_dir():
        return frozenset(names) - matching(names, VIRTUAL)
    with_device = frozenset(name for name in names if (sysfs / name / "device").exists())
    return with_device or frozenset(name for name in names if name != "lo" and not _stands_on_others(sysfs / name))


def _stands_on_others(interface: Path) -> bool:
    return (interface / "bridge").exists() or any(interface.glob("lower_*"))


class Totals:
    """Sums counters of interfaces that may vanish or begin again, so that the sum never falls."""

    def __init__(self) -> None:
        self._last: dict[str, Bytes] = {}
        self._gone = Bytes(0, 0)

    def add(self, now: Mapping[str, Bytes]) -> Bytes:
        """Take the counters of this moment; return the sum of all that was ever counted."""
        for name, last in self._last.items():
            current = now.get(name)
            if current is None or current.sent < last.sent or current.received < last.received:
                self._gone = Bytes(self._gone.sent + last.sent, self._gone.received + last.received)
        self._last = dict(now)
        return Bytes(
            self._gone.sent + sum(each.sent for each in now.values()),
            self._gone.received + sum(each.received for each in now.values()),
        )


class NetworkProbe(Probe):
    """Reads /proc/net/dev through `psutil.net_io_counters`, and /sys/class/net when an interface comes or goes."""

    name = "network"
    fields: ClassVar[tuple[Field, ...]] = (
        Field(
            "bytes_sent_mb",
            "MB",
            "Sent since boot over the physical interfaces.",
            kind="counter",
            phrases={
                "en": ("data sent", "sent over the network", "upload", "network"),
                "fr": ("données envoyées", "envoyé sur le réseau", "réseau"),
            },
        ),
        Field(
            "bytes_recv_mb",
            "MB",
            "Received since boot over the physical interfaces.",
            kind="counter",
            phrases={
                "en": ("data received", "received over the network", "download", "network"),
                "fr": ("données reçues", "reçu sur le réseau", "réseau"),
            },
        ),
    )

    def __init__(self, interfaces: Sequence[str] = ()) -> None:
        self._patterns = tuple(interfaces)
        self._totals = Totals()
        self._names: frozenset[str] = frozenset()
        self._chosen: frozenset[str] = frozenset()

    def sample(self) -> dict[str, float]:
        counters = psutil.net_io_counters(pernic=True, nowrap=False)
        if counters.keys() != self._names:
            self._names = frozenset(counters)
            self._chosen = matching(self._names, self._patterns) if self._patterns else physical(self._names)
        total = self._totals.add(
            {name: Bytes(counters[name].bytes_sent, counters[name].bytes_recv) for name in self._chosen}
        )
        return {"bytes_sent_mb": total.sent / MB, "bytes_recv_mb": total.received / MB}


@hookimpl
def monitor_probes(config: Mapping[str, Any]) -> list[Probe]:
    if unknown := sorted(config.keys() - {"interfaces"}):
        raise ValueError(f"unknown key {unknown[0]!r}; the only one is interfaces")
    interfaces = config.get("interfaces", [])
    if not isinstance(interfaces, list) or not all(isinstance(name, str) and name for name in interfaces):
        raise ValueError(f"interfaces is {interfaces!r}; it must be a list of names or patterns, such as ['eth*']")
    return [NetworkProbe(interfaces)]
