"""The contract of a probe, and what is said of one that breaks it."""

from collections.abc import Mapping
from typing import Any

import pytest

from monitor import Field, Probe
from monitor.probe import KINDS, UNITS, fault_of
from monitor.text import shown
from tests.fakes import AsyncScripted, Scripted


def field(**changes: Any) -> Field:
    return Field(**{"name": "used", "unit": "MB", "help": "Used.", **changes})


@pytest.mark.parametrize(
    ("changes", "right"),
    [
        ({"name": "Used"}, "lower case letters"),
        ({"name": ""}, "lower case letters"),
        ({"name": "a" * 65}, "lower case letters"),
        ({"unit": "furlongs"}, "one of percent, ratio"),
        ({"kind": "histogram"}, "gauge or counter"),
        ({"help": " "}, "a sentence"),
        ({"help": "Half a letter: \udce9."}, "a sentence"),
        ({"per": "CPU core"}, "what there is one value for"),
        ({"keyed": True}, "False where per is None"),
        ({"decimals": -1}, "a whole number from 0 to 9"),
        ({"decimals": True}, "a whole number from 0 to 9"),
        ({"phrases": {"de": ("Speicher",)}}, "for each of en, fr"),
        ({"phrases": {"en": "memory"}}, "a tuple of short texts"),
        ({"phrases": {"en": ()}}, "a tuple of short texts"),
        ({"phrases": {"en": (" ",)}}, "a tuple of short texts"),
        ({"phrases": {"en": ("two\nlines",)}}, "a tuple of short texts"),
        ({"phrases": {"fr": ("a" * 61,)}}, "a tuple of short texts"),
        ({"phrases": ("memory",)}, "a tuple of short texts"),
        ({"warning": "75"}, "None or a finite number"),
        ({"warning": True}, "None or a finite number"),
        ({"warning": float("nan")}, "None or a finite number"),
        ({"critical": float("-inf")}, "None or a finite number"),
        ({"critical": 2**53}, "None or a finite number"),
        ({"critical": 90, "warning": 90.0}, "above warning, or below it where low values are bad"),
    ],
)
def test_a_wrong_field_is_refused_with_what_would_be_right(changes: dict[str, Any], right: str) -> None:
    with pytest.raises(ValueError, match=right) as refusal:
        field(**changes)
    key, value = next(iter(changes.items()))
    assert f"{key} is {shown(value)}" in str(refusal.value)


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("kind", KINDS)
def test_every_listed_unit_and_kind_is_accepted(unit: str, kind: str) -> None:
    assert field(unit=unit, kind=kind, per="mount", keyed=True, decimals=0).unit == unit


@pytest.mark.parametrize(
    ("warning", "critical"), [(75, 90), (20, 10.5), (75, None), (None, 90), (0, -40), (None, None), (1e300, -1e300)]
)
def test_thresholds_may_be_high_or_low_and_one_may_stand_alone(warning: float | None, critical: float | None) -> None:
    made = field(warning=warning, critical=critical)
    assert (made.warning, made.critical) == (warning, critical)


class Good(Probe):
    name = "good"
    fields = (Field("used", "MB", "Used."),)

    def sample(self) -> Mapping[str, object]:
        return {}


def changed(**attributes: Any) -> object:
    return type("Changed", (Good,), attributes)()


async def coroutine(_: object) -> None: ...


def test_a_probe_that_keeps_the_contract_has_no_fault() -> None:
    assert fault_of(Good()) is None
    assert fault_of(changed(interval=5)) is None
    assert fault_of(AsyncScripted("good")) is None
    assert fault_of(Scripted("good")) is None


@pytest.mark.parametrize(
    ("probe", "fault"),
    [
        (object(), "is not a Probe"),
        (Good, "is not a Probe"),
        (Probe(), "name is None"),
        (changed(name="No Good"), "name is 'No Good'"),
        (changed(name=7), "name is 7"),
        (changed(fields=()), "a tuple of at least one Field"),
        (changed(fields=[field()]), "a tuple of at least one Field"),
        (changed(fields=("used",)), "a tuple of at least one Field"),
        (changed(fields=(field(), field())), "names 'used' twice"),
        (changed(interval=0), "interval is 0"),
        (changed(interval=float("nan")), "interval is nan"),
        (changed(interval=True), "interval is True"),
        (changed(interval=1e308), "one day at most"),
        (changed(interval=10**10_000), "one day at most"),
        (changed(interval="5"), "interval is '5'"),
        (changed(sample=Probe.sample), "no sample method"),
        (changed(open=coroutine), "open is `async def`"),
        (changed(close=coroutine), "close is `async def`"),
    ],
)
def test_each_fault_is_named(probe: object, fault: str) -> None:
    assert fault in str(fault_of(probe))


def test_what_the_base_class_does_is_nothing() -> None:
    probe = Probe()
    probe.open()
    probe.close()
    with pytest.raises(NotImplementedError):
        probe.sample()
