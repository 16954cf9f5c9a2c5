"""The key set: fetched when that helps, and never more often than it may be."""

import asyncio
import json
import logging

import pytest

from monitor.auth.jwks import FRESH, PAUSE, KeySet
from tests.fakes import Clock


class Issuer:
    """Publishes keys; counts how often it was asked."""

    def __init__(self, *names: str) -> None:
        self.names = names
        self.asked = 0
        self.error: Exception | None = None
        self.gate: asyncio.Event | None = None

    async def fetch(self) -> bytes:
        self.asked += 1
        if self.gate is not None:
            await self.gate.wait()
        if self.error is not None:
            raise self.error
        return json.dumps(list(self.names)).encode()


def read(document: object) -> dict[str | None, str]:
    assert isinstance(document, list)
    return {name: f"key {name}" for name in document}


@pytest.fixture
def clock() -> Clock:
    return Clock()


async def settle(keys: KeySet[str]) -> None:
    """Wait until nothing is under way."""
    for _ in range(10):
        await asyncio.sleep(0)


async def test_keys_are_fetched_once_for_all_who_wait(clock: Clock) -> None:
    issuer = Issuer("1", "2")
    keys = KeySet(issuer.fetch, read, clock)
    assert await asyncio.gather(*(keys.find(name) for name in ("1", "2", "1"))) == ["key 1", "key 2", "key 1"]
    assert issuer.asked == 1


async def test_an_unknown_key_is_looked_for_once_in_a_while(clock: Clock) -> None:
    issuer = Issuer("1")
    keys = KeySet(issuer.fetch, read, clock)
    for _ in range(100):
        assert await keys.find("new") is None
    assert issuer.asked == 1
    clock.now += PAUSE
    issuer.names = ("new",)
    assert await keys.find("new") == "key new"
    assert await keys.find("1") is None, "it has been withdrawn"
    assert issuer.asked == 2


async def test_old_keys_are_fetched_anew_while_they_serve(clock: Clock) -> None:
    issuer = Issuer("1")
    keys = KeySet(issuer.fetch, read, clock)
    assert await keys.find("1") == "key 1"
    clock.now += FRESH
    issuer.names, issuer.gate = ("2",), asyncio.Event()
    assert await keys.find("1") == "key 1", "nobody waits"
    issuer.gate.set()
    await settle(keys)
    assert (await keys.find("1"), await keys.find("2")) == (None, "key 2")
    assert issuer.asked == 2


@pytest.mark.parametrize("error", [OSError("no route"), TimeoutError(), ValueError("503"), None])
async def test_keys_stay_while_there_are_no_others_and_the_log_is_told_once(
    error: Exception | None, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    issuer = Issuer("1")
    keys = KeySet(issuer.fetch, read, clock)
    assert await keys.find("1") == "key 1"
    issuer.error, issuer.names = error, ()
    for _ in range(3):
        clock.now += FRESH
        assert await keys.find("1") == "key 1"
        await settle(keys)
    assert issuer.asked == 4
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    assert "the 1 that are here serve on" in caplog.text
    clock.now += FRESH
    issuer.error, issuer.names = None, ("1",)
    await keys.find("1")
    await settle(keys)
    assert caplog.records[-1].message == "the keys of jwt_jwks_url are here again"


async def test_without_a_name_there_must_be_one_key(clock: Clock) -> None:
    assert await KeySet(Issuer("1").fetch, read, clock).find(None) == "key 1"
    assert await KeySet(Issuer("1", "2").fetch, read, clock).find(None) is None


async def test_what_is_under_way_ends_with_the_server(clock: Clock) -> None:
    issuer = Issuer("1")
    issuer.gate = asyncio.Event()
    keys = KeySet(issuer.fetch, read, clock)
    await keys.open()
    await settle(keys)
    assert issuer.asked == 1
    await keys.close()
    await keys.close()


async def test_a_request_that_is_given_up_does_not_stop_the_fetch(clock: Clock) -> None:
    issuer = Issuer("1")
    issuer.gate = asyncio.Event()
    keys = KeySet(issuer.fetch, read, clock)
    waiting = asyncio.create_task(keys.find("1"))
    await settle(keys)
    waiting.cancel()
    await settle(keys)
    issuer.gate.set()
    assert await keys.find("1") == "key 1"
    assert issuer.asked == 1
