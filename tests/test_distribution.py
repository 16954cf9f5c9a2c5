"""What is installed, and a bare checkout that is not."""

from importlib.metadata import PackageNotFoundError
from typing import Any

import pytest

from monitor import distribution
from monitor.frame import SECTIONS


def test_the_installed_distribution_tells_its_version_and_plugins() -> None:
    assert distribution.installed_version().count(".") == 2
    assert {each.name for each in distribution.plugin_entry_points("monitor")} >= set(SECTIONS)


def test_a_bare_checkout_reads_its_own_pyproject(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(*_: Any, **__: Any) -> Any:
        raise PackageNotFoundError

    installed = distribution.installed_version()
    monkeypatch.setattr(distribution, "version", nothing)
    monkeypatch.setattr(distribution, "entry_points", lambda group: [])
    assert distribution.installed_version() == installed
    found = distribution.plugin_entry_points("monitor")
    assert {(each.name, each.value) for each in found} == {(name, f"probes.{name}") for name in SECTIONS}
    assert all(each.load().monitor_probes for each in found)
