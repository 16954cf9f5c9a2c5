"""A third party's package beside the server: it adds its key, and whatever it does, the other keys are live."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from monitor.frame import SECTIONS
from tests.e2e.server import Server, wait_for
from tests.e2e.stream import longest_gap, missed, read

PLUGIN = Path(__file__).with_name("plugin")
INTERVAL = 0.5


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder into which pip has installed the package."""
    source, target = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("installed")
    for file in PLUGIN.iterdir():
        if file.is_file():
            (source / file.name).write_bytes(file.read_bytes())
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--target"]
    subprocess.run([*pip, str(target), str(source)], check=True, timeout=120)
    return target


class Tide:
    """A server with the package installed, and the package's mood."""

    def __init__(self, server: Server, mood: Path) -> None:
        self.server = server
        self._mood = mood

    def become(self, mood: str) -> None:
        self._mood.write_text(mood)

    def probe(self) -> Any:
        return next(each for each in self.server.get("/api/probes")["probes"] if each["name"] == "tide")


@contextmanager
def serving(installed: Path, folder: Path, mood: str = "calm") -> Iterator[Tide]:
    path = folder / "mood"
    path.write_text(mood)
    environment = {"PYTHONPATH": str(installed), "TIDE_MOOD": str(path)}
    with Server("--interval", str(INTERVAL), environment=environment) as server:
        yield Tide(server, path)


async def test_an_installed_package_adds_its_key_after_the_documented_ones(installed: Path, tmp_path: Path) -> None:
    with serving(installed, tmp_path) as tide:
        (arrival,) = await read(tide.server.stream_url, 1)
        assert list(arrival.frame) == ["timestamp", *SECTIONS, "tide"]
        assert arrival.frame["tide"]["gauges"] == {"<b>Brest</b>": 1.5, "Dover": None}
        probe = tide.probe()
        assert (probe["distribution"], probe["state"]) == ("monitor-tide 1.2.3", "ok")
        assert [field["shape"] for field in probe["fields"]] == ["number", "table"]


@pytest.mark.parametrize(
    ("mood", "state", "error"),
    [
        ("raise", "failed", "ValueError: the almanac is wet"),
        ("exit", "failed", "SystemExit: 1"),
        ("nan", "failed", "BadSample: height is nan"),
        ("hang", "late", "its sample is not back yet"),
    ],
)
async def test_whatever_it_does_the_other_keys_stay_live_and_on_time(
    installed: Path, tmp_path: Path, mood: str, state: str, error: str
) -> None:
    with serving(installed, tmp_path) as tide:
        good = tide.server.frame()["tide"]["height"]
        tide.become(mood)
        wait_for(lambda: "stale" in tide.server.frame())
        arrivals = await read(tide.server.stream_url, 8)
        assert missed(arrivals, INTERVAL) == 0
        assert longest_gap(arrivals) < 2 * INTERVAL
        for arrival in arrivals:
            assert list(arrival.frame) == ["timestamp", *SECTIONS, "tide", "stale"]
            assert list(arrival.frame["stale"]) == ["tide"], "the others are fresh"
            assert arrival.frame["tide"]["height"] >= good, "the last good values stay"
        ages = [arrival.frame["stale"]["tide"] for arrival in arrivals]
        assert ages == sorted(ages)
        assert ages[-1] > 6 * INTERVAL
        probe = tide.probe()
        assert probe["state"] == state
        assert error in probe["error"]
        if mood != "hang":
            tide.become("calm")
            wait_for(lambda: "stale" not in tide.server.frame())
            assert "probe tide is back" in tide.server.log
        assert tide.server.stop() < 5
        assert tide.server.exit_code == 0


async def test_a_package_that_cannot_be_imported_is_named_and_the_rest_runs(installed: Path, tmp_path: Path) -> None:
    with serving(installed, tmp_path, "unimportable") as tide:
        (arrival,) = await read(tide.server.stream_url, 1)
        assert list(arrival.frame) == ["timestamp", *SECTIONS]
        (left_out,) = tide.server.get("/api/probes")["left_out"]
        assert left_out == {
            "plugin": "tide",
            "distribution": "monitor-tide 1.2.3",
            "error": "SystemExit: this plugin ends whoever imports it",
        }
        assert "plugin tide (monitor-tide 1.2.3) is left out" in tide.server.log
