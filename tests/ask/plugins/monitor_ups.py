"""A third party's plugin for the evaluation: one percentage."""

from monitor import Field, Probe, hookimpl


class Ups(Probe):
    """A battery that loses a little with every sample."""

    name = "ups"
    fields = (Field("charge", "percent", "Charge of the UPS battery."),)

    def open(self) -> None:
        self._samples = 0

    def sample(self) -> dict[str, float]:
        self._samples += 1
        return {"charge": 87.5 - self._samples / 1000}


@hookimpl
def monitor_probes() -> list[Probe]:
    """Offer the one probe."""
    return [Ups()]
