"""Finding plugins: a broken one costs itself and nothing else, and says so."""

import logging
import sys
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

import pytest

from monitor import hookimpl
from monitor.distribution import plugin_entry_points
from monitor.frame import SECTIONS
from monitor.registry import Registry, load
from tests.fakes import FakeEntryPoint, Scripted


def plugin(hook: Callable[..., Any]) -> Callable[[], Any]:
    return lambda: SimpleNamespace(monitor_probes=hookimpl(hook))


def raising(error: BaseException) -> Callable[[], Any]:
    def load_it() -> Any:
        raise error

    return load_it


class Mute(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no words")

    __repr__ = __str__


class Unruly(Scripted):
    @property
    def interval(self) -> float | None:
        raise RuntimeError("no interval")

    @interval.setter
    def interval(self, value: float | None) -> None:
        """Take it, and never give it back."""


def good(name: str) -> FakeEntryPoint:
    return FakeEntryPoint(name, plugin(lambda: [Scripted(name)]))


def reasons(registry: Registry) -> dict[str, str]:
    return {each.source.plugin: each.reason for each in registry.left_out}


def misnamed() -> Any:
    return SimpleNamespace(monitor_prob=hookimpl(lambda: []))  # noqa: PIE807 - a class cannot be marked


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (raising(ImportError("no module named nvml")), "ImportError: no module named nvml"),
        (raising(SystemExit(3)), "SystemExit: 3"),
        (raising(GeneratorExit()), "GeneratorExit"),
        (plugin(lambda: sys.exit("bye")), "SystemExit: bye"),
        (plugin(lambda: 1 / 0), "ZeroDivisionError"),
        (plugin(lambda: Scripted("gpu")), "returned Scripted; it must return a list"),
        (plugin(lambda: None), "no hook monitor_probes that returns a list"),
        (plugin(lambda: [object()]), "is not a Probe"),
        (raising(Mute()), "Mute: (its message cannot be shown)"),
        (plugin(lambda: [Mute()]), "is not a Probe"),
        (plugin(lambda: [Unruly("pest")]), "RuntimeError: no interval"),
        (raising(ImportError("caf\udce9")), "ImportError: caf?"),
        (plugin(lambda: [Scripted("GPU")]), "name is 'GPU'"),
        (plugin(lambda: [Scripted("stale")]), "the name 'stale' is reserved"),
        (plugin(lambda: [Scripted("one")]), "already used by plugin 'one'"),
        (plugin(lambda colour: []), "colour"),
        (misnamed, "monitor_prob"),
        (SimpleNamespace, "no hook monitor_probes"),
        (lambda: None, "no hook monitor_probes"),
    ],
)
def test_a_broken_plugin_is_left_out_by_name_and_the_rest_runs(
    broken: Callable[[], Any], reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    registry = load([good("one"), FakeEntryPoint("pest", broken), good("two")])
    assert list(registry.probes) == ["one", "two"]
    assert reason in reasons(registry)["pest"]
    assert "plugin pest (this checkout) is left out" in caplog.text


def test_the_good_probes_of_a_plugin_run_beside_its_bad_one() -> None:
    registry = load([FakeEntryPoint("mixed", plugin(lambda: [Scripted("a"), object(), Scripted("b")]))])
    assert list(registry.probes) == ["a", "b"]
    assert list(reasons(registry)) == ["mixed"]


def test_control_c_while_plugins_load_is_no_plugins_fault() -> None:
    with pytest.raises(KeyboardInterrupt):
        load([FakeEntryPoint("slow", raising(KeyboardInterrupt()))])


def test_a_second_plugin_of_the_same_name_is_left_out_and_the_built_in_one_stays() -> None:
    impostor = FakeEntryPoint("cpu", plugin(lambda: [Scripted("cpu")]), value="evil.cpu")
    registry = load([impostor, *plugin_entry_points("monitor")])
    assert type(registry.probes["cpu"]).__module__ == "probes.cpu"
    assert "already used" in reasons(registry)["cpu"]


def test_the_built_in_probes_come_by_entry_point_in_the_documented_order() -> None:
    registry = load([good("aaa"), *reversed(plugin_entry_points("monitor"))])
    assert tuple(registry.probes) == (*SECTIONS, "aaa")
    assert registry.sources["cpu"].distribution.startswith("realtime-monitor ")
    assert registry.left_out == []


def test_each_plugin_gets_its_own_table() -> None:
    seen: dict[str, Mapping[str, Any]] = {}

    def hook(config: Mapping[str, Any]) -> list[Scripted]:
        seen["gpu"] = config
        return []

    load([FakeEntryPoint("gpu", plugin(hook)), good("one")], {"gpu": {"card": 1}, "one": {"x": 2}})
    assert seen == {"gpu": {"card": 1}}


def test_a_disabled_plugin_is_not_even_imported_and_a_disabled_probe_does_not_run() -> None:
    two = FakeEntryPoint("two", plugin(lambda: [Scripted("left"), Scripted("right")]))
    registry = load([FakeEntryPoint("bomb", raising(AssertionError("imported"))), two], disabled=["bomb", "left"])
    assert list(registry.probes) == ["right"]
    assert list(registry.disabled) == ["bomb", "left"]
    assert registry.left_out == []


def test_names_that_nothing_bears_are_found() -> None:
    registry = load([good("one"), FakeEntryPoint("two", plugin(lambda: [Scripted("left")]))], disabled=["left"])
    assert registry.unknown_among(["one", "two", "left", "dsik"]) == ["dsik"]


def test_while_a_plugin_is_broken_no_name_counts_as_unknown() -> None:
    registry = load([FakeEntryPoint("gpu", raising(ImportError()))])
    assert registry.unknown_among(["gpu_fan"]) == []


def test_the_traceback_of_a_broken_plugin_is_there_for_who_asks(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    load([FakeEntryPoint("gpu", raising(ImportError("libnvml")))])
    assert "Traceback" in caplog.text
