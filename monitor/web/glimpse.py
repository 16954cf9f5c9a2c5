"""The numbers that the dashboard has before its scripts have come: what the newest frame says of each probe."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

import msgspec

from monitor.history import History
from monitor.probe import Field, Probe

#: Intervals after which the newest frame is no news.
OLD: Final = 2.5
#: What stands before the decimals, by language; a point in others.
DECIMAL_SIGNS: Final[Mapping[str, str]] = {"fr": ","}


class Glimpse(NamedTuple):
    """What a panel shows at first.

    probe  its name
    share  the one percentage in its headline as people read it ("44.8"); None where there is none, or none that is new
    """

    probe: str
    share: str | None


def glimpses(probes: Iterable[Probe], history: History, interval: float, language: str) -> Sequence[Glimpse]:
    """Return one for each probe, in their order; `interval` is the server's, in seconds."""
    sections = _sections(history, interval)
    return [Glimpse(probe.name, _share(probe.fields, sections.get(probe.name), language)) for probe in probes]


def _sections(history: History, interval: float) -> Mapping[str, Any]:
    """Return what the newest frame says of the probes that are well."""
    if history.latest is None or history.age is None or history.age > OLD * interval:
        return {}
    frame = msgspec.json.decode(history.latest.encoded)
    return {name: section for name, section in frame.items() if name not in frame.get("stale", ())}


def _share(fields: Iterable[Field], section: Any, language: str) -> str | None:
    shares = [each for each in fields if each.kind == "gauge" and each.unit == "percent" and each.per is None]
    value = section.get(shares[0].name) if isinstance(section, dict) and len(shares) == 1 else None
    if value is None:
        return None
    return f"{value:.1f}".replace(".", DECIMAL_SIGNS.get(language, "."))
