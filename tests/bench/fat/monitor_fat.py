"""A plugin for the bench: its probe makes frames of some 50 KB."""

from typing import Final

from monitor import Field, Probe, hookimpl

#: Numbers of twelve characters and a comma, as many as make 50 KB; a list may have 4,096.
COUNT: Final = 3900
SMALLEST: Final = 100_000_000.25


class Fat(Probe):
    """A list of large numbers."""

    name = "fat"
    fields = (Field("numbers", "count", "Numbers that say nothing.", per="place"),)

    def sample(self) -> dict[str, list[float]]:
        return {"numbers": [SMALLEST + place for place in range(COUNT)]}


@hookimpl
def monitor_probes() -> list[Probe]:
    """Offer the one probe."""
    return [Fat()]
