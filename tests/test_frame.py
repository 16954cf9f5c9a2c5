"""The check of what a probe returned, and the shape of a frame."""

import math
from decimal import Decimal
from enum import Enum
from typing import Any

import pytest

from monitor import Field
from monitor.encoder import encode
from monitor.frame import LARGEST_COUNT, LARGEST_INTEGER, BadSample, Frame, checked, unknown

TOTAL = Field("total", "MB", "A number.")
CORES = Field("cores", "percent", "A list.", per="core")
MOUNTS = Field("mounts", "GB", "A table.", per="mount", keyed=True)
FINE = Field("fine", "ratio", "A number with many digits.", decimals=5)
FIELDS = (TOTAL, CORES, MOUNTS, FINE)


class Half(float):
    """A float of a library, such as numpy's; or of one that calls itself something else."""

    def __float__(self) -> float:
        return 7.0


class Interface(str, Enum):  # noqa: UP042 - what the str of such a member is differs from what it holds
    ETH0 = "eth0"


def test_a_sample_becomes_a_section_in_the_order_of_its_fields() -> None:
    raw = {"fine": 0.123456789, "mounts": {"/": 1.005, "/srv": None}, "cores": (1.239, None, 3), "total": 7}
    section = checked(FIELDS, raw)
    assert list(section.items()) == [
        ("total", 7),
        ("cores", [1.24, None, 3]),
        ("mounts", {"/": 1.0, "/srv": None}),
        ("fine", 0.12346),
    ]


def test_what_is_missing_is_null_and_never_invented() -> None:
    assert checked(FIELDS, {}) == unknown(FIELDS) == {"total": None, "cores": None, "mounts": None, "fine": None}


def test_subclasses_become_what_they_hold() -> None:
    total = checked((TOTAL,), {"total": Half(0.5)})["total"]
    assert (total, type(total)) == (0.5, float)
    mounts = checked((MOUNTS,), {"mounts": {Interface.ETH0: Half(0.5)}})["mounts"]
    assert (
        encode(Frame(1.0, {"a": {"mounts": mounts}}, {}).as_dict()) == b'{"timestamp":1.0,"a":{"mounts":{"eth0":0.5}}}'
    )


def test_a_section_does_not_change_when_the_probe_changes_what_it_returned() -> None:
    cores = [1.0]
    section = checked((CORES,), {"cores": cores})
    cores.append(2.0)
    assert section == {"cores": [1.0]}


class Hostile:
    def __repr__(self) -> str:
        raise RuntimeError("no repr")


@pytest.mark.parametrize(
    ("raw", "complaint"),
    [
        (None, "must return a dict"),
        ([("total", 1)], "must return a dict"),
        ({"total": math.nan}, "total is nan; it must be a finite number"),
        ({"total": -math.inf}, "total is -inf"),
        ({"total": "7"}, "total is '7'; it must be an int or a float"),
        ({"total": True}, "total is True"),
        ({"total": Decimal(1)}, "an int or a float"),
        ({"total": [1]}, "an int or a float"),
        ({"total": LARGEST_INTEGER + 1}, "at most 2^53 - 1"),
        ({"total": 10**10_000}, "at most 2^53 - 1"),
        ({"total": Hostile()}, "Hostile"),
        ({"cores": 1.0}, "a list with one number per core"),
        ({"cores": "12"}, "a list with one number per core"),
        ({"cores": {"0": 1.0}}, "a list with one number per core"),
        ({"cores": [1.0, math.inf]}, "cores is inf"),
        ({"cores": [0.0] * (LARGEST_COUNT + 1)}, "4097 values; at most 4096"),
        ({"mounts": [1.0]}, "a dict with one number per mount"),
        ({"mounts": {1: 1.0}}, "keyed by strings"),
        ({"mounts": {"": 1.0}}, "keyed by strings"),
        ({"mounts": {"m" * 257: 1.0}}, "keyed by strings"),
        ({"mounts": {"\udcff": 1.0}}, "UTF-8"),
        ({"mounts": {"/": "full"}}, "mounts is 'full'"),
        ({"mounts": {str(n): 0.0 for n in range(LARGEST_COUNT + 1)}}, "at most 4096"),
        ({"totl": 1}, "fields that are not declared: 'totl'"),
        ({"total": 1, "cores": [], "mounts": {}, "fine": 1, 5: 1}, "fields that are not declared: 5"),
    ],
)
def test_a_bad_sample_is_refused_and_the_complaint_is_short(raw: Any, complaint: str) -> None:
    with pytest.raises(BadSample) as refusal:
        checked(FIELDS, raw)
    assert complaint in str(refusal.value)
    assert len(str(refusal.value)) < 250


def test_a_healthy_frame_has_no_stale_key() -> None:
    sections = {"cpu": {"count": 4}}
    assert Frame(1.5, sections, {}).as_dict() == {"timestamp": 1.5, "cpu": {"count": 4}}
    assert list(Frame(1.5, sections, {"cpu": 2.0}).as_dict()) == ["timestamp", "cpu", "stale"]
