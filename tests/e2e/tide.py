"""The demo package of a third party, as if it were installed beside one server; pip need not run."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tests.e2e.test_third_party import PLUGIN

_METADATA: Final = {
    "METADATA": "Metadata-Version: 2.1\nName: monitor-tide\nVersion: 1\n",
    "entry_points.txt": "[monitor]\ntide = monitor_tide\n",
}


class Tide:
    """The package in a folder of its own, and its mood; `environment` is for the server that shall find it."""

    def __init__(self, folder: Path, mood: str = "calm") -> None:
        package = folder / "package"
        metadata = package / "monitor_tide-1.dist-info"
        metadata.mkdir(parents=True)
        (package / "monitor_tide.py").write_text((PLUGIN / "monitor_tide.py").read_text())
        for name, text in _METADATA.items():
            (metadata / name).write_text(text)
        self._mood = folder / "mood"
        self.become(mood)
        self.environment: Mapping[str, str] = {"PYTHONPATH": str(package), "TIDE_MOOD": str(self._mood)}

    def become(self, mood: str) -> None:
        """Have it behave like this from its next sample on: "raise", "hang", "nan", or anything else for well."""
        self._mood.write_text(mood)
