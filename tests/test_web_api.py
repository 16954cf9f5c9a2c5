"""The HTTP API."""

import asyncio
from typing import Any

import pytest

from monitor import Field
from monitor.frame import Frame
from monitor.web import keys
from monitor.web.api import describe_field
from tests.conftest import Client, Connect
from tests.fakes import Clock, Gate, Scripted


async def first_frame(client: Client) -> Any:
    """Return the newest frame, waiting for the first one."""
    async with asyncio.timeout(10):
        while (answer := await client.get("/api/system-stats")).status == 503:
            assert answer.headers["Retry-After"] == "1"
            await asyncio.sleep(0.01)
    assert answer.status == 200
    return await answer.json()


async def test_the_snapshot_is_the_newest_frame_and_causes_no_sample(connect: Connect) -> None:
    probe = Scripted("cpu", *range(1000))
    client = await connect(probe, interval=10.0)
    frame = await first_frame(client)
    assert set(frame) == {"timestamp", "cpu"}
    assert [await first_frame(client) for _ in range(20)] == [frame] * 20
    assert probe.calls.count("sample") == 1


async def test_before_the_first_frame_the_answer_is_503_with_json(connect: Connect) -> None:
    client = await connect(interval=10.0)
    for path in ("/api/system-stats", "/healthz"):
        answer = await client.get(path)
        assert answer.status == 503
        assert (await answer.json())["error"]["code"] == "no_frame"


async def test_every_probe_tells_its_fields_state_cost_and_error(connect: Connect) -> None:
    client = await connect(Scripted("good"), Scripted("bad", OSError("no caf\udce9")))
    await first_frame(client)
    answer = await (await client.get("/api/probes")).json()
    good, bad = answer["probes"]
    assert good["name"] == "good"
    assert (good["state"], good["error"], good["failures"]) == ("ok", None, 0)
    assert good["cost_ms"].keys() == {"last", "mean", "max"}
    assert good["samples"] >= 1
    assert good["interval"] == answer["interval"] == 0.1
    assert good["fields"] == [
        {
            "name": "value",
            "unit": "count",
            "help": "What the script says.",
            "kind": "gauge",
            "shape": "number",
            "per": None,
            "decimals": 2,
            "phrases": {},
            "warning": None,
            "critical": None,
        }
    ]
    assert (bad["state"], bad["error"]) == ("failed", "OSError: no caf?")
    assert answer["disabled"] == [{"name": "unwanted", "plugin": "fake", "distribution": "fakes 1.0"}]
    assert answer["left_out"] == [{"plugin": "broken", "distribution": "fakes 1.0", "error": "ImportError: no"}]


def test_the_shape_of_a_field_follows_from_what_it_is_per() -> None:
    assert describe_field(Field("a", "MB", "A.", per="core")).shape == "list"
    assert describe_field(Field("a", "MB", "A.", per="mount", keyed=True)).shape == "table"


def test_the_phrases_of_a_field_are_shown() -> None:
    field = Field("a", "MB", "A.", phrases={"en": ("what A holds",)})
    assert describe_field(field).phrases == {"en": ["what A holds"]}


def test_the_thresholds_of_a_field_are_told() -> None:
    described = describe_field(Field("a", "percent", "A.", decimals=0, warning=20, critical=10.5))
    assert (described.decimals, described.warning, described.critical) == (0, 20, 10.5)


async def test_the_past_comes_as_columns(connect: Connect) -> None:
    client = await connect(Scripted("cpu", *range(1000)), Scripted("fan", 7), interval=0.05)
    await asyncio.sleep(1)
    everything = await (await client.get("/api/history")).json()
    assert list(everything) == ["interval", "timestamp", "fields"]
    stamps, values = everything["timestamp"], everything["fields"]["cpu.value"]
    assert values == list(range(len(stamps)))
    assert len(stamps) > 5
    assert list(everything["fields"]) == ["cpu.value", "fan.value"]
    some = await (await client.get(f"/api/history?since={stamps[2]}&until={stamps[4]}&fields=fan")).json()
    assert some == {"interval": 0.05, "timestamp": stamps[2:5], "fields": {"fan.value": [7, 7, 7]}}
    steps = await (await client.get("/api/history?step=0.2&fields=cpu.value")).json()
    assert len(steps["timestamp"]) <= len(stamps) / 2
    assert steps["fields"]["cpu.value"][0] == 0


@pytest.mark.parametrize("query", ["step=0.07", "fields=disk", "since=x", "interval=1", "until=-1"])
async def test_a_past_that_makes_no_sense_is_refused(connect: Connect, query: str) -> None:
    client = await connect()
    answer = await client.get(f"/api/history?{query}")
    assert answer.status == 400
    assert query.partition("=")[0] in (await answer.json())["error"]["message"]


async def test_health_is_good_while_frames_come_and_bad_when_they_stop(connect: Connect) -> None:
    client = await connect(interval=5.0)
    await first_frame(client)
    answer = await client.get("/healthz")
    assert answer.status == 200
    assert (await answer.json())["status"] == "ok"
    assert client.app is not None
    history, clock = client.app[keys.HISTORY], Clock()
    assert history.latest is not None
    history._clock = clock  # noqa: SLF001 - time has to pass without waiting for it
    history.keep(Frame(1.0, {}, {}, 99, 98), history.latest.encoded)
    clock.now += 15.1
    answer = await client.get("/healthz")
    assert answer.status == 503
    assert (await answer.json())["error"] == {
        "code": "frames_stopped",
        "message": "The newest frame is 15.1 s old; one is due every 5 s.",
    }


async def test_a_stuck_probe_does_not_make_the_server_unhealthy(connect: Connect) -> None:
    gate = Gate()
    client = await connect(Scripted("stuck", gate), Scripted("cpu"))
    try:
        frame = await first_frame(client)
        assert "stuck" in frame["stale"]
        await asyncio.sleep(0.4)
        assert (await client.get("/healthz")).status == 200
    finally:
        gate.open()
