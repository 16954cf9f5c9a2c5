"""A machine of four cores, five minutes of its past, and two probes of a third party without phrases."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from monitor.encoder import decode
from monitor.history import Entry
from monitor.llama.grounding.answer import Grounding
from monitor.probe import Field
from probes.cpu import CpuProbe
from probes.disk import DiskProbe
from probes.memory import MemoryProbe
from probes.network import NetworkProbe
from probes.process import ProcessProbe

BUILT_IN: Final[dict[str, Sequence[Field]]] = {
    probe.name: probe.fields for probe in (CpuProbe, MemoryProbe, DiskProbe, NetworkProbe, ProcessProbe)
}
THIRD_PARTY: Final[dict[str, Sequence[Field]]] = {
    "tide": (
        Field("height", "count", "Height of the tide, from the almanac."),
        Field("gauges", "count", "Height at each gauge.", per="gauge", keyed=True),
    ),
    "ups": (Field("charge", "percent", "Battery charge of the UPS."),),
}
GROUNDING: Final = Grounding(BUILT_IN)
WITH_THIRD_PARTY: Final = Grounding({**BUILT_IN, **THIRD_PARTY})

GOLDEN: Final[dict[str, Any]] = json.loads(
    (Path(__file__).parent / "golden_frame.json").read_text(encoding="utf-8")
) | {"tide": {"height": 3.2, "gauges": {"Brest": 1.5, "Dover": 2.25}}, "ups": {"charge": 87.0}}


def frame(age: int) -> bytes:
    """Return the frame of so many seconds ago: memory grows by 2 MB a second, 1.5 MB a second come in."""
    document = json.loads(json.dumps(GOLDEN))
    document["timestamp"] -= age
    document["memory"]["used_mb"] -= 2.0 * age
    document["memory"]["available_mb"] += 2.0 * age
    document["cpu"]["percent_total"] -= 2.0 * (age % 7)
    document["network"]["bytes_recv_mb"] -= 1.5 * age
    return json.dumps(document).encode()


def past(seconds: int = 300) -> list[Entry]:
    """Return the entries of the last seconds, one a second."""
    encoded = [frame(age) for age in reversed(range(seconds))]
    return [Entry(tick, tick - 1, decode(each)["timestamp"], each, 0.0) for tick, each in enumerate(encoded)]
