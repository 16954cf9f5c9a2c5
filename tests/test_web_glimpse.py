"""The numbers that the dashboard has before its scripts have come."""

import re
from typing import Any

import msgspec
import pytest

from monitor import Field, Probe
from monitor.frame import Frame
from monitor.history import History
from monitor.web.glimpse import OLD, Glimpse, glimpses
from monitor.web.keys import HISTORY
from tests.conftest import Connect
from tests.fakes import Scripted
from tests.test_websocket import until


def probe(name: str, *fields: Field) -> Probe:
    made: Probe = Scripted(name)
    made.fields = fields  # type: ignore[misc]  # one class, other fields: the tests' licence
    return made


PERCENT = Field("percent", "percent", "A share.")
CPU = probe("cpu", PERCENT, Field("cores", "percent", "Each core.", per="core"), Field("count", "count", "Cores."))


def shares(document: dict[str, Any], *probes: Probe, age: float = 0.0, language: str = "en") -> list[str | None]:
    """Return what is shown of a frame that is so old, at one frame a second."""
    now = 100.0
    history = History(900, clock=lambda: now)
    history.keep(Frame(1.0, {}, {}, 0, -1), msgspec.json.encode(document))
    now += age
    return [each.share for each in glimpses(probes, history, 1.0, language)]


@pytest.mark.parametrize(
    ("value", "language", "text"),
    [(44.84, "en", "44.8"), (44.84, "fr", "44,8"), (0, "en", "0.0"), (100, "fr", "100,0"), (None, "en", None)],
)
def test_it_is_written_as_the_scripts_write_it(value: float | None, language: str, text: str | None) -> None:
    assert shares({"timestamp": 1.0, "cpu": {"percent": value}}, CPU, language=language) == [text]


def test_before_the_first_frame_there_is_none() -> None:
    assert [each.share for each in glimpses([CPU], History(900), 1.0, "en")] == [None]


def test_one_that_is_old_is_none() -> None:
    document = {"timestamp": 1.0, "cpu": {"percent": 5.0}}
    assert shares(document, CPU, age=OLD - 0.1) == ["5.0"]
    assert shares(document, CPU, age=OLD + 0.1) == [None]


def test_a_probe_that_is_stale_or_not_in_the_frame_or_has_more_than_one_share_or_none_has_none() -> None:
    two = probe("two", PERCENT, Field("other", "percent", "Another."))
    heat = probe("heat", Field("celsius", "celsius", "Heat."))
    sections = {"two": {"percent": 1, "other": 2}, "heat": {"celsius": 50}, "cpu": {"percent": 5}}
    assert shares({"timestamp": 1.0, **sections}, two, heat, CPU, probe("gone", PERCENT)) == [None, None, "5.0", None]
    assert shares({"timestamp": 1.0, **sections, "stale": {"cpu": 3.0}}, CPU) == [None]


def whole(section: dict[str, Any], *fields: Field, language: str = "en") -> Glimpse:
    """Return the glimpse of a probe with these fields."""
    history = History(900)
    history.keep(Frame(1.0, {}, {}, 0, -1), msgspec.json.encode({"timestamp": 1.0, "some_probe": section}))
    (glimpse,) = glimpses([probe("some_probe", *fields)], history, 1.0, language)
    return glimpse


def test_it_has_the_parts_of_the_panel_by_their_names() -> None:
    sent = Field("sent", "MB", "Sent.", kind="counter", phrases={"fr": ("données envoyées", "envoi")})
    got = Field("got_mb", "MB", "Received.", kind="counter")
    drops = Field("drops", "count", "Dropped.", kind="counter")
    links = Field("links", "count", "Links.")
    glimpse = whole({}, links, sent, got, drops, language="fr")
    assert glimpse.label == "Some probe"
    assert glimpse.headline == ["Données envoyées", "Got mb"]
    assert not glimpse.is_share
    totals = [("Données envoyées", False), ("Got mb", False)]
    assert glimpse.facts == [*totals, ("Links", False), ("Drops", True)]


@pytest.mark.parametrize(
    ("value", "layout", "is_wide", "is_tall"),
    [
        ([1.0] * 2, "cells", False, False),
        ([1.0] * 64, "cells", True, False),
        ({str(number): 1.0 for number in range(4)}, "multiples", False, False),
        ({str(number): 1.0 for number in range(12)}, "multiples", False, True),
        ({str(number): 1.0 for number in range(13)}, "table", False, True),
    ],
)
def test_a_list_has_the_layout_that_its_panel_gives_it(value: Any, layout: str, is_wide: bool, is_tall: bool) -> None:
    each = Field("each", "percent", "Each.", per="thing", keyed=isinstance(value, dict))
    glimpse = whole({"percent": 1.0, "each": value}, PERCENT, each)
    assert glimpse.is_share
    assert glimpse.elements == [("Each", layout, len(value), True)]
    assert (glimpse.is_wide, glimpse.is_tall) == (is_wide, is_tall)


def test_of_a_list_that_is_not_known_there_is_no_room() -> None:
    assert whole({"each": []}, Field("each", "percent", "Each.", per="thing")).elements == []
    assert whole({"each": None}, Field("each", "percent", "Each.", per="thing")).elements == []


async def test_the_page_has_them_where_the_panels_will_be_and_readers_hear_them_from_the_panels(
    connect: Connect,
) -> None:
    cpu = Scripted("cpu", 44.84)
    cpu.fields = (Field("value", "percent", "A share."),)  # type: ignore[misc]  # this instance alone has other fields
    client = await connect(cpu, Scripted("other"))
    assert client.app is not None
    history = client.app[HISTORY]
    await until(lambda: history.latest)
    page = await (await client.get("/demo?lang=fr")).text()
    first, second = re.findall(
        r'<div class="panel skeleton" aria-hidden="true">(.*?)(?=<div class="panel skeleton|<section)', page, re.DOTALL
    )
    assert re.search(r'<h2 class="name">CPU</h2>.*<span class="number">44,8</span>', first, re.DOTALL)
    assert "number" not in second
    then = await (await client.get("/demo?at=1697456789")).text()
    assert 'class="number"' not in then, "another moment is looked at"
