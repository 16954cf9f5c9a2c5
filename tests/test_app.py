"""Where the parts meet."""

import asyncio
from typing import Any

import pytest

from monitor.app import allowed_hosts, is_everywhere, room, stream
from monitor.config import Settings
from monitor.encoder import websocket_text
from monitor.history import History
from monitor.hub import Hub
from monitor.sampler import Sampler
from monitor.web import keys
from tests.conftest import Connect
from tests.fakes import Client, Scripted


async def test_each_frame_is_kept_and_published_as_the_same_bytes() -> None:
    sampler, history, hub, client = Sampler([Scripted("cpu", 1, 2, 3)], 0.05), History(60), Hub(), Client()
    hub.join(client)  # type: ignore[arg-type]  # as much of a transport as the hub needs
    task = asyncio.create_task(stream(sampler, history, hub))
    async with asyncio.timeout(10):
        while len(client.received) < 3:
            await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.wait([task])
    await sampler.close()
    assert history.latest is not None
    assert client.received[-1] == websocket_text(history.latest.encoded)
    assert all(b'"value":%d' % number in client.received[number - 1] for number in (1, 2, 3))


async def test_a_stream_that_ends_by_a_fault_of_ours_says_so(
    connect: Connect, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(document: object) -> bytes:
        raise RuntimeError("encoder")

    monkeypatch.setattr("monitor.encoder.encode", broken)
    client = await connect()
    async with asyncio.timeout(10):
        while "the stream has stopped" not in caplog.text:
            await asyncio.sleep(0.01)
    assert (await client.get("/healthz")).status == 503


@pytest.mark.parametrize(
    ("settings", "hosts"),
    [
        ({}, ["127.0.0.1"]),
        ({"host": "192.0.2.1", "allowed_host": ("mon.example",)}, ["mon.example", "192.0.2.1"]),
        ({"host": "::"}, []),
    ],
)
def test_the_bound_address_is_allowed_as_host_unless_it_means_all(settings: dict[str, Any], hosts: list[str]) -> None:
    assert allowed_hosts(Settings(**settings)) == hosts


def test_a_name_is_not_every_address() -> None:
    assert not is_everywhere("localhost")


@pytest.mark.parametrize(
    ("wanted", "files", "given"), [(10_000, None, 10_000), (10_000, 1_048_576, 10_000), (10_000, 1024, 736), (5, 10, 1)]
)
def test_there_is_room_for_what_the_file_limit_allows_and_the_log_says_when_that_is_less(
    wanted: int, files: int | None, given: int, caplog: pytest.LogCaptureFixture
) -> None:
    assert room(wanted, files) == given
    assert (f"room for {given}" in caplog.text) == (given < wanted)


async def test_the_parts_are_there_under_their_keys(connect: Connect) -> None:
    client = await connect()
    assert client.app is not None
    for key in (keys.SAMPLER, keys.HISTORY, keys.HUB, keys.REGISTRY, keys.MACHINE, keys.VERSION):
        assert client.app[key] is not None
