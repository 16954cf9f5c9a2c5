"""Whether all is well. That `/healthz` tells of frames that stop is in `test_web_api`."""

import asyncio

from monitor.web import keys, ready
from tests.conftest import Client, Connect
from tests.fakes import Clock


async def code(client: Client, path: str = "/readyz") -> str:
    answer = await client.get(path)
    document = await answer.json()
    assert (answer.status == 200) == ("error" not in document)
    return str(document.get("status") or document["error"]["code"])


async def is_ready(client: Client) -> None:
    async with asyncio.timeout(10):
        while await code(client) != "ok":
            await asyncio.sleep(0.01)


async def test_it_is_ready_from_the_first_frame_until_it_is_told_to_stop(connect: Connect) -> None:
    client = await connect(interval=5.0)
    assert await code(client) == "no_frame"
    await is_ready(client)
    assert client.app is not None
    client.app[ready.STOPPING].set()
    assert await code(client) == "stopping"
    assert await code(client, "/healthz") == "ok", "it is not to be started anew: it ends by itself"


async def test_it_is_not_ready_when_frames_have_stopped(connect: Connect) -> None:
    client = await connect(interval=5.0)
    await is_ready(client)
    assert client.app is not None
    history, clock = client.app[keys.HISTORY], Clock()
    assert history.latest is not None
    history._clock = clock  # noqa: SLF001 - time has to pass without waiting for it
    clock.now = history.latest.kept + 15.1
    assert await code(client) == await code(client, "/healthz") == "frames_stopped"
