"""A third party's plugin for the evaluation: a number and a table that no built-in probe resembles."""

from monitor import Field, Probe, hookimpl


class Tide(Probe):
    """A tide that rises a little with every sample."""

    name = "tide"
    fields = (
        Field("height", "count", "Height of the tide, from the almanac."),
        Field("gauges", "count", "Height at each gauge.", per="gauge", keyed=True),
    )

    def open(self) -> None:
        self._samples = 0

    def sample(self) -> dict[str, object]:
        self._samples += 1
        height = 2.4 + self._samples / 1000
        return {"height": height, "gauges": {"Brest": height + 1.5, "Dover": height - 0.3}}


@hookimpl
def monitor_probes() -> list[Probe]:
    """Offer the one probe."""
    return [Tide()]
