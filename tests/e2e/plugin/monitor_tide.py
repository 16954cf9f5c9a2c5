"""A third party's plugin. The file that TIDE_MOOD names says how its probe behaves, sample by sample."""

import math
import os
import time
from pathlib import Path

from monitor import Field, Probe, hookimpl

MOOD = Path(os.environ["TIDE_MOOD"])

if MOOD.read_text() == "unimportable":
    raise SystemExit("this plugin ends whoever imports it")


class Tide(Probe):
    name = "tide"
    fields = (
        Field("height", "count", "Height of the tide, from the almanac."),
        Field("gauges", "count", "Height at each gauge.", per="gauge", keyed=True),
    )

    def __init__(self):
        self.samples = 0

    def sample(self):
        mood = MOOD.read_text()
        self.samples += 1
        if mood == "raise":
            raise ValueError("the almanac is wet")
        if mood == "exit":
            raise SystemExit(1)
        if mood == "hang":
            time.sleep(30)
        height = math.nan if mood == "nan" else self.samples
        return {"height": height, "gauges": {"<b>Brest</b>": 1.5, "Dover": None}}


@hookimpl
def monitor_probes():
    return [Tide()]
